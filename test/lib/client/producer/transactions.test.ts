import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBroker, type RunningBroker } from '../../../../src/lib/broker/index.ts'
import { connectClient } from '../../../../src/lib/client/connect.ts'
import type { GroupMetadata } from '../../../../src/lib/client/group/index.ts'
import {
  parseProducerSettings,
  Producer,
  type TopicWriter,
  type Transactions,
} from '../../../../src/lib/client/producer/index.ts'
import type { KafkaClient, SendOptions } from '../../../../src/lib/client/types.ts'
import { EnvironmentError, type KafkaError } from '../../../../src/lib/errors.ts'
import type { Api } from '../../../../src/lib/protocol/api.ts'
import { CreateTopics } from '../../../../src/lib/protocol/apis/create-topics.ts'
import { DescribeTransactions } from '../../../../src/lib/protocol/apis/describe-transactions.ts'
import { EndTxn } from '../../../../src/lib/protocol/apis/end-txn.ts'
import { OffsetFetch } from '../../../../src/lib/protocol/apis/offset-fetch.ts'
import { Produce } from '../../../../src/lib/protocol/apis/produce.ts'
import { valuesOf } from '../../../support/committed-values.ts'

let broker: RunningBroker
let admin: KafkaClient
let names = 0

beforeAll(async () => {
  broker = await startBroker()
  admin = await connect()
})

afterAll(async () => {
  await admin.close()
  await broker.stop()
})

const connect = (): Promise<KafkaClient> =>
  connectClient({ bootstrapServers: [broker.bootstrapServers], clientId: 'test', properties: new Map() })

async function newTopic(partitions = 2, configs: { name: string; value: string }[] = []): Promise<string> {
  const name = `topic-${(names += 1)}`
  await admin.send(CreateTopics, { topics: [{ name, numPartitions: partitions, replicationFactor: 1, configs }] })
  return name
}

interface Opened {
  readonly client: KafkaClient
  readonly sent: { name: string; maxVersion: number | undefined }[]
  readonly failures: KafkaError[]
  readonly producer: Producer
  readonly transactions: Transactions
  readonly writer: TopicWriter
  send(...values: string[]): void
}

/**
 * A producer whose requests are noted, of a cluster with a level of `transaction.version`. `lose` says which answers
 * never come.
 */
async function open(
  id: string,
  topic: string,
  {
    level = 2,
    properties = {},
    lose = () => false,
  }: {
    level?: number
    properties?: Record<string, string>
    lose?: (api: Api) => boolean
  } = {},
): Promise<Opened> {
  const client = await connect()
  const sent: Opened['sent'] = []
  const failures: KafkaError[] = []
  const plainSend = client.send.bind(client)
  Object.assign(client, {
    featureLevel: async () => level,
    send: async (api: Api, request: never, options: SendOptions = {}) => {
      sent.push({ name: api.name, maxVersion: options.maxVersion })
      const answer = await plainSend(api, request, options)
      if (lose(api)) throw new EnvironmentError('the answer was lost')
      return answer
    },
  })
  const { settings } = parseProducerSettings(
    new Map(Object.entries({ 'transactional.id': id, 'retry.backoff.ms': '1', ...properties })),
  )
  const producer = new Producer(client, settings, { onFailure: (_, error) => void failures.push(error) })
  const writer = await producer.topic(topic)
  const send = (...values: string[]): void => {
    for (const value of values)
      writer.append(Date.now(), null, 0, 0, Buffer.from(value), 0, Buffer.byteLength(value), null, 1)
    producer.drain()
  }
  return { client, sent, failures, producer, transactions: producer.transactions!, writer, send }
}

async function offsetOf(groupId: string, name: string): Promise<bigint> {
  const { groups } = await admin.send(
    OffsetFetch,
    { requireStable: true, groups: [{ groupId, topics: [{ name, partitionIndexes: [0] }] }] },
    { maxVersion: 9 },
  )
  return groups[0]!.topics[0]!.partitions[0]!.committedOffset
}

