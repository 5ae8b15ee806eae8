import { describe, expect, it } from 'vitest'
import { codecOf, nestedList, record, refusal } from './support.ts'

const COLOR = { type: 'enum', name: 'Color', symbols: ['RED', 'GREEN'] }
const encode = (schema: unknown, json: string): string => codecOf(schema).encode(json).toString('hex')

/** What comes out again as Java's JsonEncoder writes it. */
const back = (schema: unknown, json: string): string => {
  const codec = codecOf(schema)
  return codec.decode(codec.encode(json))
}

describe('encoding Avro', () => {
  it.each([
    [
      'the ends of a long',
      { type: 'array', items: 'long' },
      '[9223372036854775807,-9223372036854775808,9007199254740993]',
    ],
    [
      'the ends of an int',
      { type: 'array', items: 'int' },
      '[2147483647,-2147483648,0,-1,63,64,1073741823,1073741824,-1073741824]',
    ],
    [
      'longs of every size',
      { type: 'array', items: 'long' },
      `[${Array.from({ length: 63 }, (_, bit) => 2n ** BigInt(bit)).join()}]`,
    ],
    [
      'numbers that JSON has no word for',
      { type: 'array', items: 'double' },
      '["NaN","Infinity","-Infinity",0.1,1.0E10]',
    ],
    [
      'text of all kinds',
      { type: 'array', items: 'string' },
      `["","a\\"\\\\\\n","é\\uD83D\\uDE00","${'long '.repeat(100)}","${'ü'.repeat(90)}"]`,
    ],
    ['bytes', 'bytes', '"\\u0000ÿ\\""'],
    ['a map', { type: 'map', values: 'int' }, '{"a":1,"":2}'],
    [
      'more items than a byte counts',
      { type: 'array', items: 'int' },
      `[${Array.from({ length: 10_000 }, (_, index) => index).join()}]`,
    ],
    ['records within records', record('List', { next: ['null', 'List'] }), nestedList(400)],
  ])('keeps %s', (_, schema, json) => {
    expect(back(schema, json)).toBe(json)
  })

  it('takes blanks, escapes, whole numbers with a fraction or exponent', () => {
    expect(encode(record('R', { a: 'int', b: 'string' }), ' { "a" : 1e1 ,\n"\\u0062":"\\u0041" } ')).toBe('140241')
    expect(encode('long', '-0')).toBe('00')
    expect(encode('int', '12.0')).toBe('18')
  })

  it('takes fields in any order, and by their aliases', () => {
    const schema = {
      type: 'record',
      name: 'R',
      fields: [
        { name: 'a', type: 'int' },
        { name: 'b', type: 'int', aliases: ['old'] },
        { name: 'c', type: 'int' },
      ],
    }
    expect(encode(schema, '{"c":3,"old":2,"a":1}')).toBe('020406')
  })

  it('puts the default where a field is absent', () => {
    const inner = { type: 'record', name: 'In', fields: [{ name: 'x', type: 'int', default: 7 }] }
    const schema = {
      type: 'record',
      name: 'R',
      fields: [
        { name: 'n', type: ['null', 'string'], default: null },
        { name: 's', type: ['string', 'null'], default: 'd' },
        { name: 'i', type: inner, default: {} },
        { name: 'f', type: 'float', default: 'NaN' },
        { name: 'b', type: 'bytes', default: 'ÿ' },
        { name: 'u', type: ['null', 'In', { type: 'map', values: 'int' }], default: { x: 1 } },
      ],
    }
    expect(back(schema, '{}')).toBe('{"n":null,"s":{"string":"d"},"i":{"x":7},"f":"NaN","b":"ÿ","u":{"In":{"x":1}}}')
  })

  it.each([
    ['null', '"x"', '{"string":"x"}'],
    ['int', '5', '{"int":5}'],
    ['int', '{"int":5}', '{"int":5}'],
    ['double', '5', '{"double":5.0}'],
    [COLOR, '"RED"', '{"Color":"RED"}'],
    [{ type: 'array', items: 'int' }, '[1]', '{"array":[1]}'],
    [{ type: 'map', values: 'int' }, '{"a":1}', '{"map":{"a":1}}'],
    [{ type: 'map', values: 'int' }, '{"map":{"map":1}}', '{"map":{"map":1}}'],
    [record('R', { R: 'int', b: 'int' }), '{"R":1,"b":2}', '{"R":{"R":1,"b":2}}'],
  ])('wraps what is clear in a union of null and %j: %s', (branch, json, text) => {
    const branches = branch === 'null' ? ['null', 'string'] : ['null', branch]
    expect(back(branches, json)).toBe(text)
  })

  it('looks at a value where its kind leaves several branches', () => {
    const branches = [
      'null',
      'int',
      'double',
      record('A', { a: 'int' }),
      record('B', { b: 'int' }),
      { type: 'fixed', name: 'F', size: 2 },
      COLOR,
    ]
    expect(back({ type: 'array', items: branches }, '[1,2147483648,1.5,{"b":1},{"a":1},"xy","GREEN",null]')).toBe(
      '[{"int":1},{"double":2.147483648E9},{"double":1.5},{"B":{"b":1}},{"A":{"a":1}},{"F":"xy"},{"Color":"GREEN"},null]',
    )
  })

  it('asks for the wrapper where several branches take a value', () => {
    const schema = record('R', { u: { type: 'array', items: ['null', 'string', 'bytes'] } })
    expect(refusal(() => encode(schema, '{"u":[null,"x"]}'))).toBe(
      'u[1]: it may be string or bytes: say which, as in {"string":…}',
    )
  })

  it.each([
    ['int', '2147483648', '2147483648 is beyond an int'],
    ['long', '9223372036854775808', '9223372036854775808 is beyond a long'],
    ['long', '9'.repeat(5000), 'expected a long, found one of 5000 digits'],
    ['int', '1.5', 'expected an int, found 1.5'],
    ['int', '"1"', 'expected an int, found "1" at character 1'],
    ['boolean', '1', 'expected true or false, found 1 at character 1'],
    ['double', 'NaN', 'expected a value, found NaN at character 1'],
    ['double', '"x"', 'expected a double, found "x"'],
    ['string', '"\\ud800"', 'a string has half a surrogate pair'],
    ['string', '"x', 'expected a string that ends, found "x at character 1'],
    ['bytes', '"Ā"', 'each character of it is a byte, and one is beyond 00FF'],
    [{ type: 'fixed', name: 'F', size: 2 }, '"x"', 'F has 2 bytes, and this is 1'],
    [COLOR, '"BLUE"', 'Color has no symbol "BLUE"'],
    [{ type: 'array', items: 'int' }, '[1,2', 'expected "," or "]", found the end at character 5'],
    [record('R', { a: 'int' }), '{"a":1}x', 'expected the end, found x at character 8'],
    [record('R', { a: 'int' }), '{"b":1}', 'R has no field "b"'],
    [record('R', { a: 'int' }), '{}', 'the field a is missing, and it has no default'],
    [record('R', { a: 'int' }), '{"a":1,"a":2}', 'the field a comes twice'],
    [
      record('R', { a: { type: 'map', values: 'int' } }),
      '{"a":{"k":true}}',
      'a["k"]: expected an int, found true}} at character 11',
    ],
    [['null', 'int'], '"x"', 'expected one of null, int, found "x" at character 1'],
  ])('refuses for %j: %s', (schema, json, message) => {
    expect(refusal(() => encode(schema, json))).toContain(message)
  })

  it('refuses values that nest without end', () => {
    const list = record('List', { next: ['null', 'List'] })
    expect(refusal(() => encode(list, nestedList(100_000)))).toMatch(/nest deeper than 500/)
    expect(refusal(() => encode(list, `{"zz":${'['.repeat(1 << 20)}`))).not.toBe('')
  })

  it('goes on after a refusal', () => {
    const codec = codecOf(record('R', { a: 'int', b: 'int' }))
    expect(refusal(() => codec.encode('{"a":1}'))).not.toBe('')
    expect(codec.encode('{"a":1,"b":2}').toString('hex')).toBe('0204')
  })
})
