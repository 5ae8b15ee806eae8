import { describe, expect, test } from 'vitest'
import { ListGroups } from '../../../../../../src/lib/protocol/apis/list-groups.ts'
import { OffsetFetch } from '../../../../../../src/lib/protocol/apis/offset-fetch.ts'
import { ConsumerGroupHeartbeat } from '../../../../../../src/lib/protocol/apis/consumer-group-heartbeat.ts'
import { errorName } from '../../../../../../src/lib/protocol/errors.ts'
import { ConsumerClient, describeConsumers, settle } from '../consumer-member.ts'
import { GroupNode } from '../group-node.ts'

const setUp = (settings = {}): GroupNode => {
  const node = new GroupNode(settings)
  node.addTopic('t', 4)
  node.addTopic('u', 2)
  return node
}

const consumer = (node: GroupNode, memberId: string, fields = {}): ConsumerClient =>
  new ConsumerClient(node, 'g', memberId, fields)

describe('joining', () => {
  test('the first member gets everything, in epoch 2', async () => {
    const node = setUp()
    const a = consumer(node, 'a')
    expect(await a.join()).toBe('NONE')
    expect(a).toMatchObject({ epoch: 2, owned: ['t-0', 't-1', 't-2', 't-3'] })
    expect(await describeConsumers(node, 'g')).toMatchObject({
      groupState: 'Stable',
      groupEpoch: 2,
      assignmentEpoch: 2,
      assignorName: 'uniform',
      members: [
        {
          memberId: 'a',
          memberEpoch: 2,
          clientId: 'client',
          clientHost: '/127.0.0.1',
          subscribedTopicNames: ['t'],
          memberType: 1,
        },
      ],
    })
  })

  test('the next one gets its part when the first has given it up', async () => {
    const node = setUp()
    const [a, b] = [consumer(node, 'a'), consumer(node, 'b')]
    await a.join()
    await b.join()
    expect(b).toMatchObject({ epoch: 3, owned: [] })
    await b.beat()
    expect(b.owned).toEqual([])
    await a.beat()
    expect(a).toMatchObject({ epoch: 2, owned: ['t-0', 't-1'] })
    expect((await describeConsumers(node, 'g')).groupState).toBe('Reconciling')
    await b.beat()
    expect(b.owned).toEqual([])
    await a.beat()
    expect(a.epoch).toBe(3)
    await b.beat()
    expect(b.owned).toEqual(['t-2', 't-3'])
    expect((await describeConsumers(node, 'g')).groupState).toBe('Stable')
  })

  test('again, having lost everything, it gets its part again', async () => {
    const node = setUp()
    const a = consumer(node, 'a')
    await a.join()
    const owned = [...a.owned]
    await a.join()
    expect(a).toMatchObject({ epoch: 2, owned })
  })

  test('topics that come later are assigned when they do', async () => {
    const node = setUp()
    const a = consumer(node, 'a', { subscribedTopicNames: ['later'] })
    await a.join()
    expect(a.owned).toEqual([])
    node.addTopic('later', 2)
    await a.beat()
    expect(a.owned).toEqual(['later-0', 'later-1'])
    node.topics.get('later')!.partitions = 3
    node.coordinator.onMetadataChanged()
    await a.beat()
    expect(a.owned).toEqual(['later-0', 'later-1', 'later-2'])
    node.topics.delete('later')
    node.coordinator.onMetadataChanged()
    await a.beat()
    expect(a.owned).toEqual([])
  })

  test('in version 0 the coordinator gives the member its id', async () => {
    const node = setUp()
    const answer = await node.send(
      ConsumerGroupHeartbeat,
      {
        groupId: 'g',
        memberEpoch: 0,
        rebalanceTimeoutMs: 1000,
        subscribedTopicNames: ['t'],
        topicPartitions: [],
      },
      0,
    )
    expect(answer.memberId).toMatch(/^[-_A-Za-z0-9]{22}$/)
  })

  test('only parts of the target that change are written', async () => {
    const node = setUp()
    const [a, b, c] = [consumer(node, 'a', { subscribedTopicNames: ['u'] }), consumer(node, 'b'), consumer(node, 'c')]
    await a.join()
    await b.join()
    const before = node.records().length
    await c.join()
    const written = node
      .records()
      .slice(before)
      .filter(({ kind }) => kind === 'ConsumerGroupTargetAssignmentMember')
    expect(written.map(({ key }) => 'memberId' in key && key.memberId).sort()).toEqual(['b', 'c'])
  })

  test('with the assignor that most members ask for', async () => {
    const node = setUp()
    const members = ['a', 'b', 'c'].map((id) =>
      consumer(node, id, { serverAssignor: 'range', subscribedTopicNames: ['t', 'u'] }),
    )
    for (const member of members) await member.join()
    await settle(node, ...members)
    expect((await describeConsumers(node, 'g')).assignorName).toBe('range')
    expect(members.map(({ owned }) => owned)).toEqual([['t-0', 't-1', 'u-0'], ['t-2', 'u-1'], ['t-3']])
  })

  test('waits for the assignment interval after the last assignment', async () => {
    const node = setUp({ consumerAssignmentIntervalMs: 1_000 })
    const [a, b] = [consumer(node, 'a'), consumer(node, 'b')]
    await a.join()
    await b.join()
    expect((await describeConsumers(node, 'g')).groupState).toBe('Assigning')
    await a.beat()
    expect(a.owned).toHaveLength(4)
    node.clock.advance(1_000)
    await a.beat()
    expect(a.owned).toHaveLength(2)
  })
})