const alone = (groupId: string): GroupMetadata => ({ groupId, generationId: -1, memberId: '', groupInstanceId: null })

describe.each([0, 2])('transaction.version %i', (level) => {
  test('what is committed is read, what is aborted is not, offsets go along', async () => {
    const topic = await newTopic()
    const { client, transactions, send, sent } = await open(`${topic}-id`, topic, { level })
    for (const [isKept, offset] of [
      [true, 1n],
      [false, 9n],
      [true, 2n],
      [false, 8n],
    ] as const) {
      await transactions.begin()
      send(`${isKept} ${offset}`)
      await transactions.sendOffsets([{ topic, partition: 0, offset, leaderEpoch: -1 }], alone(`${topic}-group`))
      await (isKept ? transactions.commit() : transactions.abort())
    }
    expect(await valuesOf(admin, topic)).toEqual(['true 1', 'true 2'])
    expect(await offsetOf(`${topic}-group`, topic)).toBe(2n)
    // Before KIP-890 clients add partitions and groups by themselves; from then on they must not.
    const added = sent.filter(({ name }) => name === 'AddPartitionsToTxn' || name === 'AddOffsetsToTxn').length
    expect(added > 0).toBe(level === 0)
    expect(sent.find(({ name }) => name === 'Produce')!.maxVersion).toBe(level === 0 ? 11 : undefined)
    await client.close()
  })

  test('a transaction over many batches of all partitions is one', async () => {
    const topic = await newTopic(3)
    const { client, transactions, producer, send } = await open(`${topic}-id`, topic, {
      level,
      properties: {
        'batch.size': '200',
        'partitioner.class': 'org.apache.kafka.clients.producer.RoundRobinPartitioner',
      },
    })
    const values = Array.from({ length: 200 }, (_, index) => `value ${index}`)
    for (let round = 0; round < 2; round += 1) {
      await transactions.begin()
      send(...values)
      await producer.flush()
      expect(await valuesOf(admin, topic)).toHaveLength(round * 200)
      await transactions.commit()
    }
    expect((await valuesOf(admin, topic)).sort()).toEqual([...values, ...values].sort())
    await client.close()
  })

  test('an answer to the commit that is lost is asked for again', async () => {
    const topic = await newTopic()
    let losses = 1
    const { client, transactions, send } = await open(`${topic}-id`, topic, {
      level,
      lose: ({ key }) => key === EndTxn.key && losses-- > 0,
    })
    for (const value of ['a', 'b']) {
      await transactions.begin()
      send(value)
      await transactions.commit()
    }
    expect((await valuesOf(admin, topic)).sort()).toEqual(['a', 'b'])
    expect(losses).toBeLessThan(0)
    await client.close()
  })

  test('a record that is refused spoils its transaction and not the next', async () => {
    const topic = await newTopic(1, [{ name: 'max.message.bytes', value: '1000' }])
    const { client, transactions, send, failures } = await open(`${topic}-id`, topic, { level })
    await transactions.begin()
    send('kept')
    await transactions.commit()
    await transactions.begin()
    send('lost with the other', 'x'.repeat(2000))
    await expect(transactions.commit()).rejects.toThrow(/MESSAGE_TOO_LARGE|RECORD_TOO_LARGE/)
    expect(failures.length).toBeGreaterThan(0)
    await transactions.abort()
    await transactions.begin()
    send('kept too')
    await transactions.commit()
    expect(await valuesOf(admin, topic)).toEqual(['kept', 'kept too'])
    await client.close()
  })

  test('a successor shuts a producer out and takes back what it left open', async () => {
    const topic = await newTopic()
    const zombie = await open(`${topic}-id`, topic, { level })
    await zombie.transactions.begin()
    zombie.send('abandoned')
    await zombie.producer.flush()
    const successor = await open(`${topic}-id`, topic, { level })
    await successor.transactions.begin()
    successor.send('kept')
    zombie.send('late')
    await expect(zombie.transactions.commit()).rejects.toThrow(
      /Transactional id ".*": another producer with this id has taken over, or .* transaction.timeout.ms \(60000\) \((PRODUCER_FENCED|INVALID_PRODUCER_EPOCH)\)/,
    )
    await expect(zombie.transactions.abort()).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
    await expect(zombie.transactions.begin()).rejects.toMatchObject({ code: 'PRODUCER_FENCED' })
    await successor.transactions.commit()
    expect(await valuesOf(admin, topic)).toEqual(['kept'])
    await Promise.all([zombie.client.close(), successor.client.close()])
  })

  test('a member that the group does not know commits no offsets, and the transaction can be aborted', async () => {
    const topic = await newTopic()
    const { client, transactions, send } = await open(`${topic}-id`, topic, { level })
    await transactions.begin()
    send('dropped')
    const member = { ...alone(`${topic}-group`), generationId: 3, memberId: 'gone' }
    await expect(
      transactions.sendOffsets([{ topic, partition: 0, offset: 5n, leaderEpoch: -1 }], member),
    ).rejects.toThrow(/UNKNOWN_MEMBER_ID|ILLEGAL_GENERATION/)
    await expect(transactions.commit()).rejects.toThrow(/UNKNOWN_MEMBER_ID|ILLEGAL_GENERATION/)
    await transactions.abort()
    expect(await valuesOf(admin, topic)).toEqual([])
    expect(await offsetOf(`${topic}-group`, topic)).toBe(-1n)
    await client.close()
  })

  test('an empty transaction is nothing to the coordinator', async () => {
    const topic = await newTopic()
    const { client, transactions, sent } = await open(`${topic}-id`, topic, { level })
    await transactions.begin()
    await transactions.commit()
    await transactions.begin()
    await transactions.abort()
    expect(sent.map(({ name }) => name)).not.toContain('EndTxn')
    await client.close()
  })
})

