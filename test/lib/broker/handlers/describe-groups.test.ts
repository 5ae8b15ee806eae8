import { expect, test } from 'vitest'
import { DescribeGroups } from '../../../../src/lib/protocol/apis/describe-groups.ts'
import { errorName } from '../../../../src/lib/protocol/errors.ts'
import { ClassicClient, stabilise, turns } from '../state/groups/classic-member.ts'
import { ConsumerClient } from '../state/groups/consumer-member.ts'
import { GroupNode, subscription } from '../state/groups/group-node.ts'

const NO_OPERATIONS = -2147483648

test('a stable group, with what its members say and have', async () => {
  const node = new GroupNode()
  const member = new ClassicClient(node, 'g', { groupInstanceId: 'i' })
  await stabilise(node, member)
  const { groups } = await node.send(DescribeGroups, { groups: ['g'] })
  expect(groups).toEqual([
    {
      errorCode: 0,
      errorMessage: null,
      groupId: 'g',
      groupState: 'Stable',
      protocolType: 'consumer',
      protocolData: 'range',
      authorizedOperations: NO_OPERATIONS,
      members: [
        {
          memberId: member.memberId,
          groupInstanceId: 'i',
          clientId: 'client',
          clientHost: '/127.0.0.1',
          memberMetadata: subscription('t'),
          memberAssignment: Buffer.from('part 0'),
        },
      ],
    },
  ])
})

test('a group that has not agreed does not tell what members say', async () => {
  const node = new GroupNode()
  const joined = new ClassicClient(node, 'g').join()
  await turns(node)
  await joined
  const { groups } = await node.send(DescribeGroups, { groups: ['g'] })
  expect(groups[0]).toMatchObject({ groupState: 'CompletingRebalance', protocolType: 'consumer', protocolData: '' })
  expect(groups[0]!.members[0]!.memberMetadata).toHaveLength(0)
})

test('what is not there, or is not a classic group', async () => {
  const node = new GroupNode()
  node.addTopic('t')
  await new ConsumerClient(node, 'modern', 'a').join()
  const latest = (await node.send(DescribeGroups, { groups: ['none', 'modern'] })).groups
  expect(
    latest.map(({ errorCode, errorMessage, groupState }) => [errorName(errorCode), errorMessage, groupState]),
  ).toEqual([
    ['GROUP_ID_NOT_FOUND', 'Group none not found.', 'Dead'],
    ['GROUP_ID_NOT_FOUND', 'Group modern is not a classic group.', 'Dead'],
  ])
  const before = (await node.send(DescribeGroups, { groups: ['none', 'modern'] }, 5)).groups
  expect(before.map(({ errorCode, groupState }) => [errorCode, groupState])).toEqual([
    [0, 'Dead'],
    [0, 'Dead'],
  ])
})

test('what one may do with a group, when asked', async () => {
  const node = new GroupNode()
  await stabilise(node, new ClassicClient(node, 'g'))
  const { groups } = await node.send(DescribeGroups, { groups: ['g', 'none'], includeAuthorizedOperations: true })
  expect(groups.map(({ authorizedOperations }) => authorizedOperations)).toEqual([3400, NO_OPERATIONS])
})

test('from another node than the coordinator', async () => {
  const node = new GroupNode()
  await stabilise(node, new ClassicClient(node, 'g'))
  node.stateTopic.ledElsewhere = new Set([0, 1, 2])
  const { groups } = await node.send(DescribeGroups, { groups: ['g'] })
  expect(errorName(groups[0]!.errorCode)).toBe('NOT_COORDINATOR')
})