describe('regular expressions', () => {
  test('stand for topics that match as a whole, now and later', async () => {
    const node = setUp()
    const a = consumer(node, 'a', { subscribedTopicRegex: '(t|logs-.*)' })
    await a.join()
    expect(a.owned).toEqual(['t-0', 't-1', 't-2', 't-3'])
    node.addTopic('logs-a', 1)
    node.addTopic('not-logs-b', 1)
    await a.beat()
    expect(
      node
        .records()
        .filter(({ kind }) => kind === 'ConsumerGroupRegularExpression')
        .at(-1),
    ).toMatchObject({ key: { regularExpression: '(t|logs-.*)' }, value: { topics: ['logs-a', 't'] } })
    expect((await describeConsumers(node, 'g')).members[0]).toMatchObject({
      subscribedTopicNames: [],
      subscribedTopicRegex: '(t|logs-.*)',
    })
  })

  test('are forgotten with the last member that uses them', async () => {
    const node = setUp()
    const [a, b] = [consumer(node, 'a', { subscribedTopicRegex: 't' }), consumer(node, 'b')]
    await a.join()
    await b.join()
    await a.leave()
    expect(
      node
        .records()
        .filter(({ kind }) => kind === 'ConsumerGroupRegularExpression')
        .at(-1),
    ).toMatchObject({ value: null })
  })

  test('that mean nothing are refused with the reason', async () => {
    const a = consumer(setUp(), 'a', { subscribedTopicRegex: '(?=t)' })
    expect(await a.join()).toBe('INVALID_REGULAR_EXPRESSION')
    expect(a.message).toBe(
      'SubscribedTopicRegex `(?=t)` is not a valid regular expression: invalid or unsupported Perl syntax.',
    )
  })
})

describe('a changed subscription', () => {
  test('takes away at once what it leaves out', async () => {
    const node = setUp({ consumerAssignmentIntervalMs: 1_000 })
    const a = consumer(node, 'a')
    await a.join()
    await a.beat({ subscribedTopicNames: ['u'], rebalanceTimeoutMs: -1 })
    expect(a).toMatchObject({ epoch: 2, owned: [] })
    node.clock.advance(1_000)
    await a.beat()
    expect(a.owned).toEqual(['u-0', 'u-1'])
  })
})

