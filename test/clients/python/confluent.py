"""confluent-kafka, on librdkafka, as tutorials use it."""
import uuid

from confluent_kafka import (
    OFFSET_BEGINNING, Consumer, ConsumerGroupTopicPartitions, IsolationLevel, KafkaError, KafkaException, Producer, TopicCollection, TopicPartition,
)
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic, OffsetSpec, ResourceType

from harness import equal, run, topic_name, until

QUIET = {'log_level': 0}


def admin_of(server):
    return AdminClient({'bootstrap.servers': server, **QUIET})


def new_topic(server, task, partitions=1, config=None):
    name = topic_name(task)
    client = admin_of(server)
    [future] = client.create_topics([NewTopic(name, partitions, 1, config=config or {})]).values()
    future.result(10)
    return name


def refused(future, code):
    try:
        future.result(10)
    except KafkaException as error:
        equal(error.args[0].code(), code, 'error code')
        return
    raise AssertionError(f'no error, but {code} was due')


def settings_of(admin, topic):
    [future] = admin.describe_configs([ConfigResource(ResourceType.TOPIC, topic)]).values()
    return {name: entry.value for name, entry in future.result(10).items()}


def admin(server, strict):
    client = admin_of(server)
    topic = new_topic(server, 'admin', 2, {'retention.ms': '86400000', 'cleanup.policy': 'compact'})
    refused(client.create_topics([NewTopic(topic, 1, 1)])[topic], KafkaError.TOPIC_ALREADY_EXISTS)
    metadata = client.list_topics(timeout=10)
    equal(sorted(metadata.topics[topic].partitions), [0, 1])
    equal(len(metadata.brokers), 1)
    equal(settings_of(client, topic)['cleanup.policy'], 'compact')

    change = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[ConfigEntry('retention.ms', '1000', incremental_operation=AlterConfigOpType.SET)])
    client.incremental_alter_configs([change])[change].result(10)
    equal(settings_of(client, topic)['retention.ms'], '1000')
    equal(settings_of(client, topic)['cleanup.policy'], 'compact')

    client.create_partitions([NewPartitions(topic, 3)])[topic].result(10)
    equal(sorted(client.list_topics(topic, 10).topics[topic].partitions), [0, 1, 2])
    refused(client.create_partitions([NewPartitions(topic, 1)])[topic], KafkaError.INVALID_PARTITIONS)
    [described] = [future.result(10) for future in client.describe_topics(TopicCollection([topic])).values()]
    equal(len(described.partitions), 3)
    equal(client.describe_cluster().result(10).controller.id, described.partitions[0].leader.id)

    client.delete_topics([topic])[topic].result(10)
    until(lambda: topic not in client.list_topics(timeout=10).topics, lambda: 'the topic is still there')


def send(producer, topic, messages):
    """The reports of all these messages; any error of one is raised."""
    reports = []
    for message in messages:
        producer.produce(topic, on_delivery=lambda error, sent: reports.append((error, sent)), **message)
    equal(producer.flush(15), 0, 'messages left after flush')
    for error, _ in reports:
        if error:
            raise KafkaException(error)
    return [sent for _, sent in reports]


def produce(server, strict):
    topic = new_topic(server, 'produce')
    for acks in ['0', '1', 'all']:
        for codec in ['none', 'gzip', 'snappy', 'lz4', 'zstd']:
            producer = Producer({'bootstrap.servers': server, 'acks': acks, 'compression.type': codec, 'linger.ms': 5, **QUIET})
            send(producer, topic, [{'value': 'a' * 2000}, {'value': 'b' * 2000}])
    got = read_values(server, topic, 30)
    equal(sorted(got), ['a' * 2000] * 15 + ['b' * 2000] * 15)


