// What users of kafkajs do, task by task; each throws when the broker's answer is not Kafka's.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'
import { CODECS, registerCodecs } from './codecs.mjs'

const { AssignerProtocol, ConfigResourceTypes, Kafka, Partitioners, logLevel } = kafkajs
registerCodecs()

const connect = (server) =>
  new Kafka({
    clientId: 'kts-test',
    brokers: [server],
    logLevel: logLevel.NOTHING,
    retry: { retries: 5, initialRetryTime: 50 },
  })
/** kafkajs sends a heartbeat between two fetches, so a member hears of a rebalance when its fetch is over. */
const QUICK = { maxWaitTimeInMs: 100, heartbeatInterval: 100, sessionTimeout: 6000 }
const topicName = (task) => `kafkajs-${task}-${randomUUID().slice(0, 8)}`

export const tasks = {
  admin: async ({ server }) => {
    const topic = topicName('admin')
    await withAdmin(server, async (admin) => {
      const created = await admin.createTopics({
        topics: [
          {
            topic,
            numPartitions: 2,
            replicationFactor: 1,
            configEntries: [
              { name: 'retention.ms', value: '86400000' },
              { name: 'cleanup.policy', value: 'compact' },
            ],
          },
        ],
      })
      assert.equal(created, true)
      assert.equal(
        await admin.createTopics({ topics: [{ topic }] }),
        false,
        'kafkajs says false for a topic that exists',
      )
      assert.ok((await admin.listTopics()).includes(topic))
      const { brokers, controller, clusterId } = await admin.describeCluster()
      assert.equal(brokers.length, 1)
      assert.equal(brokers[0].nodeId, controller)
      assert.equal(clusterId.length, 22)

      assert.equal((await settingsOf(admin, topic))['cleanup.policy'], 'compact')
      await admin.alterConfigs({
        validateOnly: false,
        resources: [
          { type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'retention.ms', value: '1000' }] },
        ],
      })
      const settings = await settingsOf(admin, topic)
      assert.equal(settings['retention.ms'], '1000')
      assert.equal(settings['cleanup.policy'], 'delete', 'AlterConfigs replaces all settings')

      await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] })
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      assert.deepEqual(topics[0].partitions.map((partition) => partition.partitionId).sort(), [0, 1, 2])
      await assert.rejects(admin.createPartitions({ topicPartitions: [{ topic, count: 1 }] }), {
        type: 'INVALID_PARTITIONS',
      })

      await admin.deleteTopics({ topics: [topic] })
      assert.ok(!(await admin.listTopics()).includes(topic))
    })
  },

  produce: async ({ server }) => {
    const topic = await newTopic(server, 'produce')
    await withProducer(server, {}, async (producer) => {
      for (const acks of [0, 1, -1]) {
        for (const compression of Object.values(CODECS)) {
          await producer.send({ topic, acks, compression, messages: [{ value: 'a'.repeat(2000) }, { value: 'b' }] })
        }
      }
    })
    const records = await readAll(server, topic, 30)
    assert.equal(records.filter(({ value }) => value === 'a'.repeat(2000)).length, 15)
    assert.deepEqual(
      records.map(({ offset }) => Number(offset)),
      Array.from({ length: 30 }, (_, i) => i),
    )
  },

  records: async ({ server }) => {
    const topic = await newTopic(server, 'records', { numPartitions: 2 })
    const sent = [
      { partition: 1, key: 'ключ', value: 'wert', timestamp: '1700000000001', headers: { a: ['1', '2'], empty: '' } },
      { partition: 1, key: null, value: 'no key', timestamp: '1700000000002', headers: {} },
      { partition: 1, key: 'tombstone', value: null, timestamp: '1700000000003', headers: {} },
      {
        partition: 1,
        key: Buffer.from([0, 255, 10]),
        value: Buffer.from([255, 254, 0]),
        timestamp: '1700000000004',
        headers: { bytes: Buffer.from([0, 200]) },
      },
    ]
    await withProducer(server, {}, async (producer) => {
      const [answer] = await producer.send({ topic, messages: sent })
      assert.equal(answer.partition, 1)
      assert.equal(answer.baseOffset, '0')
    })
    const got = await readAll(server, topic, 4, (message) => message)
    const plain = (value) => (value === null ? null : Buffer.from(value).toString('hex'))
    const shape = ({ key, value, timestamp, headers }) => ({
      key: plain(key),
      value: plain(value),
      timestamp,
      headers: Object.entries(headers).map(([name, values]) => [name, [values].flat().map(plain)]),
    })
    assert.deepEqual(got.map(shape), sent.map(shape))
  },

  offsets: async ({ server }) => {
    const topic = await newTopic(server, 'offsets')
    await withProducer(server, {}, (producer) =>
      producer.send({
        topic,
        messages: Array.from({ length: 10 }, (_, i) => ({
          value: String(i),
          timestamp: String(1700000000000 + i * 1000),
        })),
      }),
    )
    await withAdmin(server, async (admin) => {
      assert.deepEqual(await admin.fetchTopicOffsets(topic), [{ partition: 0, offset: '10', high: '10', low: '0' }])
      assert.deepEqual(await admin.fetchTopicOffsetsByTimestamp(topic, 1700000004500), [{ partition: 0, offset: '5' }])
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
      assert.deepEqual(await admin.fetchTopicOffsets(topic), [{ partition: 0, offset: '10', high: '10', low: '3' }])
      const groupId = topic
      await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '7' }] })
      const offsets = await admin.fetchOffsets({ groupId, topics: [topic] })
      assert.equal(offsets[0].partitions[0].offset, '7')
      const got = await consume(server, { groupId, topic, count: 3 })
      assert.deepEqual(
        got.map(({ value }) => value),
        ['7', '8', '9'],
      )
    })
  },

  groups: async ({ server }) => {
    const topic = await newTopic(server, 'groups', { numPartitions: 4 })
    const groupId = topic
    const seen = []
    const members = []
    try {
      const first = await joinGroup(server, groupId, topic, seen)
      members.push(first)
      assert.deepEqual(await first.assigned(4), [0, 1, 2, 3])
      const second = await joinGroup(server, groupId, topic, seen)
      members.push(second)
      const shares = await Promise.all([first.assigned(2), second.assigned(2)])
      assert.deepEqual(shares.flat().sort(), [0, 1, 2, 3])

      await withProducer(server, {}, (producer) =>
        producer.send({
          topic,
          messages: Array.from({ length: 40 }, (_, i) => ({ partition: i % 4, value: String(i) })),
        }),
      )
      await until(
        () => seen.length >= 40,
        () => `${seen.length} of 40 records came`,
      )
      assert.equal(new Set(seen.map(({ value }) => value)).size, 40)
      await withAdmin(server, async (admin) => {
        const { groups } = await admin.describeGroups([groupId])
        assert.equal(groups[0].state, 'Stable')
        assert.equal(groups[0].members.length, 2)
        const { assignment } = AssignerProtocol.MemberAssignment.decode(groups[0].members[0].memberAssignment)
        assert.equal(assignment[topic].length, 2)
        assert.ok((await admin.listGroups()).groups.some((group) => group.groupId === groupId))
        await assert.rejects(admin.deleteGroups([groupId]), (error) => error.groups[0].error.type === 'NON_EMPTY_GROUP')
      })
      await second.leave()
      assert.deepEqual(await first.assigned(4), [0, 1, 2, 3])
    } finally {
      await Promise.all(members.map((member) => member.leave()))
    }
    await withAdmin(server, async (admin) => {
      const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] })
      assert.deepEqual(
        partitions.map(({ offset }) => offset),
        ['10', '10', '10', '10'],
      )
      await admin.resetOffsets({ groupId, topic, earliest: true })
      assert.equal((await consume(server, { groupId, topic, count: 40 })).length, 40)
      await admin.deleteGroups([groupId])
    })
  },

  idempotence: async ({ server }) => {
    const topic = await newTopic(server, 'idempotence', { numPartitions: 2 })
    await withProducer(server, { idempotent: true, maxInFlightRequests: 1 }, async (producer) => {
      for (let round = 0; round < 20; round++) {
        await producer.send({
          topic,
          messages: Array.from({ length: 4 }, (_, i) => ({ partition: i % 2, value: `${round}-${i}` })),
        })
      }
    })
    assert.equal((await readAll(server, topic, 80)).length, 80)
  },

  transactions: async ({ server }) => {
    const topic = await newTopic(server, 'transactions')
    const groupId = `${topic}-group`
    const options = { transactionalId: topic, idempotent: true, maxInFlightRequests: 1 }
    await withProducer(server, options, async (producer) => {
      for (const commits of [false, true, false, true]) {
        const transaction = await producer.transaction()
        await transaction.send({ topic, messages: Array.from({ length: 5 }, (_, i) => ({ value: `${commits}-${i}` })) })
        await transaction.sendOffsets({
          consumerGroupId: groupId,
          topics: [{ topic, partitions: [{ partition: 0, offset: commits ? '5' : '9' }] }],
        })
        await (commits ? transaction.commit() : transaction.abort())
      }
      const abandoned = await producer.transaction()
      await abandoned.send({ topic, messages: [{ value: 'abandoned' }] })
      await withProducer(server, options, async (successor) => {
        const transaction = await successor.transaction()
        await transaction.send({ topic, messages: [{ value: 'last' }] })
        await transaction.commit()
        await assert.rejects(abandoned.send({ topic, messages: [{ value: 'late' }] }))
      })
    })
    const committed = [0, 1, 2, 3, 4].map((i) => `true-${i}`)
    assert.deepEqual(
      (await readAll(server, topic, 11)).map(({ value }) => value),
      [...committed, ...committed, 'last'],
    )
    await withAdmin(server, async (admin) => {
      const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] })
      assert.equal(partitions[0].offset, '5')
    })
  },

  errors: async ({ server, strict }) => {
    const topic = await newTopic(server, 'errors', { configEntries: [{ name: 'max.message.bytes', value: '1000' }] })
    await withProducer(server, { retry: { retries: 1, initialRetryTime: 20 } }, async (producer) => {
      await assert.rejects(producer.send({ topic, messages: [{ value: 'x'.repeat(5000) }] }), {
        type: 'MESSAGE_TOO_LARGE',
      })
      await producer.send({ topic, messages: [{ value: 'still served' }] })
      const onTheFly = topicName('auto')
      await producer.send({ topic: onTheFly, messages: [{ value: 'made on the fly' }] })
      assert.equal((await readAll(server, onTheFly, 1)).length, 1)
    })
    await withProducer(strict, { retry: { retries: 1, initialRetryTime: 20 } }, async (producer) => {
      await assert.rejects(
        producer.send({ topic: topicName('missing'), messages: [{ value: 'x' }] }),
        ({ cause }) => cause.type === 'UNKNOWN_TOPIC_OR_PARTITION',
      )
    })
    await withAdmin(server, async (admin) => {
      const refused = (topics, type) =>
        assert.rejects(admin.createTopics({ topics }), (error) => (error.errors?.[0] ?? error).type === type)
      await refused([{ topic: 'a/b' }], 'INVALID_TOPIC_EXCEPTION')
      await refused([{ topic: topicName('replicas'), replicationFactor: 3 }], 'INVALID_REPLICATION_FACTOR')
      await refused(
        [{ topic: topicName('setting'), configEntries: [{ name: 'retention.ms', value: 'soon' }] }],
        'INVALID_CONFIG',
      )
      await assert.rejects(
        admin.deleteTopics({ topics: [topicName('missing')] }),
        ({ cause }) => cause.type === 'UNKNOWN_TOPIC_OR_PARTITION',
      )
    })
  },
}

