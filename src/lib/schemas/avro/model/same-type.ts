import type { ExactJson } from '../../exact-json.ts'
import { jsonText } from '../jackson.ts'
import { type AvroType, type Field, isNamed, type Properties } from './types.ts'

/** Alike but for documentation and aliases, which is when Avro lets a name be defined twice (Schema.equals). */
export function isSameType(first: AvroType, second: AvroType): boolean {
  return new Comparison().isSame(first, second)
}

class Comparison {
  /** Pairs of records that are alike unless something else says no: they may contain themselves. */
  private readonly assumed = new Map<AvroType, Set<AvroType>>()

  isSame(first: AvroType, second: AvroType): boolean {
    if (first === second) return true
    if (first.kind === 'union' && second.kind === 'union') return this.areSame(first.branches, second.branches)
    if (first.kind === 'union' || second.kind === 'union') return false
    if (!haveSame(first.properties, second.properties)) return false
    if (isNamed(first) && isNamed(second) && first.name.full !== second.name.full) return false
    if (first.kind === 'array' && second.kind === 'array') return this.isSame(first.items, second.items)
    if (first.kind === 'map' && second.kind === 'map') return this.isSame(first.values, second.values)
    if (first.kind === 'fixed' && second.kind === 'fixed') return first.size === second.size
    if (first.kind === 'enum' && second.kind === 'enum') return first.symbols.join() === second.symbols.join()
    if (first.kind !== 'record' || second.kind !== 'record') return first.kind === second.kind
    if (this.assumed.get(first)?.has(second)) return true
    this.assumed.set(first, (this.assumed.get(first) ?? new Set()).add(second))
    return (
      first.fields.length === second.fields.length &&
      first.fields.every((field, index) => this.isSameField(field, second.fields[index]!))
    )
  }

  private isSameField(first: Field, second: Field): boolean {
    return (
      first.name === second.name &&
      first.order === second.order &&
      textOf(first.default) === textOf(second.default) &&
      haveSame(first.properties, second.properties) &&
      this.isSame(first.type, second.type)
    )
  }

  private areSame(first: readonly AvroType[], second: readonly AvroType[]): boolean {
    return first.length === second.length && first.every((type, index) => this.isSame(type, second[index]!))
  }
}

const haveSame = (first: Properties, second: Properties): boolean =>
  first.size === second.size && [...first].every(([key, value]) => textOf(value) === textOf(second.get(key)))

const textOf = (value: ExactJson | undefined): string | undefined => (value === undefined ? undefined : jsonText(value))
