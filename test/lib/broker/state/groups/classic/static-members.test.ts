import { describe, expect, test } from 'vitest'
import { errorName } from '../../../../../../src/lib/protocol/errors.ts'
import { LeaveGroup } from '../../../../../../src/lib/protocol/apis/leave-group.ts'
import { ClassicClient, joining, stabilise, turns } from '../classic-member.ts'
import { GroupNode, subscription } from '../group-node.ts'

const fixed = (node: GroupNode, groupInstanceId: string, options = {}): ClassicClient =>
  new ClassicClient(node, 'g', { groupInstanceId, ...options })

describe('a static member that comes back', () => {
  test('takes its old place in a stable group, and nobody rebalances', async () => {
    const node = new GroupNode()
    const [a, b] = [fixed(node, 'a'), fixed(node, 'b')]
    await stabilise(node, a, b)
    const follower = a.isLeader ? b : a
    const again = fixed(node, follower === a ? 'a' : 'b')
    expect(await again.join()).toBe('NONE')
    expect(again.generationId).toBe(1)
    expect(again.memberId).not.toBe(follower.memberId)
    expect(again.memberId).toMatch(/^[ab]-/)
    expect(await again.sync()).toBe(`part ${follower === a ? 0 : 1}`)
    expect([await a.heartbeat(), await b.heartbeat()].sort()).toEqual(['FENCED_INSTANCE_ID', 'NONE'])
    expect(await follower.heartbeat()).toBe('FENCED_INSTANCE_ID')
  })

  test('as the leader is told to leave the assignment be, from version 9 on', async () => {
    const node = new GroupNode()
    await stabilise(node, fixed(node, 'a'))
    const again = await fixed(node, 'a').sendJoin(9)
    expect(again).toMatchObject({ skipAssignment: true, leader: again.memberId })
    expect(again.members).toHaveLength(1)
  })

  test('as the leader is told before that of the leader of old', async () => {
    const node = new GroupNode()
    const before = fixed(node, 'a')
    await stabilise(node, before)
    const again = await fixed(node, 'a').sendJoin(8)
    expect(again).toMatchObject({ skipAssignment: false, leader: before.memberId, members: [] })
  })

  test('with protocols that change the choice makes the group rebalance', async () => {
    const node = new GroupNode()
    const both = [
      { name: 'range', metadata: subscription('t') },
      { name: 'sticky', metadata: subscription('t') },
    ]
    const [a, b] = [fixed(node, 'a', { protocols: both }), fixed(node, 'b', { protocols: both })]
    await stabilise(node, a, b)
    expect(a.protocolName).toBe('range')
    const again = fixed(node, 'a', { protocols: [both[1]!] })
    const { answer } = await joining(node, again)
    expect(await b.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    await b.join()
    await answer
    expect([again.protocolName, b.protocolName]).toEqual(['sticky', 'sticky'])
  })

  test('while the leader assigns makes the group rebalance', async () => {
    const node = new GroupNode()
    const [a, b] = [fixed(node, 'a'), fixed(node, 'b')]
    const joined = [a.join(), b.join()]
    await turns(node)
    await Promise.all(joined)
    const follower = a.isLeader ? b : a
    const parked = follower.sync()
    const again = fixed(node, follower === a ? 'a' : 'b')
    void again.join()
    await turns(node)
    expect(await parked).toBe('FENCED_INSTANCE_ID')
    expect(await (follower === a ? b : a).heartbeat()).toBe('REBALANCE_IN_PROGRESS')
  })

  test('is sent away, and the one before stays, when that cannot be written', async () => {
    const node = new GroupNode()
    const before = fixed(node, 'a')
    await stabilise(node, before)
    node.stateTopic.refusal = 'KAFKA_STORAGE_ERROR'
    expect(await fixed(node, 'a').join()).toBe('NOT_COORDINATOR')
    expect(await before.heartbeat()).toBe('NONE')
    expect(await before.sync()).toBe('part 0')
  })

  test('keeps its place across a restart of the broker', async () => {
    const node = new GroupNode()
    await stabilise(node, fixed(node, 'a'))
    node.start()
    const again = fixed(node, 'a')
    expect(await again.join()).toBe('NONE')
    expect(again.generationId).toBe(1)
    expect(await again.sync()).toBe('part 0')
  })
})

test('an instance id and a member id that do not belong together are fenced', async () => {
  const node = new GroupNode()
  const a = fixed(node, 'a')
  await stabilise(node, a)
  const imposter = fixed(node, 'a')
  Object.assign(imposter, { memberId: 'imposter', generationId: 1, protocolName: 'range' })
  expect(await imposter.heartbeat()).toBe('FENCED_INSTANCE_ID')
  expect(await imposter.join()).toBe('FENCED_INSTANCE_ID')
  expect(await imposter.sync()).toBe('FENCED_INSTANCE_ID')
  node.addTopic('t')
  expect(await imposter.commit(1n)).toBe('FENCED_INSTANCE_ID')
  const unknown = fixed(node, 'nobody')
  Object.assign(unknown, { memberId: a.memberId, generationId: 1 })
  expect(await unknown.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
})

describe('leaving', () => {
  const send = async (node: GroupNode, members: { memberId: string; groupInstanceId?: string }[]): Promise<string[]> =>
    (await node.send(LeaveGroup, { groupId: 'g', members })).members.map(({ errorCode }) => errorName(errorCode))

  test('many at once, by member id or by instance id, each with its own error', async () => {
    const node = new GroupNode()
    const [a, b, c] = [fixed(node, 'a'), fixed(node, 'b'), new ClassicClient(node, 'g')]
    await stabilise(node, a, b, c)
    expect(
      await send(node, [
        { memberId: c.memberId },
        { memberId: '', groupInstanceId: 'a' },
        { memberId: 'wrong', groupInstanceId: 'b' },
        { memberId: '', groupInstanceId: 'nobody' },
        { memberId: 'nobody' },
      ]),
    ).toEqual(['NONE', 'NONE', 'FENCED_INSTANCE_ID', 'UNKNOWN_MEMBER_ID', 'UNKNOWN_MEMBER_ID'])
    expect(await b.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    expect(await a.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
  })

  test('a group that is not there', async () => {
    expect(await send(new GroupNode(), [{ memberId: 'x' }])).toEqual(['UNKNOWN_MEMBER_ID'])
  })

  test('by one that waits for its join ends the wait', async () => {
    const node = new GroupNode({ initialRebalanceDelayMs: 3_000 })
    const member = new ClassicClient(node, 'g')
    const { answer } = await joining(node, member)
    expect(await member.leave()).toBe('NONE')
    expect(await answer).toBe('UNKNOWN_MEMBER_ID')
  })

  test('by one that was only given its id', async () => {
    const node = new GroupNode()
    const member = new ClassicClient(node, 'g')
    await member.sendJoin()
    expect(await member.leave()).toBe('NONE')
    expect(await member.join()).toBe('UNKNOWN_MEMBER_ID')
  })

  test('by the last one in version 2, whose error is that of the answer', async () => {
    const node = new GroupNode()
    const member = new ClassicClient(node, 'g')
    await stabilise(node, member)
    const leave = () => node.send(LeaveGroup, { groupId: 'g', memberId: member.memberId }, 2)
    expect((await leave()).errorCode).toBe(0)
    expect(errorName((await leave()).errorCode)).toBe('UNKNOWN_MEMBER_ID')
  })
})
