import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { toJson } from '../../../src/lib/output/json.ts'
import { toYaml } from '../../../src/lib/output/yaml.ts'

test('bigints, maps and sets are what they are in JSON', () => {
  expect(
    toYaml({ offset: 3n, next: 9_007_199_254_740_993n, of: new Map([['a', new Set([1])]]), none: undefined }),
  ).toBe('offset: 3\nnext: "9007199254740993"\nof:\n  a:\n    - 1\n')
  expect(toYaml(undefined)).toBe('null\n')
  expect(toYaml([])).toBe('[]\n')
})

test('what an older reader would take for no text is quoted, and no line is folded', () => {
  const words = ['yes', 'off', 'n', '012', '1_000', '1:30', '2026-11-20', '~', 'null', 'true', '']
  for (const word of words) expect(parse(toYaml({ word }), { version: '1.1' })).toEqual({ word })
  expect(toYaml('word '.repeat(100).trim()).trim().split('\n')).toHaveLength(1)
})

test('says the same as JSON, whatever it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (data) => {
      expect(parse(toYaml(data))).toEqual(JSON.parse(toJson(data)))
    }),
  )
})
