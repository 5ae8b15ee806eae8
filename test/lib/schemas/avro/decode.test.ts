import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { codecOf, nestedList, record, refusal } from './support.ts'

const decode = (schema: unknown, hex: string, readable = false): string =>
  codecOf(schema, { readable }).decode(Buffer.from(hex, 'hex'))

describe('decoding Avro', () => {
  it.each([
    ['the least long', 'long', 'ffffffffffffffffff01', '-9223372036854775808'],
    ['the greatest long', 'long', 'feffffffffffffffff01', '9223372036854775807'],
    ['a long beyond the numbers of JavaScript', 'long', '8280808080808020', '9007199254740993'],
    ['a long of seven bytes', 'long', 'feffffffffff7f', '281474976710655'],
    ['the least int', 'int', 'ffffffff0f', '-2147483648'],
    ['bytes as text, a character each', 'bytes', '0a0022415cff', '"\\u0000\\"A\\\\ÿ"'],
    ['control characters as Jackson does', 'string', '061f0a7f', '"\\u001F\\n\u007f"'],
    ['NaN as a string', 'double', '000000000000f87f', '"NaN"'],
    ['an infinite float as a string', 'float', '000080ff', '"-Infinity"'],
    ['a float in its own digits', 'float', 'cdcccc3d', '0.1'],
    ['a large double as Java does', 'double', '000000205fa00242', '1.0E10'],
    ['blocks with their size', { type: 'array', items: 'int' }, '03040204020600', '[1,2,3]'],
    [
      'an empty array and map',
      record('R', { a: { type: 'array', items: 'int' }, m: { type: 'map', values: 'int' } }),
      '0000',
      '{"a":[],"m":{}}',
    ],
    ['a record without fields', record('R', {}), '', '{}'],
    ['a branch by its full name', ['null', { ...record('R', {}), namespace: 'a.b' }], '02', '{"a.b.R":{}}'],
    ['null without a wrapper', ['string', 'null'], '02', 'null'],
  ])('writes %s', (_, schema, hex, text) => {
    expect(decode(schema, hex)).toBe(text)
  })

  it.each(JSON.parse(readFileSync(new URL('binary-rejections.json', import.meta.url), 'utf8')) as string[][])(
    'refuses %s, as every implementation of Avro does',
    (_, schema, hex) => {
      expect(refusal(() => decode(JSON.parse(schema!), hex!))).not.toBe('')
    },
  )

  it.each([
    ['nulls', 'null'],
    ['records without fields', record('R', {})],
    ['fixed of no bytes', { type: 'fixed', name: 'F', size: 0 }],
  ])('refuses a claim of 2^31 %s', (_, items) => {
    const started = performance.now()
    expect(refusal(() => decode({ type: 'array', items }, 'feffffff0f'))).toMatch(
      /more than 10000 items that take no byte/,
    )
    expect(refusal(() => decode({ type: 'array', items }, 'feffffffffffffff7f'))).not.toBe('')
    expect(performance.now() - started).toBeLessThan(50)
  })

  it('refuses more items than there are bytes for, before it reads one', () => {
    expect(refusal(() => decode({ type: 'array', items: 'double' }, '0400000000000000'))).toMatch(/2 items in 7 bytes/)
  })

  it('says where the value does not fit', () => {
    const schema = record('R', { lines: { type: 'array', items: record('L', { count: 'int', name: 'string' }) } })
    expect(refusal(() => decode(schema, '040202610402'))).toBe('lines[1].name: 1 bytes are wanted, and 0 are left')
  })

  it('refuses bytes behind the value', () => {
    expect(refusal(() => decode('int', '0200'))).toBe('1 bytes are left after the value')
  })

  it('refuses values that nest without end, and reads deep ones', () => {
    const list = codecOf(record('List', { next: ['null', 'List'] }))
    expect(list.decode(Buffer.from(`${'02'.repeat(400)}00`, 'hex'))).toBe(nestedList(400))
    expect(refusal(() => list.decode(Buffer.alloc(1 << 20, 2)))).toMatch(/nest deeper than 500/)
  })

  it('refuses a payload that makes a text out of proportion', () => {
    const wide = {
      type: 'array',
      items: record('Wide', {
        tag: 'int',
        ...Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`field${index}`, 'null'])),
      }),
    }
    const bytes = Buffer.concat([Buffer.from([0x80, 0x7d]), Buffer.alloc(8000, 0), Buffer.from([0])])
    expect(refusal(() => codecOf(wide).decode(bytes))).toMatch(/makes a text of more than \d+ bytes/)
  })
})