describe('fencing', () => {
  test("an epoch that is not the member's", async () => {
    const node = setUp()
    const [a, b] = [consumer(node, 'a'), consumer(node, 'b')]
    await a.join()
    await b.join()
    await settle(node, a, b)
    expect(await a.beat({ memberEpoch: 9 })).toBe('FENCED_MEMBER_EPOCH')
    expect(a.message).toContain('has a greater member epoch (9)')
    expect(await a.beat({ memberEpoch: 1 })).toBe('FENCED_MEMBER_EPOCH')
    expect(a.message).toContain('has a smaller member epoch (1)')
  })

  test('but not the epoch before, from one whose answer was lost', async () => {
    const node = setUp()
    const [a, b] = [consumer(node, 'a'), consumer(node, 'b')]
    await a.join()
    await b.join()
    await a.beat()
    const before = { epoch: a.epoch, owned: [...a.owned] }
    await a.beat()
    expect(a.epoch).toBe(before.epoch + 1)
    Object.assign(a, before)
    expect(await a.beat()).toBe('NONE')
    Object.assign(a, { epoch: before.epoch, owned: ['t-0', 't-1', 't-2', 't-3'] })
    expect(await a.beat()).toBe('FENCED_MEMBER_EPOCH')
  })

  test('a member that is not known, in a group that is or is not', async () => {
    const node = setUp()
    await consumer(node, 'a').join()
    expect(await consumer(node, 'b').beat({ memberEpoch: 1 })).toBe('UNKNOWN_MEMBER_ID')
    expect(await new ConsumerClient(node, 'none', 'b').beat({ memberEpoch: 1 })).toBe('GROUP_ID_NOT_FOUND')
  })

  test('a member too many', async () => {
    const node = setUp({ consumerMaxSize: 1 })
    await consumer(node, 'a').join()
    expect(await consumer(node, 'b').join()).toBe('GROUP_MAX_SIZE_REACHED')
    expect(await consumer(node, 'a').join()).toBe('NONE')
  })
})

test.each([
  ["GroupId can't be empty.", { groupId: ' ' }],
  ["MemberId can't be empty.", { memberId: '' }],
  ["InstanceId can't be empty.", { instanceId: '' }],
  ["RackId can't be empty.", { rackId: ' ' }],
  ['MemberEpoch is invalid.', { memberEpoch: -3 }],
  ["InstanceId can't be null.", { memberEpoch: -2 }],
  ['RebalanceTimeoutMs must be provided in first request.', { rebalanceTimeoutMs: -1 }],
  ['TopicPartitions must be empty when (re-)joining.', { topicPartitions: null }],
  [
    'Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.',
    { subscribedTopicNames: null },
  ],
  ['ServerAssignor x is not supported. Supported assignors: uniform, range.', { serverAssignor: 'x' }],
])('refused: %s', async (message, fields) => {
  const node = setUp()
  const answer = await node.send(ConsumerGroupHeartbeat, {
    groupId: 'g',
    memberId: 'a',
    memberEpoch: 0,
    rebalanceTimeoutMs: 1000,
    subscribedTopicNames: ['t'],
    topicPartitions: [],
    ...fields,
  })
  expect(answer).toMatchObject({ errorMessage: message, memberId: null })
  expect(errorName(answer.errorCode)).toBe('serverAssignor' in fields ? 'UNSUPPORTED_ASSIGNOR' : 'INVALID_REQUEST')
})

describe('a session', () => {
  test('ends without heartbeats, and the others take over', async () => {
    const node = setUp()
    const [a, b] = [consumer(node, 'a'), consumer(node, 'b')]
    await a.join()
    await b.join()
    await settle(node, a, b)
    node.clock.advance(30_000)
    await a.beat()
    node.clock.advance(15_000)
    expect(await b.beat()).toBe('UNKNOWN_MEMBER_ID')
    await settle(node, a)
    expect(a.owned).toHaveLength(4)
  })

  test('is as long as the group says', async () => {
    const node = setUp()
    node.overrides = { consumerSessionTimeoutMs: 50_000, consumerHeartbeatIntervalMs: 7_000 }
    const a = consumer(node, 'a')
    await a.join()
    node.clock.advance(49_999)
    expect(await a.beat()).toBe('NONE')
  })

  test('ends in the end although the disk refuses to say so at first', async () => {
    const node = setUp()
    await consumer(node, 'a').join()
    node.stateTopic.refusal = 'KAFKA_STORAGE_ERROR'
    node.clock.advance(60_000)
    expect((await describeConsumers(node, 'g')).members).toHaveLength(1)
    node.stateTopic.refusal = null
    node.clock.advance(500)
    expect((await describeConsumers(node, 'g')).groupState).toBe('Empty')
  })

  test('is as long again after a restart of the broker', async () => {
    const node = setUp()
    const a = consumer(node, 'a')
    await a.join()
    node.clock.advance(40_000)
    node.start()
    node.clock.advance(40_000)
    expect(await a.beat()).toBe('NONE')
    node.start()
    node.clock.advance(45_000)
    expect(await a.beat()).toBe('UNKNOWN_MEMBER_ID')
  })
})

