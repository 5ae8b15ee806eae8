import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  findAssignors,
  type Assignor,
  type GroupMemberInfo,
} from '../../../../../src/lib/client/group/assignors/index.ts'
import { encodeStickyUserData } from '../../../../../src/lib/client/group/sticky-user-data.ts'
import { UserError } from '../../../../../src/lib/errors.ts'

const [range, roundRobin, sticky, cooperative] = findAssignors([
  'range',
  'roundrobin',
  'sticky',
  'cooperative-sticky',
]) as [Assignor, Assignor, Assignor, Assignor]

const parse = (name: string) => ({
  topic: name.slice(0, name.lastIndexOf('-')),
  partition: Number(name.slice(name.lastIndexOf('-') + 1)),
})

function member(
  memberId: string,
  topics: string[],
  more: Partial<GroupMemberInfo> & { owns?: string[] } = {},
): GroupMemberInfo {
  const { owns = [], ...rest } = more
  return {
    memberId,
    groupInstanceId: null,
    topics,
    userData: null,
    ownedPartitions: owns.map(parse),
    generationId: owns.length > 0 ? 1 : -1,
    rackId: null,
    ...rest,
  }
}

function assign(
  assignor: Assignor,
  members: GroupMemberInfo[],
  counts: Record<string, number>,
): Record<string, string> {
  const assignments = assignor.assign(members, new Map(Object.entries(counts)))
  return Object.fromEntries(
    [...assignments].map(([id, partitions]) => [
      id,
      partitions
        .map(({ topic, partition }) => `${topic}-${partition}`)
        .sort()
        .join(' '),
    ]),
  )
}

/** Facts: what Kafka 4.3's own assignors answer. */
describe("assignors answer as Java's", () => {
  const counts = { t0: 3, t1: 4, t2: 5 }
  const uneven = [
    member('c1', ['t0', 't1']),
    member('c2', ['t0', 't1', 't2']),
    member('c3', ['t1', 't2'], { groupInstanceId: 'static' }),
  ]
  const equal = ['a', 'b', 'c'].map((id) => member(id, ['t0', 't1']))

  it('range: uneven subscriptions, static members first', () => {
    expect(assign(range, uneven, counts)).toEqual({
      c1: 't0-0 t0-1 t1-2',
      c2: 't0-2 t1-3 t2-3 t2-4',
      c3: 't1-0 t1-1 t2-0 t2-1 t2-2',
    })
  })

  it('range: equal subscriptions', () => {
    expect(assign(range, equal, { t0: 3, t1: 4 })).toEqual({ a: 't0-0 t1-0 t1-1', b: 't0-1 t1-2', c: 't0-2 t1-3' })
  })

  it('roundrobin: uneven subscriptions', () => {
    expect(assign(roundRobin, uneven, counts)).toEqual({
      c1: 't0-0 t0-2 t1-2',
      c2: 't0-1 t1-0 t1-3 t2-1 t2-3',
      c3: 't1-1 t2-0 t2-2 t2-4',
    })
  })

  it.each([
    ['roundrobin', roundRobin],
    ['sticky', sticky],
    ['cooperative-sticky', cooperative],
  ])('%s: equal subscriptions', (_name, assignor) => {
    expect(assign(assignor, equal, { t0: 3, t1: 4 })).toEqual({ a: 't0-0 t1-0 t1-3', b: 't0-1 t1-1', c: 't0-2 t1-2' })
  })

  it('cooperative-sticky: what a new member is to get has to be given up first', () => {
    const owner = member('a', ['t1'], { owns: ['t1-0', 't1-1', 't1-2', 't1-3'] })
    expect(assign(cooperative, [owner, member('b', ['t1'])], { t1: 4 })).toEqual({ a: 't1-0 t1-1', b: '' })
    const settled = member('a', ['t1'], { owns: ['t1-0', 't1-1'] })
    expect(assign(cooperative, [settled, member('b', ['t1'])], { t1: 4 })).toEqual({ a: 't1-0 t1-1', b: 't1-2 t1-3' })
  })

  it('a topic that nobody knows is left out, more members than partitions are idle', () => {
    for (const assignor of [range, roundRobin, sticky, cooperative]) {
      expect(assign(assignor, [member('a', ['t', 'missing']), member('b', ['t'])], { t: 1 })).toEqual({
        a: 't-0',
        b: '',
      })
    }
  })
})