def records(server, strict):
    topic = new_topic(server, 'records', 2)
    producer = Producer({'bootstrap.servers': server, **QUIET})
    sent = [
        dict(partition=1, key='ключ', value='wert', timestamp=1700000000001, headers=[('a', b'1'), ('a', b'2'), ('null', None), ('empty', b'')]),
        dict(partition=1, key=None, value='no key', timestamp=1700000000002),
        dict(partition=1, key='tombstone', value=None, timestamp=1700000000003),
        dict(partition=1, key=b'\0\xff', value=b'\xff\xfe\0', timestamp=1700000000004),
    ]
    reports = send(producer, topic, sent)
    equal([(message.partition(), message.offset()) for message in reports], [(1, 0), (1, 1), (1, 2), (1, 3)])
    raw = lambda text: text.encode() if isinstance(text, str) else text
    got = read_messages(server, [TopicPartition(topic, 1, OFFSET_BEGINNING)], 4)
    equal([(m.key(), m.value(), m.timestamp()[1], m.headers()) for m in got],
          [(raw(s['key']), raw(s['value']), s['timestamp'], s.get('headers')) for s in sent])


def offsets(server, strict):
    topic = new_topic(server, 'offsets')
    producer = Producer({'bootstrap.servers': server, **QUIET})
    send(producer, topic, [{'value': str(i), 'timestamp': 1700000000000 + i * 1000} for i in range(10)])
    consumer = Consumer({'bootstrap.servers': server, 'group.id': topic, **QUIET})
    equal(consumer.get_watermark_offsets(TopicPartition(topic, 0), 10), (0, 10))
    [found] = consumer.offsets_for_times([TopicPartition(topic, 0, 1700000004500)], 10)
    equal(found.offset, 5)
    consumer.close()
    equal([m.value() for m in read_messages(server, [TopicPartition(topic, 0, 7)], 3)], [b'7', b'8', b'9'])
    client = admin_of(server)
    [future] = client.list_offsets({TopicPartition(topic, 0): OffsetSpec.max_timestamp()}, isolation_level=IsolationLevel.READ_COMMITTED).values()
    equal((future.result(10).offset, future.result(10).timestamp), (9, 1700000009000))
    [future] = client.delete_records([TopicPartition(topic, 0, 3)]).values()
    equal(future.result(10).low_watermark, 3)
    equal([m.value() for m in read_messages(server, [TopicPartition(topic, 0, OFFSET_BEGINNING)], 1)], [b'3'])


def groups(server, strict):
    for strategy in ['range', 'roundrobin', 'cooperative-sticky']:
        share_out(server, {'partition.assignment.strategy': strategy, 'session.timeout.ms': 6000, 'heartbeat.interval.ms': 200})


def groups_kip848(server, strict):
    share_out(server, {'group.protocol': 'consumer'}, 'consumer')


def share_out(server, options, kind='classic'):
    topic = new_topic(server, 'groups', 4)
    client = admin_of(server)
    config = {'bootstrap.servers': server, 'group.id': topic, 'auto.offset.reset': 'earliest', 'enable.auto.commit': False, **QUIET, **options}
    first, second = Consumer(config), Consumer(config)
    got = []

    def poll(*members):
        for member in members:
            message = member.poll(0.05)
            if message and not message.error():
                got.append(message.value())
                member.commit(message, asynchronous=False)
        return [len(member.assignment()) for member in members]

    try:
        first.subscribe([topic])
        until(lambda: poll(first) == [4], lambda: 'the first member did not get all partitions')
        second.subscribe([topic])
        until(lambda: poll(first, second) == [2, 2], lambda: f'no even share: {poll(first, second)}')
        producer = Producer({'bootstrap.servers': server, **QUIET})
        send(producer, topic, [{'partition': i % 4, 'value': str(i)} for i in range(40)])
        until(lambda: poll(first, second) and len(got) >= 40, lambda: f'{len(got)} of 40 records came')
        equal(len(set(got)), 40)
        group = client.describe_consumer_groups([topic])[topic].result(10)
        equal((group.state.name, len(group.members)), ('STABLE', 2))
        equal(group.type.name, kind.upper())
        assert topic in [listing.group_id for listing in client.list_consumer_groups().result(10).valid]
        second.close()
        until(lambda: poll(first) == [4], lambda: 'the partitions did not come back')
    finally:
        for member in (first, second):
            try:
                member.close()
            except RuntimeError:
                pass
    [future] = client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(topic)]).values()
    equal(sorted((p.partition, p.offset) for p in future.result(10).topic_partitions), [(i, 10) for i in range(4)])
    moved = ConsumerGroupTopicPartitions(topic, [TopicPartition(topic, 0, 4)])
    client.alter_consumer_group_offsets([moved])[topic].result(10)
    resumed = Consumer(config)
    resumed.subscribe([topic])
    again = []
    until(lambda: again.append(resumed.poll(0.1)) or len([m for m in again if m]) >= 6, lambda: 'a moved group did not read again')
    resumed.close()
    client.delete_consumer_groups([topic])[topic].result(10)


