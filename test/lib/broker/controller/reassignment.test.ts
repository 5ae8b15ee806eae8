import { beforeEach, describe, expect, test } from 'vitest'
import { alterReassignment } from '../../../../src/lib/broker/controller/reassign-partitions.ts'
import { complete, reassign } from '../../../../src/lib/broker/controller/reassignment.ts'
import type { PartitionRegistration } from '../../../../src/lib/broker/state/cluster/types.ts'
import { TestController } from './support.ts'

const MOVING: Partial<PartitionRegistration> = {
  replicas: [4, 2, 1],
  addingReplicas: [4],
  removingReplicas: [1],
  leader: 1,
  isr: [1, 2],
}

let tested: TestController
beforeEach(() => {
  tested = new TestController({ brokers: [1, 2, 3, 4, 5] })
  tested.createTopic([{}, MOVING, { ...MOVING, isr: [4], leader: 4 }])
  tested.records()
})

function alter(index: number, replicas: number[] | null, mayChangeFactor = true): PartitionRegistration {
  const record = alterReassignment(tested, 'topic', { partitionIndex: index, replicas }, mayChangeFactor)
  if (record) tested.controller.commitTogether([record])
  return tested.partition(index)
}

test.each<[string, number, number[], Partial<PartitionRegistration>]>([
  [
    'to other brokers: these come first, and those that go stay until then',
    0,
    [4, 5, 1],
    { replicas: [4, 5, 1, 2, 3], addingReplicas: [4, 5], removingReplicas: [2, 3], isr: [1, 2, 3], leader: 1 },
  ],
  [
    'to fewer brokers that are in sync is done at once',
    0,
    [2, 3],
    { replicas: [2, 3], addingReplicas: [], removingReplicas: [], isr: [2, 3], leader: 2, leaderEpoch: 6 },
  ],
  ['to another order is done at once', 0, [3, 2, 1], { replicas: [3, 2, 1], leader: 1, leaderEpoch: 5 }],
  ['to where it is changes nothing', 0, [1, 2, 3], { partitionEpoch: 7 }],
])('a move %s', (_, index, replicas, expected) => {
  expect(alter(index, replicas)).toMatchObject(expected)
})

describe('a move that is cancelled', () => {
  test('leaves what was', () => {
    expect(alter(1, null)).toMatchObject({ replicas: [2, 1], addingReplicas: [], removingReplicas: [], isr: [1, 2] })
  })

  test('is refused where only new replicas are in sync, unless an unclean election is allowed', () => {
    expect(() => alter(2, null)).toThrow(
      expect.objectContaining({
        code: 'INVALID_REPLICA_ASSIGNMENT',
        message:
          'Unable to revert partition assignment for topic:2 because it would require an unclean leader election.',
      }),
    )
    tested.cluster.setTopicConfigs('topic', new Map([['unclean.leader.election.enable', 'true']]))
    expect(alter(2, null)).toMatchObject({ replicas: [2, 1], leader: 2, isr: [2] })
  })

  test('must be under way', () => {
    expect(() => alter(0, null)).toThrow(expect.objectContaining({ code: 'NO_REASSIGNMENT_IN_PROGRESS' }))
  })
})

test.each<[number, number[], string | null]>([
  [0, [1, 2], 'The replication factor is changed from 3 to 2'],
  [0, [4, 5, 1], null],
  [1, [3, 5], null],
  [1, [3, 5, 1], 'The replication factor is changed from 2 to 3'],
])('partition %i may keep its replication factor: %j', (index, replicas, message) => {
  const move = (): PartitionRegistration => alter(index, replicas, false)
  if (message === null) expect(move().replicas.slice(0, replicas.length)).toEqual(replicas)
  else expect(move).toThrow(expect.objectContaining({ code: 'INVALID_REPLICATION_FACTOR', message }))
})

describe('a reassignment is complete', () => {
  const [current, target] = [
    [0, 1, 2, 3, 4],
    [2, 3, 4, 5],
  ]

  test.each([
    ['when what it adds is in sync', [1, 2, 3], [2, 3, 4], [1, 2, 3, 4], [2, 3, 4]],
    ['not before', [1, 2, 3], [2, 3, 4], [1, 2, 3], undefined],
    ['with fewer replicas only when all of them are in sync', current, target, [0, 1, 5], undefined],
    ['and then', current, target, [0, 2, 3, 4, 5], target],
    ['when somebody of those who stay is in sync', [1, 2, 3], [1, 2, 4], [4, 3], [1, 2, 4]],
  ])('%s', (_, before, after, isr, expected) => {
    expect(complete(reassign(before, after), isr)?.replicas).toEqual(expected)
  })
})
