import { describe, expect, test } from 'vitest'
import { KafkaError } from '../../../../../src/lib/errors.ts'
import { allowedValues } from '../../../../../src/lib/broker/state/configs/allowed-values.ts'
import {
  atLeast,
  between,
  bool,
  double,
  int,
  items,
  itemsOf,
  list,
  long,
  LONG_MAX,
  oneOf,
  oneOfAnyCase,
  short,
  someItems,
  text,
  notEmpty,
  type Definition,
} from '../../../../../src/lib/broker/state/configs/definitions/definition.ts'
import { formatValue } from '../../../../../src/lib/broker/state/configs/format-value.ts'
import { parseValue } from '../../../../../src/lib/broker/state/configs/parse-value.ts'

const gzipLevel = int(-1, { kind: 'range', min: 1, max: 9, or: -1 })
const replicas = list([], { kind: 'throttledReplicas' })
const reset = text('latest', { kind: 'offsetReset' })

describe('parseValue', () => {
  test.each<[Definition, string, unknown]>([
    [bool(false), ' TRUE ', true],
    [bool(true), 'False', false],
    [int(0), ' 12 ', 12],
    [int(0), '+7', 7],
    [int(0), '-007', -7],
    [int(0), '2147483647', 2147483647],
    [short(0), '-32768', -32768],
    [long(0n), '9223372036854775807', LONG_MAX],
    [long(0n), '-9223372036854775808', -9223372036854775808n],
    [double(0), '1e-1', 0.1],
    [double(0), '.5', 0.5],
    [text(''), ' a b ', 'a b'],
    [list([]), ' a , b,a', ['a', 'b', 'a']],
    [list([], items), ' a , b,a', ['a', 'b']],
    [list(['a']), ' ', []],
    [itemsList(), 'compact,delete', ['compact', 'delete']],
    [gzipLevel, '-1', -1],
    [gzipLevel, '9', 9],
    [text('', oneOfAnyCase('UPGRADE')), 'upgrade', 'upgrade'],
    [replicas, '*', ['*']],
    [replicas, '0:1, 1:2', ['0:1', '1:2']],
    [replicas, '', []],
    [reset, 'by_duration:P1DT2H30M1.5S', 'by_duration:P1DT2H30M1.5S'],
  ])('%o reads %j', (definition, written, value) => {
    expect(parseValue('x', definition, written)).toEqual(value)
  })

  test.each<[Definition, string, string]>([
    [bool(false), 'yes', 'Invalid value yes for configuration x: Expected value to be either true or false'],
    [int(0), '2147483648', 'Invalid value 2147483648 for configuration x: Not a number of type INT'],
    [short(0), '32768', 'Invalid value 32768 for configuration x: Not a number of type SHORT'],
    [
      long(0n),
      '9223372036854775808',
      'Invalid value 9223372036854775808 for configuration x: Not a number of type LONG',
    ],
    [long(0n), '', 'Invalid value  for configuration x: Not a number of type LONG'],
    [long(0n), '1e3', 'Invalid value 1e3 for configuration x: Not a number of type LONG'],
    [long(0n), '0x7', 'Invalid value 0x7 for configuration x: Not a number of type LONG'],
    [long(0n), '+-7', 'Invalid value +-7 for configuration x: Not a number of type LONG'],
    [double(0), 'NaN', 'Invalid value NaN for configuration x: Not a number of type DOUBLE'],
    [double(0, between(0, 1)), '2', 'Invalid value 2.0 for configuration x: Value must be no more than 1'],
    [double(0, between(0, 1)), '-0.1', 'Invalid value -0.1 for configuration x: Value must be at least 0'],
    [long(0n, atLeast(-1n)), '-5', 'Invalid value -5 for configuration x: Value must be at least -1'],
    [gzipLevel, '0', 'Invalid value 0 for configuration x: Value must be between 1 and 9 or equal to -1'],
    [text('', oneOf('a', 'b')), 'A', 'Invalid value A for configuration x: String must be one of: a, b'],
    [
      text('', oneOfAnyCase('A')),
      'b',
      'Invalid value b for configuration x: String must be one of (case insensitive): A',
    ],
    [text('', notEmpty), ' ', 'Invalid value  for configuration x: String must be non-empty'],
    [itemsList(), 'delete,zip', 'Invalid value zip for configuration x: String must be one of: compact, delete'],
    [itemsList(), 'delete,', "Configuration 'x' values must not be empty."],
    [list([], someItems), '', "Configuration 'x' must not be empty. Valid values include: any non-empty value"],
    [
      replicas,
      'none',
      "Invalid value [none] for configuration x: x must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
    ],
    [
      reset,
      'by_duration:PT',
      "Invalid value by_duration:PT for configuration x: Invalid value `by_duration:PT` for configuration x. The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.",
    ],
  ])('%o refuses %j', (definition, written, sentence) => {
    const refused = () => parseValue('x', definition, written)
    expect(refused).toThrow(new KafkaError('INVALID_CONFIG', sentence))
  })
})

test('formatValue writes values as Kafka shows them', () => {
  expect(formatValue(null, 'LONG')).toBeNull()
  expect(formatValue(LONG_MAX, 'LONG')).toBe('9223372036854775807')
  expect(formatValue(['a', 'b'], 'LIST')).toBe('a,b')
  expect(formatValue(false, 'BOOLEAN')).toBe('false')
  expect([0.5, 2, 0, 1e7, 123456789.5, 0.0001, Number.MAX_VALUE].map((value) => formatValue(value, 'DOUBLE'))).toEqual([
    '0.5',
    '2.0',
    '0.0',
    '1.0E7',
    '1.234567895E8',
    '1.0E-4',
    '1.7976931348623157E308',
  ])
})

test.each<[Definition, string]>([
  [bool(false), 'true or false'],
  [int(1, atLeast(1)), 'an integer of 32 bits from 1 on'],
  [long(1n, between(1n, 9n)), 'an integer of 64 bits from 1 to 9'],
  [gzipLevel, 'an integer of 32 bits from 1 to 9 or -1'],
  [text('', oneOf('a', 'b')), 'one of a, b'],
  [itemsList(), 'a list of compact, delete'],
  [list([]), 'a list separated by commas'],
])('allowedValues says in words what %o may be', (definition, words) => {
  expect(allowedValues(definition)).toBe(words)
})

function itemsList(): Definition {
  return list(['delete'], itemsOf('compact', 'delete'))
}
