import { describe, expect, it } from 'vitest'
import { LATEST, topicsLike } from '../../../../src/lib/client/consumer/index.ts'
import { EnvironmentError, UserError } from '../../../../src/lib/errors.ts'
import { Fetch } from '../../../../src/lib/protocol/apis/fetch.ts'
import { buildEndMarker } from '../../../../src/lib/protocol/records/index.ts'
import { FakeCluster } from './fake-cluster.ts'
import { keepTime, openReading } from './reading.ts'

describe('a consumer without a group', () => {
  it('ends when nothing has come by the deadline', async () => {
    const { consumer, clock } = openReading(new FakeCluster().addTopic('t'))
    const stop = keepTime(clock)
    const startedAt = clock.now()
    expect(await consumer.next(startedAt + 2000)).toBeUndefined()
    expect(clock.now() - startedAt).toBe(2000)
    stop()
  })

  it('hands out what is there before it looks at the deadline', async () => {
    const { consumer, clock } = openReading(new FakeCluster().addTopic('t').append('t', 0, ['a']))
    expect(await consumer.next()).toBeDefined()
    await new Promise(setImmediate)
    expect(await consumer.next(clock.now() - 1)).toBeUndefined()
  })

  it('ends at once when stopped, also while it waits', async () => {
    const { consumer } = openReading(new FakeCluster().addTopic('t'))
    const waiting = consumer.next()
    await new Promise(setImmediate)
    consumer.stop()
    expect(await waiting).toBeUndefined()
    expect(await consumer.next()).toBeUndefined()
  })

  it('throws what goes wrong in the background', async () => {
    const cluster = new FakeCluster().addTopic('t')
    cluster.on(Fetch, () => {
      throw new UserError('broken')
    })
    await expect(openReading(cluster).consumer.next()).rejects.toThrow('broken')
  })

  it('reads a topic from its first record when it appears only later, even with latest', async () => {
    const cluster = new FakeCluster()
    const { readUntil, notices } = openReading(cluster, { properties: { 'auto.offset.reset': 'latest' } })
    const reading = readUntil(1)
    while (notices.length === 0) await new Promise(setImmediate)
    cluster.addTopic('t').append('t', 0, ['a'])
    expect(await reading).toEqual(['0:0 a'])
    expect(notices).toEqual(['topic t is not there; waiting for it'])
  })

  it('needs a place to begin with auto.offset.reset=none', async () => {
    const { consumer } = openReading(new FakeCluster().addTopic('t'), { properties: { 'auto.offset.reset': 'none' } })
    await expect(consumer.next()).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' })
  })

  it("reads the topics that fit a pattern, those to come as well, and leaves Kafka's own out", async () => {
    const cluster = new FakeCluster()
      .addTopic('web-a')
      .append('web-a', 0, ['1'])
      .addTopic('other')
      .append('other', 0, ['no'])
      .addTopic('web-internal', 1, true)
      .append('web-internal', 0, ['no'])
    const { readUntil } = openReading(cluster, { subscription: topicsLike(/^web-.*$/, true) })
    expect(await readUntil(1)).toEqual(['web-a-0:0 1'])
    cluster.addTopic('web-b').append('web-b', 0, ['2'])
    expect(await readUntil(2)).toEqual(['web-a-0:0 1', 'web-b-0:0 2'])
    expect(topicsLike(/^web-.*$/, false).matches({ name: 'web-internal', isInternal: true })).toBe(true)
  })

  it('says nothing of connections that break off at its end', async () => {
    const cluster = new FakeCluster().addTopic('t')
    let breakOff = (_error: Error): void => {}
    cluster.on(Fetch, () => new Promise((_resolve, reject) => (breakOff = reject)))
    const { consumer, notices } = openReading(cluster)
    const waiting = consumer.next()
    while (cluster.requests(Fetch).length === 0) await new Promise(setImmediate)
    await consumer.close(true)
    breakOff(new EnvironmentError('closed'))
    await new Promise(setImmediate)
    expect(await waiting).toBeUndefined()
    expect(notices).toEqual([])
  })
})

