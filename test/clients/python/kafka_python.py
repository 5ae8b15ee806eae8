"""kafka-python: the protocol in Python itself."""
import logging
import uuid
from concurrent.futures import ThreadPoolExecutor

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource
from kafka.errors import (
    InvalidConfigurationError, InvalidPartitionsError, InvalidReplicationFactorError, InvalidTopicError, KafkaError, KafkaTimeoutError,
    MessageSizeTooLargeError, TopicAlreadyExistsError, UnknownTopicOrPartitionError,
)
from kafka.structs import OffsetAndMetadata

from harness import equal, run, topic_name, until

logging.getLogger('kafka').setLevel(logging.CRITICAL)
CODECS = {'none': None, 'gzip': 'gzip', 'snappy': 'snappy', 'lz4': 'lz4', 'zstd': 'zstd'}


def admin_of(server):
    return KafkaAdminClient(bootstrap_servers=server)


def new_topic(server, task, partitions=1, configs=None):
    name = topic_name(task)
    with_admin(server, lambda client: client.create_topics({name: {'num_partitions': partitions, 'replication_factor': 1, 'configs': configs or {}}}))
    return name


def with_admin(server, use):
    client = admin_of(server)
    try:
        return use(client)
    finally:
        client.close()


def raises(kind, act):
    try:
        act()
    except kind:
        return
    raise AssertionError(f'no {kind.__name__}')


def setting_of(client, topic, name):
    return client.describe_configs([ConfigResource('TOPIC', topic)], config_filter='all')['topic'][topic][name]['value']


def admin(server, strict):
    with_admin(server, use_admin)


def use_admin(client):
    topic = topic_name('admin')
    options = {'num_partitions': 2, 'replication_factor': 1, 'configs': {'retention.ms': '86400000', 'cleanup.policy': 'compact'}}
    client.create_topics({topic: options})
    raises(TopicAlreadyExistsError, lambda: client.create_topics({topic: options}))
    assert topic in client.list_topics()
    [described] = client.describe_topics([topic])
    equal(sorted(p['partition_index'] for p in described['partitions']), [0, 1])
    equal(len(client.describe_cluster()['brokers']), 1)
    equal(setting_of(client, topic, 'cleanup.policy'), 'compact')
    client.alter_configs([ConfigResource('TOPIC', topic, {'retention.ms': '1000'})])
    equal((setting_of(client, topic, 'retention.ms'), setting_of(client, topic, 'cleanup.policy')), ('1000', 'compact'))
    client.create_partitions({topic: 3})
    equal(len(client.describe_topics([topic])[0]['partitions']), 3)
    raises(InvalidPartitionsError, lambda: client.create_partitions({topic: 1}))
    client.delete_topics([topic])
    until(lambda: topic not in client.list_topics(), lambda: 'the topic is still there')


def with_producer(server, use, **options):
    producer = KafkaProducer(bootstrap_servers=server, **options)
    try:
        return use(producer)
    finally:
        producer.close(timeout=10)


def send(producer, topic, messages):
    futures = [producer.send(topic, **message) for message in messages]
    producer.flush(15)
    return [future.get(15) for future in futures]


def produce(server, strict):
    topic = new_topic(server, 'produce')
    for acks in [0, 1, 'all']:
        for codec in CODECS.values():
            messages = [{'value': b'a' * 2000}, {'value': b'b' * 2000}]
            with_producer(server, lambda p: send(p, topic, messages), acks=acks, compression_type=codec, linger_ms=5, enable_idempotence=acks == 'all')
    got = [m.value for m in read_messages(server, [TopicPartition(topic, 0)], 30)]
    equal(sorted(got), [b'a' * 2000] * 15 + [b'b' * 2000] * 15)


