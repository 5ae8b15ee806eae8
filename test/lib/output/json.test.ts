import { expect, test } from 'vitest'
import { toJson, toNdjson } from '../../../src/lib/output/json.ts'

test('bigints are numbers where they are exact, and strings beyond', () => {
  expect(toJson({ offset: 9_007_199_254_740_991n, next: 9_007_199_254_740_993n, first: -5n })).toBe(
    '{"offset":9007199254740991,"next":"9007199254740993","first":-5}',
  )
})

test('maps are objects, sets lists, nothing is null', () => {
  expect(toJson(new Map<string, unknown>([['a', new Set([1])]]))).toBe('{"a":[1]}')
  expect(toJson(undefined)).toBe('null')
  expect(toJson([])).toBe('[]')
})

test('one document a line', () => {
  expect(toNdjson([{ a: 1n }, { a: 2n }])).toBe('{"a":1}\n{"a":2}\n')
  expect(toNdjson({ a: 'x\ny' })).toBe('{"a":"x\\ny"}\n')
  expect(toNdjson([])).toBe('')
})
