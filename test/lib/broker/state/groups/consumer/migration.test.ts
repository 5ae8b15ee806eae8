import { describe, expect, test } from 'vitest'
import { DescribeGroups } from '../../../../../../src/lib/protocol/apis/describe-groups.ts'
import { LeaveGroup } from '../../../../../../src/lib/protocol/apis/leave-group.ts'
import { ListGroups } from '../../../../../../src/lib/protocol/apis/list-groups.ts'
import { errorName } from '../../../../../../src/lib/protocol/errors.ts'
import { readAssignment, writeAssignment } from '../../../../../../src/lib/broker/state/groups/consumer-protocol.ts'
import { SyncGroup } from '../../../../../../src/lib/protocol/apis/sync-group.ts'
import { ClassicClient, joining, stabilise, turns } from '../classic-member.ts'
import { ConsumerClient, describeConsumers, settle } from '../consumer-member.ts'
import { GroupNode, subscription } from '../group-node.ts'

const setUp = (settings = {}): GroupNode => {
  const node = new GroupNode(settings)
  node.addTopic('t', 4)
  return node
}

const groupType = async (node: GroupNode): Promise<string> => (await node.send(ListGroups, {})).groups[0]!.groupType!

/** What SyncGroup gives a classic member, as `t-0`. */
async function assigned(member: ClassicClient): Promise<string[]> {
  const { errorCode, assignment } = await member.node.send(SyncGroup, {
    groupId: member.groupId,
    memberId: member.memberId,
    generationId: member.generationId,
    protocolType: 'consumer',
    protocolName: member.protocolName,
    groupInstanceId: member.options.groupInstanceId ?? null,
  })
  if (errorCode !== 0) return [errorName(errorCode)]
  return readAssignment(assignment).assignedPartitions.flatMap(({ topic, partitions }) =>
    partitions.map((partition) => `${topic}-${partition}`),
  )
}

/** A classic group of one member that has everything. */
async function classicGroup(node: GroupNode, options = {}): Promise<ClassicClient> {
  const member = new ClassicClient(node, 'g', options)
  const { answer } = await joining(node, member)
  await turns(node)
  await answer
  const all = writeAssignment([{ topic: 't', partitions: [0, 1, 2, 3] }], 1)
  await node.send(SyncGroup, {
    groupId: 'g',
    memberId: member.memberId,
    generationId: member.generationId,
    protocolType: 'consumer',
    protocolName: 'range',
    groupInstanceId: options && 'groupInstanceId' in options ? String(options.groupInstanceId) : null,
    assignments: [{ memberId: member.memberId, assignment: all }],
  })
  return member
}

