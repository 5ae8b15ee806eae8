import { expect, test } from 'vitest'
import { ConsumerGroup } from '../../../../../../src/lib/broker/state/groups/consumer/group.ts'
import { newMember, type ConsumerMember } from '../../../../../../src/lib/broker/state/groups/consumer/member.ts'

const member = (memberId: string, fields: Partial<ConsumerMember> = {}): ConsumerMember => ({
  ...newMember(memberId),
  ...fields,
})
const owns = (...partitions: number[]) => new Map([['topic', new Map(partitions.map((partition) => [partition, 1]))]])

test('a partition is owned while a member has it, or has yet to give it up', () => {
  const group = new ConsumerGroup('g')
  group.putMember(member('a', { assigned: owns(0), pendingRevocation: owns(1) }))
  expect([0, 1, 2].map((partition) => group.isOwned('topic', partition))).toEqual([true, true, false])
  group.putMember(member('a', { assigned: owns(0) }))
  expect(group.isOwned('topic', 1)).toBe(false)
  group.removeMember('a')
  expect(group.isOwned('topic', 0)).toBe(false)
})

test('what another has taken since stays taken when the one before goes, as a compacted log may tell it', () => {
  const group = new ConsumerGroup('g')
  group.putMember(member('a', { assigned: owns(0), instanceId: 'i' }))
  group.putMember(member('b', { assigned: owns(0), instanceId: 'i' }))
  group.removeMember('a')
  expect(group.isOwned('topic', 0)).toBe(true)
  expect(group.staticMember('i')?.memberId).toBe('b')
})

test('the state tells how far the group has come', () => {
  const group = new ConsumerGroup('g')
  expect(group.state).toBe('Empty')
  group.putMember(member('a', { memberEpoch: 1 }))
  expect(group.state).toBe('Stable')
  group.groupEpoch = 2
  expect(group.state).toBe('Assigning')
  group.assignmentEpoch = 2
  expect(group.state).toBe('Reconciling')
  group.putMember(member('a', { memberEpoch: 2, state: 'UNRELEASED_PARTITIONS' }))
  expect(group.state).toBe('Reconciling')
  group.putMember(member('a', { memberEpoch: 2 }))
  expect(group.state).toBe('Stable')
})

test('the assignor that most ask for; nobody need ask', () => {
  const group = new ConsumerGroup('g')
  expect(group.preferredAssignor()).toBeNull()
  for (const [id, serverAssignor] of [
    ['a', 'uniform'],
    ['b', 'range'],
    ['c', 'range'],
    ['d', null],
  ] as const)
    group.putMember(member(id, { serverAssignor }))
  expect(group.preferredAssignor()).toBe('range')
})
