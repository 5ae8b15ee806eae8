import { describe, expect, it } from 'vitest'
import { topicsLike } from '../../../../src/lib/client/consumer/index.ts'
import type { TopicPartition } from '../../../../src/lib/client/topic-partition.ts'
import {
  ConsumerGroupHeartbeat,
  type ConsumerGroupHeartbeatRequest,
} from '../../../../src/lib/protocol/apis/consumer-group-heartbeat.ts'
import { OffsetCommit } from '../../../../src/lib/protocol/apis/offset-commit.ts'
import { OffsetFetch } from '../../../../src/lib/protocol/apis/offset-fetch.ts'
import { ERRORS, type ErrorName } from '../../../../src/lib/protocol/errors.ts'
import { FakeCluster } from '../consumer/fake-cluster.ts'
import { keepTime } from '../consumer/reading.ts'
import { openMember, type MemberOptions } from './member-reading.ts'

/** What the group answers to one heartbeat. */
interface Answer {
  readonly error?: ErrorName
  readonly epoch?: number
  /** Partition numbers of each topic; undefined when nothing has changed. */
  readonly assignment?: Readonly<Record<string, readonly number[]>>
}

function open(answers: Answer[], options: Pick<MemberOptions, 'properties' | 'subscription'> = {}) {
  const cluster = new FakeCluster().addTopic('t', 3)
  const story: string[] = []
  const idOf = (topic: string): string =>
    cluster.topics.get(topic)?.id ?? Buffer.from(topic.padEnd(16, '.')).toString('base64url')
  const nameOf = (id: string): string => [...cluster.topics].find(([, topic]) => topic.id === id)?.[0] ?? '?'
  const tell = ({ memberEpoch, subscribedTopicNames, topicPartitions }: ConsumerGroupHeartbeatRequest): string =>
    [
      `epoch ${memberEpoch}`,
      ...(subscribedTopicNames ? [`reads ${subscribedTopicNames.join()}`] : []),
      ...(topicPartitions
        ? [
            `has ${topicPartitions.map(({ topicId, partitions }) => `${nameOf(topicId)}:${partitions.join()}`).join(' ')}`,
          ]
        : []),
    ].join(', ')
  let epoch = 0
  cluster.on(ConsumerGroupHeartbeat, (request) => {
    story.push(tell(request))
    const {
      error = 'NONE',
      epoch: next = epoch,
      assignment,
    } = (request.memberEpoch < 0 ? undefined : answers.shift()) ?? {}
    epoch = next
    return {
      errorCode: ERRORS[error],
      memberId: request.memberId,
      memberEpoch: epoch,
      heartbeatIntervalMs: 1000,
      assignment: assignment
        ? {
            topicPartitions: Object.entries(assignment).map(([topic, partitions]) => ({
              topicId: idOf(topic),
              partitions,
            })),
          }
        : null,
    }
  })
  cluster.on(OffsetFetch, ({ groups }) => ({ groups: groups.map(({ groupId }) => ({ groupId, topics: [] })) }))
  cluster.on(OffsetCommit, ({ topics, generationIdOrMemberEpoch }) => {
    story.push(
      `commit in epoch ${generationIdOrMemberEpoch}: ${topics.flatMap(({ topicId, partitions }) => partitions.map(({ partitionIndex, committedOffset }) => `${nameOf(topicId)}-${partitionIndex}@${committedOffset}`)).join(' ')}`,
    )
    return {
      topics: topics.map(({ topicId, partitions }) => ({
        topicId,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex })),
      })),
    }
  })
  const names = (partitions: readonly TopicPartition[]): string =>
    partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(' ')
  const member = openMember(cluster, {
    ...options,
    properties: { 'group.protocol': 'consumer', ...options.properties },
    events: {
      onAssigned: (partitions) => story.push(`takes ${names(partitions)}`),
      onRevoked: (partitions) => story.push(`drops ${names(partitions)}`),
    },
  })

  /** Lets time pass while nobody asks for records. */
  async function idleUntil(isTrue: () => boolean): Promise<void> {
    const stopTime = keepTime(member.clock, 100)
    while (!isTrue()) await new Promise<void>((resolve) => void setImmediate(resolve))
    stopTime()
  }
  const runUntil = (isTrue: () => boolean): Promise<void> => member.runUntil(isTrue, 100)
  return { ...member, cluster, story, idleUntil, runUntil }
}

