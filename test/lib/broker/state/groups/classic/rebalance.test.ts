import { describe, expect, test } from 'vitest'
import { DescribeGroups } from '../../../../../../src/lib/protocol/apis/describe-groups.ts'
import { ClassicClient, joining, stabilise, turns } from '../classic-member.ts'
import { GroupNode, settled } from '../group-node.ts'

const describeGroup = async (node: GroupNode) => (await node.send(DescribeGroups, { groups: ['g'] })).groups[0]!
const client = (node: GroupNode, options = {}): ClassicClient => new ClassicClient(node, 'g', options)

describe('a session', () => {
  test('goes on with heartbeats', async () => {
    const node = new GroupNode()
    const member = client(node)
    await stabilise(node, member)
    for (let beat = 0; beat < 5; beat += 1) {
      node.clock.advance(9_999)
      expect(await member.heartbeat()).toBe('NONE')
    }
  })

  test('goes on with commits', async () => {
    const node = new GroupNode()
    node.addTopic('t')
    const member = client(node)
    await stabilise(node, member)
    node.clock.advance(9_999)
    expect(await member.commit(1n)).toBe('NONE')
    node.clock.advance(9_999)
    expect(await member.heartbeat()).toBe('NONE')
  })

  test('ends without, and the others rebalance', async () => {
    const node = new GroupNode()
    const [a, b] = [client(node), client(node)]
    await stabilise(node, a, b)
    node.clock.advance(9_000)
    await a.heartbeat()
    node.clock.advance(1_000)
    expect(await a.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    expect(await b.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
    expect(await a.join()).toBe('NONE')
    expect(a).toMatchObject({ generationId: 2, leader: a.memberId })
  })

  test('of the last member leaves the group empty, in a generation of its own', async () => {
    const node = new GroupNode()
    await stabilise(node, client(node))
    node.clock.advance(10_000)
    expect(await describeGroup(node)).toMatchObject({ groupState: 'Empty', members: [], protocolType: 'consumer' })
    expect(node.records().at(-1)).toMatchObject({ kind: 'GroupMetadata', value: { generation: 2, members: [] } })
  })

  test('does not end while the member waits for others', async () => {
    const node = new GroupNode()
    const [a, b] = [client(node), client(node, { sessionTimeoutMs: 30_000 })]
    await stabilise(node, a, b)
    const { answer } = await joining(node, a.isLeader ? a : b)
    node.clock.advance(29_999)
    expect(await settled(answer)).toBeNull()
  })

  test('of a member that never gets its first answer ends after five minutes', async () => {
    const node = new GroupNode()
    const [a, b] = [client(node, { rebalanceTimeoutMs: 900_000, sessionTimeoutMs: 900_000 }), client(node)]
    await stabilise(node, a)
    const { answer } = await joining(node, b)
    node.clock.advance(300_000)
    expect(await answer).toBe('UNKNOWN_MEMBER_ID')
  })
})

describe('a rebalance', () => {
  test('goes on without members that do not join in time', async () => {
    const node = new GroupNode()
    const [a, b, c] = [
      client(node, { rebalanceTimeoutMs: 20_000, sessionTimeoutMs: 60_000 }),
      client(node, { rebalanceTimeoutMs: 20_000, sessionTimeoutMs: 60_000 }),
      client(node, { rebalanceTimeoutMs: 15_000 }),
    ]
    await stabilise(node, a, b)
    const { answer: joinedC } = await joining(node, c)
    const { answer: joinedA } = await joining(node, a)
    node.clock.advance(19_999)
    expect(await settled(joinedC)).toBeNull()
    node.clock.advance(1)
    expect([await joinedA, await joinedC]).toEqual(['NONE', 'NONE'])
    expect(await b.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
    expect(a.leader).toBe(c.leader)
    expect([a.memberId, c.memberId]).toContain(a.leader)
  })

  test('keeps static members that have not come back, until their session ends', async () => {
    const node = new GroupNode()
    const [fixed, other] = [
      client(node, { groupInstanceId: 'i', sessionTimeoutMs: 120_000, rebalanceTimeoutMs: 5_000 }),
      client(node, { rebalanceTimeoutMs: 5_000 }),
    ]
    await stabilise(node, fixed)
    const { answer } = await joining(node, other)
    node.clock.advance(5_000)
    expect(await answer).toBe('NONE')
    expect(other.leader).toBe(other.memberId)
    expect(other.members.map(({ groupInstanceId }) => groupInstanceId)).toEqual(['i', null])
  })

  test('waits on when only absent static members are left', async () => {
    const node = new GroupNode()
    const [a, b] = [
      client(node, { groupInstanceId: 'a', sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 6_000 }),
      client(node, { groupInstanceId: 'b', sessionTimeoutMs: 7_000, rebalanceTimeoutMs: 6_000 }),
    ]
    await stabilise(node, a, b)
    node.clock.advance(7_000)
    expect((await describeGroup(node)).groupState).toBe('PreparingRebalance')
    node.clock.advance(6_000)
    expect((await describeGroup(node)).groupState).toBe('PreparingRebalance')
    node.clock.advance(60_000)
    expect((await describeGroup(node)).groupState).toBe('Empty')
  })

  test('in which a member is slow to ask for its assignment goes on without it', async () => {
    const node = new GroupNode()
    const [a, b] = [
      client(node, { sessionTimeoutMs: 120_000, rebalanceTimeoutMs: 20_000 }),
      client(node, { sessionTimeoutMs: 120_000, rebalanceTimeoutMs: 20_000 }),
    ]
    const joined = [a.join(), b.join()]
    await turns(node)
    await Promise.all(joined)
    const [leader, follower] = a.isLeader ? [a, b] : [b, a]
    await leader.sync({ [leader.memberId]: 'x' })
    node.clock.advance(19_999)
    expect(await follower.heartbeat()).toBe('NONE')
    node.clock.advance(1)
    expect(await follower.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
    expect(await leader.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
  })

  test('for which all have asked in time keeps them all', async () => {
    const node = new GroupNode()
    const [a, b] = [client(node, { sessionTimeoutMs: 120_000 }), client(node, { sessionTimeoutMs: 120_000 })]
    await stabilise(node, a, b)
    node.clock.advance(61_000)
    expect([await a.heartbeat(), await b.heartbeat()]).toEqual(['NONE', 'NONE'])
  })

  test('that begins in the middle of another sends waiting members away', async () => {
    const node = new GroupNode()
    const [a, b, c] = [client(node), client(node), client(node)]
    const joined = [a.join(), b.join()]
    await turns(node)
    await Promise.all(joined)
    const [leader, follower] = a.isLeader ? [a, b] : [b, a]
    const synced = follower.sync()
    await turns(node)
    void c.join()
    await turns(node)
    expect(await synced).toBe('REBALANCE_IN_PROGRESS')
    expect(await leader.sync({ [leader.memberId]: 'late' })).toBe('REBALANCE_IN_PROGRESS')
  })
})

test('50 members over 200 partitions are stable as soon as all have joined', async () => {
  const node = new GroupNode({ initialRebalanceDelayMs: 3_000 })
  const members = Array.from({ length: 50 }, () => client(node))
  const joined = members.map((member) => member.join())
  await turns(node)
  const began = node.clock.now()
  node.clock.advance(6_000)
  await Promise.all(joined)
  const leader = members.find(({ isLeader }) => isLeader)!
  const assignments = Object.fromEntries(
    members.map(({ memberId }, index) => [memberId, `partitions ${index * 4} to ${index * 4 + 3}`]),
  )
  const parts = await Promise.all(members.map((member) => member.sync(member === leader ? assignments : {})))
  expect(new Set(parts).size).toBe(50)
  expect(node.clock.now() - began).toBeLessThanOrEqual(6_000)
  expect((await describeGroup(node)).groupState).toBe('Stable')
})
