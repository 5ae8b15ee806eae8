import { type ExactJson, JsonNumber } from '../../exact-json.ts'
import { SchemaError } from '../../format.ts'
import { isIntegral, shown } from '../jackson.ts'
import type { AvroType, Field, RecordType } from './types.ts'

/** The records around a field, innermost first. */
export interface Scope {
  readonly record: RecordType
  readonly outer: Scope | undefined
}

/** Types that name each other let a value be tried in more ways than there is time for. */
const MOST_STEPS = 200_000

/** Judges the defaults of one text, by Schema.isValidDefault. */
export class DefaultRules {
  private steps = 0
  private scope: Scope | undefined

  /** Throws SchemaError for a default that does not fit the type of its field. */
  check(field: Field, scope: Scope): void {
    this.scope = scope
    if (field.default === undefined || this.fits(field.type, field.default)) return
    throw new SchemaError(`the default of the field ${field.name} does not fit its type: ${shown(field.default)}`)
  }

  private fits(type: AvroType, value: ExactJson): boolean {
    this.steps += 1
    if (this.steps > MOST_STEPS) throw new SchemaError('a default can be understood in too many ways')
    switch (type.kind) {
      case 'string':
      case 'bytes':
      case 'enum':
      case 'fixed':
        return typeof value === 'string'
      case 'int':
        return fitsInteger(value, 32)
      case 'long':
        return fitsInteger(value, 64)
      case 'float':
      case 'double':
        return value instanceof JsonNumber
      case 'boolean':
        return typeof value === 'boolean'
      case 'null':
        return value === null
      case 'array':
        return Array.isArray(value) && value.every((item) => this.fits(type.items, item))
      case 'map':
        return value instanceof Map && [...value.values()].every((item) => this.fits(type.values, item))
      case 'union':
        return type.branches.some((branch) => this.fits(branch, value))
      case 'record':
        return value instanceof Map && !this.isOpen(type) && this.fitsFields(type, value)
    }
  }

  private fitsFields({ fields }: RecordType, value: ReadonlyMap<string, ExactJson>): boolean {
    return fields.every((field) => {
      const given = value.get(field.name)
      return given === undefined ? field.default !== undefined : this.fits(field.type, given)
    })
  }

  /** Java has no default yet for a record within itself. */
  private isOpen(record: RecordType): boolean {
    for (let scope = this.scope; scope !== undefined; scope = scope.outer) if (scope.record === record) return true
    return false
  }
}

const fitsInteger = (value: ExactJson, bits: number): boolean =>
  value instanceof JsonNumber &&
  isIntegral(value.text) &&
  value.text.length <= '-9223372036854775808'.length &&
  BigInt.asIntN(bits, BigInt(value.text)) === BigInt(value.text)
