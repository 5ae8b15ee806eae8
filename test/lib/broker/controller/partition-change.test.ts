import { expect, test } from 'vitest'
import {
  partitionChange,
  type PartitionRules,
  type PartitionTarget,
} from '../../../../src/lib/broker/controller/partition-change.ts'
import type { PartitionRegistration } from '../../../../src/lib/broker/state/cluster/types.ts'
import { directoryOf, partition, TOPIC_ID, uuid } from './support.ts'

interface Situation {
  readonly what: string
  readonly before: Partial<PartitionRegistration>
  readonly target: PartitionTarget
  /** Brokers that may lead; 1, 2 and 3 by default. */
  readonly alive?: readonly number[]
  readonly rules?: Partial<PartitionRules>
  readonly expected: object | null
}

const situations: readonly Situation[] = [
  { what: 'nothing to do', before: {}, target: {}, expected: null },
  {
    what: 'a follower leaves: no new leader epoch, and above the least ISR no ELR',
    before: {},
    target: { isr: [1, 3] },
    expected: { isr: [1, 3] },
  },
  {
    what: 'the leader leaves: the first replica that is in sync takes over',
    before: {},
    target: { isr: [2, 3] },
    alive: [2, 3],
    expected: { leader: 2, isr: [2, 3] },
  },
  {
    what: 'whoever is not alive is passed over',
    before: {},
    target: { isr: [2, 3] },
    alive: [3],
    expected: { leader: 3, isr: [2, 3] },
  },
  {
    what: 'below the least ISR who leaves stays eligible',
    before: { isr: [1, 2] },
    target: { isr: [1] },
    rules: { minIsr: 2 },
    expected: { isr: [1], eligibleLeaderReplicas: [2] },
  },
  {
    what: 'back at the least ISR nobody else is eligible',
    before: { isr: [1], elr: [2, 3] },
    target: { isr: [1, 3] },
    rules: { minIsr: 2 },
    expected: { isr: [1, 3], eligibleLeaderReplicas: [] },
  },
  {
    what: 'the last one leaves: nobody leads, it stays eligible, and is known as the last leader',
    before: { isr: [1] },
    target: { isr: [] },
    alive: [2, 3],
    rules: { minIsr: 2 },
    expected: { leader: -1, isr: [], eligibleLeaderReplicas: [1], lastKnownElr: [1] },
  },
  {
    what: 'without ELR the last one stays in the ISR, without leading',
    before: { isr: [1] },
    target: { isr: [] },
    alive: [2, 3],
    rules: { isElrEnabled: false },
    expected: { leader: -1 },
  },
  {
    what: 'who is eligible leads when nobody is in sync',
    before: { isr: [], elr: [1, 2], leader: -1, lastKnownElr: [1] },
    target: {},
    alive: [2],
    rules: { minIsr: 2 },
    expected: { leader: 2, isr: [2], eligibleLeaderReplicas: [1], lastKnownElr: [] },
  },
  {
    what: 'a crash takes the broker out of the ELR too, and the last leader may come back uncleanly',
    before: { isr: [], elr: [1], leader: -1, lastKnownElr: [1] },
    target: { uncleanShutdown: 1 },
    alive: [2, 3],
    rules: { minIsr: 2 },
    expected: { eligibleLeaderReplicas: [] },
  },
  {
    what: 'the last known leader leads uncleanly when nobody is left to be eligible',
    before: { isr: [], elr: [], leader: -1, lastKnownElr: [3] },
    target: {},
    alive: [2, 3],
    expected: { leader: 3, isr: [3], leaderRecoveryState: 1, lastKnownElr: [] },
  },
  {
    what: 'a last known leader that is down does not lead',
    before: { isr: [], elr: [], leader: -1, lastKnownElr: [1] },
    target: {},
    alive: [2, 3],
    expected: null,
  },
  {
    what: 'an unclean election takes anybody who is alive, and forgets the others',
    before: { isr: [1], elr: [] },
    target: { isr: [], election: 'unclean' },
    alive: [3],
    rules: { minIsr: 2 },
    expected: { leader: 3, isr: [3], leaderRecoveryState: 1 },
  },
  {
    what: 'a clean election comes before an unclean one',
    before: {},
    target: { isr: [3], election: 'unclean' },
    alive: [2, 3],
    expected: { leader: 3, isr: [3] },
  },
  {
    what: 'the preferred replica leads again',
    before: { leader: 2 },
    target: { election: 'preferred' },
    expected: { leader: 1 },
  },
  {
    what: 'the preferred replica is not in sync: who leads goes on',
    before: { leader: 2, isr: [2, 3] },
    target: { election: 'preferred' },
    expected: null,
  },
  {
    what: 'a reassignment begins: more replicas, the same leader epoch',
    before: {},
    target: { replicas: [4, 2, 3, 1], addingReplicas: [4], removingReplicas: [1] },
    expected: {
      replicas: [4, 2, 3, 1],
      addingReplicas: [4],
      removingReplicas: [1],
      directories: [4, 2, 3, 1].map(directoryOf),
    },
  },
  {
    what: 'a reassignment ends in the record that brings the last one in sync, and moves the leader',
    before: { replicas: [4, 2, 3, 1], addingReplicas: [4], removingReplicas: [1], leader: 1, isr: [1, 2, 3] },
    target: { isr: [1, 2, 3, 4] },
    alive: [1, 2, 3, 4],
    expected: {
      leader: 4,
      isr: [2, 3, 4],
      replicas: [4, 2, 3],
      addingReplicas: [],
      removingReplicas: [],
      directories: [4, 2, 3].map(directoryOf),
    },
  },
  {
    what: 'whoever a reassignment takes away is not eligible, also below the least ISR',
    before: { replicas: [4, 2, 3, 1], addingReplicas: [4], removingReplicas: [1], leader: 1, isr: [1], elr: [2] },
    target: { isr: [1, 4] },
    alive: [1, 2, 3, 4],
    rules: { minIsr: 2 },
    expected: {
      leader: 4,
      isr: [4],
      replicas: [4, 2, 3],
      addingReplicas: [],
      removingReplicas: [],
      directories: [4, 2, 3].map(directoryOf),
    },
  },
  {
    what: 'one that is eligible without being a replica does not keep the last known leader from leading',
    before: { isr: [], elr: [4], leader: -1, lastKnownElr: [1] },
    target: {},
    expected: { leader: 1, isr: [1], eligibleLeaderReplicas: [], leaderRecoveryState: 1, lastKnownElr: [] },
  },
  {
    what: 'where the leader stays a removed replica makes a new leader epoch all the same',
    before: { replicas: [2, 3, 1], removingReplicas: [1], leader: 2 },
    target: {},
    expected: {
      leader: 2,
      isr: [2, 3],
      replicas: [2, 3],
      removingReplicas: [],
      directories: [2, 3].map(directoryOf),
    },
  },
  {
    what: 'an order that changes is no reassignment',
    before: {},
    target: { replicas: [3, 2, 1] },
    expected: { replicas: [3, 2, 1], directories: [3, 2, 1].map(directoryOf) },
  },
  {
    what: 'while a new replica is out of sync the reassignment goes on',
    before: { replicas: [4, 2, 3, 1], addingReplicas: [4], removingReplicas: [1], leader: 1, isr: [1, 2, 3] },
    target: { isr: [1, 2] },
    expected: { isr: [1, 2] },
  },
  {
    what: 'the leader has recovered',
    before: { isr: [1], leaderRecoveryState: 1 },
    target: { leaderRecoveryState: 0 },
    expected: { leaderRecoveryState: 0 },
  },
  {
    what: 'a replica lies elsewhere now',
    before: {},
    target: { directory: { nodeId: 2, id: uuid(7) } },
    expected: { directories: [directoryOf(1), uuid(7), directoryOf(3)] },
  },
]

test.each(situations)('$what', ({ before, target, alive = [1, 2, 3], rules, expected }) => {
  const record = partitionChange(TOPIC_ID, partition(4, before), target, {
    isAcceptableLeader: (nodeId) => alive.includes(nodeId),
    minIsr: 1,
    isElrEnabled: true,
    defaultDirectory: directoryOf,
    ...rules,
  })
  const head = { type: 'PARTITION_CHANGE_RECORD', topicId: TOPIC_ID, partitionId: 4 }
  expect(record).toEqual(expected && { ...head, ...expected })
})