describe('a member of a group of the consumer protocol', () => {
  it('says all when it joins, and later only what is new; takes what it is given, and says that it has', async () => {
    const { cluster, consumer, story, lines, runUntil } = open([{ epoch: 1, assignment: { t: [0, 1] } }], {
      properties: { 'client.rack': 'r', 'group.remote.assignor': 'range' },
    })
    cluster.append('t', 0, ['a']).append('t', 1, ['b'])
    await runUntil(() => lines.length === 2 && story.length === 4)
    expect(story).toEqual(['epoch 0, reads t, has ', 'takes t-0 t-1', 'epoch 1, has t:0,1', 'epoch 1'])
    const [joining] = cluster.requests(ConsumerGroupHeartbeat)
    expect(joining).toMatchObject({
      groupId: 'g',
      memberId: expect.stringMatching(/^[\w][\w-]{21}$/),
      rackId: 'r',
      serverAssignor: 'range',
      rebalanceTimeoutMs: 300_000,
      instanceId: null,
    })
    await consumer.close(true)
    expect(story.slice(-2)).toEqual([expect.stringMatching(/^commit in epoch 1: t-[01]@1 t-[01]@1$/), 'epoch -1'])
  })

  it('commits what was printed of a partition before it says that it has given it up', async () => {
    const { cluster, story, lines, runUntil } = open([
      { epoch: 1, assignment: { t: [0, 1] } },
      {},
      { assignment: { t: [1] } },
      { epoch: 2 },
    ])
    cluster.append('t', 0, ['a', 'b'])
    await runUntil(() => lines.length === 2 && story.includes('epoch 1, has t:1'))
    expect(story.slice(-4)).toEqual(['drops t-0', 'commit in epoch 1: t-0@2', 'takes ', 'epoch 1, has t:1'])
  })

  it.each(['FENCED_MEMBER_EPOCH', 'UNKNOWN_MEMBER_ID'] as const)(
    'begins anew after %s, under the same id',
    async (error) => {
      const { cluster, story, runUntil } = open([
        { epoch: 3, assignment: { t: [0] } },
        { error },
        { epoch: 5, assignment: { t: [2] } },
      ])
      await runUntil(() => story.includes('epoch 5, has t:2'))
      expect(story).toEqual([
        'epoch 0, reads t, has ',
        'takes t-0',
        'epoch 3, has t:0',
        'drops t-0',
        'epoch 0, reads t, has ',
        'takes t-2',
        'epoch 5, has t:2',
      ])
      expect(new Set(cluster.requests(ConsumerGroupHeartbeat).map(({ memberId }) => memberId)).size).toBe(1)
    },
  )

  it('says all again after an answer that was lost', async () => {
    const { story, runUntil } = open([
      { epoch: 1, assignment: { t: [0] } },
      {},
      { error: 'COORDINATOR_LOAD_IN_PROGRESS' },
      {},
    ])
    await runUntil(() => story.length >= 5)
    expect(story).toEqual([
      'epoch 0, reads t, has ',
      'takes t-0',
      'epoch 1, has t:0',
      'epoch 1',
      'epoch 1, reads t, has t:0',
    ])
  })

  it('waits for a topic that metadata does not know yet', async () => {
    const { cluster, story, runUntil } = open([{ epoch: 1, assignment: { t: [0], late: [0] } }], {
      subscription: topicsLike(/./, true),
    })
    await runUntil(() => story.includes('epoch 1, has t:0'))
    cluster.addTopic('late')
    await runUntil(() => story.at(-1)!.includes('late:0'))
    expect(story.slice(-2)).toEqual(['takes late-0', 'epoch 1, has t:0 late:0'])
  })

  it('keeps its place as a static member, and says so', async () => {
    const { cluster, consumer, story, runUntil } = open([{ epoch: 1, assignment: {} }], {
      properties: { 'group.instance.id': 'i' },
    })
    await runUntil(() => story.length >= 2)
    await consumer.close(true)
    expect(
      cluster.requests(ConsumerGroupHeartbeat).map(({ memberEpoch, instanceId }) => [memberEpoch, instanceId]),
    ).toEqual([
      [0, 'i'],
      [1, 'i'],
      [-2, 'i'],
    ])
  })

  it.each([
    [
      'UNRELEASED_INSTANCE_ID',
      'Cannot join group "g": another member holds this group.instance.id (UNRELEASED_INSTANCE_ID)',
    ],
    [
      'UNSUPPORTED_ASSIGNOR',
      'Cannot join group "g": the brokers do not know this group.remote.assignor (UNSUPPORTED_ASSIGNOR)',
    ],
  ] as const)('ends at %s', async (error, message) => {
    const { runUntil } = open([{ error }])
    await expect(runUntil(() => false)).rejects.toThrow(message)
  })

  it('steps aside when nothing is read for max.poll.interval.ms, and comes back', async () => {
    const { story, notices, runUntil, idleUntil } = open(
      [{ epoch: 1, assignment: { t: [0] } }, {}, {}, {}, {}, {}, {}, { epoch: 2, assignment: { t: [0] } }],
      { properties: { 'max.poll.interval.ms': '5000' } },
    )
    await runUntil(() => story.includes('epoch 1, has t:0'))
    await idleUntil(() => story.includes('epoch -1'))
    await runUntil(() => story.includes('epoch 2, has t:0'))
    expect(story.slice(-5)).toEqual([
      'drops t-0',
      'epoch -1',
      'epoch 0, reads t, has ',
      'takes t-0',
      'epoch 2, has t:0',
    ])
    expect(notices).toEqual([
      'Nothing was read for max.poll.interval.ms (5000 ms); leaving the group until reading goes on',
    ])
  })
})