describe('a consumer that ends', () => {
  const end = LATEST

  it('reads what was there at its start: of all partitions, over gaps, and none of what comes', async () => {
    const cluster = new FakeCluster()
      .addTopic('t', 3)
      .append('t', 0, ['a', 'b'])
      .append('t', 0, ['c'], { baseOffset: 10n })
      .append('t', 2, ['d'])
    const { readUntil } = openReading(cluster, {
      end,
      sink: {
        ready: () =>
          void (
            cluster.partition('t', 2).batches.length === 1 &&
            cluster.append('t', 2, ['late']).growTopic('t').append('t', 3, ['new'])
          ),
      },
    })
    expect((await readUntil(Infinity)).sort()).toEqual(['0:0 a', '0:1 b', '0:10 c', '2:0 d'])
  })

  it.each(['read_uncommitted', 'read_committed'])(
    'is not kept by offsets in front of the end that have no record, %s',
    async (isolation) => {
      const cluster = new FakeCluster().addTopic('t', 2).append('t', 0, ['a'])
      cluster.partition('t', 0).gapAtEnd = 5n
      cluster.partition('t', 1).gapAtEnd = 5n
      const { readUntil } = openReading(cluster, { end, properties: { 'isolation.level': isolation } })
      expect(await readUntil(Infinity)).toEqual(['0:0 a'])
    },
  )

  it('takes no partition for read to its end because an answer had no room for it', async () => {
    const cluster = new FakeCluster().addTopic('t', 2).append('t', 0, ['a']).append('t', 1, ['b'])
    const { readUntil, settings } = openReading(cluster, { end, properties: { 'fetch.max.bytes': '100' } })
    let answers = 0
    cluster.on(Fetch, ({ topics: [topic] }) => ({
      responses: [
        {
          topicId: topic!.topicId,
          partitions: topic!.partitions.map(({ partition: partitionIndex, fetchOffset }) => {
            const { batches, endOffset } = cluster.partition('t', partitionIndex)
            const records = fetchOffset > 0n || (answers === 0 && partitionIndex === 1) ? Buffer.alloc(0) : batches[0]!
            if (partitionIndex === 1) answers += 1
            return { partitionIndex, errorCode: 0, records, highWatermark: endOffset, lastStableOffset: endOffset }
          }),
        },
      ],
    }))
    expect(await readUntil(Infinity)).toEqual(['0:0 a', '1:0 b'])
    expect(settings.fetchMaxBytes).toBe(100)
  })

  it('passes over a transaction that was rolled back, and its marker, at the end', async () => {
    const cluster = new FakeCluster()
      .addTopic('t')
      .append('t', 0, ['a'])
      .append('t', 0, ['no'], { producerId: 7n, producerEpoch: 0, baseSequence: 0, isTransactional: true })
    const partition = cluster.partition('t')
    const marker = buildEndMarker({
      producerId: 7n,
      producerEpoch: 0,
      committed: false,
      coordinatorEpoch: 0,
      timestamp: 0n,
    })
    marker.writeBigInt64BE(2n)
    partition.batches.push(marker)
    partition.aborted = [{ producerId: 7n, firstOffset: 1n }]
    expect(
      await openReading(cluster, { end, properties: { 'isolation.level': 'read_committed' } }).readUntil(Infinity),
    ).toEqual(['0:0 a'])
  })

  it('ends within a batch, and before it begins', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a', 'b', 'c']).append('t', 0, ['d'])
    expect(await openReading(cluster, { end: { offset: 2n } }).readUntil(Infinity)).toEqual(['0:0 a', '0:1 b'])
    expect(await openReading(cluster, { end: { offset: 2n }, start: { offset: 3n } }).readUntil(Infinity)).toEqual([])
    expect(await openReading(cluster, { end: { timestamp: 5n } }).readUntil(Infinity)).toEqual([])
    expect(
      await openReading(cluster, { end: { timestamp: 5000n }, start: { offset: 2n } }).readUntil(Infinity),
    ).toEqual(['0:2 c', '0:3 d'])
  })

  it('ends at once where there is nothing, and waits for no topic or partition', async () => {
    expect(await openReading(new FakeCluster().addTopic('t', 2), { end }).readUntil(Infinity)).toEqual([])
    expect(
      await openReading(new FakeCluster(), { end, subscription: topicsLike(/^x/, true) }).readUntil(Infinity),
    ).toEqual([])
    await expect(openReading(new FakeCluster(), { end }).consumer.next()).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC_OR_PARTITION',
      message: 'Topic "t" does not exist (UNKNOWN_TOPIC_OR_PARTITION)',
    })
    await expect(
      openReading(new FakeCluster().addTopic('t'), { end, partitions: new Set([0, 4]) }).consumer.next(),
    ).rejects.toThrow('Partition t-4 does not exist')
  })
})
