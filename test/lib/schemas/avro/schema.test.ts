import { describe, expect, it } from 'vitest'
import { avroFormat } from '../../../../src/lib/schemas/avro/index.ts'
import { codecOf, record, refusal } from './support.ts'

const normalized = (text: string): string => avroFormat.parse(text).normalized

describe('an Avro schema', () => {
  it.each([
    [
      'sorts properties, the logical type first',
      '{"type":"bytes","z":1,"scale":2,"precision":4,"a":{"d":1,"c":2},"logicalType":"decimal"}',
      '{"type":"bytes","logicalType":"decimal","precision":4,"scale":2,"a":{"c":2,"d":1},"z":1}',
    ],
    [
      'drops the empty documentation of a type',
      '{"type":"record","name":"R","doc":"","fields":[{"name":"f","type":"int","doc":""}]}',
      '{"type":"record","name":"R","fields":[{"name":"f","type":"int","doc":""}]}',
    ],
    [
      'writes defaults as their type does',
      '{"type":"record","name":"R","fields":[{"name":"d","type":"double","default":1},{"name":"f","type":["float","null"],"default":0.1}]}',
      '{"type":"record","name":"R","fields":[{"name":"d","type":"double","default":1.0},{"name":"f","type":["float","null"],"default":0.1}]}',
    ],
    [
      'sorts aliases, and takes an error for a record',
      '{"type":"error","name":"R","aliases":["z","b.A"],"fields":[]}',
      '{"type":"record","name":"R","fields":[],"aliases":["b.A","z"]}',
    ],
  ])('normalized %s', (_, text, expected) => {
    expect(normalized(text)).toBe(expected)
    expect(normalized(expected)).toBe(expected)
  })

  it('takes types of references by name, and describes them where it is asked to', () => {
    const references = [
      { name: 'a.Inner', text: '{"type":"record","name":"a.Inner","fields":[{"name":"x","type":"int"}]}' },
      { name: 'a.Outer', text: '{"type":"record","name":"a.Outer","fields":[{"name":"in","type":"Inner"}]}' },
    ]
    const schema = avroFormat.parse(
      '{"type":"record","name":"b.R","fields":[{"name":"o","type":"a.Outer"}]}',
      references,
    )
    expect(schema.canonical).toBe(
      '{"type":"record","name":"R","namespace":"b","fields":[{"name":"o","type":"a.Outer"}]}',
    )
    expect(schema.normalized).toBe(schema.canonical)
    expect(schema.recordName()).toBe('b.R')
    expect(schema.formatted?.('resolved')).toContain(
      '{"type":"record","name":"Inner","fields":[{"name":"x","type":"int"}]}',
    )
    expect(schema.codec().decode(Buffer.from([4]))).toBe('{"o":{"in":{"x":2}}}')
    expect(refusal(() => avroFormat.parse('"a.B"', [{ name: 'r', text: '{"type":"a.C"}' }]))).toMatch(
      /^the reference r: /,
    )
  })

  it('takes a default that does not fit, unless it is told to judge them', () => {
    const text = '{"type":"record","name":"R","fields":[{"name":"f","type":["null","int"],"default":"null"}]}'
    const schema = avroFormat.parse(text)
    expect(schema.canonical).toBe(text)
    expect(refusal(() => schema.codec().encode('{}'))).toMatch(/^f: /)
    expect(refusal(() => avroFormat.parse(text, [], { validatesDefaults: true }))).toBe(
      'the default of the field f does not fit its type: "null"',
    )
  })

  it('judges names of a kept text less', () => {
    const text = '{"type":"record","name":"a-b.Ä","fields":[{"name":"f","type":"int"}]}'
    expect(refusal(() => avroFormat.parse(text))).toMatch(/is no name in Avro/)
    expect(
      avroFormat
        .parse(text, [], { isKept: true })
        .codec()
        .decode(Buffer.from([2])),
    ).toBe('{"f":1}')
  })

  const deep = (depth: number): string => `${'{"type":"array","items":'.repeat(depth)}"int"${'}'.repeat(depth)}`
  const chain = (length: number): string =>
    `[${Array.from({ length }, (_, index) => `{"type":"record","name":"A${index}","fields":[{"name":"f","type":["null","A${(index + 1) % length}"]}]}`).join()}]`
  const doubling = `[${Array.from({ length: 60 }, (_, index) => `{"type":"record","name":"D${60 - index}","fields":[{"name":"a","type":"${index === 0 ? 'int' : `D${61 - index}`}","default":${index === 0 ? 1 : '{}'}},{"name":"b","type":"${index === 0 ? 'int' : `D${61 - index}`}","default":${index === 0 ? 1 : '{}'}}]}`).join()}]`

  it.each([
    ['nests without end', deep(100_000)],
    ['nests more than its parser', deep(180)],
    ['goes from name to name without end', chain(5000)],
    ['is too long', `"${'a'.repeat(1 << 21)}"`],
    ['never ends a string', `{"type":"${'\\"'.repeat(400_000)}`],
    ['is made of comments', '/*'.repeat(500_000)],
    [
      'has a number of a million digits as a default',
      `{"type":"record","name":"R","fields":[{"name":"f","type":"long","default":${'9'.repeat(1_000_000)}}]}`,
    ],
  ])('is refused in time if it %s', (_, text) => {
    expect(withinTime(() => refusal(() => avroFormat.parse(text, [], { validatesDefaults: true })))).not.toBe('')
  })

  it('bounds what defaults make of a short text', () => {
    const schema = withinTime(() => avroFormat.parse(doubling, [], { validatesDefaults: true }))
    expect(refusal(() => schema.codec().encode('{"D1":{}}'))).toMatch(/it makes more than 1048576 bytes/)
    const self = avroFormat.parse('{"type":"record","name":"S","fields":[{"name":"s","type":"S","default":{}}]}')
    expect(refusal(() => self.codec().encode('{}'))).toMatch(/contains itself/)
  })

  it('bounds the comparison of entangled schemas', () => {
    const wide = (name: string) =>
      avroFormat.parse(
        `[${Array.from({ length: 2000 }, (_, index) => `{"type":"fixed","name":"${name}${index}","size":1}`).join()}]`,
      )
    expect(withinTime(() => refusal(() => avroFormat.incompatibilities(wide('A'), wide('B'))))).toMatch(/too entangled/)
  })
})

