import { checkValue, invalid } from './check-value.ts'
import type { ConfigType, ConfigValue, Definition } from './definitions/definition.ts'

/**
 * Reads a value as Kafka's ConfigDef does: white space around it does not count, booleans are true or false in any
 * case, numbers are decimal, an item that stands twice in a list counts once. Throws KafkaError INVALID_CONFIG with a
 * sentence that names the setting and the value.
 */
export function parseValue(name: string, definition: Definition, written: string): ConfigValue {
  const value = parse(name, definition.type, written)
  checkValue(name, definition, value)
  return definition.validator?.kind === 'items' ? [...new Set(value as string[])] : value
}

function parse(name: string, type: ConfigType, written: string): ConfigValue {
  const trimmed = written.trim()
  switch (type) {
    case 'BOOLEAN':
      return parseBoolean(name, trimmed, written)
    case 'SHORT':
      return Number(parseInteger(name, type, 16, written))
    case 'INT':
      return Number(parseInteger(name, type, 32, written))
    case 'LONG':
      return parseInteger(name, type, 64, written)
    case 'DOUBLE':
      return parseDouble(name, written)
    case 'LIST':
      return trimmed === '' ? [] : trimmed.split(',').map((item) => item.trim())
    case 'STRING':
    case 'CLASS':
    case 'PASSWORD':
      return trimmed
  }
}

function parseBoolean(name: string, trimmed: string, written: string): boolean {
  if (/^true$/i.test(trimmed)) return true
  if (/^false$/i.test(trimmed)) return false
  throw invalid(name, written, 'Expected value to be either true or false')
}

function parseInteger(name: string, type: ConfigType, bits: number, written: string): bigint {
  const [, sign, digits] = /^([+-]?)0*(\d{1,19})$/.exec(written.trim()) ?? []
  const value = digits === undefined ? null : BigInt(digits) * (sign === '-' ? -1n : 1n)
  if (value === null || BigInt.asIntN(bits, value) !== value)
    throw invalid(name, written, `Not a number of type ${type}`)
  return value
}

function parseDouble(name: string, written: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?[fd]?$/i.test(written.trim()))
    throw invalid(name, written, 'Not a number of type DOUBLE')
  return Number.parseFloat(written)
}