async function withAdmin(server, use) {
  const admin = connect(server).admin()
  await admin.connect()
  try {
    return await use(admin)
  } finally {
    await admin.disconnect()
  }
}

async function withProducer(server, options, use) {
  const producer = connect(server).producer({ createPartitioner: Partitioners.DefaultPartitioner, ...options })
  await producer.connect()
  try {
    return await use(producer)
  } finally {
    await producer.disconnect()
  }
}

async function newTopic(server, task, options = {}) {
  const topic = topicName(task)
  await withAdmin(server, (admin) => admin.createTopics({ topics: [{ topic, ...options }] }))
  return topic
}

async function settingsOf(admin, name) {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name }],
  })
  return Object.fromEntries(resources[0].configEntries.map(({ configName, configValue }) => [configName, configValue]))
}

const readAll = (server, topic, count, shape) =>
  consume(server, { groupId: `${topic}-${randomUUID()}`, topic, count, shape })

/** Reads so many records as a group of one, from the beginning where the group has no offset. */
async function consume(
  server,
  { groupId, topic, count, shape = ({ value, offset }) => ({ value: value.toString(), offset }) },
) {
  const records = []
  const consumer = connect(server).consumer({ groupId, ...QUICK })
  await consumer.connect()
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => void records.push(shape(message)) })
    await until(
      () => records.length >= count,
      () => `${records.length} of ${count} records came`,
    )
  } finally {
    await consumer.disconnect()
  }
  return records
}

async function joinGroup(server, groupId, topic, seen) {
  const consumer = connect(server).consumer({ groupId, ...QUICK })
  let partitions = []
  let hasLeft = false
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    partitions = payload.memberAssignment[topic] ?? []
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    autoCommitThreshold: 1,
    eachMessage: async ({ message }) => void seen.push({ value: message.value.toString() }),
  })
  return {
    async assigned(count) {
      await until(
        () => partitions.length === count,
        () => `a member has partitions ${partitions}, not ${count} of them`,
      )
      return [...partitions].sort()
    },
    async leave() {
      if (hasLeft) return
      hasLeft = true
      await consumer.disconnect()
    },
  }
}

async function until(holds, describe, timeoutMs = 20_000) {
  for (const deadline = Date.now() + timeoutMs; !holds(); ) {
    if (Date.now() > deadline) throw new Error(describe())
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
