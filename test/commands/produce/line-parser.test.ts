import { describe, expect, test } from 'vitest'
import { LineParser } from '../../../src/commands/produce/line-parser.ts'
import { parseReaderSettings } from '../../../src/commands/produce/reader-settings.ts'
import { buildBatch, encodeHeaders, readBatchHeader, RecordReader } from '../../../src/lib/protocol/records/index.ts'

type Parsed = { headers?: Record<string, string | null>[]; key: string | null; value: string | null }

/** Parses each line where it lies between others, with one parser. */
function parse(properties: Record<string, string>, ...lines: string[]): Parsed[] {
  const parser = new LineParser(parseReaderSettings(new Map(Object.entries(properties))))
  return lines.map((line) => {
    const buffer = Buffer.from(`\t:before\n${line}\n\t:behind,`)
    const start = Buffer.byteLength('\t:before\n')
    parser.parse(buffer, start, start + Buffer.byteLength(line))
    return {
      ...(parser.headers && { headers: decodeHeaders(parser.headers) }),
      key: parser.hasKey ? buffer.toString('utf8', parser.keyStart, parser.keyEnd) : null,
      value: parser.hasValue ? buffer.toString('utf8', parser.valueStart, parser.valueEnd) : null,
    }
  })
}

function decodeHeaders(encoded: Buffer): Record<string, string | null>[] {
  if (encoded.equals(encodeHeaders([]))) return []
  // The headers end a record: put them in place of those of another one.
  const batch = buildBatch([{ timestamp: 0n, key: null, value: null, headers: [] }])
  const record = Buffer.concat([Buffer.from([0, 0, 0, 1, 1]), encoded])
  const length = Buffer.from(
    record.length < 64 ? [record.length * 2] : [((record.length * 2) & 0x7f) | 0x80, record.length >> 6],
  )
  const whole = Buffer.concat([batch.subarray(0, 61), length, record])
  whole.writeInt32BE(whole.length - 12, 8)
  const reader = new RecordReader()
  reader.open(whole, 0, readBatchHeader(whole))
  reader.next()
  return reader.headers().map(({ key, value }) => ({ [key]: value && value.toString() }))
}

const withKey = { 'parse.key': 'true' }
const withHeaders = { 'parse.headers': 'true' }

describe('keys', () => {
  test('end at the first separator; either part may be empty', () => {
    expect(parse(withKey, 'k\tv', 'k\tv\tmore', '\tv', 'k\t', '\t')).toEqual([
      { key: 'k', value: 'v' },
      { key: 'k', value: 'v\tmore' },
      { key: '', value: 'v' },
      { key: 'k', value: '' },
      { key: '', value: '' },
    ])
  })

  test.each([
    [':', 'a:b:c', 'a', 'b:c'],
    ['||', 'a||b|c', 'a', 'b|c'],
    ['||', 'a|b||c', 'a|b', 'c'],
    ['.', 'a.b', 'a', 'b'],
    ['→', 'ü→ß', 'ü', 'ß'],
    ['', 'ab', '', 'ab'],
  ])('separator %j', (separator, line, key, value) => {
    expect(parse({ ...withKey, 'key.separator': separator }, line)).toEqual([{ key, value }])
  })

  test('a missing separator is an error, or with ignore.error no key', () => {
    expect(() => parse(withKey, 'bare')).toThrow('no key separator ("\\t")')
    expect(parse({ ...withKey, 'ignore.error': 'true' }, 'bare', '')).toEqual([
      { key: null, value: 'bare' },
      { key: null, value: '' },
    ])
  })

  test('a separator of two characters is not found half behind the end of the line', () => {
    expect(() => parse({ ...withKey, 'key.separator': 'e\n' }, 'bare')).toThrow('no key separator')
  })

  test('only true switches on', () => {
    expect(parse({ 'parse.key': 'yes' }, 'k\tv')).toEqual([{ key: null, value: 'k\tv' }])
    expect(parse({ 'parse.key': ' TRUE ' }, 'k\tv')).toEqual([{ key: 'k', value: 'v' }])
  })
})

describe('headers', () => {
  test('stand in front, names may repeat, values may hold the separator', () => {
    expect(parse({ ...withHeaders, ...withKey }, 'a:1,a:2,b:x:y\tk\tv')).toEqual([
      { headers: [{ a: '1' }, { a: '2' }, { b: 'x:y' }], key: 'k', value: 'v' },
    ])
    expect(parse(withHeaders, 'h:\tv\tw')).toEqual([{ headers: [{ h: '' }], key: null, value: 'v\tw' }])
  })

  test('of neighbouring lines are told apart', () => {
    expect(parse(withHeaders, 'a:1\tv', 'a:1\tw', 'a:2\tx').map(({ headers }) => headers)).toEqual([
      [{ a: '1' }],
      [{ a: '1' }],
      [{ a: '2' }],
    ])
  })

  test('empty parts at the end are none, as Java splits', () => {
    expect(parse(withHeaders, 'a:1,,\tv')[0]!.headers).toEqual([{ a: '1' }])
    expect(parse(withHeaders, ',\tv')[0]!.headers).toEqual([])
    expect(() => parse(withHeaders, ',a:1\tv')).toThrow('no header key separator')
    expect(() => parse(withHeaders, '\tv')).toThrow('no header key separator')
  })

  test('are split by a regular expression', () => {
    expect(parse({ ...withHeaders, 'headers.separator': '[;|]+' }, 'a:1;|b:2\tv')[0]!.headers).toEqual([
      { a: '1' },
      { b: '2' },
    ])
  })

  test('without separators are errors, or with ignore.error a header of null or none at all', () => {
    expect(() => parse(withHeaders, 'plain')).toThrow('no headers delimiter')
    expect(() => parse(withHeaders, 'nocolon\tv')).toThrow('no header key separator (":") in "nocolon"')
    expect(parse({ ...withHeaders, 'ignore.error': 'true' }, 'plain', 'nocolon\tv')).toEqual([
      { key: null, value: 'plain' },
      { headers: [{ nocolon: null }], key: null, value: 'v' },
    ])
  })

  test('with ignore.error a key is looked for where the headers would have been', () => {
    expect(parse({ ...withHeaders, ...withKey, 'headers.delimiter': '|', 'ignore.error': 'true' }, 'k\tv')).toEqual([
      { key: 'k', value: 'v' },
    ])
  })
})

describe('null.marker', () => {
  const marked = { ...withKey, ...withHeaders, 'null.marker': 'NULL' }
  test('stands for null where it is the whole part', () => {
    expect(parse(marked, 'NULL\tNULL\tNULL', 'a:NULL\tNULLx\txNULL')).toEqual([
      { key: null, value: null },
      { headers: [{ a: null }], key: 'NULLx', value: 'xNULL' },
    ])
    expect(parse({ 'null.marker': '' }, '', 'x')).toEqual([
      { key: null, value: null },
      { key: null, value: 'x' },
    ])
  })

  test('is no name of a header', () => {
    expect(() => parse(marked, 'NULL:1\tk\tv')).toThrow('null.marker')
  })
})

test.each<Record<string, string>>([
  { 'headers.delimiter': ',' },
  { 'headers.delimiter': ':' },
  { 'headers.separator': ':' },
  { 'headers.separator': '\t' },
  { 'null.marker': '\t' },
  { 'null.marker': ',' },
  { 'null.marker': ':' },
  { 'null.marker': '|', 'key.separator': '|' },
  { 'headers.separator': '(' },
])('separators that clash are refused: %o', (properties) => {
  expect(() => parse(properties, 'a')).toThrow(/may not be equal|regular expression/)
})
