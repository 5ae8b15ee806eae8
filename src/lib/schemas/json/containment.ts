import { isEqual, isObject, isSchema, type JsonSchema, type Keywords } from './document.ts'
import { refStandsAlone } from './drafts.ts'
import { Facts } from './facts.ts'
import { arrayReasons } from './array-rules.ts'
import { objectReasons } from './object-rules.ts'
import type { Model } from './parse.ts'
import { difference, listOf, type Comparison, type Conjunction } from './rules.ts'
import { scalarReasons } from './scalar-rules.ts'

const MOST_STEPS = 50_000
const MOST_ALTERNATIVES = 128

/** A branch of the writer's unions, and whether it came from one that others may hold beside. */
interface Alternative {
  readonly parts: readonly Keywords[]
  readonly isOfAnyOf: boolean
}

/**
 * Whether every value that one schema takes is taken by another: what is proved from the keywords holds, what cannot be
 * proved counts as a difference. So a property may be added to a closed content model and not to an open one, where it
 * may have been written with another meaning.
 */
export class Containment implements Comparison {
  /** Pairs that have been compared, or are being: what refers to itself is taken to hold until it is shown not to. */
  private readonly compared = new Map<string, string[]>()
  private readonly numbers = new Map<unknown, number>()
  private steps = 0

  constructor(
    private readonly reader: Model,
    private readonly writer: Model,
  ) {}

  reasons(): string[] {
    return [...new Set(this.compare(this.reader.root, [this.writer.root], '#'))]
  }

  compare(reader: JsonSchema, writer: Conjunction, path: string): string[] {
    if (++this.steps > MOST_STEPS) return [difference('TOO_LARGE', path, 'The schemas are too large to be compared')]
    if (reader === true || writer.includes(false)) return []
    const key = [reader, ...new Set(writer)].map((schema) => this.numberOf(schema)).join()
    const known = this.compared.get(key)
    if (known) return known
    this.compared.set(key, [])
    const reasons = this.compareAnew(reader, writer, path)
    this.compared.set(key, reasons)
    return reasons
  }

  dereferenced(schema: JsonSchema): JsonSchema {
    const target = isObject(schema) ? this.reader.targets.get(schema) : undefined
    return target === undefined || target === schema ? schema : target
  }

  private compareAnew(reader: JsonSchema, writer: Conjunction, path: string): string[] {
    const alternatives = this.alternatives(writer)
    if (!alternatives) return [difference('TOO_LARGE', path, 'The unions are too large to be compared')]
    // The first that is not taken is enough.
    for (const alternative of alternatives) {
      const facts = new Facts(alternative.parts)
      if (facts.areEmpty) continue
      const reasons = this.compareFacts(reader, alternative, facts, path)
      if (reasons.length > 0) return reasons
    }
    return []
  }

  private compareFacts(reader: JsonSchema, alternative: Alternative, facts: Facts, path: string): string[] {
    if (reader === false) return [difference('TYPE_NARROWED', path, 'The reader schema takes no value')]
    const schema = reader as Keywords
    const target = this.reader.targets.get(schema)
    const { parts } = alternative
    if (target !== undefined) {
      const reasons = this.compare(target, parts, path)
      if (reasons.length > 0 || refStandsAlone(this.reader.draft)) return reasons
    }
    return [
      ...scalarReasons(schema, facts, path),
      ...objectReasons(schema, facts, path, this),
      ...arrayReasons(schema, facts, path, this),
      ...listOf(schema['allOf']).flatMap((branch, index) => this.compare(branch, parts, `${path}/allOf/${index}`)),
      ...this.unionReasons(schema, 'anyOf', alternative, facts, path),
      ...this.unionReasons(schema, 'oneOf', alternative, facts, path),
      ...this.negationReasons(schema, facts, path),
      ...this.conditionReasons(schema, facts, path),
    ]
  }

  private unionReasons(
    schema: Keywords,
    kind: 'anyOf' | 'oneOf',
    alternative: Alternative,
    facts: Facts,
    path: string,
  ): string[] {
    const branches = listOf(schema[kind])
    if (branches.length === 0) return []
    // What fits one branch of anyOf may fit another one, which oneOf forbids.
    if (kind === 'oneOf' && branches.length > 1 && alternative.isOfAnyOf)
      return [
        difference(
          'COMBINED_TYPE_CHANGED',
          path,
          'The reader schema takes one branch where the writer schema takes several',
        ),
      ]
    const isTaken = (parts: readonly Keywords[]): boolean =>
      branches.some((branch, index) => this.compare(branch, parts, `${path}/${kind}/${index}`).length === 0)
    if (isTaken(alternative.parts)) return []
    const narrower = narrowed(facts)
    if (narrower.length > 1 && narrower.every((part) => isTaken([...alternative.parts, part]))) return []
    return [difference('COMBINED_TYPE_SUBSCHEMAS_CHANGED', path, `No branch of the ${kind} takes all that is written`)]
  }

