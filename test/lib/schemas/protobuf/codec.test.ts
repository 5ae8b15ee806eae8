import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SchemaError, type ValueCodec } from '../../../../src/lib/schemas/format.ts'
import { protobufFormat } from '../../../../src/lib/schemas/protobuf/index.ts'

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

const FILES: Readonly<Record<string, string>> = {
  'test.three': 'proto3',
  'test.two': 'proto2',
  'test.known': 'well-known',
}

const schemas = new Map(
  Object.entries(FILES).map(([name, file]) => [name, protobufFormat.parse(textOf(`schemas/${file}.proto`))]),
)

const codecOf = (type: string): ValueCodec =>
  schemas.get(type.slice(0, type.lastIndexOf('.')))!.codec({ messageName: type })

type Recorded = [type: string, payload: string, json: string, encoded?: string]
const records = JSON.parse(textOf('records.json')) as Recorded[]
const types = [...new Set(records.map(([type]) => type))]

const proto3 = (body: string, target = {}): ValueCodec =>
  protobufFormat.parse(`syntax = "proto3"; ${body}`).codec(target)

describe('values of Protobuf', () => {
  it.each(types)('become the text of protobuf-java-util: %s', (type) => {
    const codec = codecOf(type)
    for (const [, payload, json] of records.filter(([name]) => name === type))
      expect(codec.decode(Buffer.from(payload, 'base64'))).toBe(json)
  })

  it.each(types)('become the bytes that protobuf-java-util makes of its text: %s', (type) => {
    const codec = codecOf(type)
    for (const [, payload, json, encoded = payload] of records.filter(([name]) => name === type)) {
      const bytes = codec.encode(json)
      // There a double of -0.0 loses its sign.
      if (json.includes('-0.0')) expect(codec.decode(bytes)).toBe(json)
      else expect(bytes.toString('base64')).toBe(encoded)
    }
  })

  it('are those of the message that the indexes or the name say', () => {
    const schema = protobufFormat.parse(`syntax = "proto3"; package p; enum E { X = 0; } message A { int32 a = 1; }
      message B { message C {} map<string, int32> m = 1; message D { int32 d = 1; } }`)
    expect(schema.codec().messageIndexes).toEqual([0])
    expect(schema.codec({ messageName: 'p.B.D' }).messageIndexes).toEqual([1, 1])
    expect(schema.codec({ messageIndexes: [1, 1] }).encode('{"d":1}')).toEqual(Buffer.of(8, 1))
    expect(schema.recordName({ messageIndexes: [1, 0] })).toBe('p.B.C')
    expect(() => schema.codec({ messageIndexes: [1, 3] })).toThrow('the schema has no message with indexes 1, 3')
    expect(() => schema.codec({ messageName: 'p.X' })).toThrow('the schema has no message "p.X"')
  })

  it('have the names of the file on wish', () => {
    const schema = protobufFormat.parse('syntax = "proto3"; message A { int32 some_name = 1; }')
    expect(schema.codec({ preservesFieldNames: true }).decode(Buffer.of(8, 1))).toBe('{"some_name":1}')
    expect(schema.codec().encode('{"some_name":1}')).toEqual(schema.codec().encode('{"someName":1}'))
  })
})

describe('merging', () => {
  const codec = proto3('message A { int32 n = 1; A a = 2; repeated int32 r = 3; oneof o { int32 x = 4; A y = 5; } }')
  it.each([
    ['the last number counts', '08010802', '{"n":2,"r":[]}'],
    ['messages come together', '1202080112031a0107', '{"n":0,"a":{"n":1,"r":[7]},"r":[]}'],
    ['numbers repeat packed and not', '18011a0202031804', '{"n":0,"r":[1,2,3,4]}'],
    ['the last of a oneof counts', '20012a020802', '{"n":0,"r":[],"y":{"n":2,"r":[]}}'],
    ['unknown fields are skipped', '980601a20602ffffab06b00600ac06', '{"n":0,"r":[]}'],
    ['another wire type makes a field unknown', '0d01020304', '{"n":0,"r":[]}'],
  ])('%s', (_, payload, json) => {
    expect(codec.decode(Buffer.from(payload, 'hex'))).toBe(json)
  })
})

