import { describe, expect, it } from 'vitest'
import { EARLIEST, LATEST } from '../../../../src/lib/client/consumer/index.ts'
import { EnvironmentError } from '../../../../src/lib/errors.ts'
import { Fetch, type FetchRequest } from '../../../../src/lib/protocol/apis/fetch.ts'
import { ListOffsets } from '../../../../src/lib/protocol/apis/list-offsets.ts'
import { OffsetForLeaderEpoch } from '../../../../src/lib/protocol/apis/offset-for-leader-epoch.ts'
import { ERRORS, type ErrorName } from '../../../../src/lib/protocol/errors.ts'
import { CODECS } from '../../../../src/lib/protocol/records/index.ts'
import { FakeCluster } from './fake-cluster.ts'
import { keepTime, openReading } from './reading.ts'

const fetchedOffsets = (request: FetchRequest) =>
  request.topics.flatMap(({ partitions }) =>
    partitions.map(({ partition, fetchOffset }) => `${partition}@${fetchOffset}`),
  )

describe('reading partitions', () => {
  it('reads all partitions of a leader with one request, from the earliest record', async () => {
    const cluster = new FakeCluster().addTopic('t', 3).append('t', 0, ['a', 'b']).append('t', 2, ['c'])
    const { readUntil } = openReading(cluster)
    expect(await readUntil(3)).toEqual(['0:0 a', '0:1 b', '2:0 c'])
    expect(fetchedOffsets(cluster.requests(Fetch)[0]!)).toEqual(['0@0', '1@0', '2@0'])
    expect(cluster.requests(ListOffsets)).toHaveLength(1)
  })

  it('asks the leader of each partition', async () => {
    const cluster = new FakeCluster().addTopic('t', 2).append('t', 0, ['a']).append('t', 1, ['b'])
    cluster.partition('t', 1).leaderId = 2
    const { readUntil } = openReading(cluster)
    expect((await readUntil(2)).sort()).toEqual(['0:0 a', '1:0 b'])
    const nodes = cluster.sent
      .filter(({ api }) => api === 'Fetch')
      .map(({ request, options }) => [options.nodeId, fetchedOffsets(request as FetchRequest)[0]])
    expect(nodes).toContainEqual([1, '0@0'])
    expect(nodes).toContainEqual([2, '1@0'])
  })

  it('sends the next fetch before it hands the last one out, and no third one', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a']).append('t', 0, ['b']).append('t', 0, ['c'])
    const { consumer } = openReading(cluster, { properties: { 'max.partition.fetch.bytes': '1' } })
    const first = await consumer.next()
    expect(cluster.requests(Fetch).map((request) => fetchedOffsets(request)[0])).toEqual(['0@0', '0@1'])
    await new Promise(setImmediate)
    const second = await consumer.next()
    await new Promise(setImmediate)
    expect(cluster.requests(Fetch)).toHaveLength(2)
    consumer.release(first!)
    await consumer.next()
    expect(cluster.requests(Fetch)).toHaveLength(3)
    consumer.release(second!)
  })

  it('gives the limits that the user has set', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a'])
    const properties = {
      'fetch.max.bytes': '11',
      'max.partition.fetch.bytes': '12',
      'fetch.min.bytes': '13',
      'fetch.max.wait.ms': '14',
      'client.rack': 'r',
      'isolation.level': 'read_committed',
    }
    await openReading(cluster, { properties }).readUntil(1)
    expect(cluster.requests(Fetch)[0]).toMatchObject({
      maxBytes: 11,
      minBytes: 13,
      maxWaitMs: 14,
      rackId: 'r',
      isolationLevel: 1,
      sessionEpoch: -1,
    })
    expect(cluster.requests(Fetch)[0]!.topics[0]!.partitions[0]).toMatchObject({ partitionMaxBytes: 12 })
    expect(cluster.requests(ListOffsets)[0]).toMatchObject({ isolationLevel: 1 })
  })

  it.each(Object.entries(CODECS))('reads %s batches', async (_name, codec) => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a', 'b', 'c'], { codec })
    expect(await openReading(cluster).readUntil(3)).toEqual(['0:0 a', '0:1 b', '0:2 c'])
  })

  it('leaves out the records of a batch that lie before the start', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a', 'b', 'c'])
    expect(await openReading(cluster, { start: { offset: 2n } }).readUntil(1)).toEqual(['0:2 c'])
  })

  it('goes on behind a batch that was cut off', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a']).append('t', 0, ['b']).append('t', 0, ['c'])
    const { readUntil } = openReading(cluster, { properties: { 'max.partition.fetch.bytes': '100' } })
    expect(await readUntil(3)).toEqual(['0:0 a', '0:1 b', '0:2 c'])
  })

  it('begins behind the last record with latest, and at a moment with a time', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a'])
    const late = openReading(cluster, { start: LATEST })
    const reading = late.readUntil(1)
    while (cluster.requests(Fetch).length === 0) await new Promise(setImmediate)
    cluster.append('t', 0, ['b'])
    expect(await reading).toEqual(['0:1 b'])
    expect(await openReading(cluster, { start: { timestamp: 500n } }).readUntil(2)).toEqual(['0:0 a', '0:1 b'])
  })

  it('takes a time after the last record for the end', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a'])
    const { readUntil } = openReading(cluster, { start: { timestamp: 5000n } })
    const reading = readUntil(1)
    while (cluster.requests(Fetch).length === 0) await new Promise(setImmediate)
    cluster.append('t', 0, ['b'])
    expect(await reading).toEqual(['0:1 b'])
  })
})

