import { describe, expect, test } from 'vitest'
import { DescribeGroups } from '../../../../../../src/lib/protocol/apis/describe-groups.ts'
import { errorName } from '../../../../../../src/lib/protocol/errors.ts'
import { ClassicClient, joining, stabilise, turns } from '../classic-member.ts'
import { GroupNode, settled, subscription } from '../group-node.ts'

const stateOf = async (node: GroupNode): Promise<string> =>
  (await node.send(DescribeGroups, { groups: ['g'] })).groups[0]!.groupState!

test('the first member leads the first generation', async () => {
  const node = new GroupNode()
  const member = new ClassicClient(node, 'g')
  const joined = member.join()
  await turns(node)
  expect(await joined).toBe('NONE')
  expect(member).toMatchObject({ generationId: 1, protocolName: 'range', leader: member.memberId })
  expect(member.memberId).toMatch(/^client-[-0-9a-f]{36}$/)
  expect(member.members).toEqual([{ memberId: member.memberId, groupInstanceId: null, metadata: subscription('t') }])
  expect(await stateOf(node)).toBe('CompletingRebalance')
})

test('only the leader is told of the members', async () => {
  const node = new GroupNode()
  const [a, b] = [new ClassicClient(node, 'g'), new ClassicClient(node, 'g')]
  await stabilise(node, a, b)
  const [leader, follower] = a.isLeader ? [a, b] : [b, a]
  expect(leader.members.map(({ memberId }) => memberId).sort()).toEqual([a.memberId, b.memberId].sort())
  expect(follower.members).toEqual([])
})

describe('a dynamic member', () => {
  test('is given its id first from version 4 on', async () => {
    const answer = await new ClassicClient(new GroupNode(), 'g').sendJoin(4)
    expect(errorName(answer.errorCode)).toBe('MEMBER_ID_REQUIRED')
    expect(answer.memberId).not.toBe('')
  })

  test('is in at once before that', async () => {
    const node = new GroupNode()
    const joined = new ClassicClient(node, 'g').sendJoin(3)
    await turns(node)
    expect((await joined).errorCode).toBe(0)
  })

  test('has one session timeout to come back with its id', async () => {
    const node = new GroupNode()
    const member = new ClassicClient(node, 'g', { sessionTimeoutMs: 6_000 })
    await member.sendJoin()
    node.clock.advance(6_000)
    expect(errorName((await member.sendJoin()).errorCode)).toBe('UNKNOWN_MEMBER_ID')
  })

  test('holds a rebalance up until it comes or its session ends', async () => {
    const node = new GroupNode()
    const [a, b, pending] = [
      new ClassicClient(node, 'g'),
      new ClassicClient(node, 'g'),
      new ClassicClient(node, 'g', { sessionTimeoutMs: 7_000 }),
    ]
    await stabilise(node, a)
    await pending.sendJoin()
    const { answer: joined } = await joining(node, b)
    const { answer: rejoined } = await joining(node, a)
    expect(await settled(joined)).toBeNull()
    node.clock.advance(7_000)
    expect([await joined, await rejoined]).toEqual(['NONE', 'NONE'])
  })
})

describe('the initial rebalance delay', () => {
  test('gives others time to join the first generation', async () => {
    const node = new GroupNode({ initialRebalanceDelayMs: 3_000 })
    const [a, b] = [new ClassicClient(node, 'g'), new ClassicClient(node, 'g')]
    const { answer: joinedA } = await joining(node, a)
    node.clock.advance(2_999)
    expect(await settled(joinedA)).toBeNull()
    const { answer: joinedB } = await joining(node, b)
    node.clock.advance(1)
    expect(await settled(joinedA)).toBeNull()
    node.clock.advance(2_999)
    expect(await settled(joinedA)).toBeNull()
    node.clock.advance(1)
    expect([await joinedA, await joinedB]).toEqual(['NONE', 'NONE'])
    expect([a.generationId, b.generationId]).toEqual([1, 1])
  })

  test('ends with the rebalance timeout, however many come', async () => {
    const node = new GroupNode({ initialRebalanceDelayMs: 3_000 })
    const members = Array.from({ length: 4 }, () => new ClassicClient(node, 'g', { rebalanceTimeoutMs: 7_000 }))
    const { answer: joined } = await joining(node, members[0]!)
    for (const member of members.slice(1)) {
      node.clock.advance(2_000)
      void joining(node, member)
      await turns(node, 2)
    }
    node.clock.advance(999)
    expect(await settled(joined)).toBeNull()
    node.clock.advance(1)
    expect(await joined).toBe('NONE')
  })

  test('is for the first generation only', async () => {
    const node = new GroupNode({ initialRebalanceDelayMs: 3_000 })
    const [a, b] = [new ClassicClient(node, 'g'), new ClassicClient(node, 'g')]
    const { answer: first } = await joining(node, a)
    node.clock.advance(3_000)
    await first
    await a.sync({ [a.memberId]: 'all' })
    const { answer: joined } = await joining(node, b)
    await joining(node, a)
    expect(await joined).toBe('NONE')
  })
})

