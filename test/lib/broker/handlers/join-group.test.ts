import { expect, test } from 'vitest'
import { JoinGroup } from '../../../../src/lib/protocol/apis/join-group.ts'
import { errorName } from '../../../../src/lib/protocol/errors.ts'
import { OffsetDelete } from '../../../../src/lib/protocol/apis/offset-delete.ts'
import { ConsumerGroupDescribe } from '../../../../src/lib/protocol/apis/consumer-group-describe.ts'
import { ClassicClient, turns } from '../state/groups/classic-member.ts'
import { GroupNode, subscription } from '../state/groups/group-node.ts'

const request = {
  groupId: 'g',
  sessionTimeoutMs: 6_000,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: subscription('t') }],
}

test.each([0, 1, 2, 3])('version %i joins in one step', async (version) => {
  const node = new GroupNode()
  const joined = node.send(JoinGroup, { ...request, ...(version > 0 && { rebalanceTimeoutMs: 9_000 }) }, version)
  await turns(node)
  expect(await joined).toMatchObject({ errorCode: 0, generationId: 1, protocolName: 'range' })
})

test('version 0 has one timeout for both', async () => {
  const node = new GroupNode()
  void node.send(JoinGroup, request, 0)
  await turns(node)
  // Nobody asks for an assignment, so that the wait for that ends after the rebalance timeout.
  node.clock.advance(6_000)
  await turns(node)
  expect(node.records().at(-1)).toMatchObject({ value: { generation: 2, members: [] } })
})

test.each([
  [6, ''],
  [7, null],
])('a refusal in version %i has the protocol name %j', async (version, protocolName) => {
  const answer = await new GroupNode().send(JoinGroup, { ...request, protocols: [], rebalanceTimeoutMs: 1 }, version)
  expect(answer).toMatchObject({ protocolName, memberId: '', generationId: -1 })
  expect(errorName(answer.errorCode)).toBe('INCONSISTENT_GROUP_PROTOCOL')
})

test('a client without a name gets an id all the same', async () => {
  const member = new ClassicClient(new GroupNode(), 'g')
  expect((await member.sendJoin()).memberId).toMatch(/^client-/)
})

test('errors of a whole request', async () => {
  const node = new GroupNode()
  expect(errorName((await node.send(OffsetDelete, { groupId: '' })).errorCode)).toBe('INVALID_GROUP_ID')
  const { groups } = await node.send(ConsumerGroupDescribe, { groupIds: ['', 'none'] })
  expect(groups.map(({ errorCode, errorMessage }) => [errorName(errorCode), errorMessage])).toEqual([
    ['INVALID_GROUP_ID', null],
    ['GROUP_ID_NOT_FOUND', 'Group none not found.'],
  ])
})
