import { describe, expect, test } from 'vitest'
import type { ErrorName } from '../../../../src/lib/protocol/errors.ts'
import { FakeCluster, settle, type SentBatch, type Whim } from './fake-cluster.ts'
import { advanceUntil, startProducer } from './harness.ts'

const first = (batch: SentBatch): string | null => batch.records[0]!.value
/** Gives a whim for the first so many batches that begin with a value. */
const once =
  (value: string, whim: Whim, times = 1) =>
  (batch: SentBatch): Whim | undefined =>
    first(batch) === value && times-- > 0 ? whim : undefined
const signatures = (cluster: FakeCluster) =>
  cluster.sent.map((batch) => `${first(batch)} ${batch.header.producerEpoch}/${batch.header.baseSequence}`)

describe('retries', () => {
  test.each<ErrorName>(['NOT_ENOUGH_REPLICAS', 'REQUEST_TIMED_OUT', 'KAFKA_STORAGE_ERROR', 'CORRUPT_MESSAGE'])(
    '%s is tried again, with the same sequence',
    async (error) => {
      const { cluster, clock, producer, send, failures } = await startProducer()
      cluster.whim = once('a', { error }, 2)
      send('a')
      await advanceUntil(producer.flush(), clock)
      expect(cluster.values()).toEqual(['a'])
      expect(signatures(cluster)).toEqual(['a 0/0', 'a 0/0', 'a 0/0'])
      expect(failures).toEqual([])
    },
  )

  test('waits retry.backoff.ms, then twice as long', async () => {
    const { cluster, clock, producer, send } = await startProducer({ 'retry.backoff.ms': '100' })
    cluster.whim = once('a', { error: 'NOT_ENOUGH_REPLICAS' }, 2)
    send('a')
    const flushed = producer.flush()
    const sentAfter = async (ms: number): Promise<number> => {
      clock.advance(ms)
      await settle()
      return cluster.sent.length
    }
    expect([
      await sentAfter(0),
      await sentAfter(99),
      await sentAfter(1),
      await sentAfter(199),
      await sentAfter(1),
    ]).toEqual([1, 1, 2, 2, 3])
    await flushed
  })

  test('retries bounds the tries; the records are reported', async () => {
    const { cluster, clock, producer, send, failures } = await startProducer({ retries: '2' })
    cluster.whim = () => ({ error: 'NOT_ENOUGH_REPLICAS', message: 'too few' })
    send('a', 'b')
    await advanceUntil(producer.flush(), clock)
    expect(cluster.sent).toHaveLength(3)
    expect(failures).toEqual([{ numbers: [1, 2], code: 'NOT_ENOUGH_REPLICAS', message: 'too few' }])
    expect(producer.failedRecords).toBe(2)
  })

  test('delivery.timeout.ms bounds them too, and what waits behind', async () => {
    const { cluster, clock, producer, send, failures } = await startProducer({
      'delivery.timeout.ms': '30000',
      'batch.size': '0',
    })
    cluster.whim = () => ({ error: 'NOT_ENOUGH_REPLICAS' })
    send('a', 'b')
    await advanceUntil(producer.flush(), clock)
    expect(failures.flatMap(({ numbers }) => numbers).sort()).toEqual([1, 2])
    expect(cluster.values()).toEqual([])
  })

  test('an error that no retry mends fails the batch, and the next ones go on', async () => {
    const { cluster, clock, producer, send, failures } = await startProducer({ 'batch.size': '0' })
    cluster.whim = once('a', { error: 'TOPIC_AUTHORIZATION_FAILED' })
    send('a', 'b', 'c')
    await advanceUntil(producer.flush(), clock)
    expect(failures).toEqual([
      { numbers: [1], code: 'TOPIC_AUTHORIZATION_FAILED', message: 'TOPIC_AUTHORIZATION_FAILED' },
    ])
    expect(cluster.values()).toEqual(['b', 'c'])
  })

  test('a lost answer is no duplicate', async () => {
    const { cluster, clock, producer, send } = await startProducer({ 'batch.size': '0' })
    cluster.whim = once('b', { lost: true })
    send('a', 'b', 'c', 'd')
    await advanceUntil(producer.flush(), clock)
    expect(cluster.values()).toEqual(['a', 'b', 'c', 'd'])
    expect(producer.sentRecords).toBe(4)
  })

  test('without idempotence a lost answer may be one', async () => {
    const { cluster, clock, producer, send } = await startProducer({ 'enable.idempotence': 'false' })
    cluster.whim = once('a', { lost: true })
    send('a')
    await advanceUntil(producer.flush(), clock)
    expect(cluster.values()).toEqual(['a', 'a'])
    expect(cluster.sent[0]!.header.producerId).toBe(-1n)
  })

  test('DUPLICATE_SEQUENCE_NUMBER means that it is there', async () => {
    const { cluster, clock, producer, send, failures } = await startProducer()
    cluster.whim = once('a', { error: 'DUPLICATE_SEQUENCE_NUMBER' })
    send('a')
    await advanceUntil(producer.flush(), clock)
    expect(producer.sentRecords).toBe(1)
    expect(failures).toEqual([])
  })
})

