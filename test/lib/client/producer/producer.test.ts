import { describe, expect, test } from 'vitest'
import { parseProducerSettings, Producer } from '../../../../src/lib/client/producer/index.ts'
import { CODECS, encodeHeaders } from '../../../../src/lib/protocol/records/index.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { FakeCluster, settle } from './fake-cluster.ts'
import { advanceUntil, startProducer } from './harness.ts'

describe('sending', () => {
  test('records arrive in order, with keys, nulls and headers', async () => {
    const { cluster, producer, writer } = await startProducer()
    const line = Buffer.from('..key=value..')
    writer.append(5, line, 2, 5, line, 6, 11, encodeHeaders([{ key: 'h', value: null }]), 1)
    writer.append(6, null, 0, 0, null, 0, 0, null, 2)
    await producer.flush()
    expect(cluster.logs[0]).toEqual([
      { key: 'key', value: 'value', headers: [{ key: 'h', value: null }] },
      { key: null, value: null, headers: [] },
    ])
    expect(cluster.sent[0]!.header).toMatchObject({ baseTimestamp: 5n, maxTimestamp: 6n })
    expect(producer.sentRecords).toBe(2)
  })

  test('an idle node gets what there is; a busy one lets the batch grow', async () => {
    const { cluster, producer, send } = await startProducer()
    cluster.holds = true
    send('a')
    producer.drain()
    send('b')
    producer.drain()
    send('c')
    producer.drain()
    expect(cluster.requests).toHaveLength(1)
    cluster.release()
    await producer.flush()
    expect(cluster.sent.map(({ records }) => records.length)).toEqual([1, 2])
    expect(cluster.values()).toEqual(['a', 'b', 'c'])
  })

  test('linger.ms is the longest wait of a batch that is not full', async () => {
    const { cluster, clock, producer, send } = await startProducer({ 'linger.ms': '30' })
    send('a')
    producer.drain()
    clock.advance(29)
    await settle()
    expect(cluster.requests).toHaveLength(0)
    clock.advance(1)
    await settle()
    expect(cluster.values()).toEqual(['a'])
    expect(producer.sentRecords).toBe(1)
  })

  test('linger.ms=0 sends full batches and leaves the one that is still empty', async () => {
    const { cluster, producer, send } = await startProducer({ 'linger.ms': '0', 'batch.size': '200' })
    send('x'.repeat(60), 'y'.repeat(60), 'z'.repeat(60))
    await producer.flush()
    expect(cluster.sent.map(({ records }) => records.map(({ value }) => value!.length))).toEqual([[60, 60], [60]])
  })

  test('batch.size is the upper bound of a batch, and a larger record goes alone', async () => {
    const { cluster, producer, send } = await startProducer({ 'batch.size': '200' })
    send('x'.repeat(60), 'y'.repeat(60), 'z'.repeat(60), 'w'.repeat(500))
    await producer.flush()
    expect(cluster.sent.every(({ header, records }) => header.sizeInBytes <= 200 || records.length === 1)).toBe(true)
    expect(cluster.sent.map(({ records }) => records.map(({ value }) => value!.length))).toEqual([
      [60, 60],
      [60],
      [500],
    ])
  })

  test('batch.size=0 means a batch for each record', async () => {
    const { cluster, producer, send } = await startProducer({ 'batch.size': '0' })
    send('a', 'b', 'c')
    await producer.flush()
    expect(cluster.sent.map(({ records }) => records.length)).toEqual([1, 1, 1])
  })

  test('a node has max.in.flight.requests.per.connection requests at most', async () => {
    const { cluster, producer, send } = await startProducer({
      'batch.size': '0',
      'max.in.flight.requests.per.connection': '2',
    })
    cluster.holds = true
    send('a', 'b', 'c', 'd')
    producer.drain()
    await settle()
    expect(cluster.requests).toHaveLength(2)
    cluster.release()
    await producer.flush()
    expect(cluster.values()).toEqual(['a', 'b', 'c', 'd'])
  })

  test('batches of several partitions share a request up to max.request.size', async () => {
    const cluster = new FakeCluster('t', [1, 1, 1])
    const { producer, writer } = await startProducer({ 'linger.ms': '1000', 'max.request.size': '1000' }, cluster)
    const value = Buffer.alloc(400, 'v')
    for (const [number, key] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
      writer.append(1, Buffer.from(key), 0, 1, value, 0, 300, null, number)
    }
    await producer.flush()
    expect(cluster.logs.flat()).toHaveLength(6)
    const sizes = cluster.requests.map(({ topicData }) =>
      topicData.flatMap(({ partitionData }) => partitionData).reduce((sum, { records }) => sum + records!.length, 0),
    )
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1000)
    expect(sizes.length).toBeLessThan(6)
  })

  test('leaders on several nodes are asked apart', async () => {
    const cluster = new FakeCluster('t', [1, 2])
    const { producer, writer } = await startProducer(
      { 'partitioner.class': 'org.apache.kafka.clients.producer.RoundRobinPartitioner' },
      cluster,
    )
    const value = Buffer.from('v')
    for (const number of [1, 2, 3, 4]) writer.append(1, null, 0, 0, value, 0, 1, null, number)
    await producer.flush()
    expect(cluster.logs.map(({ length }) => length)).toEqual([2, 2])
    expect(cluster.sent.every(({ nodeId, partition }) => nodeId === partition + 1)).toBe(true)
  })

  test('partitions of a node take turns, one request after the other', async () => {
    const settings = {
      'batch.size': '0',
      'max.in.flight.requests.per.connection': '1',
      'max.request.size': '200',
      'partitioner.class': 'org.apache.kafka.clients.producer.RoundRobinPartitioner',
    }
    const { cluster, producer, send } = await startProducer(settings, new FakeCluster('t', [1, 1, 1]))
    send(...Array.from({ length: 9 }, () => 'v'.repeat(100)))
    await producer.flush()
    const order = cluster.sent.map(({ partition }) => partition)
    expect(order).toHaveLength(9)
    for (const start of [0, 3, 6]) expect(order.slice(start, start + 3).sort()).toEqual([0, 1, 2])
  })

  test('batches leave in their order, however long each takes to be compressed', async () => {
    const { cluster, producer, send } = await startProducer({ 'batch.size': '0', 'compression.type': 'gzip' })
    // Zeros take gzip no time, what looks like noise takes long; both are worth another thread.
    const noise = Array.from({ length: 600_000 }, (_, i) =>
      String.fromCharCode(33 + (((i * 2_654_435_761) >>> 7) % 90)),
    ).join('')
    const values = ['first', 'second'].flatMap((name) => [name + noise, name + '0'.repeat(100_000), name])
    send(...values)
    await producer.flush()
    expect(cluster.sent).toHaveLength(values.length)
    expect(cluster.values().map((value) => value!.length)).toEqual(values.map(({ length }) => length))
  })

  test.each(Object.entries(CODECS))('compression %s is written into the batch', async (name, codec) => {
    const { cluster, producer, send } = await startProducer({ 'compression.type': name })
    send('abc'.repeat(100), 'def')
    await producer.flush()
    expect(cluster.sent[0]!.header.codec).toBe(codec)
    expect(cluster.values()).toEqual(['abc'.repeat(100), 'def'])
  })

  test.each([
    ['0', 0],
    ['1', 1],
    ['all', -1],
    ['-1', -1],
  ])('acks=%s', async (acks, wire) => {
    const { cluster, producer, send } = await startProducer({ acks })
    send('a')
    await producer.flush()
    expect(cluster.requests[0]).toMatchObject({ acks: wire, timeoutMs: 30_000, transactionalId: null })
    expect(cluster.sent[0]!.header.producerId).toBe(wire === -1 ? 1000n : -1n)
    expect(producer.sentRecords).toBe(1)
  })
})