describe('readable values', () => {
  it.each([
    ['date', { type: 'int', logicalType: 'date' }, '"2024-02-29"', '19782'],
    ['time-millis', { type: 'int', logicalType: 'time-millis' }, '"23:59:59.500"', '86399500'],
    ['time-micros', { type: 'long', logicalType: 'time-micros' }, '"00:00:00.000001"', '1'],
    ['timestamp-millis', { type: 'long', logicalType: 'timestamp-millis' }, '"1969-12-31T23:59:59.999Z"', '-1'],
    [
      'timestamp-micros',
      { type: 'long', logicalType: 'timestamp-micros' },
      '"2024-02-29T11:00:00.123456Z"',
      '1709204400123456',
    ],
    [
      'timestamp-nanos',
      { type: 'long', logicalType: 'timestamp-nanos' },
      '"1970-01-01T00:00:01.000000001Z"',
      '1000000001',
    ],
    [
      'local-timestamp-millis',
      { type: 'long', logicalType: 'local-timestamp-millis' },
      '"1970-01-01T00:00:00.000"',
      '0',
    ],
    ['a date beyond the years there are', { type: 'int', logicalType: 'date' }, '2147483647', '2147483647'],
    ['decimal', { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 }, '-12.50', '"û\\u001E"'],
    [
      'decimal in fixed',
      { type: 'fixed', name: 'F', size: 4, logicalType: 'decimal', precision: 9, scale: 3 },
      '0.001',
      '"\\u0000\\u0000\\u0000\\u0001"',
    ],
    ['big-decimal', { type: 'bytes', logicalType: 'big-decimal' }, '123.456', '"\\u0006\\u0001â@\\u0006"'],
    [
      'uuid in fixed',
      { type: 'fixed', name: 'U', size: 16, logicalType: 'uuid' },
      '"123e4567-e89b-12d3-a456-426614174000"',
      '"\\u0012>EgèM\\u0012Ó¤VBf\\u0014\\u0017@\\u0000"',
    ],
    [
      'duration',
      { type: 'fixed', name: 'D', size: 12, logicalType: 'duration' },
      '{"months":1,"days":2,"millis":3}',
      '"\\u0001\\u0000\\u0000\\u0000\\u0002\\u0000\\u0000\\u0000\\u0003\\u0000\\u0000\\u0000"',
    ],
    [
      'unions without wrappers',
      { type: 'array', items: ['null', 'string', 'double', { type: 'map', values: 'int' }] },
      '["é😀",null,1.5,{"a":1},{"map":{"map":1}},{"double":"NaN"}]',
      '[{"string":"é\\uD83D\\uDE00"},null,{"double":1.5},{"map":{"a":1}},{"map":{"map":1}},{"double":"NaN"}]',
    ],
  ])('of %s go out and in again', (_, schema, readable, plain) => {
    const codec = codecOf(schema, { readable: true })
    const bytes = codec.encode(plain.replace('èM\\u0012', 'è\u009b\\u0012'))
    expect(codec.decode(bytes)).toBe(readable)
    expect(codec.encode(readable)).toEqual(bytes)
    // Without the option they are read as well.
    expect(codecOf(schema).encode(readable)).toEqual(bytes)
    expect(codecOf(schema).decode(bytes)).toBe(plain.replace('èM\\u0012', 'è\u009b\\u0012'))
  })

  it.each([
    [{ type: 'int', logicalType: 'date' }, '"2024-02-30"', /"2024-02-30" is no date, as in 1970-01-01/],
    [{ type: 'long', logicalType: 'timestamp-millis' }, '"2024-02-29T12:00:00"', /is no timestamp-millis/],
    [{ type: 'long', logicalType: 'timestamp-millis' }, '"2024-02-29T12:00:00.1234Z"', /3 digits after the second/],
    [{ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }, '1.234', /more than 2 decimal places/],
    [{ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }, '123.45', /more than 4 digits/],
    [{ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 }, '1e999999999', /a decimal of more than/],
  ])('are refused where %j does not hold %s', (schema, json, message) => {
    expect(refusal(() => codecOf(schema).encode(json))).toMatch(message)
  })

  it('take an offset', () => {
    const codec = codecOf({ type: 'long', logicalType: 'timestamp-millis' }, { readable: true })
    expect(codec.decode(codec.encode('"2024-02-29T12:00+01:00"'))).toBe('"2024-02-29T11:00:00.000Z"')
  })
})

/** Far more than it takes, and far less than what has no bound. */
function withinTime<T>(act: () => T, limitMs = 10_000): T {
  const started = performance.now()
  const result = act()
  expect(performance.now() - started).toBeLessThan(limitMs)
  return result
}

it('keeps a record of no fields', () => {
  expect(codecOf(record('R', {})).decode(Buffer.alloc(0))).toBe('{}')
})
