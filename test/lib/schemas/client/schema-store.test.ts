import { beforeEach, describe, expect, test } from 'vitest'
import { RegistryError, SchemaStore, type StoredSchema } from '../../../../src/lib/schemas/client/index.ts'
import { resolveReferences } from '../../../../src/lib/schemas/client/resolve-references.ts'
import {
  SchemaError,
  type CodecTarget,
  type SchemaFormat,
  type SchemaReference,
  type SchemaType,
} from '../../../../src/lib/schemas/format.ts'
import { isDecoded, RecordDecoder, UNFRAMED } from '../../../../src/lib/schemas/record-decoder.ts'
import { encodeSchemaId } from '../../../../src/lib/schemas/wire.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

/** A format whose schema is a word that each payload begins with. */
const loadWords = async (type: SchemaType): Promise<SchemaFormat> => ({
  type,
  incompatibilities: () => [],
  parse(text, references) {
    if (text === 'bad') throw new SchemaError('it makes no sense')
    const schema = {
      type,
      references,
      canonical: text,
      normalized: text,
      codec: ({ messageIndexes = [] }: CodecTarget = {}) => ({
        decode(payload: Buffer) {
          if (!payload.toString().startsWith(text)) throw new SchemaError('it begins with something else')
          return JSON.stringify([...messageIndexes, payload.toString()])
        },
        encode: () => Buffer.alloc(0),
      }),
      recordName: () => undefined,
      formatted: () => undefined,
    }
    return schema
  },
})

const clock = new FakeClock()
let asked: unknown[] = []
let failure: RegistryError | undefined
const registry = {
  async schema(id: number | string) {
    asked.push(id)
    if (failure) throw failure
    if (id === 3) return { type: 'AVRO' as const, text: 'bad', references: [] }
    if (id === 5) return { type: 'PROTOBUF' as const, text: 'p', references: [] }
    if (id === 4) return { type: 'AVRO' as const, text: 'a', references: [{ name: 'N', subject: 's', version: 1 }] }
    if (typeof id === 'number' && id > 4) throw new RegistryError('Schema not found (40403)', 40403)
    return { type: 'AVRO' as const, text: 'a', references: [] }
  },
  version: async (subject: string, version: number | 'latest') => ({
    type: 'AVRO' as const,
    text: `${subject} ${version}`,
    references: [],
    subject,
    version: Number(version),
    id: 1,
  }),
}
let store = new SchemaStore(registry, clock, loadWords)
beforeEach(() => {
  asked = []
  failure = undefined
  store = new SchemaStore(registry, clock, loadWords)
})

const framed = (id: number | string, text: string): Buffer => Buffer.concat([encodeSchemaId(id), Buffer.from(text)])
const reasonOf = (schema: StoredSchema): unknown => ('reason' in schema ? schema.reason : undefined)

describe('a store', () => {
  test('fetches a schema once, with what it refers to', async () => {
    await Promise.all([store.load(4), store.load(4)])
    await store.load(4)
    expect(asked).toEqual([4])
    expect(store.find(4)).toMatchObject({ references: [{ name: 'N', text: 's 1' }] })
  })

  test('remembers for a while that there is no schema of an id', async () => {
    expect(reasonOf(await store.load(9))).toBe('the registry has no schema 9')
    await store.load(9)
    expect(asked).toEqual([9])
    clock.advance(300_000)
    await store.load(9)
    expect(asked).toEqual([9, 9])
  })

  test('leaves a registry alone for a while that does not answer', async () => {
    failure = new RegistryError('Cannot reach it')
    expect(reasonOf(await store.load(1))).toBe('Cannot reach it')
    expect(reasonOf(await store.load(2))).toBe('Cannot reach it')
    expect(asked).toEqual([1])
    failure = undefined
    clock.advance(30_000)
    expect(store.find(1)).toBeUndefined()
    expect(reasonOf(await store.load(1))).toBeUndefined()
  })

  test('asks no more after many ids that are none', async () => {
    for (let id = 100; id < 200; id += 1) await store.load(id)
    expect(asked).toHaveLength(50)
    expect(reasonOf(await store.load(1))).toMatch(/none of the last 50/)
  })

  test('says once and for all that a schema cannot be used', async () => {
    expect(reasonOf(await store.load(3))).toBe('schema 3 cannot be used: it makes no sense')
    clock.advance(1e9)
    await store.load(3)
    expect(asked).toEqual([3])
  })
})

describe('a decoder', () => {
  test('decodes what names its schema, once that is there', async () => {
    const decoder = new RecordDecoder(store)
    const bytes = framed(1, 'abc')
    await decoder.awaits(bytes)
    expect(decoder.awaits(bytes)).toBeUndefined()
    expect(decoder.decode(bytes)).toEqual({ text: '["abc"]', schema: 1 })
  })

  test('finds the message of Protobuf in front of the payload, or in the header behind the id', async () => {
    const decoder = new RecordDecoder(store)
    await store.load(5)
    const decoding = decoder.decode(Buffer.concat([encodeSchemaId(5, [2, 1]), Buffer.from('pq')]))
    expect(decoding).toEqual({ text: '[2,1,"pq"]', schema: 5, messageIndexes: [2, 1] })
    expect(decoder.decode(Buffer.from('pq'), encodeSchemaId(5, [0]))).toMatchObject({ text: '[0,"pq"]' })
  })

  test('says why bytes stay as they are', async () => {
    const decoder = new RecordDecoder(store)
    await Promise.all([store.load(1), store.load(7), store.load(5)])
    expect(decoder.decode(Buffer.from('text'))).toBe(UNFRAMED)
    expect(decoder.awaits(Buffer.from('text'))).toBeUndefined()
    const misfit = decoder.decode(framed(1, 'xyz'))
    expect(isDecoded(misfit)).toBe(false)
    expect(misfit).toMatchObject({
      reason: 'it does not fit schema 1: it begins with something else',
      kind: 'misfit 1',
    })
    expect(decoder.decode(framed(7, 'abc'))).toMatchObject({ reason: 'the registry has no schema 7' })
    expect(decoder.decode(framed(5, '\xff'))).toMatchObject({
      reason: expect.stringContaining('its message indexes are cut off') as string,
    })
  })
})

describe('references', () => {
  const library: Readonly<Record<string, readonly SchemaReference[]>> = {
    a: [reference('b'), reference('c')],
    b: [reference('c')],
    c: [],
    loop: [reference('loop')],
  }
  function reference(name: string): SchemaReference {
    return { name, subject: name, version: 1 }
  }
  const fetch = async ({ subject }: SchemaReference) => ({
    type: 'AVRO' as const,
    text: subject,
    references: library[subject] ?? [reference(`${subject}x`)],
  })

  test('come in the order in which they build on each other, each once', async () => {
    const resolved = await resolveReferences([reference('a')], fetch)
    expect(resolved.map(({ name }) => name)).toEqual(['c', 'b', 'a'])
  })

  test('are refused in a circle and without end', async () => {
    await expect(resolveReferences([reference('loop')], fetch)).rejects.toThrow('go in a circle: loop, loop')
    await expect(resolveReferences([reference('y')], fetch)).rejects.toThrow('more than 1000')
  })
})