def records(server, strict):
    topic = new_topic(server, 'records', 2)
    sent = [
        dict(partition=1, key='ключ'.encode(), value=b'wert', timestamp_ms=1700000000001, headers=[('a', b'1'), ('a', b'2'), ('empty', b'')]),
        dict(partition=1, key=None, value=b'no key', timestamp_ms=1700000000002),
        dict(partition=1, key=b'tombstone', value=None, timestamp_ms=1700000000003),
        dict(partition=1, key=b'\0\xff', value=b'\xff\xfe\0', timestamp_ms=1700000000004),
    ]
    reports = with_producer(server, lambda p: send(p, topic, sent))
    equal([(report.partition, report.offset) for report in reports], [(1, i) for i in range(4)])
    got = read_messages(server, [TopicPartition(topic, 1)], 4)
    equal([(m.key, m.value, m.timestamp, list(m.headers)) for m in got], [(s['key'], s['value'], s['timestamp_ms'], s.get('headers', [])) for s in sent])


def offsets(server, strict):
    topic = new_topic(server, 'offsets')
    partition = TopicPartition(topic, 0)
    with_producer(server, lambda p: send(p, topic, [{'value': b'%d' % i, 'timestamp_ms': 1700000000000 + i * 1000} for i in range(10)]))
    consumer = KafkaConsumer(bootstrap_servers=server)
    equal((consumer.beginning_offsets([partition])[partition], consumer.end_offsets([partition])[partition]), (0, 10))
    equal(consumer.offsets_for_times({partition: 1700000004500})[partition].offset, 5)
    consumer.close()
    equal([m.value for m in read_messages(server, [partition], 3, start=7)], [b'7', b'8', b'9'])
    with_admin(server, lambda client: client.delete_records({partition: 3}))
    equal(read_messages(server, [partition], 1)[0].value, b'3')


def groups(server, strict):
    topic = new_topic(server, 'groups', 4)
    options = dict(bootstrap_servers=server, group_id=topic, auto_offset_reset='earliest', enable_auto_commit=False,
                   session_timeout_ms=6000, heartbeat_interval_ms=200)
    members = [KafkaConsumer(topic, **options)]
    # kafka-python 3.0 that joins before it knows the topic's partitions may stay without any, on Apache Kafka too.
    until(lambda: members[0].partitions_for_topic(topic), lambda: 'the topic has no partitions')
    got = []

    def poll(*polled):
        for member in polled:
            for messages in member.poll(50).values():
                got.extend(m.value for m in messages)
                member.commit()
        return [len(member.assignment()) for member in polled]

    client = admin_of(server)
    try:
        until(lambda: poll(*members) == [4], lambda: 'the first member did not get all partitions')
        members.append(KafkaConsumer(topic, **options))
        # A join blocks its caller, so each member needs its turn: as in a program with a thread for each.
        until(lambda: in_threads(poll, members) == [2, 2], lambda: 'no even share')
        with_producer(server, lambda p: send(p, topic, [{'partition': i % 4, 'value': b'%d' % i} for i in range(40)]))
        until(lambda: in_threads(poll, members) and len(got) >= 40, lambda: f'{len(got)} of 40 records came')
        equal(len(set(got)), 40)
        group = client.describe_groups([topic])[topic]
        equal((group['group_state'], len(group['members'])), ('Stable', 2))
        assert topic in [listing['group_id'] for listing in client.list_groups()]
        members.pop().close()
        until(lambda: poll(*members) == [4], lambda: 'the partitions did not come back')
    finally:
        for member in members:
            member.close()
    committed = client.list_group_offsets({topic: None})[topic]
    equal(sorted((p.partition, o.offset) for p, o in committed.items()), [(i, 10) for i in range(4)])
    client.alter_group_offsets(topic, {TopicPartition(topic, 0): OffsetAndMetadata(4, '', -1)})
    again = []
    resumed = KafkaConsumer(topic, **options)
    until(lambda: [again.extend(m) for m in resumed.poll(100).values()] is None or len(again) >= 6, lambda: f'a moved group read {len(again)}')
    resumed.close()
    client.delete_groups([topic])
    client.close()


def in_threads(poll, members):
    with ThreadPoolExecutor(len(members)) as pool:
        return [shares[0] for shares in pool.map(poll, members)]


def idempotence(server, strict):
    topic = new_topic(server, 'idempotence', 2)
    with_producer(server, lambda p: send(p, topic, [{'partition': i % 2, 'value': b'%d' % i} for i in range(1000)]),
                  enable_idempotence=True, acks='all', batch_size=200)
    equal([m.value for m in read_messages(server, [TopicPartition(topic, 0)], 500)], [b'%d' % i for i in range(0, 1000, 2)])


