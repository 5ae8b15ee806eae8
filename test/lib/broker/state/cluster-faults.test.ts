import { describe, expect, test } from 'vitest'
import { type Fault, type MemoryDisk, PowerCutError } from '../../../../src/lib/broker/log/index.ts'
import type { Cluster } from '../../../../src/lib/broker/state/cluster/cluster.ts'
import { codeOf } from '../log/support.ts'
import { ID_A, ID_B, newDataDisk as newDisk, openCluster as open, partition } from './cluster-support.ts'

/** Changes of every kind, long ones before short ones: what is left of a long line lies behind a short one. */
const CHANGES: readonly ((cluster: Cluster) => void)[] = [
  (cluster) =>
    cluster.createTopic(
      'first',
      ID_A,
      [partition, { ...partition, partition: 1 }],
      new Map([['retention.ms', '12345678901']]),
    ),
  (cluster) => cluster.createTopic('b', ID_B, [partition], new Map()),
  (cluster) => cluster.setTopicConfigs('first', new Map([['a.very.long.name.of.a.setting', 'x'.repeat(200)]])),
  (cluster) => void cluster.allocateProducerIds(1000n, 1),
  (cluster) => cluster.setConfigs('broker', '1', new Map([['log.retention.ms', '5']])),
  (cluster) => cluster.addPartitions('b', [{ ...partition, partition: 1 }]),
  (cluster) => cluster.removeTopic('first'),
  (cluster) => cluster.setConfigs('broker', '1', new Map()),
  (cluster) => void cluster.allocateProducerIds(1000n, 1),
]

/** What is known after so many changes. */
const STATES = CHANGES.reduce<string[]>(
  (states, _, count) => {
    const cluster = open(newDisk())
    for (const change of CHANGES.slice(0, count + 1)) change(cluster)
    return [...states, stateOf(cluster)]
  },
  [stateOf(open(newDisk()))],
)

function stateOf(cluster: Cluster): string {
  const topics = [...cluster.topics()].map(({ configs, ...topic }) => ({ ...topic, configs: [...configs] }))
  const next = (cluster as unknown as { nextProducerId: bigint }).nextProducerId
  return JSON.stringify([
    topics,
    cluster.configNames('broker').map((name) => [name, [...cluster.configs('broker', name)]]),
    String(next),
  ])
}

/** Disk operations of all changes, the opening not counted. */
function countOperations(): number {
  const disk = newDisk()
  const cluster = open(disk)
  const before = disk.operations
  for (const change of CHANGES) change(cluster)
  return disk.operations - before
}

const operations = countOperations()

describe.each<Fault>(['EIO', 'ENOSPC', 'short-write'])('%s at any step', (fault) => {
  test.each([[false], [true]])(
    'refuses the change under way and nothing else (every try to mend it as well: %s)',
    (lasting) => {
      for (let nth = 1; nth <= operations; nth += 1) {
        const disk = newDisk()
        const cluster = open(disk)
        let refusals = 0
        disk.failAt(nth, fault, { lasting })
        for (const [index, change] of CHANGES.entries()) {
          while (codeOf(() => change(cluster)) === 'KAFKA_STORAGE_ERROR') {
            refusals += 1
            expect(stateOf(cluster)).toBe(STATES[index])
            disk.heal()
          }
          expect(stateOf(cluster)).toBe(STATES[index + 1])
        }
        expect(refusals).toBe(1)
        disk.restart({ keepUnsynced: nth % 2 === 0 })
        expect(stateOf(open(disk))).toBe(STATES.at(-1))
      }
    },
  )
})

test.each([[false], [true]])(
  'a crash at any step (of the process only: %s) leaves each change whole or absent, also while it is opened again',
  (keepUnsynced) => {
    for (let nth = 1; nth <= operations; nth += 1) {
      // Each step would take a minute: the second crash comes at every seventh, beginning with another each time.
      for (let second = 1 + (nth % 7); ; second += 7) {
        const { disk, done } = crashAt(nth, keepUnsynced)
        disk.failAt(second, 'crash')
        const isInterrupted = crashes(() => open(disk))
        disk.restart({ keepUnsynced })
        expect([STATES[done], STATES[done + 1]]).toContain(stateOf(open(disk)))
        if (!isInterrupted) break
      }
    }
  },
)

function crashAt(nth: number, keepUnsynced: boolean): { disk: MemoryDisk; done: number } {
  const disk = newDisk()
  const cluster = open(disk)
  let done = 0
  disk.failAt(nth, 'crash')
  expect(
    crashes(() =>
      CHANGES.forEach((change) => {
        change(cluster)
        done += 1
      }),
    ),
  ).toBe(true)
  disk.restart({ keepUnsynced })
  return { disk, done }
}

function crashes(run: () => void): boolean {
  try {
    run()
    return false
  } catch (error) {
    expect(error).toBeInstanceOf(PowerCutError)
    return true
  }
}

test('what a disk has kept of a change that it refused does not show past a shorter one', () => {
  const disk = newDisk()
  const cluster = open(disk)
  CHANGES[0]!(cluster)
  disk.failAt(2, 'EIO', { lasting: true })
  expect(codeOf(() => CHANGES[2]!(cluster))).toBe('KAFKA_STORAGE_ERROR')
  disk.heal()
  cluster.allocateProducerIds(1n, 1)
  expect(stateOf(open(disk))).toBe(stateOf(cluster))
})

test('a log whose snapshot could not be taken goes on as it was', () => {
  for (let nth = 1; nth <= 6; nth += 1) {
    const disk = newDisk()
    const cluster = open(disk)
    CHANGES[0]!(cluster)
    disk.failAt(nth, 'EIO')
    expect(codeOf(() => cluster.takeSnapshot())).toBe('KAFKA_STORAGE_ERROR')
    disk.heal()
    CHANGES[1]!(cluster)
    expect(stateOf(open(disk))).toBe(STATES[2])
  }
})