  private negationReasons({ not }: Keywords, facts: Facts, path: string): string[] {
    if (!isSchema(not)) return []
    const forbidden = this.partsOf([not], this.reader)
    const isDisjoint =
      not === false ||
      (forbidden !== undefined && [...new Facts(forbidden).types].every((type) => !facts.types.has(type))) ||
      facts
        .schemas('not')
        .some((other) => new Containment(swapped(this.writer, other), swapped(this.reader, not)).reasons().length === 0)
    return isDisjoint
      ? []
      : [difference('NOT_TYPE_NARROWED', path, 'The reader schema forbids values that may be written')]
  }

  private conditionReasons(schema: Keywords, facts: Facts, path: string): string[] {
    const { if: condition, then = true, else: otherwise = true } = schema
    if (!isSchema(condition)) return []
    const [isThen, isElse] = [then, otherwise].filter(isSchema)
    if (this.isBoth(isThen!, isElse!, facts.parts, path)) return []
    const same = facts.parts.find((part) => isEqual(part['if'], condition))
    if (!same) return [difference('CONDITION_CHANGED', `${path}/if`, 'The reader schema has another condition')]
    const branch = (name: 'then' | 'else'): Conjunction => [
      ...facts.parts,
      ...(isSchema(same[name]) ? [same[name]] : []),
    ]
    return [
      ...this.compare(isThen!, branch('then'), `${path}/then`),
      ...this.compare(isElse!, branch('else'), `${path}/else`),
    ]
  }

  private isBoth(then: JsonSchema, otherwise: JsonSchema, parts: readonly Keywords[], path: string): boolean {
    return [then, otherwise].every((branch) => this.compare(branch, parts, path).length === 0)
  }

  /** The writer's schemas with all that they stand for, once for each choice among the branches of unions. */
  private alternatives(writer: Conjunction): Alternative[] | undefined {
    const parts = this.partsOf(writer, this.writer)
    if (!parts) return []
    let found: Alternative[] = [{ parts, isOfAnyOf: false }]
    for (const kind of ['anyOf', 'oneOf'] as const) {
      for (const branches of parts.map((part) => listOf(part[kind])).filter(({ length }) => length > 0)) {
        const isOfAnyOf = kind === 'anyOf' && branches.length > 1
        found = found.flatMap((alternative) =>
          branches.flatMap((branch): Alternative[] => {
            const inner = this.partsOf([...alternative.parts, branch], this.writer)
            return inner ? [{ parts: inner, isOfAnyOf: isOfAnyOf || alternative.isOfAnyOf }] : []
          }),
        )
        if (found.length > MOST_ALTERNATIVES) return undefined
      }
    }
    return found
  }

  /** Each schema with its `allOf` and what its `$ref` leads to; undefined where nothing fits all of them. */
  private partsOf(schemas: Conjunction, model: Model): Keywords[] | undefined {
    const found = new Set<Keywords>()
    const rest = [...schemas]
    while (rest.length > 0) {
      const schema = rest.pop()!
      if (schema === false) return undefined
      if (schema === true || found.has(schema)) continue
      const target = model.targets.get(schema)
      if (target !== undefined) rest.push(target)
      if (target !== undefined && refStandsAlone(model.draft)) continue
      found.add(schema)
      rest.push(...listOf(schema['allOf']))
    }
    return [...found].reverse()
  }

  private numberOf(schema: JsonSchema): number {
    const known = this.numbers.get(schema) ?? this.numbers.size
    this.numbers.set(schema, known)
    return known
  }
}

/** A list of values one by one, a list of types type by type; a schema without a type is not taken apart. */
function narrowed({ values, types, parts }: Facts): Keywords[] {
  if (values) return values.map((value) => ({ const: value }))
  return parts.some(({ type }) => type !== undefined) ? [...types].map(typed) : []
}

const swapped = (model: Model, root: JsonSchema): Model => ({ ...model, root })

const TYPED = new Map<string, Keywords>()

/** The same object for the same type, so that what has been compared is known again. */
function typed(type: string): Keywords {
  const known = TYPED.get(type) ?? { type }
  TYPED.set(type, known)
  return known
}
