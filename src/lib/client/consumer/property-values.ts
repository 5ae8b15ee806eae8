import { UserError } from '../../errors.ts'
import { checkPropertyValue } from '../known-properties.ts'
import type { ClientProperties } from '../types.ts'

/**
 * Reads typed values out of client properties, as Java's ConfigDef parses them. Every method throws UserError for a
 * value that does not fit.
 */
export class PropertyValues {
  constructor(private readonly properties: ClientProperties) {}

  /** The value without the space around it; undefined when the property is not set. */
  text(name: string): string | undefined {
    return this.properties.get(name)?.trim()
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.checked(name)
    return value === undefined ? fallback : value.toLowerCase() === 'true'
  }

  /** A whole number, not below `least`. */
  whole(name: string, fallback: number, least = Number.MIN_SAFE_INTEGER): number {
    const value = this.checked(name)
    if (value === undefined) return fallback
    if (Number(value) < least) throw badValue(name, value, `${least} or more`)
    return Number(value)
  }

  /** One of several words; case counts. */
  oneOf<W extends string>(name: string, fallback: W, words: readonly W[]): W {
    const value = this.text(name)
    if (value === undefined) return fallback
    const word = words.find((candidate) => candidate === value)
    if (word === undefined) throw badValue(name, value, words.join(' or '))
    return word
  }

  list(name: string, fallback: readonly string[]): readonly string[] {
    const value = this.text(name)
    if (value === undefined) return fallback
    return value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  }

  /** Where Java knows the type of a property, its value has that type. */
  private checked(name: string): string | undefined {
    const value = this.text(name)
    if (value !== undefined) checkPropertyValue(name, value)
    return value
  }
}

export function badValue(name: string, value: string, wanted: string): UserError {
  return new UserError(`${name}=${value} is not valid: it must be ${wanted}`)
}