describe('the sticky assignors', () => {
  it('keep what members have and move no more than they must', () => {
    const userData = (...owned: string[]) => encodeStickyUserData({ partitions: owned.map(parse), generation: 3 })
    const members = [
      member('a', ['t'], { userData: userData('t-5', 't-1', 't-3', 't-0') }),
      member('b', ['t'], { userData: userData('t-2', 't-4') }),
      member('c', ['t']),
    ]
    expect(assign(sticky, members, { t: 6 })).toEqual({ a: 't-0 t-1', b: 't-2 t-4', c: 't-3 t-5' })
  })

  it('believe the later generation where two claim a partition, and nobody where both are of the same', () => {
    const claim = (id: string, generationId: number) => member(id, ['t'], { owns: ['t-0', 't-1'], generationId })
    expect(assign(cooperative, [claim('old', 1), claim('new', 2)], { t: 2 }).new).toMatch(/^t-[01]$/)
    expect(Object.values(assign(sticky, [claim('x', 1), claim('y', 1)], { t: 2 })).sort()).toEqual(['t-0', 't-1'])
  })

  it('forget partitions that are gone, and topics that the member does not want any more', () => {
    const members = [member('a', ['t'], { owns: ['t-0', 't-9', 'gone-0'] }), member('b', ['t', 'gone'])]
    expect(assign(cooperative, members, { t: 1 })).toEqual({ a: 't-0', b: '' })
  })

  it('come to a balanced end from any state, giving every partition to one member that wants it', () => {
    const topics = ['x', 'y', 'z']
    const state = fc.record({
      counts: fc.dictionary(fc.constantFrom(...topics), fc.integer({ min: 1, max: 7 }), { minKeys: 1 }),
      members: fc.array(
        fc.record({
          topics: fc.subarray(topics, { minLength: 1 }),
          owns: fc.array(fc.tuple(fc.constantFrom(...topics), fc.nat(7)), { maxLength: 8 }),
          generation: fc.nat(2),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    })
    fc.assert(
      fc.property(state, ({ counts, members }) => {
        const infos = members.map(({ topics: wanted, owns, generation }, index) =>
          member(`m${index}`, wanted, {
            userData: encodeStickyUserData({
              partitions: owns.map(([topic, partition]) => ({ topic, partition })),
              generation,
            }),
          }),
        )
        const assignments = sticky.assign(infos, new Map(Object.entries(counts)))
        const all = [...assignments].flatMap(([id, partitions]) =>
          partitions.map(({ topic, partition }) => ({ id, topic, partition })),
        )
        for (const { id, topic } of all) expect(infos.find(({ memberId }) => memberId === id)!.topics).toContain(topic)
        const wanted = Object.entries(counts)
          .filter(([topic]) => infos.some((info) => info.topics.includes(topic)))
          .flatMap(([topic, count]) => Array.from({ length: count }, (_, index) => `${topic}-${index}`))
        expect(all.map(({ topic, partition }) => `${topic}-${partition}`).sort()).toEqual(wanted.sort())
        for (const { id, topic } of all) {
          for (const other of infos.filter((info) => info.topics.includes(topic))) {
            expect(assignments.get(id)!.length - assignments.get(other.memberId)!.length).toBeLessThanOrEqual(1)
          }
        }
      }),
    )
  })
})

describe('partition.assignment.strategy', () => {
  it("names Java's classes", () => {
    expect(
      findAssignors([
        'org.apache.kafka.clients.consumer.RangeAssignor',
        'org.apache.kafka.clients.consumer.CooperativeStickyAssignor',
      ]),
    ).toEqual([range, cooperative])
    expect([roundRobin.className, sticky.className]).toEqual([
      'org.apache.kafka.clients.consumer.RoundRobinAssignor',
      'org.apache.kafka.clients.consumer.StickyAssignor',
    ])
  })

  it.each([[[]], [['my.Assignor']]])('refuses %j', (names) => {
    expect(() => findAssignors(names)).toThrow(UserError)
  })
})
