import { KafkaError } from '../../../errors.ts'
import type { ConfigValue, Definition, Validator } from './definitions/definition.ts'
import { formatValue } from './format-value.ts'

/** Throws KafkaError INVALID_CONFIG when a value of the right type is not one that the setting may have. */
export function checkValue(name: string, { type, validator }: Definition, value: ConfigValue): void {
  switch (validator?.kind) {
    case 'range':
      return checkRange(name, validator, value as number | bigint, formatValue(value, type)!)
    case 'oneOf':
      return checkOneOf(name, validator, value as string)
    case 'items':
      return checkItems(name, validator, value as string[])
    case 'notEmpty':
      if (value === '') throw invalid(name, '', 'String must be non-empty')
      return
    case 'throttledReplicas':
      return checkReplicas(name, value as string[])
    case 'offsetReset':
      return checkOffsetReset(name, value as string)
  }
}

function checkRange(
  name: string,
  { min, max, or }: Extract<Validator, { kind: 'range' }>,
  value: number | bigint,
  shown: string,
): void {
  if (value === or) return
  if (or !== undefined && (value < min || value > max!)) {
    throw invalid(name, shown, `Value must be between ${min} and ${max} or equal to ${or}`)
  }
  if (value < min) throw invalid(name, shown, `Value must be at least ${min}`)
  if (max !== undefined && value > max) throw invalid(name, shown, `Value must be no more than ${max}`)
}

function checkOneOf(name: string, { values, ignoreCase }: Extract<Validator, { kind: 'oneOf' }>, value: string): void {
  const wanted = ignoreCase ? value.toUpperCase() : value
  if (values.includes(wanted)) return
  throw invalid(name, value, `String must be one of${ignoreCase ? ' (case insensitive)' : ''}: ${values.join(', ')}`)
}

function checkItems(
  name: string,
  { values, notEmpty }: Extract<Validator, { kind: 'items' }>,
  items: readonly string[],
): void {
  if (notEmpty && items.length === 0) {
    throw new KafkaError(
      'INVALID_CONFIG',
      `Configuration '${name}' must not be empty. Valid values include: ${values ? `[${values.join(', ')}]` : 'any non-empty value'}`,
    )
  }
  if (items.includes('')) throw new KafkaError('INVALID_CONFIG', `Configuration '${name}' values must not be empty.`)
  const foreign = values && items.find((item) => !values.includes(item))
  if (foreign !== undefined) throw invalid(name, foreign, `String must be one of: ${values!.join(', ')}`)
}

function checkReplicas(name: string, items: readonly string[]): void {
  if (items.join() === '*' || items.every((item) => /^\d+:\d+$/.test(item))) return
  throw invalid(
    name,
    `[${items.join(', ')}]`,
    `${name} must be the literal '*' or a list of replicas in the following format: ` +
      '[partitionId]:[brokerId],[partitionId]:[brokerId],...',
  )
}

function checkOffsetReset(name: string, value: string): void {
  const duration = /^by_duration:P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d{0,9})?S)?)?$/i
  if (value === 'earliest' || value === 'latest' || duration.test(value)) return
  throw invalid(
    name,
    value,
    `Invalid value \`${value}\` for configuration ${name}. The value must be either 'earliest', 'latest' or ` +
      "of the format 'by_duration:<PnDTnHnMn.nS>'.",
  )
}

/** The error of ConfigException: which value, for which setting, and what is wrong with it. */
export const invalid = (name: string, value: string, problem: string): KafkaError =>
  new KafkaError('INVALID_CONFIG', `Invalid value ${value} for configuration ${name}: ${problem}`)
