import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Partitions } from '../../../../../../../src/lib/broker/state/groups/consumer/assignment.ts'
import { assignRange } from '../../../../../../../src/lib/broker/state/groups/consumer/assignors/range.ts'
import type {
  AssignableMember,
  Assignor,
  GroupToAssign,
} from '../../../../../../../src/lib/broker/state/groups/consumer/assignors/types.ts'
import { assignUniform } from '../../../../../../../src/lib/broker/state/groups/consumer/assignors/uniform.ts'

const NONE: Partitions = new Map()
const member = (
  memberId: string,
  topics: string,
  assigned = NONE,
  instanceId: string | null = null,
): AssignableMember => ({ memberId, instanceId, topicIds: new Set(topics), assigned })

const counts = (counted: Record<string, number>): ReadonlyMap<string, number> => new Map(Object.entries(counted))

const asText = (assignment: ReadonlyMap<string, Partitions>): Record<string, string[]> =>
  Object.fromEntries(
    [...assignment].map(([memberId, partitions]) => [
      memberId,
      [...partitions].flatMap(([topic, indexes]) => [...indexes].map((index) => `${topic}${index}`)).sort(),
    ]),
  )

const loads = (assignment: ReadonlyMap<string, Partitions>): number[] =>
  Object.values(asText(assignment)).map(({ length }) => length)

describe('range', () => {
  test('gives the same partitions of each topic to the same member', () => {
    const group = { members: [member('b', 'xy'), member('a', 'xy')], partitionCounts: counts({ x: 3, y: 3 }) }
    expect(asText(assignRange(group))).toEqual({ a: ['x0', 'x1', 'y0', 'y1'], b: ['x2', 'y2'] })
  })

  test('orders static members by their instance id, before the others', () => {
    const group = {
      members: [member('a', 'x'), member('b', 'x', NONE, '2'), member('c', 'x', NONE, '1')],
      partitionCounts: counts({ x: 3 }),
    }
    expect(asText(assignRange(group))).toEqual({ c: ['x0'], b: ['x1'], a: ['x2'] })
  })

  test('leaves those out for whom there is none', () => {
    const group = {
      members: [member('a', 'x'), member('b', 'x'), member('c', 'y')],
      partitionCounts: counts({ x: 1, y: 2 }),
    }
    expect(asText(assignRange(group))).toEqual({ a: ['x0'], b: [], c: ['y0', 'y1'] })
  })
})

describe('uniform', () => {
  test('gives each its share of all partitions', () => {
    const group = { members: [member('a', 'xy'), member('b', 'xy')], partitionCounts: counts({ x: 3, y: 3 }) }
    expect(asText(assignUniform(group))).toEqual({ a: ['x0', 'x1', 'x2'], b: ['y0', 'y1', 'y2'] })
  })

  test('moves no more than it must when a member joins', () => {
    const first = assignUniform({ members: [member('a', 'x'), member('b', 'x')], partitionCounts: counts({ x: 6 }) })
    const second = assignUniform({
      members: [member('a', 'x', first.get('a')), member('b', 'x', first.get('b')), member('c', 'x')],
      partitionCounts: counts({ x: 6 }),
    })
    expect(asText(second)).toEqual({ a: ['x0', 'x1'], b: ['x3', 'x4'], c: ['x2', 'x5'] })
  })

  test('leaves the odd partition where it is', () => {
    const before = new Map([['x', new Set([1, 2])]])
    const group = {
      members: [member('a', 'x', new Map([['x', new Set([0])]])), member('b', 'x', before)],
      partitionCounts: counts({ x: 3 }),
    }
    expect(asText(assignUniform(group))).toEqual({ a: ['x0'], b: ['x1', 'x2'] })
  })

  test('forgets partitions and topics that are gone', () => {
    const before = new Map([
      ['x', new Set([0, 9])],
      ['z', new Set([0])],
    ])
    expect(asText(assignUniform({ members: [member('a', 'x', before)], partitionCounts: counts({ x: 2 }) }))).toEqual({
      a: ['x0', 'x1'],
    })
  })

  test('evens out what different subscriptions allow', () => {
    const group = {
      members: [member('a', 'x'), member('b', 'xy'), member('c', 'y')],
      partitionCounts: counts({ x: 4, y: 2 }),
    }
    expect(loads(assignUniform(group))).toEqual([2, 2, 2])
  })
})

const TOPICS = ['p', 'q', 'r', 's']

/** A group, its members with what an earlier assignment of another group of the kind may have left them. */
const groups: fc.Arbitrary<GroupToAssign> = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }),
    subscriptions: fc.array(fc.subarray(TOPICS, { minLength: 1 }), { minLength: 1, maxLength: 8 }),
    isHomogeneous: fc.boolean(),
    owners: fc.array(fc.integer({ min: -1, max: 7 }), { minLength: 36, maxLength: 36 }),
  })
  .map(({ sizes, subscriptions, isHomogeneous, owners }) => {
    const held = subscriptions.map(() => new Map<string, Set<number>>())
    owners.forEach((owner, index) => {
      if (owner < 0 || owner >= held.length) return
      const topic = TOPICS[index % 4]!
      held[owner]!.set(topic, (held[owner]!.get(topic) ?? new Set()).add(Math.floor(index / 4)))
    })
    const members = subscriptions.map((topics, index) =>
      member(`m${index}`, (isHomogeneous ? subscriptions[0]! : topics).join(''), held[index]),
    )
    const subscribed = TOPICS.filter((topic) => members.some(({ topicIds }) => topicIds.has(topic)))
    return { members, partitionCounts: new Map(subscribed.map((topic) => [topic, sizes[TOPICS.indexOf(topic)]!])) }
  })

describe.each<[string, Assignor]>([
  ['range', assignRange],
  ['uniform', assignUniform],
])('%s, whatever the group', (_, assign) => {
  test('gives every partition to exactly one subscriber', () => {
    fc.assert(
      fc.property(groups, (group) => {
        const assignment = assign(group)
        expect([...assignment.keys()].sort()).toEqual(group.members.map(({ memberId }) => memberId).sort())
        for (const { memberId, topicIds } of group.members)
          for (const topic of assignment.get(memberId)!.keys()) expect(topicIds.has(topic)).toBe(true)
        const given = Object.values(asText(assignment)).flat().sort()
        const all = [...group.partitionCounts]
          .flatMap(([topic, count]) => Array.from({ length: count }, (__, index) => `${topic}${index}`))
          .sort()
        expect(given).toEqual(all)
      }),
    )
  })
})

test('uniform leaves no two subscribers of a topic two apart, where one could give to the other', () => {
  fc.assert(
    fc.property(groups, (group) => {
      const assignment = assignUniform(group)
      const load = new Map(Object.entries(asText(assignment)).map(([memberId, { length }]) => [memberId, length]))
      for (const rich of group.members) {
        for (const topic of assignment.get(rich.memberId)!.keys()) {
          for (const poor of group.members)
            if (poor.topicIds.has(topic))
              expect(load.get(rich.memberId)! - load.get(poor.memberId)!).toBeLessThanOrEqual(1)
        }
      }
    }),
  )
})

test('uniform changes nothing when it is asked again', () => {
  fc.assert(
    fc.property(groups, (group) => {
      const first = assignUniform(group)
      const again = assignUniform({
        ...group,
        members: group.members.map((each) => ({ ...each, assigned: first.get(each.memberId)! })),
      })
      expect(asText(again)).toEqual(asText(first))
    }),
  )
})
