import { beforeEach, expect, test } from 'vitest'
import type { AlterPartitionRequest } from '../../../../src/lib/protocol/apis/alter-partition.ts'
import { ERRORS, type ErrorName } from '../../../../src/lib/protocol/errors.ts'
import type { PartitionRegistration } from '../../../../src/lib/broker/state/cluster/types.ts'
import { TestController, TOPIC_ID, uuid } from './support.ts'

type Wanted = AlterPartitionRequest['topics'][number]['partitions'][number]

let tested: TestController
beforeEach(() => {
  tested = new TestController({ brokers: [1, 2, 3, 4] })
  tested.createTopic([{ isr: [1, 2] }])
  tested.records()
})

/** Of broker 1, which leads; a number of the ISR stands for that broker in the run that it is in. */
function alter(
  isr: readonly (number | { brokerId: number; brokerEpoch: bigint })[],
  change: Partial<Wanted> = {},
  { brokerId = 1, topicId = TOPIC_ID }: { brokerId?: number; topicId?: string } = {},
) {
  const epochOf = (nodeId: number): bigint => tested.cluster.registration(nodeId)?.epoch ?? -1n
  const wanted = {
    partitionIndex: 0,
    leaderEpoch: 5,
    partitionEpoch: 7,
    leaderRecoveryState: 0,
    newIsr: [],
    newIsrWithEpochs: isr.map((member) =>
      typeof member === 'number' ? { brokerId: member, brokerEpoch: epochOf(member) } : member,
    ),
    ...change,
  }
  const [topic] = tested.controller.alterPartition({
    brokerId,
    brokerEpoch: epochOf(brokerId),
    topics: [{ topicId, partitions: [wanted] }],
  })
  return topic!.partitions![0]!
}

test('a follower that has caught up joins the ISR', () => {
  expect(alter([1, 2, 3])).toEqual({
    partitionIndex: 0,
    leaderId: 1,
    leaderEpoch: 5,
    isr: [1, 2, 3],
    leaderRecoveryState: 0,
    partitionEpoch: 8,
  })
  expect(tested.records()).toEqual([
    { type: 'PARTITION_CHANGE_RECORD', topicId: TOPIC_ID, partitionId: 0, isr: [1, 2, 3] },
  ])
})

test('what is so already is not written', () => {
  expect(alter([1, 2])).toMatchObject({ isr: [1, 2], partitionEpoch: 7 })
  expect(tested.records()).toEqual([])
})

test('version 2 names the brokers alone', () => {
  expect(alter([], { newIsr: [1, 2, 3] })).toMatchObject({ isr: [1, 2, 3] })
})

test.each<[string, () => unknown, ErrorName]>([
  ['a topic that is not there', () => alter([1], {}, { topicId: uuid(1) }), 'UNKNOWN_TOPIC_ID'],
  ['a partition that is not there', () => alter([1], { partitionIndex: 1 }), 'UNKNOWN_TOPIC_OR_PARTITION'],
  ['a leader epoch to come', () => alter([1], { leaderEpoch: 6 }), 'NOT_CONTROLLER'],
  ['a partition epoch to come', () => alter([1], { partitionEpoch: 8 }), 'NOT_CONTROLLER'],
  ['a leader epoch that is over', () => alter([1], { leaderEpoch: 4, partitionEpoch: 3 }), 'FENCED_LEADER_EPOCH'],
  ['a broker that does not lead', () => alter([2], {}, { brokerId: 2 }), 'INVALID_REQUEST'],
  ['a partition epoch that is over', () => alter([1], { partitionEpoch: 6 }), 'INVALID_UPDATE_VERSION'],
  ['a member without a replica', () => alter([1, 4]), 'INVALID_REQUEST'],
  ['a member twice', () => alter([1, 2, 2]), 'INVALID_REQUEST'],
  ['an ISR without the leader', () => alter([2, 3]), 'INVALID_REQUEST'],
  ['an empty ISR', () => alter([]), 'INVALID_REQUEST'],
  ['a leader that is to recover again', () => alter([1], { leaderRecoveryState: 1 }), 'INVALID_REQUEST'],
  ['a member in another run', () => alter([1, { brokerId: 3, brokerEpoch: 1n }]), 'INELIGIBLE_REPLICA'],
])('%s is refused', (_, ask, code) => {
  expect(ask()).toMatchObject({ errorCode: ERRORS[code] })
  expect(tested.records()).toEqual([])
})

test.each([
  ['is fenced', { wantFence: true }],
  ['is about to stop', { wantShutDown: true }],
])('a member that %s is refused', (_, asked) => {
  tested.createTopicOf('other', [{ replicas: [3, 4] }])
  tested.heartbeat(3, asked)
  expect(alter([1, 2, 3])).toMatchObject({ errorCode: ERRORS.INELIGIBLE_REPLICA })
})

test('a broker in another run may not ask', () => {
  const request = { brokerId: 1, brokerEpoch: 0n, topics: [] }
  expect(() => tested.controller.alterPartition(request)).toThrow(
    expect.objectContaining({ code: 'STALE_BROKER_EPOCH' }),
  )
})

const MOVING: Partial<PartitionRegistration> = {
  replicas: [4, 2, 1],
  addingReplicas: [4],
  removingReplicas: [1],
  leader: 1,
  isr: [1, 2],
}

test('the end of a move may take the leader away who asked for it', () => {
  tested = new TestController({ brokers: [1, 2, 3, 4] })
  tested.createTopic([MOVING])
  expect(alter([1, 2, 4])).toEqual({ partitionIndex: 0, errorCode: ERRORS.NEW_LEADER_ELECTED })
  expect(tested.partition(0)).toMatchObject({ leader: 4, replicas: [4, 2], isr: [2, 4], removingReplicas: [] })
})

test('the end of a move that keeps the leader begins a new leader epoch', () => {
  tested = new TestController({ brokers: [1, 2, 3, 4] })
  tested.createTopic([{ ...MOVING, replicas: [1, 4, 2], removingReplicas: [2] }])
  expect(alter([1, 2, 4])).toMatchObject({ leaderId: 1, leaderEpoch: 6, isr: [1, 4], partitionEpoch: 8 })
})