describe('memory', () => {
  test('a record beyond max.request.size fails alone', async () => {
    const { cluster, producer, send, failures } = await startProducer({ 'max.request.size': '1000' })
    send('before', 'x'.repeat(1000), 'after')
    await producer.flush()
    expect(cluster.values()).toEqual(['before', 'after'])
    expect(failures).toEqual([
      { numbers: [2], code: 'MESSAGE_TOO_LARGE', message: expect.stringContaining('max.request.size') },
    ])
    expect(producer.failedRecords).toBe(1)
  })

  test('append returns false while buffer.memory is used up, and room says when it is not', async () => {
    const { cluster, producer, send } = await startProducer({ 'buffer.memory': '2000', 'batch.size': '1000' })
    cluster.holds = true
    expect(send(...Array.from({ length: 4 }, () => 'x'.repeat(450)))).toBe(true)
    expect(send('one more'.padEnd(450))).toBe(false)
    let hasRoom: boolean | undefined
    const room = producer.room().then((answer) => (hasRoom = answer))
    await settle()
    expect(hasRoom).toBeUndefined()
    cluster.release()
    await room
    expect(hasRoom).toBe(true)
    expect(send('one more')).toBe(true)
    await producer.flush()
    expect(cluster.values()).toHaveLength(5)
  })

  test('memory in open batches is won back by sending them as they are', async () => {
    const cluster = new FakeCluster('t', [1, 1, 1, 1])
    const { producer, writer } = await startProducer(
      { 'buffer.memory': '2000', 'batch.size': '1000', 'linger.ms': '60000' },
      cluster,
    )
    const append = (key: string): boolean =>
      writer.append(1, Buffer.from(key), 0, key.length, Buffer.from('v'), 0, 1, null, 1)
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
    const firstRefused = keys.findIndex((key) => !append(key))
    expect(firstRefused).toBeGreaterThan(1)
    expect(await producer.room()).toBe(true)
    expect(append(keys[firstRefused]!)).toBe(true)
    await producer.flush()
    expect(cluster.logs.flat()).toHaveLength(firstRefused + 1)
  })

  test('room gives up after max.block.ms', async () => {
    const { cluster, clock, producer, send } = await startProducer({
      'buffer.memory': '500',
      'batch.size': '500',
      'max.block.ms': '100',
    })
    cluster.holds = true
    send('x'.repeat(300))
    expect(send('y'.repeat(300))).toBe(false)
    const room = producer.room()
    clock.advance(100)
    expect(await room).toBe(false)
    cluster.release()
  })

  test('with many partitions batches are smaller, so that all fit', async () => {
    const cluster = new FakeCluster(
      't',
      Array.from({ length: 100 }, () => 1),
    )
    const { producer, writer } = await startProducer({ 'buffer.memory': '4000000', 'linger.ms': '60000' }, cluster)
    const value = Buffer.alloc(100)
    let accepted = 0
    for (let number = 0; number < 2000; number += 1) {
      const key = Buffer.from(`key ${number}`)
      if (writer.append(1, key, 0, key.length, value, 0, 100, null, number)) accepted += 1
    }
    expect(accepted).toBe(2000)
    await producer.flush()
    expect(cluster.logs.flat()).toHaveLength(2000)
  })
})