def idempotence(server, strict):
    topic = new_topic(server, 'idempotence', 2)
    producer = Producer({'bootstrap.servers': server, 'enable.idempotence': True, 'acks': 'all', 'linger.ms': 1, 'batch.num.messages': 10, **QUIET})
    send(producer, topic, [{'partition': i % 2, 'value': str(i)} for i in range(1000)])
    got = [m.value() for m in read_messages(server, [TopicPartition(topic, 0, 0)], 500)]
    equal(got, [str(i).encode() for i in range(0, 1000, 2)])


def errors(server, strict):
    topic = new_topic(server, 'errors', 1, {'max.message.bytes': '1000'})
    producer = Producer({'bootstrap.servers': server, 'message.max.bytes': 1000000, **QUIET})
    fails_with(lambda: send(producer, topic, [{'value': 'x' * 5000}]), KafkaError.MSG_SIZE_TOO_LARGE)
    send(producer, topic, [{'value': 'still served'}])
    fails_with(lambda: send(producer, topic, [{'value': 'x', 'partition': 7}]), KafkaError._UNKNOWN_PARTITION)
    lonely = Producer({'bootstrap.servers': strict, 'message.timeout.ms': 3000, 'topic.metadata.propagation.max.ms': 500, **QUIET})
    fails_with(lambda: send(lonely, topic_name('missing'), [{'value': 'x'}]), KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC, KafkaError._MSG_TIMED_OUT)
    client = admin_of(strict)
    missing = topic_name('missing')
    equal(client.list_topics(missing, 10).topics[missing].error.code(), KafkaError.UNKNOWN_TOPIC_OR_PART)
    client = admin_of(server)
    for name, options, code in [
        ('a/b', {}, KafkaError.TOPIC_EXCEPTION),
        (topic_name('replicas'), {'replication_factor': 3}, KafkaError.INVALID_REPLICATION_FACTOR),
        (topic_name('setting'), {'config': {'retention.ms': 'soon'}}, KafkaError.INVALID_CONFIG),
    ]:
        refused(client.create_topics([NewTopic(name, 1, **options)])[name], code)
    refused(client.delete_topics([missing])[missing], KafkaError.UNKNOWN_TOPIC_OR_PART)


def fails_with(act, *codes):
    try:
        act()
    except KafkaException as error:
        if error.args[0].code() not in codes:
            raise
        return
    raise AssertionError(f'no error, but one of {codes} was due')