describe('an upgrade', () => {
  test('happens when a consumer joins; the classic member stays and gives up its share', async () => {
    const node = setUp()
    const classic = await classicGroup(node)
    const consumer = new ConsumerClient(node, 'g', 'c')
    expect(await consumer.join()).toBe('NONE')
    expect(consumer).toMatchObject({ epoch: 2, owned: [] })
    expect(await groupType(node)).toBe('consumer')
    expect((await describeConsumers(node, 'g')).members.map(({ memberType }) => memberType).sort()).toEqual([0, 1])
    await consumer.beat()
    expect(consumer.owned).toEqual([])
    expect(await classic.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    // It says that it has nothing, as members do that give everything up before they join.
    expect(await classic.join()).toBe('NONE')
    expect(classic.generationId).toBe(2)
    expect(await assigned(classic)).toEqual(['t-0', 't-1'])
    expect(await classic.heartbeat()).toBe('NONE')
    await consumer.beat()
    expect(consumer.owned).toEqual(['t-2', 't-3'])
  })

  test('survives a restart of the broker', async () => {
    const node = setUp()
    const classic = await classicGroup(node)
    const consumer = new ConsumerClient(node, 'g', 'c')
    await consumer.join()
    const before = await describeConsumers(node, 'g')
    node.start()
    expect(await describeConsumers(node, 'g')).toEqual(before)
    expect(await classic.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
  })

  test('sends members away that wait for each other', async () => {
    const node = setUp({ initialRebalanceDelayMs: 3_000 })
    const classic = new ClassicClient(node, 'g')
    const { answer } = await joining(node, classic)
    expect(await new ConsumerClient(node, 'g', 'c').join()).toBe('NONE')
    expect(await answer).toBe('REBALANCE_IN_PROGRESS')
  })

  test.each([
    ['the policy', { consumerMigrationPolicy: 'downgrade' as const }, {}],
    ['the policy', { consumerMigrationPolicy: 'disabled' as const }, {}],
    ['another protocol', {}, { protocolType: 'connect' }],
    ['a subscription that nobody understands', {}, { protocols: [{ name: 'range', metadata: Buffer.from([0]) }] }],
  ])('is refused by %s', async (_, settings, options) => {
    const node = setUp(settings)
    await stabilise(node, new ClassicClient(node, 'g', options))
    const consumer = new ConsumerClient(node, 'g', 'c')
    expect(await consumer.join()).toBe('GROUP_ID_NOT_FOUND')
    expect(await groupType(node)).toBe('classic')
  })

  test('of an empty group needs no policy', async () => {
    const node = setUp({ consumerMigrationPolicy: 'disabled' })
    const classic = new ClassicClient(node, 'g')
    await stabilise(node, classic)
    await classic.leave()
    expect(await new ConsumerClient(node, 'g', 'c').join()).toBe('NONE')
    node.start()
    expect(await groupType(node)).toBe('consumer')
  })
})

describe('a downgrade', () => {
  async function mixed(node: GroupNode, options = {}): Promise<{ classic: ClassicClient; consumer: ConsumerClient }> {
    const consumer = new ConsumerClient(node, 'g', 'c')
    await consumer.join()
    const classic = new ClassicClient(node, 'g', options)
    await classic.join()
    await consumer.beat()
    await consumer.beat()
    for (let round = 0; round < 3; round += 1) {
      if ((await classic.heartbeat()) === 'NONE') break
      await classic.join()
    }
    expect(await assigned(classic)).toHaveLength(2)
    return { classic, consumer }
  }

  test('happens when the last consumer leaves, and the others rebalance', async () => {
    const node = setUp()
    const { classic, consumer } = await mixed(node)
    await consumer.leave()
    expect(await groupType(node)).toBe('classic')
    expect(await classic.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    expect(await classic.join()).toBe('NONE')
    expect(classic.isLeader).toBe(true)
  })

  test('happens when its session ends', async () => {
    const node = setUp()
    const { classic } = await mixed(node, { sessionTimeoutMs: 100_000 })
    node.clock.advance(45_000)
    expect(await groupType(node)).toBe('classic')
    expect(await classic.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
  })

  test('is kept through a restart of the broker', async () => {
    const node = setUp()
    const { classic, consumer } = await mixed(node)
    await consumer.leave()
    node.start()
    const { groups } = await node.send(DescribeGroups, { groups: ['g'] })
    expect(groups[0]).toMatchObject({ groupState: 'Stable', members: [{ memberId: classic.memberId }] })
  })

  test('does not happen against the policy', async () => {
    const node = setUp({ consumerMigrationPolicy: 'upgrade' })
    const { consumer } = await mixed(node)
    await consumer.leave()
    expect(await groupType(node)).toBe('consumer')
  })

  test('happens when a classic member takes the place of the last consumer', async () => {
    const node = setUp()
    const fixed = new ConsumerClient(node, 'g', 'c', { instanceId: 'i' })
    await fixed.join()
    const { owned } = fixed
    const classic = new ClassicClient(node, 'g', { groupInstanceId: 'i' })
    expect(await classic.join()).toBe('NONE')
    expect(await groupType(node)).toBe('classic')
    expect(await assigned(classic)).toEqual(owned)
    expect(await fixed.beat()).toBe('GROUP_ID_NOT_FOUND')
  })
})

describe('classic members of a consumer group', () => {
  test('have to speak the consumer protocol', async () => {
    const node = setUp()
    await new ConsumerClient(node, 'g', 'c').join()
    expect(await new ClassicClient(node, 'g', { protocolType: 'connect' }).join()).toBe('INCONSISTENT_GROUP_PROTOCOL')
    expect(
      await new ClassicClient(node, 'g', { protocols: [{ name: 'range', metadata: Buffer.from([9]) }] }).join(),
    ).toBe('INCONSISTENT_GROUP_PROTOCOL')
  })

  test('are out when they do not join again in time', async () => {
    const node = setUp()
    const consumer = new ConsumerClient(node, 'g', 'c')
    await consumer.join()
    const classic = new ClassicClient(node, 'g', { sessionTimeoutMs: 500_000, rebalanceTimeoutMs: 20_000 })
    await classic.join()
    await assigned(classic)
    await consumer.beat()
    await consumer.beat()
    expect(await classic.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    node.clock.advance(19_999)
    expect(await classic.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    node.clock.advance(1)
    expect(await classic.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
  })

  test('are out when they do not ask for their assignment in time', async () => {
    const node = setUp()
    await new ConsumerClient(node, 'g', 'c').join()
    const classic = new ClassicClient(node, 'g', { sessionTimeoutMs: 500_000, rebalanceTimeoutMs: 20_000 })
    await classic.join()
    node.clock.advance(20_000)
    expect(await classic.heartbeat()).toBe('UNKNOWN_MEMBER_ID')
  })

  test('are fenced by generation and protocol', async () => {
    const node = setUp()
    await new ConsumerClient(node, 'g', 'c').join()
    const classic = new ClassicClient(node, 'g')
    await classic.join()
    const as = (changes: object): ClassicClient => Object.assign(new ClassicClient(node, 'g'), classic, changes)
    expect(await as({ generationId: 77 }).sync()).toBe('ILLEGAL_GENERATION')
    expect(await as({ protocolName: 'sticky' }).sync()).toBe('INCONSISTENT_GROUP_PROTOCOL')
    expect(await as({ memberId: 'c', generationId: 2 }).heartbeat()).toBe('UNKNOWN_MEMBER_ID')
    expect(await as({ options: { groupInstanceId: 'i' } }).heartbeat()).toBe('UNKNOWN_MEMBER_ID')
  })

  test('commit in their generation', async () => {
    const node = setUp()
    await new ConsumerClient(node, 'g', 'c').join()
    const classic = new ClassicClient(node, 'g')
    await classic.join()
    expect(await classic.commit(1n)).toBe('NONE')
    expect(await Object.assign(new ClassicClient(node, 'g'), classic, { generationId: 77 }).commit(1n)).toBe(
      'ILLEGAL_GENERATION',
    )
  })

  test('and consumers are taken out by an admin', async () => {
    const node = setUp()
    const [a, b] = [new ConsumerClient(node, 'g', 'a', { instanceId: 'i' }), new ConsumerClient(node, 'g', 'b')]
    await a.join()
    await b.join()
    const { members } = await node.send(LeaveGroup, {
      groupId: 'g',
      members: [{ memberId: '', groupInstanceId: 'i' }, { memberId: 'x' }, { memberId: '', groupInstanceId: 'j' }],
    })
    expect(members.map(({ errorCode }) => errorName(errorCode))).toEqual([
      'NONE',
      'UNKNOWN_MEMBER_ID',
      'UNKNOWN_MEMBER_ID',
    ])
    await settle(node, b)
    expect(b.owned).toHaveLength(4)
  })
})

test('an empty consumer group becomes a classic one when a classic member joins', async () => {
  const node = setUp()
  const consumer = new ConsumerClient(node, 'g', 'c')
  await consumer.join()
  await consumer.leave()
  await stabilise(node, new ClassicClient(node, 'g', { protocols: [{ name: 'range', metadata: subscription('t') }] }))
  node.start()
  expect(await groupType(node)).toBe('classic')
})
