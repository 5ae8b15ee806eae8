import { describe, expect, it } from 'vitest'
import type { Api } from '../../../src/lib/protocol/api.ts'
import { APIS } from '../../../src/lib/protocol/apis/index.ts'
import { Writer } from '../../../src/lib/protocol/bytes.ts'
import { ERRORS, errorName, isRetriable } from '../../../src/lib/protocol/errors.ts'
import { encodeRequest, encodeResponse } from '../../../src/lib/protocol/frame.ts'
import { isField, type Field, type Fields } from '../../../src/lib/protocol/schema.ts'
import { renamed, wireFields } from './declared.ts'
import {
  API_FACTS,
  DEFAULT_FACTS,
  ERROR_FACTS,
  camelCase,
  isTaggedFields,
  type WireArray,
  type WireField,
  type WireType,
} from './facts.ts'

const versionsOf = (api: Api): number[] =>
  Array.from({ length: api.maxVersion - api.minVersion + 1 }, (_, i) => api.minVersion + i)

describe.each(APIS.map((api) => [api.name, api] as const))('%s is declared as Kafka 4.3.0 has it', (name, api) => {
  const facts = API_FACTS[name]!

  it('key and versions', () => {
    expect({ key: api.key, versions: [api.minVersion, api.maxVersion] }).toEqual({
      key: facts.key,
      versions: facts.versions,
    })
    expect(Object.keys(facts.byVersion)).toEqual(versionsOf(api).map(String))
  })

  it.each(versionsOf(api))('version %i, field by field', (version) => {
    const { request, response } = facts.byVersion[version]!
    expect(wireFields(api.fields.request, version, api.isFlexible(version))).toEqual(renamed(request))
    expect(wireFields(api.fields.response, version, api.isFlexible(version))).toEqual(renamed(response))
  })

  it.each(versionsOf(api))('version %i, headers', (version) => {
    const { requestHeader, responseHeader } = facts.byVersion[version]!
    const body = (direction: 'request' | 'response'): Buffer => {
      const writer = new Writer()
      api[direction](version).write(writer, {})
      return writer.toBuffer()
    }
    const ids = Buffer.from([0, api.key, 0, version, 0, 0, 0, 7, 0, 2, 0x6d, 0x65])
    const request = Buffer.concat([ids, Buffer.alloc(requestHeader - 1), body('request')])
    expect(Buffer.concat(encodeRequest(api, version, 7, 'me', {})).subarray(4)).toEqual(request)
    const response = Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.alloc(responseHeader), body('response')])
    expect(Buffer.concat(encodeResponse(api, version, 7, {})).subarray(4)).toEqual(response)
  })

  it('defaults', () => {
    expect(wrongDefaults(`${name}Request`, api.fields.request)).toEqual([])
    expect(wrongDefaults(`${name}Response`, api.fields.response)).toEqual([])
  })
})

/**
 * The structs of a message that no class of Kafka's message agrees with, by name of field. The facts do not say which
 * class a field has, so any class with the same field names will do, as long as all defaults are the same.
 */
function wrongDefaults(messageClass: string, fields: Fields): string[] {
  const inner = Object.keys(DEFAULT_FACTS).filter((name) => name.startsWith(`${messageClass}.`))
  const nested = Object.entries(fields).flatMap(([name, field]) => structsIn(`${messageClass}.${name}`, field))
  return [
    ...(hasDefaults(fields, messageClass) ? [] : [messageClass]),
    ...nested.filter(([, of]) => !inner.some((candidate) => hasDefaults(of, candidate))).map(([path]) => path),
  ]
}

function structsIn(path: string, field: Field): [path: string, fields: Fields][] {
  if (field.of === undefined) return []
  if (isField(field.of)) return structsIn(path, field.of)
  return [[path, field.of], ...Object.entries(field.of).flatMap(([name, inner]) => structsIn(`${path}.${name}`, inner))]
}

function hasDefaults(fields: Fields, messageClass: string): boolean {
  const defaults = DEFAULT_FACTS[messageClass]!
  // The classes also know fields of versions that are not stable yet: those are on no wire.
  const names = Object.keys(defaults).filter((name) => WIRE_NAMES.has(name))
  return (
    names.length === Object.keys(fields).length &&
    names.every((name) => fields[name] !== undefined && isDefault(fields[name], defaults[name]))
  )
}

const WIRE_NAMES = new Set(
  Object.values(API_FACTS).flatMap(({ byVersion }) =>
    Object.values(byVersion).flatMap(({ request, response }) => [...namesIn(request), ...namesIn(response)]),
  ),
)

function namesIn(type: WireType): string[] {
  if (typeof type === 'string') return []
  if (!Array.isArray(type)) return namesIn((type as WireArray).array ?? (type as WireArray).compactArray!)
  return (type as readonly WireField[]).flatMap((field) =>
    isTaggedFields(field) ? namesIn(Object.values(field[1])) : [camelCase(field[0]), ...namesIn(field[1] as WireType)],
  )
}

function isDefault(field: Field, fact: unknown): boolean {
  if (field.type === 'struct')
    return fact === null
      ? field.default === null && field.nullable !== undefined
      : field.default !== null && field.nullable === undefined
  // Kafka's class begins with null even where null may not be written.
  if (field.type === 'records' && field.nullable === undefined) return fact === null
  if (fact === null || typeof fact === 'boolean') return field.default === fact
  if (field.type === 'array') return Array.isArray(field.default) && field.default.length === 0
  if (field.type === 'uuid') return `uuid:${field.default as string}` === fact
  if (field.type === 'bytes')
    return (fact === '' || fact === '?HeapByteBuffer') && (field.default as Buffer).length === 0
  return typeof fact === 'number' ? Number(field.default) === fact : field.default === fact
}

describe('the table of errors', () => {
  it('has every code of Kafka 4.3.0 under its name, and no other', () => {
    expect(ERRORS).toEqual(Object.fromEntries(ERROR_FACTS.map(([code, name]) => [name, code])))
    for (const [code, name] of ERROR_FACTS) expect(errorName(code)).toBe(name)
  })

  it('knows which errors may be met with another try', () => {
    expect(ERROR_FACTS.filter(([, name]) => isRetriable(name))).toEqual(
      ERROR_FACTS.filter(([, , retriable]) => retriable),
    )
  })

  it('takes an unknown code for an unknown error', () => {
    expect(errorName(32_000)).toBe('UNKNOWN_SERVER_ERROR')
  })
})
