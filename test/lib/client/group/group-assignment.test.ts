import { describe, expect, it } from 'vitest'
import { topicsLike } from '../../../../src/lib/client/consumer/index.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeSubscription,
} from '../../../../src/lib/client/group/consumer-protocol.ts'
import { Heartbeat } from '../../../../src/lib/protocol/apis/heartbeat.ts'
import { JoinGroup } from '../../../../src/lib/protocol/apis/join-group.ts'
import { OffsetFetch } from '../../../../src/lib/protocol/apis/offset-fetch.ts'
import type { ErrorName } from '../../../../src/lib/protocol/errors.ts'
import { FakeCluster } from '../consumer/fake-cluster.ts'
import { FakeGroup } from './fake-group.ts'
import { openMember, type MemberOptions } from './member-reading.ts'

const COOPERATIVE = 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor'
const STICKY = 'org.apache.kafka.clients.consumer.StickyAssignor'

function open({ partitions = 1, ...options }: MemberOptions & { partitions?: number } = {}) {
  const cluster = new FakeCluster().addTopic('t', partitions)
  const group = new FakeGroup(cluster)
  return { cluster, group, ...openMember(cluster, options) }
}

describe('a member of a group', () => {
  it('joins with the id that it is given, reads what it is assigned, commits what was printed, and leaves', async () => {
    const { cluster, group, runUntil, lines, consumer } = open({ partitions: 2 })
    cluster.append('t', 0, ['a', 'b']).append('t', 1, ['c'])
    await runUntil(() => lines.length === 3)
    expect(lines.sort()).toEqual(['t-0 a', 't-0 b', 't-1 c'])
    await consumer.close(true)
    expect(group.story).toEqual([
      'join new',
      'join m1',
      'sync',
      expect.stringMatching(/^commit t-[01]@\d t-[01]@\d by m1\/1$/),
      'leave m1',
    ])
    expect(Object.fromEntries(group.committed)).toEqual({ 't-0': 2n, 't-1': 1n })
  })

  it('says what it wants and how, as Java does', async () => {
    const { group, runUntil, cluster } = open({
      properties: { 'session.timeout.ms': '10000', 'max.poll.interval.ms': '20000', 'client.rack': 'r' },
    })
    await runUntil(() => group.story.includes('sync'))
    expect(group.lastJoin).toMatchObject({
      groupId: 'g',
      protocolType: 'consumer',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 20_000,
      groupInstanceId: null,
    })
    expect(group.lastJoin!.protocols.map(({ name }) => name)).toEqual(['range', 'cooperative-sticky'])
    expect(decodeSubscription(group.lastJoin!.protocols[0]!.metadata)).toEqual({
      topics: ['t'],
      userData: null,
      ownedPartitions: [],
      generationId: -1,
      rackId: 'r',
    })
    const lanes = cluster.sent.map(({ api, options }) => [api, options.lane])
    expect(lanes).toContainEqual(['JoinGroup', 'group-join'])
    expect(lanes).not.toContainEqual(['JoinGroup', undefined])
  })

  it('goes on from where the group stopped', async () => {
    const { cluster, group, runUntil, lines } = open()
    group.committed.set('t-0', 2n)
    cluster.append('t', 0, ['a', 'b', 'c'])
    await runUntil(() => lines.length === 1)
    expect(lines).toEqual(['t-0 c'])
  })

  it('stops exactly behind --max-messages', async () => {
    const { cluster, group, runUntil, lines, consumer } = open({ maxRecords: 2 })
    cluster.append('t', 0, ['a', 'b', 'c'])
    await runUntil(() => lines.length === 2)
    await consumer.close(true)
    expect(group.committed.get('t-0')).toBe(2n)
  })

  it('commits every auto.commit.interval.ms, and only what is new and has been printed', async () => {
    let hasReader = false
    const { cluster, group, runUntil, lines, clock } = open({
      properties: { 'auto.commit.interval.ms': '1000' },
      printed: () => Promise.resolve(hasReader),
    })
    cluster.append('t', 0, ['a'])
    await runUntil(() => lines.length === 1)
    const until = (ms: number) => {
      const end = clock.now() + ms
      return runUntil(() => clock.now() >= end)
    }
    await until(3000)
    expect(group.committed.size).toBe(0)
    hasReader = true
    await until(5000)
    expect(group.story.filter((line) => line.startsWith('commit'))).toEqual(['commit t-0@1 by m1/1'])
    cluster.append('t', 0, ['b'])
    await until(3000)
    expect(group.committed.get('t-0')).toBe(2n)
  })

  it('commits nothing with enable.auto.commit=false, nor at an end that was not printed', async () => {
    for (const [properties, isPrinted] of [
      [{ 'enable.auto.commit': 'false' }, true],
      [{}, false],
    ] as const) {
      const { cluster, group, runUntil, lines, consumer } = open({ properties })
      cluster.append('t', 0, ['a'])
      await runUntil(() => lines.length === 1)
      await consumer.close(isPrinted)
      expect(group.committed.size).toBe(0)
      expect(group.story.at(-1)).toBe('leave m1')
    }
  })

  it('sends heartbeats sooner after each rebalance, and then in their interval', async () => {
    const { group, runUntil, clock, cluster } = open({ properties: { 'heartbeat.interval.ms': '1000' } })
    const pauses = async (generation: number): Promise<number[]> => {
      await runUntil(() => group.generation === generation && group.story.at(-1) === 'sync')
      const moments = [clock.now()]
      for (const before = group.heartbeats; moments.length < 7; moments.push(clock.now()))
        await runUntil(() => group.heartbeats === before + moments.length)
      return moments.slice(1).map((moment, n) => moment - moments[n]!)
    }
    const inSteps = (found: number[]): number[] => found.map((ms) => Math.round(ms / 125))
    expect(inSteps(await pauses(1))).toEqual([1, 2, 4, 8, 8, 8])
    group.errors.heartbeat.push('REBALANCE_IN_PROGRESS')
    expect(inSteps(await pauses(2))).toEqual([1, 2, 4, 8, 8, 8])
    expect(cluster.requests(Heartbeat)[0]).toMatchObject({ groupId: 'g', generationId: 1, memberId: 'm1' })
  })

  it('with an instance id joins at once and keeps its place when it goes (KIP-345)', async () => {
    const { group, runUntil, consumer, cluster } = open({ properties: { 'group.instance.id': 'static-1' } })
    await runUntil(() => group.story.includes('sync'))
    await consumer.close(true)
    expect(group.story.filter((line) => !line.startsWith('commit'))).toEqual(['join new', 'sync'])
    expect(cluster.requests(JoinGroup)[0]!.groupInstanceId).toBe('static-1')
  })

  it('needs no assignment from a static leader that has come back (KIP-814)', async () => {
    const { group, runUntil } = open({ properties: { 'group.instance.id': 'static-1' } })
    group.skipAssignment = true
    await runUntil(() => group.story.includes('sync'))
    expect(group.dealt).toEqual([])
  })
})

