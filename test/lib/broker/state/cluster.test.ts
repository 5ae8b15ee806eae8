import { beforeEach, expect, test } from 'vitest'
import type { MemoryDisk } from '../../../../src/lib/broker/log/memory-disk.ts'
import type { Cluster } from '../../../../src/lib/broker/state/cluster/cluster.ts'
import { topicNameProblem } from '../../../../src/lib/protocol/topic-names.ts'
import { ID_A, ID_B, ID_C, newDataDisk, openCluster, partition } from './cluster-support.ts'

const FILE = '/data/__cluster_metadata-0/00000000000000000000.log'

let disk: MemoryDisk
beforeEach(() => {
  disk = newDataDisk()
})
const open = (): Cluster => openCluster(disk)

test('everything is there again after a restart', () => {
  const cluster = open()
  cluster.createTopic('a', ID_A, [partition], new Map([['retention.ms', '5']]))
  cluster.createTopic('b', ID_B, [partition], new Map())
  cluster.addPartitions('b', [{ ...partition, partition: 1 }])
  cluster.setTopicConfigs('a', new Map([['retention.ms', '6']]))
  cluster.createTopic('gone', ID_C, [partition], new Map())
  cluster.removeTopic('gone')
  cluster.setConfigs('broker', '', new Map([['x', '1']]))
  cluster.setConfigs('broker', '1', new Map([['y', '2']]))
  cluster.setConfigs('broker', '1', new Map())
  expect(cluster.allocateProducerIds(10n, 1)).toBe(0n)
  cluster.close()

  const again = open()
  expect(again.topicNames()).toEqual(['a', 'b'])
  expect(again.topic('a')).toEqual({
    name: 'a',
    topicId: ID_A,
    isInternal: false,
    partitions: [partition],
    configs: new Map([['retention.ms', '6']]),
  })
  expect(again.topicById(ID_B)!.partitions).toHaveLength(2)
  expect(again.topicById(ID_C)).toBeUndefined()
  expect(again.configs('broker', '')).toEqual(new Map([['x', '1']]))
  expect(again.configNames('broker')).toEqual([''])
  expect(again.allocateProducerIds(1n, 1)).toBe(10n)
})

test.each(['nothing', 'one byte', 'all but a byte'])(
  'a batch torn by a crash (%s of it there) is as if it had never been written',
  (part) => {
    const cluster = open()
    cluster.createTopic('a', ID_A, [partition], new Map())
    const before = disk.readFile(FILE)!.length
    cluster.createTopic('b', ID_B, [partition], new Map())
    cluster.close()
    const after = disk.readFile(FILE)!
    disk.writeFileAtomically(
      FILE,
      after.subarray(0, { nothing: before, 'one byte': before + 1 }[part] ?? after.length - 1),
    )
    const again = open()
    expect(again.topicNames()).toEqual(['a'])
    again.createTopic('b', ID_B, [partition], new Map())
    again.close()
    expect(open().topicNames()).toEqual(['a', 'b'])
  },
)

test('a snapshot stands for the history before it', () => {
  const cluster = open()
  cluster.setConfigs('broker', '', new Map([['x', '1']]))
  for (let round = 0; round < 50; round += 1) {
    cluster.createTopic('a', ID_A, [partition], new Map())
    cluster.removeTopic('a')
  }
  cluster.createTopic('b', ID_B, [partition], new Map([['retention.ms', '5']]))
  cluster.allocateProducerIds(10n, 1)
  expect([() => ID_A, () => ID_B, () => null].map((readId) => cluster.wasRemoved('a', readId))).toEqual([
    true,
    false,
    true,
  ])
  expect(cluster.wasRemoved('b', () => ID_A)).toBe(false)
  cluster.takeSnapshot()
  expect(cluster.wasRemoved('a', () => ID_A)).toBe(false)
  cluster.close()
  const again = open()
  expect(again.topicNames()).toEqual(['b'])
  expect(again.topic('b')).toEqual(cluster.topic('b'))
  expect(again.configs('broker', '')).toEqual(new Map([['x', '1']]))
  expect(again.allocateProducerIds(1n, 1)).toBe(10n)
  expect(again.wasRemoved('a', () => ID_A)).toBe(false)
})

