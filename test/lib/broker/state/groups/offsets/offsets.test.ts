import { describe, expect, test } from 'vitest'
import { OffsetCommit } from '../../../../../../src/lib/protocol/apis/offset-commit.ts'
import { OffsetDelete } from '../../../../../../src/lib/protocol/apis/offset-delete.ts'
import { OffsetFetch } from '../../../../../../src/lib/protocol/apis/offset-fetch.ts'
import { DeleteGroups } from '../../../../../../src/lib/protocol/apis/delete-groups.ts'
import { ListGroups } from '../../../../../../src/lib/protocol/apis/list-groups.ts'
import { errorName } from '../../../../../../src/lib/protocol/errors.ts'
import { ClassicClient, stabilise, turns } from '../classic-member.ts'
import { GroupNode, subscription } from '../group-node.ts'

const DAY = 24 * 60 * 60 * 1000

/** Commits as one that is no member of the group. */
async function commit(node: GroupNode, groupId: string, topic: string, offset: bigint, extra = {}): Promise<string> {
  const partitions = [{ partitionIndex: 0, committedOffset: offset, ...extra }]
  const { topics } = await node.send(OffsetCommit, { groupId, topics: [{ name: topic, partitions }] }, 9)
  return errorName(topics[0]!.partitions[0]!.errorCode)
}

async function fetchAll(node: GroupNode, groupId: string): Promise<Record<string, bigint>> {
  const { groups } = await node.send(OffsetFetch, { groups: [{ groupId, topics: null }] }, 9)
  return Object.fromEntries(
    groups[0]!.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, committedOffset }) => [`${name}-${partitionIndex}`, committedOffset]),
    ),
  )
}

async function remove(node: GroupNode, groupId: string, topic: string, partitionIndex = 0): Promise<string> {
  const { errorCode, topics } = await node.send(OffsetDelete, {
    groupId,
    topics: [{ name: topic, partitions: [{ partitionIndex }] }],
  })
  return errorName(errorCode !== 0 ? errorCode : topics[0]!.partitions[0]!.errorCode)
}

const setUp = (settings = {}): GroupNode => {
  const node = new GroupNode(settings)
  node.addTopic('t', 3)
  node.addTopic('u', 1)
  return node
}