describe('an offset out of range', () => {
  it('starts over where auto.offset.reset says', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a', 'b'])
    expect(await openReading(cluster, { start: { offset: 99n } }).readUntil(2)).toEqual(['0:0 a', '0:1 b'])
  })

  it('is an error with none', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a'])
    const { readUntil } = openReading(cluster, { start: { offset: 99n }, properties: { 'auto.offset.reset': 'none' } })
    await expect(readUntil(1)).rejects.toMatchObject({
      code: 'OFFSET_OUT_OF_RANGE',
      message: expect.stringContaining('t-0'),
    })
  })

  it('does not throw away what was fetched before it', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a'])
    const { consumer, delivery, lines, readUntil } = openReading(cluster)
    const first = await consumer.next()
    cluster.partition('t').fetchErrors.push('OFFSET_OUT_OF_RANGE')
    cluster.append('t', 0, ['b'])
    await new Promise(setImmediate)
    await delivery.deliver(first!)
    consumer.release(first!)
    await readUntil(2)
    expect(lines).toEqual(['0:0 a', '0:1 b'])
  })
})

describe('errors that pass', () => {
  it.each<ErrorName>([
    'NOT_LEADER_OR_FOLLOWER',
    'FENCED_LEADER_EPOCH',
    'UNKNOWN_LEADER_EPOCH',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'UNKNOWN_TOPIC_ID',
    'KAFKA_STORAGE_ERROR',
    'OFFSET_NOT_AVAILABLE',
    'UNKNOWN_SERVER_ERROR',
  ])('asks for metadata and goes on after %s', async (error) => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a'])
    cluster.partition('t').fetchErrors.push(error)
    const { readUntil } = openReading(cluster)
    expect(await readUntil(1)).toEqual(['0:0 a'])
    expect(cluster.sent.filter(({ api }) => api === 'Metadata').length).toBeGreaterThan(1)
  })

  it('looks offsets up again when the leader has moved', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a'])
    cluster.partition('t').listErrors.push('NOT_LEADER_OR_FOLLOWER', 'LEADER_NOT_AVAILABLE')
    expect(await openReading(cluster).readUntil(1)).toEqual(['0:0 a'])
    expect(cluster.requests(ListOffsets)).toHaveLength(3)
  })

  it('follows the leader to another node', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a'])
    const partition = cluster.partition('t')
    partition.fetchErrors.push('NOT_LEADER_OR_FOLLOWER')
    partition.leaderId = 1
    const { readUntil } = openReading(cluster)
    const reading = readUntil(1)
    while (cluster.requests(Fetch).length === 0) await new Promise(setImmediate)
    partition.leaderId = 2
    partition.leaderEpoch = 1
    cluster.on(OffsetForLeaderEpoch, () => ({
      topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch: 0, endOffset: 1n }] }],
    }))
    expect(await reading).toEqual(['0:0 a'])
    expect(cluster.sent.filter(({ api }) => api === 'Fetch').at(-1)!.options.nodeId).toBe(2)
  })

  it('goes on when a broker was away, and says so once', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a'])
    let failures = 3
    const { send } = cluster
    cluster.send = (async (api: never, request: never, options: never) => {
      if ((api as { name: string }).name === 'Fetch' && failures-- > 0)
        throw new EnvironmentError('Cannot reach broker 1')
      return send.call(cluster, api, request, options)
    }) as typeof cluster.send
    const { readUntil, notices } = openReading(cluster)
    expect(await readUntil(1)).toEqual(['0:0 a'])
    expect(notices).toEqual(['Cannot reach broker 1; trying again', 'reading on'])
  })

  it('takes nothing of an answer that lies before what was asked for, and asks no faster than after other errors', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a', 'b'])
    const old = Buffer.concat(cluster.partition('t').batches)
    const topicId = cluster.topics.get('t')!.id
    cluster.on(Fetch, () => ({
      responses: [{ topicId, partitions: [{ partitionIndex: 0, records: old, highWatermark: 9n }] }],
    }))
    const { consumer, clock, notices } = openReading(cluster, { start: { offset: 2n } })
    const stopTime = keepTime(clock)
    expect(await consumer.next(clock.now() + 4000)).toBeUndefined()
    stopTime()
    expect(notices).toEqual([
      'Broker 1 answers with records of t-0 that lie before offset 2, which it was asked for; trying again',
    ])
    expect(cluster.requests(Fetch).length).toBeLessThan(45)
  })

  it('reads a topic from its first record when it is made anew', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a', 'b'])
    const { readUntil, consumer } = openReading(cluster)
    expect(await readUntil(2)).toEqual(['0:0 a', '0:1 b'])
    cluster.addTopic('t').append('t', 0, ['c', 'd', 'e'])
    cluster.topics.get('t')!.id = Buffer.alloc(16, 'x').toString('base64url')
    expect(await readUntil(5)).toEqual(['0:0 a', '0:1 b', '0:0 c', '0:1 d', '0:2 e'])
    await consumer.close(true)
  })

  it('does not take a topic that is made anew for the one whose end it reads to', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a', 'b'])
    const { readUntil } = openReading(cluster, { end: { offset: 5n } })
    expect(await readUntil(2)).toHaveLength(2)
    cluster.topics.get('t')!.id = Buffer.alloc(16, 'x').toString('base64url')
    await expect(readUntil(3)).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC_ID',
      message: expect.stringContaining('was deleted while it was read'),
    })
  })

  it('gives up on what no further try can mend', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a'])
    cluster.partition('t').fetchErrors.push('TOPIC_AUTHORIZATION_FAILED')
    await expect(openReading(cluster).readUntil(1)).rejects.toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED' })
  })

  it('reads from a nearer replica when the leader names one, and from the leader when that fails', async () => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a'])
    const records = Buffer.concat(cluster.partition('t').batches)
    const topicId = cluster.topics.get('t')!.id
    const nodes: (number | undefined)[] = []
    cluster.on(Fetch, (_request, { nodeId }) => {
      nodes.push(nodeId)
      const answer =
        nodeId === 7
          ? { errorCode: ERRORS.OFFSET_OUT_OF_RANGE }
          : nodes.length === 1
            ? { preferredReadReplica: 7 }
            : { records }
      return { responses: [{ topicId, partitions: [{ partitionIndex: 0, ...answer }] }] }
    })
    expect(await openReading(cluster).readUntil(1)).toEqual(['0:0 a'])
    expect(nodes.slice(0, 3)).toEqual([1, 7, 1])
  })
})