describe('bytes that are no such value', () => {
  const codec = proto3('message A { int32 n = 1; A a = 2; repeated A as = 3; string s = 4; map<string, A> m = 5; }')
  it.each([
    ['08', 'the payload ends within a field, after byte 1'],
    ['08ffffffffffffffffffff01', 'the varint at byte 1 has more than 10 bytes'],
    ['12057a', 'the payload ends within a field, after byte 2'],
    ['12ffffffff7f', 'the payload ends within a field, after byte 6'],
    ['0000', 'there is no field number 0, as before byte 1'],
    ['0e00', 'there is no wire type 6, as before byte 1'],
    ['0c', 'a group that did not begin ends before byte 1'],
    ['0b', 'the payload ends within a field, after byte 1'],
    ['2201ff', 'the string before byte 3 is not UTF-8'],
  ])('%s is refused', (payload, message) => {
    expect(() => codec.decode(Buffer.from(payload, 'hex'))).toThrow(new SchemaError(message))
  })

  it('nest 100 deep and no deeper', () => {
    const nested = (depth: number): Buffer => {
      let payload = Buffer.alloc(0)
      for (let level = 0; level < depth; level += 1) {
        const length = payload.length < 128 ? [payload.length] : [(payload.length & 127) | 128, payload.length >> 7]
        payload = Buffer.concat([Buffer.of(0x12, ...length), payload])
      }
      return payload
    }
    expect(codec.decode(nested(100))).toContain('"a":{')
    expect(() => codec.decode(nested(101))).toThrow('messages nest deeper than 100 levels')
    expect(() => codec.decode(Buffer.alloc(1000, 0x7b))).toThrow(SchemaError)
    expect(() => codec.encode(`${'{"a":'.repeat(150)}{}${'}'.repeat(150)}`)).toThrow('nest deeper than 100 levels')
  })

  it('become no text without end', () => {
    const fields = Array.from({ length: 1000 }, (_, index) => `int32 a_rather_long_name_${index} = ${index + 2};`)
    const greedy = proto3(`message A { repeated A as = 1; ${fields.join(' ')} }`)
    expect(() => greedy.decode(Buffer.from('0a00'.repeat(100_000), 'hex'))).toThrow('would become too long a text')
  })
})

describe('JSON that does not fit', () => {
  const codec =
    proto3(`import "google/protobuf/any.proto"; message A { int32 n = 1; A a = 2; repeated A as = 3; uint64 u = 4;
    map<int32, bool> m = 5; oneof o { string x = 6; string y = 7; } E e = 8; bytes b = 9; google.protobuf.Any any = 10; }
    enum E { ZERO = 0; }`)
  it.each([
    ['[]', 'expected an object for A, found an array'],
    ['{"a":{"q":1}}', 'a: A has no field "q"'],
    ['{"as":[{},{"n":1.5}]}', 'as[1].n: 1.5 is no int32'],
    ['{"n":2147483648}', 'n: 2147483648 does not fit in int32'],
    ['{"u":-1}', 'u: -1 does not fit in uint64'],
    ['{"u":18446744073709551616}', 'u: 18446744073709551616 does not fit in uint64'],
    ['{"u":1e1000000000}', 'u: 1e1000000000 is no uint64'],
    ['{"m":{"x":true}}', 'm.x: "x" is no int32'],
    ['{"m":{"1":null}}', 'm.1: a value of a map cannot be null'],
    ['{"x":"1","y":"2"}', 'y: only one of "x" and this field of a oneof can be set'],
    ['{"e":"ONE"}', 'e: "ONE" is no constant of E'],
    ['{"b":"a"}', 'b: "a" is not base64'],
    ['{"any":{"@type":"x/Unknown"}}', 'any: no schema is known for "Unknown"'],
    ['{"n":1', 'not JSON at character 7: expected "," or "}", found the end'],
  ])('%s is refused', (json, message) => {
    expect(() => codec.encode(json)).toThrow(new SchemaError(message))
  })

  it('takes what means the same', () => {
    const bytes = codec.encode('{"n":"5","u":"1e2","m":{"1":"true"},"e":0,"b":"_w"}')
    expect(codec.encode('{"n":5.0,"u":100,"m":{"1":true},"b":"/w==","a":null,"x":null}')).toEqual(bytes)
  })
})

describe('payloads at random', () => {
  it('are read, or refused with a SchemaError, in no time', () => {
    const decode = (type: string, payload: Buffer): void => {
      const before = performance.now()
      try {
        JSON.parse(codecOf(type).decode(payload))
      } catch (error) {
        expect(error).toBeInstanceOf(SchemaError)
      }
      // A busy machine may stop it for a while.
      expect(performance.now() - before).toBeLessThan(1000)
    }
    const record = fc.constantFrom(...records)
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'insert', 'cut'))
    fc.assert(
      fc.property(record, fc.array(change, { maxLength: 4 }), ([type, payload], changes) => {
        let bytes = Buffer.from(payload, 'base64')
        for (const [place, byte, kind] of changes) {
          const at = bytes.length === 0 ? 0 : place % bytes.length
          if (kind === 'cut') bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
          else
            bytes = Buffer.concat([
              bytes.subarray(0, at),
              Buffer.of(byte),
              bytes.subarray(kind === 'set' ? at + 1 : at),
            ])
        }
        decode(type, bytes)
      }),
      { numRuns: 1500 },
    )
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 64 }), (type, bytes) =>
        decode(type, Buffer.from(bytes)),
      ),
      { numRuns: 1500 },
    )
  })
})
