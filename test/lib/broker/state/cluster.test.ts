import { beforeEach, expect, test } from 'vitest'
import { MemoryDisk } from '../../../../src/lib/broker/log/memory-disk.ts'
import { Cluster } from '../../../../src/lib/broker/state/cluster/cluster.ts'
import { MetadataJournal } from '../../../../src/lib/broker/state/cluster/journal.ts'
import { topicNameProblem } from '../../../../src/lib/protocol/topic-names.ts'

const FILE = '/data/cluster-metadata.jsonl'
const partition = { partition: 0, leader: 1, leaderEpoch: 0, replicas: [1], isr: [1] }

let disk: MemoryDisk
beforeEach(() => {
  disk = new MemoryDisk()
  disk.makeDirectory('/data')
})
const open = (): Cluster => {
  const cluster = new Cluster('cluster', 1, new MetadataJournal(disk, '/data'))
  cluster.compactJournal()
  return cluster
}

test('everything is there again after a restart', () => {
  const cluster = open()
  cluster.createTopic('a', 'idA', [partition], new Map([['retention.ms', '5']]))
  cluster.createTopic('b', 'idB', [partition], new Map())
  cluster.addPartitions('b', [{ ...partition, partition: 1 }])
  cluster.setTopicConfigs('a', new Map([['retention.ms', '6']]))
  cluster.createTopic('gone', 'idC', [partition], new Map())
  cluster.removeTopic('gone')
  cluster.setConfigs('broker', '', new Map([['x', '1']]))
  cluster.setConfigs('broker', '1', new Map([['y', '2']]))
  cluster.setConfigs('broker', '1', new Map())
  expect(cluster.allocateProducerIds(10n)).toBe(0n)
  cluster.close()

  const again = open()
  expect(again.topicNames()).toEqual(['a', 'b'])
  expect(again.topic('a')).toEqual({
    name: 'a',
    topicId: 'idA',
    isInternal: false,
    partitions: [partition],
    configs: new Map([['retention.ms', '6']]),
  })
  expect(again.topicById('idB')!.partitions).toHaveLength(2)
  expect(again.topicById('idC')).toBeUndefined()
  expect(again.configs('broker', '')).toEqual(new Map([['x', '1']]))
  expect(again.configNames('broker')).toEqual([''])
  expect(again.allocateProducerIds(1n)).toBe(10n)
})

test.each(['nothing', 'one byte', 'all but the newline'])(
  'a line torn by a crash (%s of it there) is as if it had never been written',
  (part) => {
    const cluster = open()
    cluster.createTopic('a', 'idA', [partition], new Map())
    const before = disk.readFile(FILE)!.length
    cluster.createTopic('b', 'idB', [partition], new Map())
    cluster.close()
    const after = disk.readFile(FILE)!
    disk.writeFileAtomically(
      FILE,
      after.subarray(0, { nothing: before, 'one byte': before + 1 }[part] ?? after.length - 1),
    )
    const again = open()
    expect(again.topicNames()).toEqual(['a'])
    again.createTopic('b', 'idB', [partition], new Map())
    again.close()
    expect(open().topicNames()).toEqual(['a', 'b'])
  },
)

test('the file does not grow with its history', () => {
  const cluster = open()
  for (let round = 0; round < 50; round += 1) {
    cluster.createTopic('a', `id${round}`, [partition], new Map())
    cluster.removeTopic('a')
  }
  const grown = disk.readFile(FILE)!.length
  cluster.close()
  open().close()
  expect(disk.readFile(FILE)!.length).toBeLessThan(grown / 10)
})

test('a change is in the journal before anyone hears of it; one that cannot be written has not happened', () => {
  const cluster = open()
  const heard: string[] = []
  cluster.listen({
    onTopicChanged: ({ name }) => heard.push(`${name} ${disk.readFile(FILE)!.toString().includes(`"${name}"`)}`),
  })
  cluster.createTopic('a', 'idA', [partition], new Map())
  disk.failAt(1, 'ENOSPC', { lasting: true })
  expect(() => cluster.createTopic('b', 'idB', [partition], new Map())).toThrow(
    'cannot write to /data: the disk is full (ENOSPC)',
  )
  expect(cluster.topic('b')).toBeUndefined()
  expect(heard).toEqual(['a true'])
})

test('names that differ only in dots and underscores collide', () => {
  const cluster = open()
  cluster.createTopic('a.b', 'idA', [partition], new Map())
  expect(cluster.collidingTopic('a_b')).toBe('a.b')
  cluster.removeTopic('a.b')
  expect(cluster.collidingTopic('a_b')).toBeUndefined()
})

test('topic names are letters, digits, dots, underscores and dashes, 249 at most', () => {
  for (const good of ['a', 'A.b_c-9', 'x'.repeat(249), '...']) expect(topicNameProblem(good), good).toBeNull()
  for (const bad of ['', '.', '..', 'a b', 'a/b', 'é', 'a,b', 'x'.repeat(250)])
    expect(topicNameProblem(bad), bad).not.toBeNull()
})
