import { expect, test } from 'vitest'
import { ListGroups } from '../../../../src/lib/protocol/apis/list-groups.ts'
import { OffsetCommit } from '../../../../src/lib/protocol/apis/offset-commit.ts'
import { errorName } from '../../../../src/lib/protocol/errors.ts'
import { ClassicClient, stabilise } from '../state/groups/classic-member.ts'
import { ConsumerClient } from '../state/groups/consumer-member.ts'
import { GroupNode } from '../state/groups/group-node.ts'

async function busyNode(): Promise<GroupNode> {
  const node = new GroupNode()
  node.addTopic('t')
  await stabilise(node, new ClassicClient(node, 'classic'))
  await new ConsumerClient(node, 'modern', 'a').join()
  await node.send(
    OffsetCommit,
    { groupId: 'simple', topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 1n }] }] },
    9,
  )
  return node
}

test('all groups', async () => {
  expect((await (await busyNode()).send(ListGroups, {})).groups).toEqual([
    { groupId: 'classic', protocolType: 'consumer', groupState: 'Stable', groupType: 'classic' },
    { groupId: 'modern', protocolType: 'consumer', groupState: 'Stable', groupType: 'consumer' },
    { groupId: 'simple', protocolType: '', groupState: 'Empty', groupType: 'classic' },
  ])
})

test.each([
  [{ statesFilter: ['stable'] }, ['classic', 'modern']],
  [{ statesFilter: [' EMPTY ', 'Dead'] }, ['simple']],
  [{ typesFilter: ['Classic'] }, ['classic', 'simple']],
  [{ typesFilter: ['consumer'], statesFilter: ['Stable'] }, ['modern']],
  [{ typesFilter: ['nothing'] }, []],
  [{ statesFilter: ['nothing'] }, []],
])('filtered by %j', async (filter, expected) => {
  const { groups } = await (await busyNode()).send(ListGroups, filter)
  expect(groups.map(({ groupId }) => groupId)).toEqual(expected)
})

test.each([0, 4])('in version %i, which knows less', async (version) => {
  const { groups } = await (await busyNode()).send(ListGroups, {}, version)
  expect(groups).toHaveLength(3)
})

test('while the broker stops', async () => {
  const node = await busyNode()
  node.coordinator.close()
  expect(errorName((await node.send(ListGroups, {})).errorCode)).toBe('COORDINATOR_NOT_AVAILABLE')
})