test('a transaction that is aborted takes along what was never sent', async () => {
  const topic = await newTopic(1)
  const { client, transactions, send, failures, producer } = await open(`${topic}-id`, topic, {
    properties: { 'linger.ms': '10000' },
  })
  await transactions.begin()
  send('never sent')
  await transactions.abort()
  expect(failures).toMatchObject([{ code: 'OPERATION_NOT_ATTEMPTED' }])
  expect(producer.sentRecords).toBe(0)
  await client.close()
})

test('an answer to a batch that is lost does not write it twice', async () => {
  const topic = await newTopic(1)
  let losses = 2
  const { client, transactions, send } = await open(`${topic}-id`, topic, {
    lose: ({ key }) => key === Produce.key && losses-- > 0,
  })
  await transactions.begin()
  send('once')
  await transactions.commit()
  expect(await valuesOf(admin, topic)).toEqual(['once'])
  await client.close()
})

test('a commit whose answer never comes has an outcome that is not known', async () => {
  const topic = await newTopic(1)
  const { client, transactions, send } = await open(`${topic}-id`, topic, {
    lose: ({ key }) => key === EndTxn.key,
    properties: { 'max.block.ms': '20' },
  })
  await transactions.begin()
  send('perhaps')
  await expect(transactions.commit()).rejects.toThrow('Whether the transaction was committed is not known')
  await expect(transactions.begin()).rejects.toThrow(EnvironmentError)
  await client.close()
})

test("the time-out is the producer's own", async () => {
  const topic = await newTopic(1)
  const { client, transactions, send } = await open(`${topic}-id`, topic, {
    properties: { 'transaction.timeout.ms': '4321' },
  })
  await transactions.begin()
  send('open')
  const { transactionStates } = await admin.send(DescribeTransactions, { transactionalIds: [`${topic}-id`] })
  expect(transactionStates[0]).toMatchObject({ transactionTimeoutMs: 4321 })
  await transactions.abort()
  await client.close()
})

test('a record outside a transaction is a mistake of the caller', async () => {
  const topic = await newTopic(1)
  const { client, send } = await open(`${topic}-id`, topic)
  expect(() => send('stray')).toThrow('outside a transaction')
  await client.close()
})
