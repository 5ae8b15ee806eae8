import { describe, expect, it } from 'vitest'
import { SchemaError } from '../../../../src/lib/schemas/format.ts'
import { jsonFormat } from '../../../../src/lib/schemas/json/index.ts'

const codecOf = (schema: unknown, ...references: [name: string, schema: unknown][]) =>
  jsonFormat
    .parse(
      JSON.stringify(schema),
      references.map(([name, of]) => ({ name, text: JSON.stringify(of) })),
    )
    .codec()

describe('JSON by its schema', () => {
  it('goes out without blanks, and keeps its digits, its order and what comes twice', () => {
    const text = '{ "b" : 12345678901234567890.10, "a" : 1e400 , "b":  "\\u00fc ü" }'
    expect(codecOf({}).encode(text).toString()).toBe('{"b":12345678901234567890.10,"a":1e400,"b":"\\u00fc ü"}')
    expect(codecOf({}).decode(Buffer.from(text))).toBe('{"b":12345678901234567890.10,"a":1e400,"b":"\\u00fc ü"}')
  })

  it('has to be what the schema describes on its way out, and is shown on its way in', () => {
    const codec = codecOf({ type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] })
    expect(() => codec.encode('{"id":"x"}')).toThrow(/^#\/id does not fit the schema: /)
    expect(() => codec.encode('{}')).toThrow(/^# does not fit the schema: .*"id"/)
    expect(() => codec.encode('{"id":1')).toThrow('the value')
    expect(codec.decode(Buffer.from('{"id":"x"}'))).toBe('{"id":"x"}')
    expect(() => codec.decode(Buffer.from([0xff]))).toThrow('the value')
  })

  it.each(['http://json-schema.org/draft-04/schema#', 'http://json-schema.org/draft-07/schema#'])(
    'is judged by its draft: %s',
    (draft) => {
      const codec = codecOf({ $schema: draft, maximum: 3, ...(draft.includes('04') && { exclusiveMaximum: true }) })
      expect(codec.encode('2').toString()).toBe('2')
      if (draft.includes('04')) expect(() => codec.encode('3')).toThrow()
      else expect(codec.encode('3').toString()).toBe('3')
    },
  )

  it('follows references by their names, and by the address that the identity makes of them', () => {
    const item = { type: 'object', required: ['sku'] }
    const byName = codecOf({ type: 'array', items: { $ref: 'item.json' } }, ['item.json', item])
    const byAddress = codecOf({ $id: 'http://shop.example/orders.json', type: 'array', items: { $ref: 'item.json' } }, [
      'item.json',
      item,
    ])
    for (const codec of [byName, byAddress]) {
      expect(codec.encode('[{"sku":1}]').toString()).toBe('[{"sku":1}]')
      expect(() => codec.encode('[{}]')).toThrow('does not fit the schema')
    }
  })

  it('is refused by a schema that cannot be used', () => {
    expect(() => codecOf({ pattern: '\\-' }).encode('"a"')).toThrow(SchemaError)
    expect(() => codecOf({ $ref: '#a', $defs: { a: { $dynamicAnchor: 'a' } } }).encode('1')).toThrow(SchemaError)
  })

  it('is not kept by a regular expression that never ends', () => {
    const codec = codecOf({ type: 'string', pattern: '^(a+)+$' })
    expect(codec.encode('"aaa"').toString()).toBe('"aaa"')
    expect(() => codec.encode(`"${'a'.repeat(40)}!"`)).toThrow('of the schema')
  })
})