describe('a rebalance', () => {
  it('lets go of everything and commits first, with eager assignors', async () => {
    const { cluster, group, runUntil, lines } = open()
    cluster.append('t', 0, ['a'])
    await runUntil(() => lines.length === 1)
    group.errors.heartbeat.push('REBALANCE_IN_PROGRESS')
    await runUntil(() => group.generation === 2)
    cluster.append('t', 0, ['b'])
    await runUntil(() => lines.length === 2)
    expect(group.story.slice(3)).toEqual(['commit t-0@1 by m1/1', 'join m1', 'sync'])
    expect(decodeSubscription(group.lastJoin!.protocols[0]!.metadata).ownedPartitions).toEqual([])
    expect(lines).toEqual(['t-0 a', 't-0 b'])
  })

  it.each([
    ['all with an eager assignor', {}, ['+t-0 t-1', '-t-0 t-1', '+t-0']],
    [
      'what changes with a cooperative one',
      { 'partition.assignment.strategy': COOPERATIVE },
      ['+t-0 t-1', '-t-1', '+', '+'],
    ],
  ])('is told to whoever listens: %s', async (_what, properties, expected) => {
    const told: string[] = []
    const tell =
      (sign: string) =>
      (partitions: readonly { topic: string; partition: number }[]): void =>
        void told.push(
          sign +
            partitions
              .map(({ topic, partition }) => `${topic}-${partition}`)
              .sort()
              .join(' '),
        )
    const { group, runUntil } = open({
      partitions: 2,
      properties,
      events: { onAssigned: tell('+'), onRevoked: tell('-') },
    })
    await runUntil(() => group.story.includes('sync'))
    group.otherMembers = [
      {
        memberId: 'z',
        metadata: encodeSubscription({
          topics: ['t'],
          userData: null,
          ownedPartitions: [],
          generationId: -1,
          rackId: null,
        }),
      },
    ]
    group.errors.heartbeat.push('REBALANCE_IN_PROGRESS')
    await runUntil(() => told.length === expected.length)
    expect(told).toEqual(expected)
  })

  it('tells sticky assignors what the member had', async () => {
    const { group, runUntil } = open({ properties: { 'partition.assignment.strategy': STICKY } })
    await runUntil(() => group.story.includes('sync'))
    group.errors.heartbeat.push('REBALANCE_IN_PROGRESS')
    await runUntil(() => group.generation === 2)
    expect(decodeSubscription(group.lastJoin!.protocols[0]!.metadata).userData!.toString('hex')).toBe(
      '000000010001740000000100000000' + '00000001',
    )
  })

  it('goes on reading meanwhile with a cooperative assignor, gives up what is not its own any more, and joins again', async () => {
    const { cluster, group, runUntil, lines } = open({
      partitions: 2,
      properties: { 'partition.assignment.strategy': COOPERATIVE },
    })
    cluster.append('t', 0, ['a']).append('t', 1, ['b'])
    await runUntil(() => lines.length === 2)
    group.otherMembers = [
      {
        memberId: 'z',
        metadata: encodeSubscription({
          topics: ['t'],
          userData: null,
          ownedPartitions: [],
          generationId: -1,
          rackId: null,
        }),
      },
    ]
    group.errors.heartbeat.push('REBALANCE_IN_PROGRESS')
    await runUntil(() => group.generation === 3 && group.story.at(-1) === 'sync')
    expect(group.story.slice(3)).toEqual([
      expect.stringMatching(/^commit t-[01]@1 t-[01]@1 by m1\/1$/),
      'join m1',
      'sync',
      'join m1',
      'sync',
    ])
    expect(decodeSubscription(group.lastJoin!.protocols[0]!.metadata)).toMatchObject({
      ownedPartitions: [{ topic: 't', partition: 0 }],
      generationId: 2,
    })
    expect(
      Object.fromEntries(group.dealt.map(({ memberId, assignment }) => [memberId, decodeAssignment(assignment)])),
    ).toEqual({ m1: [{ topic: 't', partition: 0 }], z: [{ topic: 't', partition: 1 }] })
    cluster.append('t', 1, ['not ours']).append('t', 0, ['c'])
    await runUntil(() => lines.length === 3)
    expect(lines.at(-1)).toBe('t-0 c')
  })

  it('begins when the topics that the leader dealt out have grown', async () => {
    const { cluster, group, runUntil, lines } = open({ properties: { 'metadata.max.age.ms': '2000' } })
    await runUntil(() => group.story.includes('sync'))
    cluster.growTopic('t').append('t', 1, ['x'])
    await runUntil(() => lines.length === 1)
    expect(lines).toEqual(['t-1 x'])
    expect(group.generation).toBe(2)
  })

  it('does not begin so for a member that does not lead', async () => {
    const { cluster, group, runUntil, clock } = open({ properties: { 'metadata.max.age.ms': '500' } })
    group.assignment = [{ topic: 't', partition: 0 }]
    await runUntil(() => group.story.includes('sync'))
    cluster.growTopic('t')
    const end = clock.now() + 3000
    await runUntil(() => clock.now() >= end)
    expect(group.generation).toBe(1)
  })

  it('begins when a new topic fits the pattern', async () => {
    const { cluster, group, runUntil, lines } = open({ subscription: topicsLike(/^t.*$/, true) })
    await runUntil(() => group.story.includes('sync'))
    cluster.addTopic('t2').append('t2', 0, ['x'])
    await runUntil(() => lines.length === 1)
    expect(decodeSubscription(group.lastJoin!.protocols[0]!.metadata).topics).toEqual(['t', 't2'])
  })
})