describe('commits', () => {
  test('of one that is no member make a simple group', async () => {
    const node = setUp()
    expect(await commit(node, 'g', 't', 5n, { committedLeaderEpoch: 3, committedMetadata: 'note' })).toBe('NONE')
    const { groups } = await node.send(
      OffsetFetch,
      { groups: [{ groupId: 'g', topics: [{ name: 't', partitionIndexes: [0, 1] }] }] },
      9,
    )
    expect(groups[0]!.topics[0]!.partitions).toEqual([
      { partitionIndex: 0, committedOffset: 5n, committedLeaderEpoch: 3, metadata: 'note', errorCode: 0 },
      { partitionIndex: 1, committedOffset: -1n, committedLeaderEpoch: -1, metadata: '', errorCode: 0 },
    ])
    expect((await node.send(ListGroups, {})).groups).toEqual([
      { groupId: 'g', protocolType: '', groupState: 'Empty', groupType: 'classic' },
    ])
  })

  test('are kept through a crash', async () => {
    const node = setUp()
    await commit(node, 'g', 't', 5n)
    node.start()
    expect(await fetchAll(node, 'g')).toEqual({ 't-0': 5n })
  })

  test('are not acknowledged, nor seen, when they cannot be written', async () => {
    const node = setUp()
    await commit(node, 'g', 't', 5n)
    node.stateTopic.refusal = 'KAFKA_STORAGE_ERROR'
    expect(await commit(node, 'g', 't', 6n)).toBe('NOT_COORDINATOR')
    expect(await fetchAll(node, 'g')).toEqual({ 't-0': 5n })
  })

  test('of partitions that are not there, or with too much to say, are refused one by one', async () => {
    const node = setUp()
    const { topics } = await node.send(
      OffsetCommit,
      {
        groupId: 'g',
        topics: [
          {
            name: 't',
            partitions: [
              { partitionIndex: 0, committedOffset: 1n },
              { partitionIndex: 3, committedOffset: 1n },
              { partitionIndex: 1, committedOffset: 1n, committedMetadata: 'x'.repeat(4097) },
            ],
          },
          { name: 'none', partitions: [{ partitionIndex: 0, committedOffset: 1n }] },
        ],
      },
      9,
    )
    expect(topics.map(({ partitions }) => partitions.map(({ errorCode }) => errorName(errorCode)))).toEqual([
      ['NONE', 'UNKNOWN_TOPIC_OR_PARTITION', 'OFFSET_METADATA_TOO_LARGE'],
      ['UNKNOWN_TOPIC_OR_PARTITION'],
    ])
    expect(await fetchAll(node, 'g')).toEqual({ 't-0': 1n })
  })

  test('by topic id', async () => {
    const node = setUp()
    const topicId = node.topics.get('t')!.topicId
    const send = (id: string) =>
      node.send(OffsetCommit, {
        groupId: 'g',
        topics: [{ topicId: id, partitions: [{ partitionIndex: 2, committedOffset: 9n }] }],
      })
    expect((await send(topicId)).topics[0]).toMatchObject({
      topicId,
      partitions: [{ partitionIndex: 2, errorCode: 0 }],
    })
    expect(errorName((await send('AAAAAAAAAAAAAAAAAAAAAQ')).topics[0]!.partitions[0]!.errorCode)).toBe(
      'UNKNOWN_TOPIC_ID',
    )
    const { groups } = await node.send(OffsetFetch, {
      groups: [
        {
          groupId: 'g',
          topics: [
            { topicId, partitionIndexes: [2] },
            { topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitionIndexes: [0] },
          ],
        },
      ],
    })
    expect(
      groups[0]!.topics.map(({ partitions }) => [partitions[0]!.committedOffset, errorName(partitions[0]!.errorCode)]),
    ).toEqual([
      [9n, 'NONE'],
      [-1n, 'UNKNOWN_TOPIC_ID'],
    ])
  })

  test.each([
    [8, 'ILLEGAL_GENERATION'],
    [9, 'GROUP_ID_NOT_FOUND'],
  ])('in version %i of a generation of no group: %s', async (version, error) => {
    const node = setUp()
    const request = {
      groupId: 'g',
      generationIdOrMemberEpoch: 1,
      memberId: 'm',
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 1n }] }],
    }
    const { topics } = await node.send(OffsetCommit, request, version)
    expect(errorName(topics[0]!.partitions[0]!.errorCode)).toBe(error)
  })

  test('of members are fenced by generation, and wait for the end of a rebalance', async () => {
    const node = setUp()
    const member = new ClassicClient(node, 'g')
    const joined = member.join()
    await turns(node)
    await joined
    expect(await member.commit(1n)).toBe('REBALANCE_IN_PROGRESS')
    await member.sync({ [member.memberId]: 'all' })
    expect(await member.commit(1n)).toBe('NONE')
    expect(await commit(node, 'g', 't', 2n)).toBe('UNKNOWN_MEMBER_ID')
    const late = Object.assign(new ClassicClient(node, 'g'), member, { generationId: 0 })
    expect(await late.commit(2n)).toBe('ILLEGAL_GENERATION')
    expect(await fetchAll(node, 'g')).toEqual({ 't-0': 1n })
  })

  test('of the generation before are let in while members join', async () => {
    const node = setUp()
    const [a, b] = [new ClassicClient(node, 'g'), new ClassicClient(node, 'g')]
    await stabilise(node, a)
    void b.join()
    await turns(node)
    expect(await a.heartbeat()).toBe('REBALANCE_IN_PROGRESS')
    expect(await a.commit(7n)).toBe('NONE')
  })
})