describe('a new leader epoch (KIP-320)', () => {
  const change = (endOffset: bigint, leaderEpoch: number, properties = {}) => {
    const cluster = new FakeCluster().addTopic('t').append('t', 0, ['a', 'b', 'c'])
    const reading = openReading(cluster, { properties })
    cluster.on(OffsetForLeaderEpoch, () => ({
      topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch, endOffset }] }],
    }))
    return {
      cluster,
      ...reading,
      async become() {
        await reading.readUntil(3)
        const partition = cluster.partition('t')
        partition.leaderEpoch = 1
        partition.fetchErrors.push('FENCED_LEADER_EPOCH')
        cluster.append('t', 0, ['d'])
        return reading.readUntil(4)
      },
    }
  }

  it('checks the position against the new log and goes on', async () => {
    const { become, cluster } = change(3n, 0)
    expect((await become()).at(-1)).toBe('0:3 d')
    expect(cluster.requests(OffsetForLeaderEpoch)[0]!.topics[0]!.partitions[0]).toEqual({
      partition: 0,
      currentLeaderEpoch: 1,
      leaderEpoch: 0,
    })
  })

  it('goes back to where the logs part', async () => {
    const { become } = change(1n, 0)
    expect((await become()).slice(3)).toEqual(['0:1 b', '0:2 c', '0:3 d'])
  })

  it('starts by auto.offset.reset when nobody knows where that is', async () => {
    const { become } = change(-1n, -1)
    expect((await become()).slice(3)).toEqual(['0:0 a', '0:1 b', '0:2 c', '0:3 d'])
  })
})

describe('what is asked of by number', () => {
  it('reads only those partitions, and waits for one that is not there', async () => {
    const cluster = new FakeCluster().addTopic('t', 2).append('t', 0, ['a']).append('t', 1, ['b'])
    const { readUntil } = openReading(cluster, { partitions: new Set([1, 2]), start: EARLIEST })
    expect(await readUntil(1)).toEqual(['1:0 b'])
    cluster.growTopic('t').append('t', 2, ['c'])
    expect(await readUntil(2)).toEqual(['1:0 b', '2:0 c'])
  })
})
