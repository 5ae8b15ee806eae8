import { expect, test } from 'vitest'
import { ClassicClient, stabilise, turns } from '../classic-member.ts'
import { GroupNode, settled } from '../group-node.ts'

async function joined(node: GroupNode, count: number): Promise<{ leader: ClassicClient; followers: ClassicClient[] }> {
  const members = Array.from({ length: count }, () => new ClassicClient(node, 'g'))
  const answers = members.map((member) => member.join())
  await turns(node)
  await Promise.all(answers)
  const leader = members.find(({ isLeader }) => isLeader)!
  return { leader, followers: members.filter((member) => member !== leader) }
}

test('followers wait for the leader, and each gets its own part', async () => {
  const node = new GroupNode()
  const {
    leader,
    followers: [follower, left],
  } = await joined(node, 3)
  const waiting = [follower!.sync(), left!.sync()]
  expect(await settled(Promise.all(waiting))).toBeNull()
  expect(await leader.sync({ [leader.memberId]: 'mine', [follower!.memberId]: 'yours' })).toBe('mine')
  expect(await Promise.all(waiting)).toEqual(['yours', ''])
})

test('who asks later gets what was assigned, who asks twice gets it twice', async () => {
  const node = new GroupNode()
  const {
    leader,
    followers: [follower],
  } = await joined(node, 2)
  await leader.sync({ [follower!.memberId]: 'yours' })
  expect([await follower!.sync(), await follower!.sync()]).toEqual(['yours', 'yours'])
})

test('the assignment is on the disk before anyone gets it', async () => {
  const node = new GroupNode()
  const { leader } = await joined(node, 1)
  await leader.sync({ [leader.memberId]: 'mine' })
  expect(node.records().at(-1)).toMatchObject({
    kind: 'GroupMetadata',
    value: {
      generation: 1,
      protocol: 'range',
      leader: leader.memberId,
      members: [{ memberId: leader.memberId, assignment: Buffer.from('mine') }],
    },
  })
})

test('when it cannot be written nobody gets it, and the group rebalances', async () => {
  const node = new GroupNode()
  const {
    leader,
    followers: [follower],
  } = await joined(node, 2)
  const waiting = follower!.sync()
  await turns(node)
  node.stateTopic.refusal = 'KAFKA_STORAGE_ERROR'
  expect(await leader.sync({ [leader.memberId]: 'mine' })).toBe('NOT_COORDINATOR')
  expect(await waiting).toBe('NOT_COORDINATOR')
  expect(await leader.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
})

test('who has no part in the generation is told so', async () => {
  const node = new GroupNode()
  const member = new ClassicClient(node, 'g')
  await stabilise(node, member)
  const as = (changes: object): ClassicClient => Object.assign(new ClassicClient(node, 'g'), member, changes)
  expect(await as({ generationId: 2 }).sync()).toBe('ILLEGAL_GENERATION')
  expect(await as({ memberId: 'stranger' }).sync()).toBe('UNKNOWN_MEMBER_ID')
  expect(await as({ protocolName: 'sticky' }).sync()).toBe('INCONSISTENT_GROUP_PROTOCOL')
  expect(await as({ options: { protocolType: 'connect' } }).sync()).toBe('INCONSISTENT_GROUP_PROTOCOL')
  expect(await as({ groupId: 'other' }).sync()).toBe('UNKNOWN_MEMBER_ID')
  expect(await as({ groupId: '' }).sync()).toBe('INVALID_GROUP_ID')
  expect(await as({ generationId: 0 }).heartbeat()).toBe('ILLEGAL_GENERATION')
})

test('a second request lets go of the first', async () => {
  const node = new GroupNode()
  const {
    leader,
    followers: [follower],
  } = await joined(node, 2)
  const first = follower!.sync()
  const second = follower!.sync()
  expect(await first).toBe('REBALANCE_IN_PROGRESS')
  await leader.sync({ [follower!.memberId]: 'yours' })
  expect(await second).toBe('yours')
})

test('a broker that stops answers everyone that waits', async () => {
  const node = new GroupNode()
  const {
    followers: [follower],
  } = await joined(node, 2)
  const synced = follower!.sync()
  await turns(node)
  node.coordinator.close()
  expect(await synced).toBe('NOT_COORDINATOR')
  expect(await follower!.heartbeat()).toBe('COORDINATOR_NOT_AVAILABLE')
})