describe('order', () => {
  test('batches in flight behind one that failed follow it again in order', async () => {
    const { cluster, clock, producer, send, failures } = await startProducer({ 'batch.size': '0' })
    cluster.whim = once('a', { error: 'NOT_ENOUGH_REPLICAS' })
    send('a', 'b', 'c', 'd', 'e', 'f')
    await advanceUntil(producer.flush(), clock)
    expect(cluster.values()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(signatures(cluster).slice(0, 5)).toEqual(['a 0/0', 'b 0/1', 'c 0/2', 'd 0/3', 'e 0/4'])
    expect(new Set(signatures(cluster)).size).toBe(6)
    expect(failures).toEqual([])
  })

  test('after a batch that is given up the rest is numbered anew', async () => {
    const { cluster, clock, producer, send, failures } = await startProducer({ 'batch.size': '0' })
    cluster.whim = once('b', { error: 'INVALID_RECORD' })
    send('a', 'b', 'c', 'd')
    await advanceUntil(producer.flush(), clock)
    expect(cluster.values()).toEqual(['a', 'c', 'd'])
    expect(signatures(cluster).slice(-2)).toEqual(['c 1/0', 'd 1/1'])
    expect(failures.map(({ numbers }) => numbers)).toEqual([[2]])
  })

  test('what follows a batch that is given up has its new number at once', async () => {
    const { cluster, clock, producer, send } = await startProducer()
    cluster.whim = once('b', { error: 'INVALID_RECORD' })
    for (const value of ['a', 'b', 'c']) {
      send(value)
      await advanceUntil(producer.flush(), clock)
    }
    expect(signatures(cluster)).toEqual(['a 0/0', 'b 0/1', 'c 1/0'])
  })

  test('so has what follows a batch that was never sent', async () => {
    const { cluster, clock, producer, send, failures } = await startProducer({
      'delivery.timeout.ms': '30000',
      'metadata.max.age.ms': '1000',
    })
    send('a')
    await advanceUntil(producer.flush(), clock)
    const [leader] = cluster.leaders.splice(0, 1, -1)
    clock.advance(1000)
    await settle()
    send('b')
    await advanceUntil(producer.flush(), clock)
    cluster.leaders = [leader!]
    send('c')
    await advanceUntil(producer.flush(), clock)
    expect(failures).toMatchObject([{ numbers: [2], code: 'REQUEST_TIMED_OUT' }])
    expect(signatures(cluster)).toEqual(['a 0/0', 'c 1/0'])
  })

  test('a batch whose fate is unknown leaves the others their numbers', async () => {
    const { cluster, clock, producer, send } = await startProducer({ 'batch.size': '0', retries: '1' })
    cluster.whim = once('a', { lost: true }, 2)
    send('a', 'b', 'c')
    await advanceUntil(producer.flush(), clock)
    expect(cluster.values()).toEqual(['a', 'b', 'c'])
    expect(new Set(signatures(cluster))).toEqual(new Set(['a 0/0', 'b 0/1', 'c 0/2']))
  })

  test('a broker that has forgotten the producer gets a new epoch', async () => {
    const { cluster, clock, producer, send } = await startProducer({ 'batch.size': '0' })
    cluster.whim = once('b', { error: 'UNKNOWN_PRODUCER_ID' })
    send('a', 'b')
    await advanceUntil(producer.flush(), clock)
    expect(cluster.values()).toEqual(['a', 'b'])
    expect(signatures(cluster).at(-1)).toBe('b 1/0')
  })

  test.each([7, 21, 99, 1234, 5150])(
    'at random trouble nothing is lost, doubled or out of order (seed %i)',
    async (start) => {
      let seed = start
      const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647
      const { cluster, clock, producer, send, failures } = await startProducer({ 'batch.size': '0' })
      cluster.whim = () => {
        const dice = random()
        return dice < 0.1
          ? { lost: true }
          : dice < 0.2
            ? { error: 'NOT_ENOUGH_REPLICAS' }
            : dice < 0.23
              ? { error: 'NETWORK_EXCEPTION', lost: true }
              : undefined
      }
      const values = Array.from({ length: 200 }, (_, index) => `v${index}`)
      send(...values)
      await advanceUntil(producer.flush(), clock)
      expect(cluster.values()).toEqual(values)
      expect(failures).toEqual([])
    },
  )
})

describe('leaders', () => {
  test('a move is found by new metadata', async () => {
    const cluster = new FakeCluster('t', [1])
    const { clock, producer, send } = await startProducer({}, cluster)
    cluster.leaders = [2]
    cluster.leaderEpoch = 1
    send('a')
    await advanceUntil(producer.flush(), clock)
    expect(cluster.sent.map(({ nodeId }) => nodeId)).toEqual([1, 2])
    expect(cluster.values()).toEqual(['a'])
  })

  test('the answer that names the new leader saves asking', async () => {
    const cluster = new FakeCluster('t', [1, 2])
    const { clock, producer, writer } = await startProducer({}, cluster)
    cluster.whim = (batch) =>
      batch.nodeId === 1 ? { error: 'NOT_LEADER_OR_FOLLOWER', leader: { leaderId: 2, leaderEpoch: 5 } } : undefined
    cluster.leaders = [2, 2]
    const asked = cluster.asked.length
    for (const [number, key] of ['a', 'b', 'c', 'd', 'e'].entries())
      writer.append(1, Buffer.from(key), 0, 1, null, 0, 0, null, number)
    await advanceUntil(producer.flush(), clock)
    expect(cluster.logs.flat()).toHaveLength(5)
    expect(cluster.asked).toHaveLength(asked)
  })

  test('old news do not undo a move', async () => {
    const cluster = new FakeCluster('t', [1, 2])
    const { clock, producer, writer } = await startProducer({ 'metadata.max.age.ms': '1000' }, cluster)
    const append = (): boolean => writer.append(1, Buffer.from('a'), 0, 1, null, 0, 0, null, 1)
    cluster.leaders = [2, 2]
    cluster.leaderEpoch = 5
    clock.advance(1000)
    await settle()
    cluster.leaders = [1, 1]
    cluster.leaderEpoch = 4
    clock.advance(1000)
    await settle()
    cluster.leaders = [2, 2]
    append()
    await advanceUntil(producer.flush(), clock)
    expect(cluster.sent.map(({ nodeId }) => nodeId)).toEqual([2])
  })

  test('a topic that the cluster has lost is asked for before anything is sent', async () => {
    const { cluster, clock, producer, send } = await startProducer({ 'metadata.max.age.ms': '1000' })
    cluster.metadataErrors.push('UNKNOWN_TOPIC_OR_PARTITION')
    clock.advance(1000)
    await settle()
    send('a')
    producer.drain()
    await settle()
    expect(cluster.sent).toEqual([])
    await advanceUntil(producer.flush(), clock)
    expect(cluster.values()).toEqual(['a'])
  })

  test('a partition without leader is waited for', async () => {
    const cluster = new FakeCluster('t', [-1])
    const { clock, producer, send } = await startProducer({}, cluster)
    send('a')
    const flushed = producer.flush()
    clock.advance(1000)
    await settle()
    expect(cluster.sent).toEqual([])
    cluster.leaders = [3]
    await advanceUntil(flushed, clock)
    expect(cluster.values()).toEqual(['a'])
  })
})

describe('batches that are refused', () => {
  test('for their size are split until they fit, and those to come are smaller', async () => {
    const { cluster, clock, producer, send, failures } = await startProducer({ 'linger.ms': '10' })
    const limit = 600
    cluster.whim = ({ header }) => (header.sizeInBytes > limit ? { error: 'MESSAGE_TOO_LARGE' } : undefined)
    const values = Array.from({ length: 40 }, (_, index) => `${index} `.padEnd(100, 'x'))
    send(...values)
    await advanceUntil(producer.flush(), clock)
    expect(cluster.values()).toEqual(values)
    const refused = cluster.sent.filter(({ header }) => header.sizeInBytes > limit).length
    send(...values)
    await advanceUntil(producer.flush(), clock)
    expect(cluster.sent.filter(({ header }) => header.sizeInBytes > limit)).toHaveLength(refused)
    expect(failures).toEqual([])
  })

  test('a single record that is too large for the broker fails alone', async () => {
    const { cluster, clock, producer, send, failures } = await startProducer()
    cluster.whim = ({ header }) => (header.sizeInBytes > 400 ? { error: 'MESSAGE_TOO_LARGE' } : undefined)
    send('a', 'x'.repeat(500), 'b')
    await advanceUntil(producer.flush(), clock)
    expect(cluster.values()).toEqual(['a', 'b'])
    expect(failures).toMatchObject([{ numbers: [2], code: 'MESSAGE_TOO_LARGE' }])
  })

  test('for some of their records go again without these', async () => {
    const { cluster, clock, producer, send, failures } = await startProducer()
    cluster.whim = ({ records }) => {
      const batchIndex = records.findIndex(({ value }) => value === 'bad')
      return batchIndex < 0
        ? undefined
        : { error: 'INVALID_RECORD', message: 'batch', invalid: [{ batchIndex, batchIndexErrorMessage: 'no key' }] }
    }
    send('a', 'bad', 'b', 'bad', 'c')
    await advanceUntil(producer.flush(), clock)
    expect(cluster.values()).toEqual(['a', 'b', 'c'])
    expect(failures).toEqual([
      { numbers: [2], code: 'INVALID_RECORD', message: 'no key' },
      { numbers: [4], code: 'INVALID_RECORD', message: 'no key' },
    ])
    expect([producer.sentRecords, producer.failedRecords]).toEqual([3, 2])
    expect(signatures(cluster)).toEqual(['a 0/0', 'a 1/0', 'a 2/0'])
  })
})

describe('producer ids', () => {
  test('are asked for again while the cluster is not ready', async () => {
    const cluster = new FakeCluster('t')
    cluster.producerIdErrors.push('COORDINATOR_LOAD_IN_PROGRESS', 'unreachable')
    const { clock, producer, send } = await startProducer({}, cluster)
    send('a')
    await advanceUntil(producer.flush(), clock)
    expect(cluster.values()).toEqual(['a'])
  })

  test('that are refused fail everything', async () => {
    const cluster = new FakeCluster('t')
    cluster.producerIdErrors.push('CLUSTER_AUTHORIZATION_FAILED')
    const { clock, producer, send, failures } = await startProducer({}, cluster)
    send('a', 'b')
    await advanceUntil(producer.flush(), clock)
    send('c')
    await advanceUntil(producer.flush(), clock)
    expect(failures.map(({ numbers, code }) => [numbers, code])).toEqual([
      [[1, 2], 'CLUSTER_AUTHORIZATION_FAILED'],
      [[3], 'CLUSTER_AUTHORIZATION_FAILED'],
    ])
    expect(cluster.sent).toEqual([])
  })
})
