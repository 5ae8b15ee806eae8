import { expect, test } from 'vitest'
import { writeAssignment } from '../../../../../src/lib/broker/state/groups/consumer-protocol.ts'
import { ClassicClient, turns } from './classic-member.ts'
import { ConsumerClient, settle } from './consumer-member.ts'
import { GroupNode } from './group-node.ts'

const assigned = (topic: string, ...partitions: number[]): Buffer => writeAssignment([{ topic, partitions }], 1)

test('a classic group: who joins, what each is given, who leaves', async () => {
  const node = new GroupNode()
  const [a, b] = [new ClassicClient(node, 'shop'), new ClassicClient(node, 'shop')]
  const joining = [a.join(), b.join()]
  await turns(node)
  await Promise.all(joining)
  const [leader, follower] = a.isLeader ? [a, b] : [b, a]
  const waiting = follower.sync()
  await leader.sync({ [leader.memberId]: assigned('retail', 1, 0), [follower.memberId]: assigned('retail', 2) })
  await waiting
  const nameOf = ({ memberId }: ClassicClient): string => memberId.slice(0, 'client-'.length + 8)
  expect(node.told).toEqual([
    `group shop: ${nameOf(leader)} joined, 1 member`,
    `group shop: ${nameOf(follower)} joined, 2 members`,
    `group shop: 2 members, generation 1: retail-0,1 to ${nameOf(leader)}; retail-2 to ${nameOf(follower)}`,
  ])
  await follower.leave()
  expect(node.told.at(-1)).toBe(`group shop: ${nameOf(follower)} left, 1 member`)
})

test('what stands in the log is not told again after a restart; a consumer group tells of its epochs', async () => {
  const node = new GroupNode()
  node.addTopic('t', 2)
  const a = new ConsumerClient(node, 'g', 'aaaaaaaaaaaa', { subscribedTopicNames: ['t'] })
  const b = new ConsumerClient(node, 'g', 'b', { subscribedTopicNames: ['t'] })
  await a.join()
  node.start()
  await b.join()
  await settle(node, a, b)
  await b.leave()
  expect(node.told).toEqual([
    'group g: client-aaaaaaaa joined, 1 member',
    'group g: 1 member, epoch 2: t-0,1 to client-aaaaaaaa',
    'group g: client-b joined, 2 members',
    'group g: 2 members, epoch 3: t-0 to client-aaaaaaaa; t-1 to client-b',
    'group g: client-b left, 1 member',
  ])
})
