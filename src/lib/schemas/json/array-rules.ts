import { difference, listOf, type Comparison } from './rules.ts'
import { isSchema, type JsonSchema, type Keywords } from './document.ts'
import type { Facts } from './facts.ts'
import { unevaluatedReasons } from './object-rules.ts'

/** Lists: what stands at each place, and how many there are. */
export function arrayReasons(reader: Keywords, facts: Facts, path: string, comparison: Comparison): string[] {
  if (!facts.has('array')) return []
  return [
    ...itemReasons(reader, facts, path, comparison),
    ...countReasons(reader, facts, path),
    ...containsReasons(reader, facts, path, comparison),
    ...(reader['uniqueItems'] === true && !facts.all('uniqueItems').includes(true) && mostItems(facts) > 1
      ? [difference('UNIQUE_ITEMS_ADDED', `${path}/uniqueItems`, 'The reader schema takes no item twice')]
      : []),
    ...unevaluatedReasons(reader, 'unevaluatedItems', facts, path),
  ]
}

interface Items {
  /** What stands at the first places. */
  readonly first: readonly JsonSchema[]
  /** What stands at all others. */
  readonly rest: JsonSchema
}

function itemsOf(part: Keywords): Items {
  const { prefixItems, items, additionalItems } = part
  if (Array.isArray(prefixItems)) return { first: listOf(prefixItems), rest: isSchema(items) ? items : true }
  if (Array.isArray(items)) return { first: listOf(items), rest: isSchema(additionalItems) ? additionalItems : true }
  return { first: [], rest: isSchema(items) ? items : true }
}

const at = ({ first, rest }: Items, index: number): JsonSchema => first[index] ?? rest

function itemReasons(reader: Keywords, facts: Facts, path: string, comparison: Comparison): string[] {
  const taken = itemsOf(reader)
  const written = facts.parts.map(itemsOf)
  const places = Math.max(taken.first.length, ...written.map(({ first }) => first.length))
  const most = mostItems(facts)
  const reasons: string[] = []
  for (let index = 0; index < Math.min(places, most); index += 1)
    reasons.push(
      ...comparison.compare(
        at(taken, index),
        written.map((items) => at(items, index)),
        `${path}/items/${index}`,
      ),
    )
  if (most <= places) return reasons
  return [
    ...reasons,
    ...comparison.compare(
      taken.rest,
      written.map(({ rest }) => rest),
      `${path}/items`,
    ),
  ]
}

/** A tuple that takes no more has an end. */
function mostItems(facts: Facts): number {
  const ends = facts.parts.map(itemsOf).filter(({ rest }) => rest === false)
  return Math.min(facts.atMost('maxItems') ?? Infinity, ...ends.map(({ first }) => first.length))
}

function countReasons({ minItems, maxItems }: Keywords, facts: Facts, path: string): string[] {
  return [
    ...(typeof minItems === 'number' && (facts.atLeast('minItems') ?? 0) < minItems
      ? [difference('MIN_ITEMS_INCREASED', `${path}/minItems`, `The reader schema wants ${minItems} items`)]
      : []),
    ...(typeof maxItems === 'number' && mostItems(facts) > maxItems
      ? [
          difference(
            'MAX_ITEMS_DECREASED',
            `${path}/maxItems`,
            `The reader schema takes no more than ${maxItems} items`,
          ),
        ]
      : []),
  ]
}

function containsReasons(reader: Keywords, facts: Facts, path: string, comparison: Comparison): string[] {
  const { contains, minContains = 1, maxContains = Infinity } = reader
  if (!isSchema(contains) || contains === true) return []
  const place = `${path}/contains`
  const isHeld = facts.parts.some((part) => {
    const { contains: other, minContains: least = 1, maxContains: most = Infinity } = part
    if (!isSchema(other)) return false
    return (
      Number(least) >= Number(minContains) &&
      Number(most) <= Number(maxContains) &&
      comparison.compare(contains, [other], place).length === 0
    )
  })
  return isHeld
    ? []
    : [difference('CONTAINS_CHANGED', place, 'The reader schema wants an item that need not be written')]
}
