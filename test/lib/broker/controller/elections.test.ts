import { beforeEach, expect, test } from 'vitest'
import { electLeader } from '../../../../src/lib/broker/controller/elections.ts'
import type { ErrorName } from '../../../../src/lib/protocol/errors.ts'
import { TestController } from './support.ts'

const FIVE_MINUTES_MS = 300_000

let tested: TestController
const open = (properties: Record<string, string> = {}): void => {
  tested = new TestController({ brokers: [1, 2, 3], properties })
  tested.controller.start()
  tested.createTopic([{ leader: 2 }, {}, { leader: 2, isr: [2, 3] }, { replicas: [7, 8], isr: [], leader: -1 }])
  tested.records()
}
beforeEach(() => open())

/** Time goes on, and everybody is heard of. */
function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 5000) {
    tested.clock.advance(5000)
    for (const nodeId of [1, 2, 3]) tested.heartbeat(nodeId)
  }
}

test.each<[number, 'preferred' | 'unclean', number | ErrorName]>([
  [0, 'preferred', 1],
  [1, 'preferred', 'ELECTION_NOT_NEEDED'],
  [2, 'preferred', 'PREFERRED_LEADER_NOT_AVAILABLE'],
  [3, 'preferred', 'PREFERRED_LEADER_NOT_AVAILABLE'],
  [0, 'unclean', 'ELECTION_NOT_NEEDED'],
  [3, 'unclean', 'ELIGIBLE_LEADERS_NOT_AVAILABLE'],
  [9, 'preferred', 'UNKNOWN_TOPIC_OR_PARTITION'],
])('partition %i, asked for a %s election: %s', (index, election, expected) => {
  const elect = () => electLeader(tested, 'topic', index, election)
  if (typeof expected === 'number') expect(elect()).toMatchObject({ partitionId: index, leader: expected })
  else expect(elect).toThrow(expect.objectContaining({ code: expected }))
})

test('preferred replicas lead again within five minutes', () => {
  pass(FIVE_MINUTES_MS - 5000)
  expect(tested.records()).toEqual([])
  pass(5000)
  expect(tested.records()).toEqual([expect.objectContaining({ partitionId: 0, leader: 1 })])
})

test('and never where that is switched off', () => {
  open({ 'auto.leader.rebalance.enable': 'false' })
  pass(2 * FIVE_MINUTES_MS)
  expect(tested.records()).toEqual([])
})

test('more elections than one look finds come right after', () => {
  tested.createTopicOf(
    'many',
    Array.from({ length: 2500 }, () => ({ leader: 2 })),
  )
  tested.records()
  pass(FIVE_MINUTES_MS)
  expect(tested.metadata.batches.map((batch) => batch.length)).toEqual([1000, 1000, 501])
})

test('a partition without a leader gets any that lives where its topic comes to allow it', () => {
  tested.createTopicOf('lost', [{ replicas: [3], isr: [], leader: -1 }])
  pass(FIVE_MINUTES_MS)
  expect(tested.cluster.topic('lost')!.partitions[0]!.leader).toBe(-1)
  tested.cluster.setTopicConfigs('lost', new Map([['unclean.leader.election.enable', 'true']]))
  pass(FIVE_MINUTES_MS)
  expect(tested.cluster.topic('lost')!.partitions[0]).toMatchObject({ leader: 3, leaderRecoveryState: 1 })
})

test.each(['topic', 'broker'] as const)('another least ISR of the %s makes nobody eligible', (of) => {
  tested.createTopicOf('short', [{ isr: [1], elr: [2] }, {}])
  tested.records()
  const configs = new Map([['min.insync.replicas', '2']])
  if (of === 'topic') tested.cluster.setTopicConfigs('short', configs)
  else tested.cluster.setConfigs('broker', '', configs)
  expect(tested.records().at(-1)).toEqual({ type: 'CLEAR_ELR_RECORD', topicName: of === 'topic' ? 'short' : '' })
  expect(tested.cluster.topic('short')!.partitions).toMatchObject([
    { elr: [], partitionEpoch: 8 },
    { elr: [], partitionEpoch: 7 },
  ])
})