test('a member that does not give up partitions in its rebalance timeout is out', async () => {
  const node = setUp()
  const [a, b] = [consumer(node, 'a', { rebalanceTimeoutMs: 10_000 }), consumer(node, 'b')]
  await a.join()
  await b.join()
  const stubborn = [...a.owned]
  await a.beat()
  node.clock.advance(9_999)
  a.owned = stubborn
  expect(await a.beat()).toBe('NONE')
  node.clock.advance(1)
  expect(await a.beat()).toBe('UNKNOWN_MEMBER_ID')
  await settle(node, b)
  expect(b.owned).toHaveLength(4)
})

describe('static members', () => {
  const fixed = (node: GroupNode, memberId: string): ConsumerClient => consumer(node, memberId, { instanceId: 'i' })

  test('leave for a while and come back to what they had', async () => {
    const node = setUp()
    const [first, other] = [fixed(node, 'first'), consumer(node, 'other')]
    await first.join()
    await other.join()
    await settle(node, first, other)
    const { owned, epoch } = first
    expect(await first.leave(-2)).toBe('NONE')
    await other.beat()
    const second = fixed(node, 'second')
    expect(await second.join()).toBe('NONE')
    expect(second).toMatchObject({ owned, epoch })
    await other.beat()
    expect(other.owned).toHaveLength(2)
    expect(await first.beat({ memberEpoch: epoch })).toBe('FENCED_INSTANCE_ID')
  })

  test('do not let go of their instance id while they are there', async () => {
    const node = setUp()
    await fixed(node, 'first').join()
    expect(await fixed(node, 'second').join()).toBe('UNRELEASED_INSTANCE_ID')
  })

  test('that do not come back in a session are out', async () => {
    const node = setUp()
    const first = fixed(node, 'first')
    await first.join()
    await first.leave(-2)
    node.clock.advance(45_000)
    expect((await describeConsumers(node, 'g')).groupState).toBe('Empty')
  })

  test('leave for good', async () => {
    const node = setUp()
    const first = fixed(node, 'first')
    await first.join()
    expect(await first.leave(-1)).toBe('NONE')
    expect(await fixed(node, 'second').join()).toBe('NONE')
  })
})

describe('offsets', () => {
  test("are committed in the member's epoch, or an earlier one since which it has the partition", async () => {
    const node = setUp()
    const [a, b] = [consumer(node, 'a'), consumer(node, 'b')]
    await a.join()
    await b.join()
    await settle(node, a, b)
    expect(await a.commit(a.owned[0]!, 1n)).toBe('NONE')
    const late = Object.assign(consumer(node, 'a'), { epoch: a.epoch - 1 })
    expect(await late.commit(a.owned[0]!, 2n)).toBe('NONE')
    expect(await late.commit(b.owned[0]!, 2n)).toBe('STALE_MEMBER_EPOCH')
    const lateB = Object.assign(consumer(node, 'b'), { epoch: b.epoch - 1 })
    expect(await lateB.commit(b.owned[0]!, 2n)).toBe('STALE_MEMBER_EPOCH')
    expect(await Object.assign(consumer(node, 'a'), { epoch: 9 }).commit(a.owned[0]!, 2n)).toBe('STALE_MEMBER_EPOCH')
  })

  test('are shown to members in their epoch and to those who are none', async () => {
    const node = setUp()
    const a = consumer(node, 'a')
    await a.join()
    await a.commit('t-0', 1n)
    const read = async (memberId: string | null, memberEpoch: number): Promise<string> =>
      errorName(
        (await node.send(OffsetFetch, { groups: [{ groupId: 'g', memberId, memberEpoch, topics: null }] }, 9))
          .groups[0]!.errorCode,
      )
    expect(await read('a', a.epoch)).toBe('NONE')
    expect(await read('a', 1)).toBe('STALE_MEMBER_EPOCH')
    expect(await read('x', 1)).toBe('UNKNOWN_MEMBER_ID')
    expect(await read(null, -1)).toBe('NONE')
  })
})

test('a group stays a consumer group when it is empty', async () => {
  const node = setUp()
  const a = consumer(node, 'a')
  await a.join()
  await a.leave()
  node.start()
  expect((await node.send(ListGroups, {})).groups).toEqual([
    { groupId: 'g', protocolType: 'consumer', groupState: 'Empty', groupType: 'consumer' },
  ])
})
