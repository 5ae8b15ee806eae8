import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/lib/errors.ts'
import { encodeHeaders, RecordReader } from '../../../src/lib/protocol/records/index.ts'
import { parseFilter } from '../../../src/lib/web/filter.ts'
import { findJson } from '../../../src/lib/web/json-path.ts'

function recordOf(value: string | null, key: string | null = null, headers: Record<string, string> = {}): RecordReader {
  const [k, v] = [Buffer.from(key ?? ''), Buffer.from(value ?? '')]
  const names = Object.entries(headers).map(([name, text]) => ({ key: name, value: Buffer.from(text) }))
  const encoded = encodeHeaders(names.map((header) => ({ ...header, key: Buffer.from(header.key) })))
  return Object.assign(new RecordReader(), {
    body: Buffer.concat([k, v, encoded]),
    keyStart: 0,
    keyLength: key === null ? -1 : k.length,
    valueStart: k.length,
    valueLength: value === null ? -1 : v.length,
    headersStart: k.length + v.length + 1,
    headerCount: names.length,
  })
}

const order = recordOf(
  '{"id": 9223372036854775807, "status":500, "user":{"name":"Ä \\"x\\"", "tags":["a","b"]}, "status": 404}',
  'k-17',
  { trace: 'abc' },
)

describe('a filter of the page', () => {
  it.each([
    ['9223372036854775807', true],
    ['k-17', true],
    ['K-17', false],
    ['/k-\\d+/', true],
    ['/^x/', false],
    // Of members of one name the last counts.
    ['status = 404', true],
    ['status=500', false],
    ['status >= 404', true],
    ['status > 404', false],
    // No double holds it.
    ['id = 9223372036854775807', true],
    ['id = 9223372036854775806', false],
    ['id > 9223372036854775806', true],
    ['value.user.tags.1 = b', true],
    ['user.name = "Ä \\"x\\""', true],
    ['user.name ~ ^Ä', true],
    ['user.missing = x', false],
    ['key = k-17', true],
    ['key ~ ^k', true],
    ['header.trace = abc', true],
    ['header.other = abc', false],
    ['status != 404', false],
    ['user.name > 1', false],
  ])('%s: %s', (text, fits) => {
    expect(parseFilter(text)!(order)).toBe(fits)
  })

  it('finds nothing in what is no JSON, and is not stopped by it', () => {
    for (const value of ['', '{', '{"a":', '[1,2', '{"status" 404}', '{]}', '"status', null])
      expect(parseFilter('status = 404')!(recordOf(value))).toBe(false)
  })

  it('is none when nothing is typed', () => {
    expect(parseFilter('  ')).toBeUndefined()
  })

  it.each(['/(/', '/(?=a)b/', '/(a)\\1/'])('refuses %s', (text) => {
    expect(() => parseFilter(text)).toThrow(UserError)
  })

  it('takes time in proportion to the text (ReDoS)', () => {
    const fits = parseFilter('/(a|a)*(a|a)*b/')!
    const started = performance.now()
    expect(fits(recordOf('a'.repeat(20_000)))).toBe(false)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

describe('findJson', () => {
  it('keeps the digits as they are', () => {
    expect(findJson('{"a":[1e400,-0,{"b":0.10}]}', ['a', '0'])).toBe('1e400')
    expect(findJson('{"a":[1e400,-0,{"b":0.10}]}', ['a', '1'])).toBe('-0')
    expect(findJson('{"a":[1e400,-0,{"b":0.10}]}', ['a', '2', 'b'])).toBe('0.10')
    expect(findJson('{"a":[]}', ['a', '0'])).toBeUndefined()
    expect(findJson(' {"a" : {"b":1} } ', ['a'])).toBe('{"b":1}')
  })
})
