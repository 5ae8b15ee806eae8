import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../src/lib/errors.ts'
import { APIS } from '../../../src/lib/protocol/apis/index.ts'
import { Reader, Writer } from '../../../src/lib/protocol/bytes.ts'
import type { Codec } from '../../../src/lib/protocol/compile.ts'
import {
  freshDefault,
  isField,
  within,
  type Field,
  type Fields,
  type Input,
  type Message,
} from '../../../src/lib/protocol/schema.ts'
import { API_FACTS } from './facts.ts'
import { readByFacts } from './read-by-facts.ts'

const RUNS = { numRuns: 6 }

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constant('x'.repeat(300)))
const blob = fc.oneof(
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.alloc(1500, 7)),
)

/** Any message that a version can carry: fields which it lacks have their default. */
function messageOf(fields: Fields, version: number): fc.Arbitrary<Message<Fields>> {
  const values = Object.entries(fields).map(
    ([name, field]) =>
      [
        name,
        within(field.versions, version) ? valueOf(field, version) : fc.constant(null).map(() => freshDefault(field)),
      ] as const,
  )
  return fc.record(Object.fromEntries(values), { noNullPrototype: true }) as fc.Arbitrary<Message<Fields>>
}

function valueOf(field: Field, version: number): fc.Arbitrary<unknown> {
  const values = plainValueOf(field, version)
  const isNullable = field.nullable !== undefined && within(field.nullable, version)
  return isNullable ? fc.option(values, { freq: 3 }) : values
}

function plainValueOf(field: Field, version: number): fc.Arbitrary<unknown> {
  switch (field.type) {
    case 'bool':
      return fc.boolean()
    case 'int8':
      return fc.integer({ min: -128, max: 127 })
    case 'int16':
      return fc.integer({ min: -0x8000, max: 0x7fff })
    case 'uint16':
      return fc.integer({ min: 0, max: 0xffff })
    case 'int32':
      return fc.integer()
    case 'int64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    case 'float64':
      return fc.double()
    case 'uuid':
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url'))
    case 'string':
      return text
    case 'bytes':
    case 'records':
      return blob
    case 'struct':
      return messageOf(field.of as Fields, version)
    case 'array':
      return fc.array(isField(field.of!) ? valueOf(field.of, version) : messageOf(field.of as Fields, version), {
        maxLength: 3,
      })
  }
}

function nullableStructsIn(fields: Fields): string[] {
  return Object.entries(fields).flatMap(([name, { type, of, nullable }]) => {
    const inner = of === undefined || isField(of) ? [] : nullableStructsIn(of)
    return type === 'struct' && nullable !== undefined ? [name, ...inner] : inner
  })
}

/** What the facts read must be in the message; what they do not find must be default there. */
function expectSame(byFacts: unknown, message: unknown, fields: Fields): void {
  const found = byFacts as Record<string, unknown>
  for (const [name, value] of Object.entries(message as Record<string, unknown>)) {
    const field = fields[name]!
    if (!(name in found)) expect(value, name).toEqual(field.default)
    else if (field.type === 'array' && !isField(field.of!) && value !== null) {
      expect(found[name], name).toHaveLength((value as unknown[]).length)
      ;(value as unknown[]).forEach((item, index) =>
        expectSame((found[name] as unknown[])[index], item, field.of as Fields),
      )
    } else if (field.type === 'struct' && value !== null) expectSame(found[name], value, field.of as Fields)
    else
      expect(isDeepStrictEqual(found[name], value), `${name}: ${String(found[name])} for ${String(value)}`).toBe(true)
  }
}

function encode(codec: Codec<Fields>, message: Message<Fields>): Buffer {
  const writer = new Writer(8)
  codec.write(writer, message as Input<Message<Fields>>)
  const length = writer.length
  const bytes = writer.toBuffer()
  expect(bytes).toHaveLength(length)
  return bytes
}

const CASES = APIS.flatMap((api) =>
  Object.keys(API_FACTS[api.name]!.byVersion).flatMap((version) =>
    (['request', 'response'] as const).map(
      (direction) => [`${api.name} ${version} ${direction}`, api, Number(version), direction] as const,
    ),
  ),
)

describe('any message round-trips, and reads the same by the facts', () => {
  it.each(CASES)('%s', (_, api, version, direction) => {
    const fields = api.fields[direction]
    const codec = api[direction](version)
    const facts = API_FACTS[api.name]!.byVersion[version]![direction]
    const nullableStructs = new Set(nullableStructsIn(fields))
    fc.assert(
      fc.property(messageOf(fields, version), (message) => {
        const bytes = encode(codec, message)
        const reader = new Reader(bytes)
        const read = codec.read(reader)
        expect(reader.remaining).toBe(0)
        if (!isDeepStrictEqual(read, message)) expect(read).toEqual(message)
        const byFacts = new Reader(bytes)
        expectSame(readByFacts(byFacts, facts, nullableStructs), message, fields)
        expect(byFacts.remaining).toBe(0)
      }),
      RUNS,
    )
  })
})

describe('a damaged message throws MalformedError or reads as another', () => {
  it.each(CASES.filter(([, api, version]) => version === api.maxVersion || version === api.minVersion))(
    '%s',
    (_, api, version, direction) => {
      const codec = api[direction](version)
      const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), { maxLength: 3 })
      fc.assert(
        fc.property(messageOf(api.fields[direction], version), damage, fc.nat(), (message, changes, cut) => {
          const bytes = Buffer.from(encode(codec, message))
          if (bytes.length === 0) return
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte
          try {
            codec.read(new Reader(bytes, 0, cut % (bytes.length + 1)))
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedError)
          }
        }),
        RUNS,
      )
    },
  )
})