describe('the topic', () => {
  test('is waited for while brokers make it', async () => {
    const cluster = new FakeCluster('t')
    cluster.metadataErrors.push('UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE')
    const clock = await advanceTopic(cluster, {})
    expect(cluster.asked).toHaveLength(3)
    expect(cluster.asked.map(({ create }) => create)).toEqual([false, true, true])
    expect(clock.notices).toEqual([expect.stringContaining('UNKNOWN_TOPIC_OR_PARTITION')])
  })

  test('that does not come within max.block.ms is an error with its name', async () => {
    const cluster = new FakeCluster('t')
    cluster.metadataErrors.push(...Array.from({ length: 100 }, () => 'UNKNOWN_TOPIC_OR_PARTITION' as const))
    await expect(advanceTopic(cluster, { 'max.block.ms': '2000' })).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC_OR_PARTITION',
      message: expect.stringContaining('2000 ms'),
    })
  })

  test('that is refused is an error at once', async () => {
    const cluster = new FakeCluster('t')
    cluster.metadataErrors.push('INVALID_TOPIC_EXCEPTION')
    await expect(advanceTopic(cluster, {})).rejects.toMatchObject({ code: 'INVALID_TOPIC_EXCEPTION' })
    expect(cluster.asked).toHaveLength(1)
  })

  test('gets new partitions in the course of time', async () => {
    const { cluster, clock, writer, producer } = await startProducer({ 'metadata.max.age.ms': '5000' })
    cluster.leaders = [1, 1, 1]
    cluster.logs.push([], [])
    clock.advance(5000)
    await settle()
    for (const [number, key] of ['a', 'b', 'c', 'd', 'e', 'f', 'g'].entries())
      writer.append(1, Buffer.from(key), 0, 1, null, 0, 0, null, number)
    await producer.flush()
    expect(cluster.logs.every(({ length }) => length > 0)).toBe(true)
  })
})

async function advanceTopic(cluster: FakeCluster, properties: Record<string, string>): Promise<{ notices: string[] }> {
  const clock = new FakeClock()
  const notices: string[] = []
  const { settings } = parseProducerSettings(new Map(Object.entries(properties)))
  const producer = new Producer(cluster, settings, {
    clock,
    onFailure: () => {},
    onNotice: (sentence) => notices.push(sentence),
  })
  await advanceUntil(producer.topic('t'), clock)
  return { notices }
}