describe('errors of the coordinator', () => {
  it.each<[string, keyof FakeGroup['errors'], ErrorName, string[]]>([
    [
      'tries again while the coordinator loads',
      'join',
      'COORDINATOR_LOAD_IN_PROGRESS',
      ['join new COORDINATOR_LOAD_IN_PROGRESS', 'join new', 'join m1', 'sync'],
    ],
    [
      'joins elsewhere when the coordinator has moved',
      'join',
      'NOT_COORDINATOR',
      ['join new NOT_COORDINATOR', 'join new', 'join m1', 'sync'],
    ],
    [
      'joins again when others have joined meanwhile',
      'sync',
      'REBALANCE_IN_PROGRESS',
      ['join new', 'join m1', 'sync REBALANCE_IN_PROGRESS', 'join m1', 'sync'],
    ],
    [
      'joins as a new member when its place is gone',
      'sync',
      'UNKNOWN_MEMBER_ID',
      ['join new', 'join m1', 'sync UNKNOWN_MEMBER_ID', 'join new', 'join m2', 'sync'],
    ],
  ])('%s', async (_what, where, error, story) => {
    const { cluster, group, runUntil, lines } = open()
    group.errors[where].push(error)
    cluster.append('t', 0, ['a'])
    await runUntil(() => lines.length === 1)
    expect(group.story).toEqual(story)
  })

  it.each<ErrorName>(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION'])(
    'drops its partitions without a commit and joins as a new member when a heartbeat is answered with %s',
    async (error) => {
      const { cluster, group, runUntil, lines } = open()
      cluster.append('t', 0, ['a'])
      await runUntil(() => lines.length === 1)
      group.errors.heartbeat.push(error)
      await runUntil(() => lines.length === 2)
      expect(group.story.slice(3)).toEqual(['join new', 'join m2', 'sync'])
      expect(lines).toEqual(['t-0 a', 't-0 a'])
    },
  )

  it('stays where it is when only a heartbeat goes to the wrong node', async () => {
    const { group, runUntil } = open()
    await runUntil(() => group.story.includes('sync'))
    group.errors.heartbeat.push('NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE')
    await runUntil(() => group.heartbeats === 5)
    expect(group.generation).toBe(1)
  })

  it.each<[keyof FakeGroup['errors'], ErrorName]>([
    ['join', 'GROUP_AUTHORIZATION_FAILED'],
    ['join', 'INCONSISTENT_GROUP_PROTOCOL'],
    ['join', 'INVALID_SESSION_TIMEOUT'],
    ['sync', 'FENCED_INSTANCE_ID'],
    ['heartbeat', 'FENCED_INSTANCE_ID'],
    ['offset-fetch', 'GROUP_AUTHORIZATION_FAILED'],
  ])('ends when %s is answered with %s', async (where, error) => {
    const { group, runUntil } = open()
    group.errors[where].push(error)
    await expect(runUntil(() => false)).rejects.toMatchObject({ code: error, message: expect.stringContaining('"g"') })
  })

  it("looks for the last commit's coordinator again", async () => {
    const { cluster, group, runUntil, lines, consumer } = open()
    cluster.append('t', 0, ['a'])
    await runUntil(() => lines.length === 1)
    group.errors.commit.push('NOT_COORDINATOR')
    await consumer.close(true)
    expect(group.committed.get('t-0')).toBe(1n)
  })

  it('says what it could not commit at the end, and leaves all the same', async () => {
    const { cluster, group, runUntil, lines, consumer } = open()
    cluster.append('t', 0, ['a'])
    await runUntil(() => lines.length === 1)
    group.errors.commit.push('ILLEGAL_GENERATION')
    await expect(consumer.close(true)).rejects.toMatchObject({ code: 'ILLEGAL_GENERATION' })
    expect(group.story.at(-1)).toBe('leave m1')
  })

  it('needs a place to begin with auto.offset.reset=none', async () => {
    const { runUntil } = open({ properties: { 'auto.offset.reset': 'none' } })
    await expect(runUntil(() => false)).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' })
  })

  it('asks for stable offsets when reading committed records', async () => {
    const { cluster, group, runUntil } = open({ properties: { 'isolation.level': 'read_committed' } })
    await runUntil(() => group.story.includes('sync'))
    expect(cluster.requests(OffsetFetch)[0]!.requireStable).toBe(true)
  })
})

