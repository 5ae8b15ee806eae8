import { isEqual, isObject, isSchema, type JsonSchema, type Keywords } from './document.ts'

export type TypeName = 'null' | 'boolean' | 'object' | 'array' | 'number' | 'integer' | 'string'

/** `number` stands for those that are no integers. */
const ALL_TYPES: readonly TypeName[] = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']

/**
 * What holds for every value that several schemas take together: a writer with its `allOf`, its `$ref` and the branch
 * of a union that is looked at.
 */
export class Facts {
  readonly types: ReadonlySet<TypeName>
  /** The only values there are; undefined where there is no list. */
  readonly values: readonly unknown[] | undefined

  constructor(readonly parts: readonly Keywords[]) {
    const lists = parts.flatMap(valueLists)
    this.values = lists.length === 0 ? undefined : lists.reduce((a, b) => a.filter((value) => b.some(isSame(value))))
    const allowed = parts.map(typesOf)
    const types = ALL_TYPES.filter((type) => allowed.every((set) => set.has(type)))
    this.types = this.values ? typesAmong(types, this.values) : new Set(types)
  }

  /** There is no such value. */
  get areEmpty(): boolean {
    return this.types.size === 0
  }

  has(type: TypeName): boolean {
    return this.types.has(type)
  }

  get hasNumbers(): boolean {
    return this.has('number') || this.has('integer')
  }

  /** The values of a keyword in all parts that have it. */
  all(name: string): unknown[] {
    return this.parts.filter((part) => Object.hasOwn(part, name)).map((part) => part[name])
  }

  numbers(name: string): number[] {
    return this.all(name).filter((value) => typeof value === 'number')
  }

  /** The strictest of lower bounds; undefined where there is none. */
  atLeast(name: string): number | undefined {
    const numbers = this.numbers(name)
    return numbers.length === 0 ? undefined : Math.max(...numbers)
  }

  atMost(name: string): number | undefined {
    const numbers = this.numbers(name)
    return numbers.length === 0 ? undefined : Math.min(...numbers)
  }

  get required(): ReadonlySet<string> {
    return new Set(this.all('required').flatMap((names) => (Array.isArray(names) ? (names as string[]) : [])))
  }

  schemas(name: string): JsonSchema[] {
    return this.all(name).filter(isSchema)
  }

  /** Strings among the only values. */
  get texts(): string[] | undefined {
    return this.values?.filter((value) => typeof value === 'string')
  }
}

/** A list that contradicts the type is a mistake that tells nothing of other schemas; an empty one has no values. */
function typesAmong(types: readonly TypeName[], values: readonly unknown[]): ReadonlySet<TypeName> {
  const found = types.filter((type) => values.some((value) => typeOf(value) === type))
  return new Set(found.length > 0 || values.length === 0 ? found : types)
}

const isSame = (value: unknown) => (other: unknown) => isEqual(value, other)

function valueLists(part: Keywords): unknown[][] {
  return [
    ...(Array.isArray(part['enum']) ? [part['enum'] as unknown[]] : []),
    ...(Object.hasOwn(part, 'const') ? [[part['const']]] : []),
  ]
}

/** An integer is a number. */
export function typesOf({ type }: Keywords): ReadonlySet<TypeName> {
  if (type === undefined) return new Set(ALL_TYPES)
  const named = (Array.isArray(type) ? type : [type]) as TypeName[]
  return new Set(named.includes('number') ? [...named, 'integer'] : named)
}

export function typeOf(value: unknown): TypeName {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (isObject(value)) return 'object'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value === 'boolean' ? 'boolean' : 'string'
}

/** A lower and an upper bound of numbers; the ones of draft 4 are exclusive by a flag. */
export interface Bound {
  readonly limit: number
  readonly isExclusive: boolean
}

/** The bounds that a schema names itself; several where `minimum` and `exclusiveMinimum` both are numbers. */
export function boundsOf(part: Keywords, side: 'minimum' | 'maximum'): Bound[] {
  const exclusive = part[side === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum']
  const limit = part[side]
  return [
    ...(typeof limit === 'number' ? [{ limit, isExclusive: exclusive === true }] : []),
    ...(typeof exclusive === 'number' ? [{ limit: exclusive, isExclusive: true }] : []),
  ]
}

/** Whether what is within `writer` is within `reader`. */
export function isWithin(writer: Bound, reader: Bound, side: 'minimum' | 'maximum'): boolean {
  if (writer.limit === reader.limit) return writer.isExclusive || !reader.isExclusive
  return side === 'minimum' ? writer.limit > reader.limit : writer.limit < reader.limit
}