def errors(server, strict):
    topic = new_topic(server, 'errors', 1, {'max.message.bytes': '1000'})
    raises(MessageSizeTooLargeError, lambda: with_producer(server, lambda p: send(p, topic, [{'value': b'x' * 5000}])))
    with_producer(server, lambda p: send(p, topic, [{'value': b'still served'}]))
    raises((AssertionError, ValueError, KafkaError), lambda: with_producer(server, lambda p: p.send(topic, b'x', partition=7), max_block_ms=2000))
    raises((KafkaTimeoutError, UnknownTopicOrPartitionError), lambda: with_producer(strict, lambda p: p.send(topic_name('missing'), b'x').get(5), max_block_ms=2000))
    with_admin(server, refuse_admin)


def refuse_admin(client):
    one = {'num_partitions': 1, 'replication_factor': 1}
    raises(InvalidTopicError, lambda: client.create_topics({'a/b': one}))
    raises(InvalidReplicationFactorError, lambda: client.create_topics({topic_name('replicas'): {**one, 'replication_factor': 3}}))
    raises(InvalidConfigurationError, lambda: client.create_topics({topic_name('setting'): {**one, 'configs': {'retention.ms': 'soon'}}}))
    raises(UnknownTopicOrPartitionError, lambda: client.delete_topics([topic_name('missing')]))


def transactions(server, strict):
    topic = new_topic(server, 'transactions')
    producer = KafkaProducer(bootstrap_servers=server, transactional_id=uuid.uuid4().hex, max_block_ms=4000)
    producer.init_transactions()
    for commits in [False, True]:
        producer.begin_transaction()
        for i in range(10):
            producer.send(topic, b'%s %d' % (b'kept' if commits else b'dropped', i))
        producer.flush()
        (producer.commit_transaction if commits else producer.abort_transaction)()
    producer.close(timeout=10)
    got = read_messages(server, [TopicPartition(topic, 0)], 10, isolation_level='read_committed')
    equal([m.value for m in got], [b'kept %d' % i for i in range(10)])


def read_messages(server, partitions, count, start=None, **options):
    consumer = KafkaConsumer(bootstrap_servers=server, enable_auto_commit=False, auto_offset_reset='earliest', **options)
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    if start is not None:
        consumer.seek(partitions[0], start)
    messages = []

    def poll():
        for batch in consumer.poll(100).values():
            messages.extend(batch)
        return len(messages) >= count

    try:
        until(poll, lambda: f'{len(messages)} of {count} records came')
    finally:
        consumer.close()
    return messages


def write(server, topic, codec, wanted):
    raw = lambda text: None if text is None else text.encode()
    messages = [dict(partition=r['partition'], timestamp_ms=r['timestamp'], key=raw(r['key']), value=raw(r['value']),
                     headers=[(name, raw(value)) for name, value in r['headers']]) for r in wanted]
    with_producer(server, lambda p: send(p, topic, messages), compression_type=CODECS[codec], linger_ms=50)


def read(server, topics):
    consumer = KafkaConsumer(bootstrap_servers=server, enable_auto_commit=False, auto_offset_reset='earliest')
    partitions = [TopicPartition(topic, partition) for topic in topics for partition in consumer.partitions_for_topic(topic)]
    ends = consumer.end_offsets(partitions)
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    messages = []

    def poll():
        for batch in consumer.poll(100).values():
            messages.extend(batch)
        return all(consumer.position(partition) >= ends[partition] for partition in partitions)

    try:
        until(poll, lambda: f'{len(messages)} records came, and not all')
    finally:
        consumer.close()
    text = lambda raw: None if raw is None else raw.decode()
    for m in messages:
        yield {'topic': m.topic, 'partition': m.partition, 'offset': m.offset, 'timestamp': m.timestamp,
               'key': text(m.key), 'value': text(m.value), 'headers': [[name, text(value)] for name, value in m.headers]}


run([admin, produce, records, offsets, groups, idempotence, errors, transactions], write, read)
