"""confluent-kafka as a survivor: see ../leader-death.mjs. SERVERS TOPIC PROTOCOL"""
import select
import sys
import threading

from confluent_kafka import Consumer, KafkaException, Producer

servers, topic, protocol = sys.argv[1:]
due, failures = set(), []
ended = threading.Event()
lock = threading.Lock()


def say(line):
    with lock:
        print(line, flush=True)


def read():
    consumer = Consumer({'bootstrap.servers': servers, 'group.id': topic, 'group.protocol': protocol,
                         'auto.offset.reset': 'earliest', 'auto.commit.interval.ms': 500})
    consumer.subscribe([topic])
    try:
        while not (ended.is_set() and not due):
            message = consumer.poll(0.1)
            if message is None:
                continue
            if message.error():
                raise KafkaException(message.error())
            value = message.value().decode()
            say(f'read {value}')
            due.discard(value)
    except Exception as error:
        failures.append(error)
    finally:
        consumer.close()


def on_delivery(error, message):
    if error is None:
        say(f'acked {message.value().decode()}')
    else:
        failures.append(KafkaException(error))


reader = threading.Thread(target=read)
reader.start()
producer = Producer({'bootstrap.servers': servers, 'acks': 'all', 'enable.idempotence': True, 'linger.ms': 0})
count = 0
while not failures and not select.select([sys.stdin], [], [], 0.01)[0]:
    due.add(str(count))
    producer.produce(topic, key=str(count), value=str(count), on_delivery=on_delivery)
    producer.poll(0)
    count += 1
producer.flush(60)
ended.set()
reader.join()
if failures:
    raise failures[0]