describe('a member that joins again', () => {
  test('as a follower with nothing new is told of the generation as it is', async () => {
    const node = new GroupNode()
    const [a, b] = [new ClassicClient(node, 'g'), new ClassicClient(node, 'g')]
    await stabilise(node, a, b)
    const follower = a.isLeader ? b : a
    expect(await follower.join()).toBe('NONE')
    expect(follower.generationId).toBe(1)
    expect(await stateOf(node)).toBe('Stable')
  })

  test('as the leader asks for a new assignment', async () => {
    const node = new GroupNode()
    const [a, b] = [new ClassicClient(node, 'g'), new ClassicClient(node, 'g')]
    await stabilise(node, a, b)
    const [leader, follower] = a.isLeader ? [a, b] : [b, a]
    const { answer: joined } = await joining(node, leader)
    expect(await stateOf(node)).toBe('PreparingRebalance')
    expect(await follower.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    await follower.join()
    expect(await joined).toBe('NONE')
    expect([leader.generationId, follower.generationId]).toEqual([2, 2])
  })

  test('with another subscription makes the group rebalance', async () => {
    const node = new GroupNode()
    const [a, b] = [new ClassicClient(node, 'g'), new ClassicClient(node, 'g')]
    await stabilise(node, a, b)
    const follower = a.isLeader ? b : a
    Object.assign(follower, { options: { protocols: [{ name: 'range', metadata: subscription('t', 'u') }] } })
    void joining(node, follower)
    await turns(node)
    expect(await stateOf(node)).toBe('PreparingRebalance')
  })

  test('in the middle, having lost the answer, gets it again', async () => {
    const node = new GroupNode()
    const member = new ClassicClient(node, 'g')
    const joined = member.join()
    await turns(node)
    await joined
    expect(await member.join()).toBe('NONE')
    expect(member.generationId).toBe(1)
    expect(member.members).toHaveLength(1)
  })

  test('with a second request lets go of the first', async () => {
    const node = new GroupNode({ initialRebalanceDelayMs: 3_000 })
    const member = new ClassicClient(node, 'g')
    await member.sendJoin()
    const first = member.sendJoin()
    const second = member.sendJoin()
    expect(errorName((await first).errorCode)).toBe('REBALANCE_IN_PROGRESS')
    node.clock.advance(3_000)
    expect((await second).errorCode).toBe(0)
  })
})

describe('protocols', () => {
  const speaking = (node: GroupNode, ...names: string[]): ClassicClient =>
    new ClassicClient(node, 'g', { protocols: names.map((name) => ({ name, metadata: subscription('t') })) })

  test('are chosen by vote among those that all speak', async () => {
    const node = new GroupNode({ initialRebalanceDelayMs: 10 })
    const members = [
      speaking(node, 'range', 'sticky'),
      speaking(node, 'sticky', 'range'),
      speaking(node, 'cooperative', 'sticky', 'range'),
    ]
    const joined = members.map((member) => member.join())
    await turns(node)
    node.clock.advance(20)
    await Promise.all(joined)
    expect(members.map(({ protocolName }) => protocolName)).toEqual(['sticky', 'sticky', 'sticky'])
  })

  test.each([
    ['none in common', { protocols: [{ name: 'other', metadata: Buffer.alloc(0) }] }],
    ['another type', { protocolType: 'connect' }],
    ['none at all', { protocols: [] }],
  ])('%s keeps a member out', async (_, options) => {
    const node = new GroupNode()
    await stabilise(node, new ClassicClient(node, 'g'))
    expect(await new ClassicClient(node, 'g', options).join()).toBe('INCONSISTENT_GROUP_PROTOCOL')
  })

  test.each([
    ['no protocols', { protocols: [] }],
    ['no type', { protocolType: '' }],
  ])('with %s no group begins', async (_, options) => {
    expect(await new ClassicClient(new GroupNode(), 'g', options).join()).toBe('INCONSISTENT_GROUP_PROTOCOL')
  })
})

describe('is refused', () => {
  test.each([5_999, 1_800_001])('with a session timeout of %i', async (sessionTimeoutMs) => {
    expect(await new ClassicClient(new GroupNode(), 'g', { sessionTimeoutMs }).join()).toBe('INVALID_SESSION_TIMEOUT')
  })

  test('without a group id', async () => {
    expect(await new ClassicClient(new GroupNode(), '').join()).toBe('INVALID_GROUP_ID')
  })

  test('with an id that nobody gave it', async () => {
    const node = new GroupNode()
    const stranger = new ClassicClient(node, 'g')
    stranger.memberId = 'stranger'
    expect(await stranger.join()).toBe('UNKNOWN_MEMBER_ID')
    await stabilise(node, new ClassicClient(node, 'g'))
    expect(await stranger.join()).toBe('UNKNOWN_MEMBER_ID')
  })

  test('where the group is full', async () => {
    const node = new GroupNode({ maxSize: 2 })
    const members = [new ClassicClient(node, 'g'), new ClassicClient(node, 'g')]
    await stabilise(node, ...members)
    expect(await new ClassicClient(node, 'g').join()).toBe('GROUP_MAX_SIZE_REACHED')
    expect(await members[0]!.heartbeat()).toBe('NONE')
  })

  test('where the state topic cannot be written, and then no group is left behind', async () => {
    const node = new GroupNode()
    node.stateTopic.refusal = 'KAFKA_STORAGE_ERROR'
    expect(await new ClassicClient(node, 'g').join()).toBe('NOT_COORDINATOR')
    expect(await stateOf(node)).toBe('Dead')
  })
})