describe('fetching', () => {
  test('many groups at once, of which some have nothing', async () => {
    const node = setUp()
    await commit(node, 'a', 't', 1n)
    await commit(node, 'b', 'u', 2n)
    const { groups } = await node.send(
      OffsetFetch,
      {
        groups: [
          { groupId: 'a', topics: null },
          { groupId: 'none', topics: null },
          { groupId: 'b', topics: null },
        ],
        requireStable: true,
      },
      9,
    )
    expect(groups.map(({ groupId, topics, errorCode }) => [groupId, topics.length, errorCode])).toEqual([
      ['a', 1, 0],
      ['none', 0, 0],
      ['b', 1, 0],
    ])
  })

  test.each([1, 2, 5, 7])('one group in version %i', async (version) => {
    const node = setUp()
    await commit(node, 'a', 't', 1n)
    const answer = await node.send(
      OffsetFetch,
      { groupId: 'a', topics: [{ name: 't', partitionIndexes: [0] }] },
      version,
    )
    expect(answer.topics[0]!.partitions[0]).toMatchObject({ committedOffset: 1n, errorCode: 0 })
  })

  test('from another node than the coordinator', async () => {
    const node = setUp()
    await commit(node, 'a', 't', 1n)
    node.stateTopic.move(false)
    const { groups } = await node.send(OffsetFetch, { groups: [{ groupId: 'a', topics: null }] })
    expect(errorName(groups[0]!.errorCode)).toBe('NOT_COORDINATOR')
    const { topics } = await node.send(OffsetFetch, { groupId: 'a', topics: [{ name: 't', partitionIndexes: [0] }] }, 1)
    expect(errorName(topics[0]!.partitions[0]!.errorCode)).toBe('NOT_COORDINATOR')
  })

  test('does not show what was committed to a topic of the same name before', async () => {
    const node = setUp()
    await commit(node, 'a', 't', 1n)
    node.topics.set('t', { topicId: 'BBBBBBBBBBBBBBBBBBBBBQ', partitions: 3 })
    expect(await fetchAll(node, 'a')).toEqual({})
  })
})

describe('deleting offsets', () => {
  test('works for topics that the group does not read', async () => {
    const node = setUp()
    await stabilise(node, new ClassicClient(node, 'g', { protocols: [{ name: 'range', metadata: subscription('t') }] }))
    expect(await remove(node, 'g', 't')).toBe('GROUP_SUBSCRIBED_TO_TOPIC')
    expect(await remove(node, 'g', 'u')).toBe('NONE')
    expect(await remove(node, 'g', 'u', 4)).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(await remove(node, 'none', 't')).toBe('GROUP_ID_NOT_FOUND')
  })

  test('is kept through a crash', async () => {
    const node = setUp()
    await commit(node, 'g', 't', 1n)
    await commit(node, 'g', 'u', 2n)
    expect(await remove(node, 'g', 't')).toBe('NONE')
    node.start()
    expect(await fetchAll(node, 'g')).toEqual({ 'u-0': 2n })
  })

  test('of a group that does not say what it reads has to wait until it is empty', async () => {
    const node = setUp()
    await stabilise(node, new ClassicClient(node, 'g', { protocolType: 'connect' }))
    expect(await remove(node, 'g', 't')).toBe('NON_EMPTY_GROUP')
  })

  test('happens when the topic is deleted', async () => {
    const node = setUp()
    await commit(node, 'a', 't', 1n)
    await commit(node, 'b', 't', 1n)
    await commit(node, 'b', 'u', 2n)
    node.topics.delete('t')
    node.coordinator.onTopicDeleted('t')
    node.start()
    expect([await fetchAll(node, 'a'), await fetchAll(node, 'b')]).toEqual([{}, { 'u-0': 2n }])
  })
})

