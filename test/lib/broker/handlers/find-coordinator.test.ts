import { expect, test } from 'vitest'
import { FindCoordinator } from '../../../../src/lib/protocol/apis/find-coordinator.ts'
import { errorName } from '../../../../src/lib/protocol/errors.ts'
import { GroupNode } from '../state/groups/group-node.ts'

const NOWHERE = { nodeId: -1, host: '', port: -1 }

test('one group, in words too', async () => {
  const node = new GroupNode()
  expect(await node.send(FindCoordinator, { key: 'g', keyType: 0 }, 3)).toMatchObject({
    nodeId: 1,
    host: 'here',
    port: 9092,
    errorCode: 0,
    errorMessage: 'NONE',
  })
  expect(await node.send(FindCoordinator, { key: 'g' }, 0)).toMatchObject({ nodeId: 1, errorCode: 0 })
})

test('many groups', async () => {
  const { coordinators } = await new GroupNode().send(FindCoordinator, { keyType: 0, coordinatorKeys: ['a', 'b', ''] })
  expect(coordinators).toEqual(
    ['a', 'b', ''].map((key) => ({ key, nodeId: 1, host: 'here', port: 9092, errorCode: 0, errorMessage: '' })),
  )
})

test('makes the topic that groups are kept in', async () => {
  const node = new GroupNode()
  expect(node.stateTopic.exists()).toBe(false)
  await node.send(FindCoordinator, { keyType: 0, coordinatorKeys: ['g'] })
  expect(node.stateTopic.exists()).toBe(true)
})

test.each([
  [2, 'INVALID_REQUEST'],
  [3, 'INVALID_REQUEST'],
])('type %i: %s', async (keyType, error) => {
  const { coordinators } = await new GroupNode().send(FindCoordinator, { keyType, coordinatorKeys: ['x'] })
  expect(coordinators[0]).toMatchObject({ key: 'x', ...NOWHERE })
  expect(errorName(coordinators[0]!.errorCode)).toBe(error)
})

test('while the broker stops', async () => {
  const node = new GroupNode()
  node.coordinator.close()
  const { coordinators } = await node.send(FindCoordinator, { keyType: 0, coordinatorKeys: ['g'] })
  expect(coordinators[0]).toMatchObject({ ...NOWHERE })
  expect(errorName(coordinators[0]!.errorCode)).toBe('COORDINATOR_NOT_AVAILABLE')
})