def transactions(server, strict):
    """Read, change, write: the offsets go with the records, or not at all."""
    source, target = new_topic(server, 'source'), new_topic(server, 'target')
    send(Producer({'bootstrap.servers': server, **QUIET}), source, [{'value': str(i)} for i in range(10)])
    producer = Producer({'bootstrap.servers': server, 'transactional.id': uuid.uuid4().hex, 'enable.idempotence': True, 'acks': 'all', **QUIET})
    producer.init_transactions(5)
    reader = {'bootstrap.servers': server, 'auto.offset.reset': 'earliest', 'enable.auto.commit': False, 'isolation.level': 'read_committed', **QUIET}
    consumer = Consumer({**reader, 'group.id': source})
    consumer.subscribe([source])
    for commits in [False, True]:
        got = []
        until(lambda: got.append(consumer.poll(0.1)) or len([m for m in got if m]) >= 10, lambda: 'the source was not read')
        producer.begin_transaction()
        for message in filter(None, got):
            producer.produce(target, f'{"kept" if commits else "dropped"} {message.value().decode()}')
        producer.send_offsets_to_transaction(consumer.position(consumer.assignment()), consumer.consumer_group_metadata())
        if commits:
            producer.commit_transaction()
        else:
            # What has not been sent yet is dropped by the producer itself.
            producer.flush(10)
            producer.abort_transaction()
            consumer.seek(TopicPartition(source, 0, 0))
    equal(consumer.committed([TopicPartition(source, 0)], 10)[0].offset, 10)
    consumer.close()
    kept = read_messages(server, [TopicPartition(target, 0, 0)], 10, {'isolation.level': 'read_committed'})
    equal([m.value().decode() for m in kept], [f'kept {i}' for i in range(10)])
    every = read_messages(server, [TopicPartition(target, 0, 0)], 20, {'isolation.level': 'read_uncommitted'})
    equal(len(every), 20)


def read_messages(server, partitions, count, options=None):
    consumer = Consumer({'bootstrap.servers': server, 'group.id': uuid.uuid4().hex, 'enable.auto.commit': False, 'auto.offset.reset': 'earliest', **QUIET, **(options or {})})
    consumer.assign(partitions)
    messages = []

    def poll():
        message = consumer.poll(0.1)
        if message is not None:
            if message.error():
                raise KafkaException(message.error())
            messages.append(message)
        return len(messages) >= count

    try:
        until(poll, lambda: f'{len(messages)} of {count} records came')
    finally:
        consumer.close()
    return messages


def read_values(server, topic, count):
    return [message.value().decode() for message in read_messages(server, [TopicPartition(topic, 0, OFFSET_BEGINNING)], count)]


def write(server, topic, codec, wanted):
    producer = Producer({'bootstrap.servers': server, 'compression.type': codec, 'linger.ms': 50, **QUIET})
    send(producer, topic, [{**record, 'headers': [(name, value) for name, value in record['headers']]} for record in wanted])


def read(server, topics):
    metadata = admin_of(server).list_topics(timeout=10)
    partitions = [TopicPartition(topic, partition, OFFSET_BEGINNING) for topic in topics for partition in metadata.topics[topic].partitions]
    consumer = Consumer({'bootstrap.servers': server, 'group.id': uuid.uuid4().hex, 'enable.auto.commit': False, 'enable.partition.eof': True, **QUIET})
    consumer.assign(partitions)
    messages, ended = [], set()

    def poll():
        for message in consumer.consume(500, 0.1):
            if message.error() and message.error().code() != KafkaError._PARTITION_EOF:
                raise KafkaException(message.error())
            if message.error():
                ended.add((message.topic(), message.partition()))
            else:
                messages.append(message)
        return len(ended) == len(partitions)

    try:
        until(poll, lambda: f'{len(ended)} of {len(partitions)} partitions were read to their ends')
    finally:
        consumer.close()
    text = lambda raw: None if raw is None else raw.decode()
    for m in messages:
        yield {'topic': m.topic(), 'partition': m.partition(), 'offset': m.offset(), 'timestamp': m.timestamp()[1],
               'key': text(m.key()), 'value': text(m.value()), 'headers': [[name, text(value)] for name, value in m.headers() or []]}


run([admin, produce, records, offsets, groups, groups_kip848, idempotence, errors, transactions], write, read)