test('deleting groups', async () => {
  const node = setUp()
  await commit(node, 'empty', 't', 1n)
  await stabilise(node, new ClassicClient(node, 'active'))
  const { results } = await node.send(DeleteGroups, { groupsNames: ['empty', 'active', 'none', 'empty'] })
  expect(results.map(({ groupId, errorCode }) => [groupId, errorName(errorCode)])).toEqual([
    ['empty', 'NONE'],
    ['active', 'NON_EMPTY_GROUP'],
    ['none', 'GROUP_ID_NOT_FOUND'],
  ])
  node.start()
  expect(await fetchAll(node, 'empty')).toEqual({})
  expect((await node.send(ListGroups, {})).groups.map(({ groupId }) => groupId)).toEqual(['active'])
})

describe('expiry', () => {
  const groupIds = async (node: GroupNode): Promise<string[]> =>
    (await node.send(ListGroups, {})).groups.map(({ groupId }) => groupId)
  const settings = { offsetsRetentionMs: 7 * DAY, offsetsRetentionCheckIntervalMs: 600_000 }

  test('takes offsets of a simple group a retention time after their commit, and then the group', async () => {
    const node = setUp(settings)
    await commit(node, 'g', 't', 1n)
    node.clock.advance(3 * DAY)
    await commit(node, 'g', 'u', 2n)
    node.clock.advance(4 * DAY - 1)
    expect(Object.keys(await fetchAll(node, 'g'))).toEqual(['t-0', 'u-0'])
    node.clock.advance(600_000)
    expect(Object.keys(await fetchAll(node, 'g'))).toEqual(['u-0'])
    node.clock.advance(3 * DAY)
    expect(await groupIds(node)).toEqual([])
    node.start()
    expect(await groupIds(node)).toEqual([])
  })

  test('counts for a group that had members from when it emptied', async () => {
    const node = setUp(settings)
    const member = new ClassicClient(node, 'g', { sessionTimeoutMs: 1_800_000 })
    await stabilise(node, member)
    await member.commit(1n)
    for (let time = 0; time < 6 * DAY; time += 1_700_000) {
      node.clock.advance(1_700_000)
      await member.heartbeat()
    }
    await member.leave()
    node.clock.advance(6 * DAY)
    expect(await fetchAll(node, 'g')).toEqual({ 't-0': 1n })
    node.clock.advance(DAY + 600_000)
    expect(await groupIds(node)).toEqual([])
  })

  test('spares what an active group reads, and takes what it reads no more', async () => {
    const node = setUp(settings)
    const member = new ClassicClient(node, 'g', {
      sessionTimeoutMs: 1_800_000,
      protocols: [{ name: 'range', metadata: subscription('t') }],
    })
    await stabilise(node, member)
    await member.commit(1n, 't')
    await member.commit(2n, 'u')
    for (let time = 0; time <= 8 * DAY; time += 1_700_000) {
      node.clock.advance(1_700_000)
      await member.heartbeat()
    }
    expect(await fetchAll(node, 'g')).toEqual({ 't-0': 1n })
  })

  test('heeds a deadline that the client gave', async () => {
    const node = setUp(settings)
    const request = {
      groupId: 'g',
      retentionTimeMs: 1_000_000n,
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 1n }] }],
    }
    await node.send(OffsetCommit, request, 3)
    node.clock.advance(900_000)
    node.start()
    node.clock.advance(99_999)
    expect(await fetchAll(node, 'g')).toEqual({ 't-0': 1n })
    node.clock.advance(600_000)
    expect(await fetchAll(node, 'g')).toEqual({})
  })

  test('that cannot be written is tried again', async () => {
    const node = setUp(settings)
    await commit(node, 'g', 't', 1n)
    node.stateTopic.refusal = 'KAFKA_STORAGE_ERROR'
    node.clock.advance(8 * DAY)
    expect(await fetchAll(node, 'g')).toEqual({ 't-0': 1n })
    node.stateTopic.refusal = null
    node.clock.advance(600_000)
    expect(await groupIds(node)).toEqual([])
  })
})