describe('a reader that stands still', () => {
  it('loses its place after max.poll.interval.ms, and joins again when it goes on', async () => {
    const { group, runUntil, clock, notices } = open({ properties: { 'max.poll.interval.ms': '20000' } })
    await runUntil(() => group.story.includes('sync'))
    for (let left = 10; left > 0; left -= 1) {
      clock.advance(3000)
      await new Promise(setImmediate)
    }
    expect(group.story.at(-1)).toBe('leave m1')
    expect(notices).toEqual([expect.stringContaining('max.poll.interval.ms')])
    await runUntil(() => group.story.at(-1) === 'sync')
    expect(group.story.slice(-3)).toEqual(['join new', 'join m2', 'sync'])
  })

  it('keeps its place during a rebalance while its output is slow', async () => {
    let openGate = (): void => {}
    const gate = new Promise<boolean>((resolve) => (openGate = () => resolve(true)))
    const { cluster, group, runUntil, lines, clock } = open({ printed: () => gate })
    cluster.append('t', 0, ['a'])
    await runUntil(() => lines.length === 1)
    group.errors.heartbeat.push('REBALANCE_IN_PROGRESS')
    await runUntil(() => group.heartbeats >= 1)
    const before = group.heartbeats
    const end = clock.now() + 12_000
    await runUntil(() => clock.now() >= end)
    expect(group.heartbeats - before).toBeGreaterThanOrEqual(3)
    expect(group.generation).toBe(1)
    openGate()
    await runUntil(() => group.generation === 2)
    expect(group.committed.get('t-0')).toBe(1n)
  })
})
