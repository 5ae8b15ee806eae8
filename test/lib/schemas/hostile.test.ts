import { expect, it } from 'vitest'
import { avroFormat } from '../../../src/lib/schemas/avro/index.ts'
import { type ParsedSchema, SchemaError, type SchemaFormat } from '../../../src/lib/schemas/format.ts'
import { jsonFormat } from '../../../src/lib/schemas/json/index.ts'
import { protobufFormat } from '../../../src/lib/schemas/protobuf/index.ts'

const LIMIT_MS = 50
const MEGABYTE = 1 << 20

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))
const json = (schema: unknown): string => JSON.stringify(schema)

/** In how many milliseconds it ends, the fastest of a few: others may be busy. */
function fastest(act: () => unknown): number {
  const attempts = times(6, () => {
    const started = performance.now()
    act()
    return performance.now() - started
  })
  return Math.min(...attempts)
}

/** Reads a schema, and whatever a registry and a codec want of it; returns what is said against it. */
function refusal(format: SchemaFormat, text: string, value = '{}'): string {
  const use = (parsed: ParsedSchema): unknown => [parsed.canonical, parsed.codec().encode(value)]
  try {
    use(format.parse(text))
    return ''
  } catch (error) {
    if (error instanceof SchemaError) return error.message
    throw error
  }
}

const intFields = (count: number): unknown[] => times(count, (i) => ({ name: `f${i}`, type: 'int' }))

it.each<[string, SchemaFormat, string, RegExp]>([
  ['Avro that nests without end', avroFormat, '{"type":"array","items":'.repeat(40_000), /nests deeper/],
  ['Avro of ten megabytes', avroFormat, json({ type: 'string', doc: 'x'.repeat(10 * MEGABYTE) }), /1048576 characters/],
  [
    'an Avro record of 30,000 fields',
    avroFormat,
    json({ type: 'record', name: 'R', fields: intFields(30_000) }),
    /more than 40000 values/,
  ],
  [
    'an Avro enum of 100,000 symbols',
    avroFormat,
    json({ type: 'enum', name: 'E', symbols: times(100_000, (i) => `S${i}`) }),
    /more than 40000 values/,
  ],
  [
    'an Avro namespace of 100,000 parts',
    avroFormat,
    json({ type: 'record', name: `${'a.'.repeat(100_000)}R`, fields: [] }),
    /longer than 1024 characters/,
  ],
  ['Avro in a comment that does not end', avroFormat, '/*'.repeat(MEGABYTE / 4), /not JSON/],
  ['Protobuf that nests without end', protobufFormat, 'message A {'.repeat(50_000), /nest deeper/],
  ['Protobuf of ten megabytes', protobufFormat, `// ${'x'.repeat(10 * MEGABYTE)}`, /longer than/],
  [
    'a Protobuf message of 40,000 fields',
    protobufFormat,
    `syntax = "proto3"; message A { ${times(40_000, (i) => `int32 f${i}=${i + 20_000};`).join('')} }`,
    /more than 60000 words/,
  ],
  [
    'a Protobuf package of 20,000 parts',
    protobufFormat,
    `syntax = "proto3"; package ${times(20_000, () => 'a').join('.')}; message A { B b = 1; }`,
    /more than 100 parts/,
  ],
  [
    'a Protobuf name of 100,000 characters',
    protobufFormat,
    `syntax = "proto3"; message ${'A'.repeat(100_000)} {}`,
    /longer than 1024/,
  ],
  ['Protobuf of empty lines', protobufFormat, `${'\n'.repeat(MEGABYTE - 1)}!`, /line 1048576, column 1/],
  ['Protobuf of semicolons', protobufFormat, ';'.repeat(MEGABYTE), /more than 60000 words/],
  ['JSON Schema that nests without end', jsonFormat, '{"not":'.repeat(100_000), /nests deeper/],
  ['JSON Schema of ten megabytes', jsonFormat, json({ title: 'x'.repeat(10 * MEGABYTE) }), /1048576 characters/],
  [
    'JSON Schema of 60,000 properties',
    jsonFormat,
    json({ properties: Object.fromEntries(times(60_000, (i) => [`p${i}`, {}])) }),
    /more than 40000 values/,
  ],
  ['JSON Schema that is itself', jsonFormat, json({ $ref: '#' }), /refers to itself/],
  [
    'JSON Schema that doubles forty times',
    jsonFormat,
    json({
      $ref: '#/definitions/a0',
      definitions: Object.fromEntries([
        ...times(40, (i) => [`a${i}`, { allOf: times(2, () => ({ $ref: `#/definitions/a${i + 1}` })) }] as const),
        ['a40', {}],
      ]),
    }),
    /refers to itself in too many ways/,
  ],
])('refuses %s within 50 ms', (_, format, text, reason) => {
  expect(refusal(format, text)).toMatch(reason)
  expect(fastest(() => refusal(format, text))).toBeLessThan(LIMIT_MS)
})

it('encodes by an Avro union of 6,000 branches without comparing each with each', () => {
  const union = times(6000, (i) => ({ type: 'record', name: `R${i}`, fields: [] }))
  expect(refusal(avroFormat, json(union), '{"R5999":{}}')).toBe('')
  expect(fastest(() => avroFormat.parse(json(union)).codec().encode('{"R5999":{}}'))).toBeLessThan(3 * LIMIT_MS)
})

it('takes defaults that double sixty times', () => {
  const doubled = times(59, (i) => i + 1).reduce<unknown>(
    (inner, i) => ({
      type: 'record',
      name: `R${i}`,
      fields: [
        { name: 'a', type: inner, default: {} },
        { name: 'b', type: `R${i - 1}`, default: {} },
      ],
    }),
    { type: 'record', name: 'R0', fields: [{ name: 'a', type: 'int', default: 0 }] },
  )
  expect(refusal(avroFormat, json(doubled))).toMatch(/makes more than \d+ bytes/)
  expect(fastest(() => refusal(avroFormat, json(doubled)))).toBeLessThan(LIMIT_MS)
})
