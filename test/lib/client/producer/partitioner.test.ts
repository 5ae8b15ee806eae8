import { describe, expect, test } from 'vitest'
import { Batch } from '../../../../src/lib/client/producer/partition.ts'
import { Partitioner } from '../../../../src/lib/client/producer/partitioner.ts'
import { parseProducerSettings } from '../../../../src/lib/client/producer/index.ts'
import { Topic } from '../../../../src/lib/client/producer/topic.ts'

function partitionerOf(
  leaders: number[],
  properties: Record<string, string> = {},
  dice: () => number = Math.random,
  now = 0,
) {
  const { settings } = parseProducerSettings(new Map(Object.entries(properties)))
  const topic = new Topic('t', settings)
  topic.update({
    errorCode: 0,
    name: 't',
    topicId: 'id',
    isInternal: false,
    topicAuthorizedOperations: 0,
    // Brokers name partitions in any order.
    partitions: leaders
      .map((leaderId, partitionIndex) => ({
        errorCode: 0,
        partitionIndex,
        leaderId,
        leaderEpoch: 0,
        replicaNodes: [],
        isrNodes: [],
        offlineReplicas: [],
      }))
      .reverse(),
  })
  const partitioner = new Partitioner(topic, settings, () => now, dice)
  const choose = (key: string | null, bytes = 100): number => {
    const buffer = key === null ? null : Buffer.from(`<${key}>`)
    return partitioner.choose(buffer, 1, (buffer?.length ?? 0) - 1, bytes).index
  }
  const fill = (index: number, batches: number): void => {
    for (let i = 0; i < batches; i += 1)
      topic.partitions[index]!.queue.push(new Batch(100).reset(topic.partitions[index]!, 0, 0))
  }
  return { choose, fill, partitioner }
}

const leaders = (count: number): number[] => Array.from({ length: count }, () => 1)

describe('keys', () => {
  // From Utils.toPositive(Utils.murmur2(key)) % n of Kafka 4.3, for 3, 7 and 100 partitions.
  test.each<[string, number, number, number]>([
    ['', 0, 2, 81],
    ['a', 1, 5, 24],
    ['ab', 2, 0, 34],
    ['abc', 0, 4, 7],
    ['abcd', 2, 5, 0],
    ['21', 0, 3, 40],
    ['foobar', 0, 0, 66],
    ['key-1', 0, 5, 40],
    ['grüße', 2, 5, 48],
    ['日本語', 1, 6, 70],
    ['🚀', 1, 6, 25],
    ['a-little-bit-long-string', 2, 1, 12],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', 2, 3, 77],
  ])('%s goes where Java sends it', (key, ofThree, ofSeven, ofHundred) => {
    expect([3, 7, 100].map((count) => partitionerOf(leaders(count)).choose(key))).toEqual([ofThree, ofSeven, ofHundred])
  })

  test('also to a partition without leader', () => {
    expect(partitionerOf([1, -1, 1]).choose('a')).toBe(1)
  })

  test('mean nothing with partitioner.ignore.keys', () => {
    const { choose } = partitionerOf(leaders(3), { 'partitioner.ignore.keys': 'true' }, () => 0.99)
    expect(choose('a')).toBe(2)
  })
})

describe('without key', () => {
  test('a partition is kept for 16 KiB', () => {
    let dice = 0
    const { choose } = partitionerOf(leaders(3), {}, () => [0.1, 0.1, 0.5, 0.9][dice++]!)
    const chosen = Array.from({ length: 12 }, () => choose(null, 4096))
    expect(chosen).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
  })

  test('or for batch.size', () => {
    let dice = 0
    const { choose } = partitionerOf(leaders(2), { 'batch.size': '100' }, () => [0, 0, 0.9, 0][dice++]!)
    expect([choose(null, 60), choose(null, 60), choose(null, 60)]).toEqual([0, 0, 1])
  })

  test('what goes to a partition in a run counts as well', () => {
    let dice = 0
    const { choose, partitioner } = partitionerOf(leaders(3), {}, () => [0.1, 0.1, 0.5][dice++]!)
    expect(partitioner.runPartition).toBeNull()
    expect([choose(null, 4096), partitioner.runPartition!.index, partitioner.runBytes]).toEqual([0, 0, 12_288])
    partitioner.spend(12_288)
    expect(partitioner.runPartition).toBeNull()
    expect(choose(null, 4096)).toBe(1)
  })

  test('all partitions get their share', () => {
    const { choose } = partitionerOf(leaders(4), { 'batch.size': '1' })
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 4000; i += 1) counts[choose(null)]! += 1
    expect(Math.min(...counts)).toBeGreaterThan(800)
  })

  test('partitions without leader are left out, unless there is no other', () => {
    expect([0, 0.5, 0.99].map((dice) => partitionerOf([-1, 1, -1], {}, () => dice).choose(null))).toEqual([1, 1, 1])
    expect(partitionerOf([-1, -1], {}, () => 0.99).choose(null)).toBe(1)
  })

  test('a partition with many waiting batches is picked less', () => {
    const picks = (properties: Record<string, string>): number[] =>
      Array.from({ length: 10 }, (_, tenth) => {
        const { choose, fill } = partitionerOf(leaders(2), properties, () => (tenth + 0.5) / 10)
        fill(0, 8)
        return choose(null)
      })
    // Weights 1 and 9.
    expect(picks({}).filter((index) => index === 0)).toHaveLength(1)
    expect(picks({ 'partitioner.adaptive.partitioning.enable': 'false' }).filter((index) => index === 0)).toHaveLength(
      5,
    )
  })

  test('one whose batches have waited too long is not picked at all', () => {
    const { choose, fill } = partitionerOf(leaders(2), { 'partitioner.availability.timeout.ms': '100' }, () => 0, 101)
    fill(0, 1)
    expect(choose(null)).toBe(1)
  })
})

test('round robin takes every partition in turn, keys or not', () => {
  const { choose } = partitionerOf(
    [1, 1, -1, 1],
    { 'partitioner.class': 'org.apache.kafka.clients.producer.RoundRobinPartitioner' },
    () => 0,
  )
  expect([choose('a'), choose('a'), choose(null), choose('a')]).toEqual([0, 1, 3, 0])
})
