"""A member of a group by confluent-kafka: prints what it reads, and commits by itself."""
import sys

from confluent_kafka import Consumer

server, topic, group, protocol = sys.argv[1:]
consumer = Consumer({
    'bootstrap.servers': server,
    'group.id': group,
    'group.protocol': protocol,
    'auto.offset.reset': 'earliest',
    'auto.commit.interval.ms': 200,
    'log_level': 0,
})
consumer.subscribe([topic])
while True:
    message = consumer.poll(1)
    if message is not None and message.error() is None:
        print(message.value().decode(), flush=True)
