import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ExactJson, JsonNumber, parseExactJson } from '../../../src/lib/schemas/exact-json.ts'
import { SchemaError } from '../../../src/lib/schemas/format.ts'

function plain(value: ExactJson): unknown {
  if (value instanceof JsonNumber) return Number(value.text)
  if (Array.isArray(value)) return value.map(plain)
  if (!(value instanceof Map)) return value
  // As JSON.parse does: `__proto__` is a key of the object's own.
  return JSON.parse(`{${[...value].map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(plain(v))}`).join(',')}}`)
}

describe('exact JSON', () => {
  it('keeps the digits of numbers and the order of keys', () => {
    expect(parseExactJson(' {"9":9223372036854775807, "1":[-0.10e+5]} ')).toEqual(
      new Map<string, ExactJson>([
        ['9', new JsonNumber('9223372036854775807')],
        ['1', [new JsonNumber('-0.10e+5')]],
      ]),
    )
  })

  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        expect(plain(parseExactJson(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('refuses what JSON.parse refuses, in one line', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '"a"',
      '1',
      '-',
      '.5',
      'e1',
      'null',
      '\n',
      '0',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('')
        let expected: unknown
        try {
          expected = JSON.parse(text)
        } catch {
          expect(() => parseExactJson(text)).toThrow(SchemaError)
          expect(() => parseExactJson(text)).toThrow(/^.+$/)
          return
        }
        expect(plain(parseExactJson(text))).toEqual(expected)
      }),
      { numRuns: 2000 },
    )
  })

  it('has a bottom', () => {
    expect(() => parseExactJson('['.repeat(100_000))).toThrow('JSON nests deeper than 200 levels')
  })
})
