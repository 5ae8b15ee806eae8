import { describe, expect, it } from 'vitest'
import {
  decodeAssignment,
  encodeAssignment,
  encodeSubscription,
} from '../../../../src/lib/client/group/consumer-protocol.ts'
import { encodeStickyUserData } from '../../../../src/lib/client/group/sticky-user-data.ts'
import { FakeCluster } from '../consumer/fake-cluster.ts'
import { FakeGroup } from './fake-group.ts'
import { openMember, type MemberOptions } from './member-reading.ts'

function open(options: MemberOptions = {}) {
  const cluster = new FakeCluster().addTopic('t', 2).append('t', 0, ['a']).append('t', 1, ['b'])
  return { group: new FakeGroup(cluster), ...openMember(cluster, options) }
}

const HUGE_ARRAY = Buffer.from('00037fffffff', 'hex')
const own = { userData: null, ownedPartitions: [], generationId: -1, rackId: null }

describe('a leader', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['ones', Buffer.alloc(40, 0xff)],
    ['a huge array', HUGE_ARRAY],
  ])('gives nothing to a member whose subscription is %s, and names it once', async (_, metadata) => {
    const { group, runUntil, lines, notices } = open()
    group.otherMembers = [{ memberId: 'evil', metadata }]
    group.errors.heartbeat.push('REBALANCE_IN_PROGRESS')
    await runUntil(() => lines.length === 2 && group.story.filter((step) => step === 'sync').length === 2)
    expect(notices).toEqual(['The subscription of member evil of group "g" cannot be read; it is given no partitions'])
    expect(group.dealt.map(({ memberId }) => memberId)).toEqual(['m1'])
  })

  it('passes over partitions below zero that a member claims to have had', async () => {
    const { group, runUntil, lines } = open({ properties: { 'partition.assignment.strategy': 'sticky' } })
    const userData = encodeStickyUserData({
      partitions: [
        { topic: 't', partition: -1 },
        { topic: 't', partition: 7 },
      ],
      generation: 5,
    })
    group.otherMembers = [{ memberId: 'z', metadata: encodeSubscription({ ...own, topics: ['t'], userData }) }]
    await runUntil(() => lines.length === 1)
    expect(
      group.dealt
        .flatMap(({ assignment }) => decodeAssignment(assignment))
        .map(({ partition }) => partition)
        .sort(),
    ).toEqual([0, 1])
  })
})

describe('a member', () => {
  it.each([
    ['ones', Buffer.alloc(40, 0xff)],
    ['one byte', Buffer.alloc(1)],
    ['a huge array', HUGE_ARRAY],
    ['a partition below zero', encodeAssignment([{ topic: 't', partition: -1 }])],
  ])('ends with one line when it is dealt %s', async (_, bytes) => {
    const { group, runUntil, consumer } = open()
    group.assignmentBytes = bytes
    await expect(runUntil(() => false)).rejects.toMatchObject({
      name: 'KafkaError',
      message: expect.stringMatching(
        /^Cannot join group "g": what its leader has assigned to this member \(m1\) cannot be read/,
      ),
    })
    await consumer.close(false, 'hurried')
    expect(group.story.at(-1)).toBe('leave m1')
  })

  it('does not read topics that it has not asked for', async () => {
    const { group, runUntil, lines, notices } = open()
    group.assignment = [
      { topic: 't', partition: 0 },
      { topic: 'u', partition: 0 },
    ]
    await runUntil(() => lines.length === 1)
    expect(notices).toEqual([
      'The leader of group "g" has assigned topics that this member did not ask for: u; they are not read',
    ])
  })
})
