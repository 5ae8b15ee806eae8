import { expect, test } from 'vitest'
import { parseKeyValues } from '../../../src/lib/config/key-values.ts'
import { UserError } from '../../../src/lib/errors.ts'

test('the first equals sign divides, the last value of a key counts', () => {
  const pairs = ['acks=all', 'sasl.jaas.config=a b="c=d";', 'acks=1', ' k = v ']
  expect([...parseKeyValues(pairs, 'error', 'property')]).toEqual([
    ['acks', '1'],
    ['sasl.jaas.config', 'a b="c=d";'],
    [' k ', ' v '],
  ])
})

test.each(['key', 'key='])('%s has no value: empty, or an error that names the option', (pair) => {
  expect([...parseKeyValues([pair], 'empty', 'property')]).toEqual([['key', '']])
  expect(() => parseKeyValues([pair], 'error', 'property')).toThrow(UserError)
  expect(() => parseKeyValues([pair], 'error', 'property')).toThrow(
    `--property takes KEY=VALUE, and "${pair}" has no value`,
  )
})