test('listeners hear once of what a batch of records has changed', () => {
  const cluster = open()
  const heard: string[] = []
  cluster.listen({
    onTopicChanged: ({ name, partitions }, before) =>
      void heard.push(`${name} has ${partitions.length}, had ${before?.partitions.length ?? 'none'}`),
    onTopicRemoved: ({ name }) => void heard.push(`${name} is gone`),
    onConfigsChanged: (resource, name) => void heard.push(`${resource} ${name}`),
    onBrokersChanged: () => void heard.push('brokers'),
  })
  cluster.createTopic('a', ID_A, [partition, { ...partition, partition: 1 }], new Map([['retention.ms', '5']]))
  cluster.addPartitions('a', [{ ...partition, partition: 2 }])
  cluster.commit([
    { type: 'REMOVE_TOPIC_RECORD', topicId: ID_A },
    { type: 'TOPIC_RECORD', name: 'a', topicId: ID_B },
    { type: 'PARTITION_RECORD', topicId: ID_B, partitionId: 0, replicas: [1], isr: [1], leader: 1 },
  ])
  cluster.setConfigs(
    'broker',
    '1',
    new Map([
      ['x', '1'],
      ['y', '2'],
    ]),
  )
  cluster.commit([{ type: 'REGISTER_BROKER_RECORD', brokerId: 1, incarnationId: ID_C }])
  expect(heard).toEqual([
    'a has 2, had none',
    'a has 3, had 2',
    'a is gone',
    'a has 1, had none',
    'broker 1',
    'brokers',
  ])
})

test('a change of a partition counts its epochs as the controllers do', () => {
  const cluster = open()
  cluster.createTopic('a', ID_A, [{ ...partition, replicas: [1, 2], isr: [1, 2] }], new Map())
  const change = { type: 'PARTITION_CHANGE_RECORD', topicId: ID_A, partitionId: 0 } as const
  cluster.commit([{ ...change, isr: [1], eligibleLeaderReplicas: [2] }])
  expect(cluster.topic('a')!.partitions[0]).toMatchObject({
    leader: 1,
    leaderEpoch: 0,
    partitionEpoch: 1,
    isr: [1],
    elr: [2],
  })
  cluster.commit([{ ...change, leader: -1, isr: [] }])
  expect(cluster.topic('a')!.partitions[0]).toMatchObject({
    leader: -1,
    leaderEpoch: 1,
    partitionEpoch: 2,
    isr: [],
    elr: [2],
  })
})

test('a change is on the disk before anyone hears of it; one that cannot be written has not happened', () => {
  const cluster = open()
  const heard: string[] = []
  cluster.listen({
    onTopicChanged: ({ name }) => heard.push(`${name} ${disk.readFile(FILE)!.includes(name)}`),
  })
  cluster.createTopic('a', ID_A, [partition], new Map())
  disk.failAt(1, 'ENOSPC', { lasting: true })
  expect(() => cluster.createTopic('b', ID_B, [partition], new Map())).toThrow(
    'cannot write to /data/__cluster_metadata-0: the disk is full (ENOSPC)',
  )
  expect(cluster.topic('b')).toBeUndefined()
  expect(heard).toEqual(['a true'])
})

test('names that differ only in dots and underscores collide', () => {
  const cluster = open()
  cluster.createTopic('a.b', ID_A, [partition], new Map())
  expect(cluster.collidingTopic('a_b')).toBe('a.b')
  cluster.removeTopic('a.b')
  expect(cluster.collidingTopic('a_b')).toBeUndefined()
})

test('topic names are letters, digits, dots, underscores and dashes, 249 at most', () => {
  for (const good of ['a', 'A.b_c-9', 'x'.repeat(249), '...']) expect(topicNameProblem(good), good).toBeNull()
  for (const bad of ['', '.', '..', 'a b', 'a/b', 'é', 'a,b', 'x'.repeat(250)])
    expect(topicNameProblem(bad), bad).not.toBeNull()
})
