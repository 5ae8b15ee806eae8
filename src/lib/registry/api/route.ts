import type { RoutePattern } from '../../find-route.ts'
import type { SchemaReference, SchemaType } from '../../schemas/format.ts'
import type { Deleted } from '../catalog.ts'
import { invalidVersion, RegistryError } from '../errors.ts'
import type { NewSchema, Registry } from '../registry.ts'
import { scopeIn, subjectIn } from '../subject.ts'
import type { Metadata, RuleSet } from '../stored.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Who the registry is, for whoever asks. */
export interface About {
  readonly version: string
  readonly clusterId: string
  readonly groupId: string
  /** Whether modes may be changed. */
  readonly isModeMutable: boolean
}

/** A request, with what its path and its query say. */
export interface Call {
  readonly registry: Registry
  readonly about: About
  /** By the names in the path of the route. */
  readonly path: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** What came with it; empty where nothing did. */
  readonly body: Readonly<Record<string, unknown>>
  /** The context that subjects are of which name none: `/contexts/.ctx/…`. */
  readonly context: string
  /** The client takes members that older ones do not know (Confluent-Accept-Unknown-Properties). */
  readonly isModern: boolean
}

/** An answer that is text already, such as a schema. */
export class RawText {
  constructor(readonly text: string) {}
}

/** What is answered as JSON; nothing for 204. */
export type Answer = object | number | RawText | undefined

export interface Route extends RoutePattern {
  readonly method: Method
  /** Has the topic written, which the leader alone may do. */
  readonly isChange?: boolean
  /** Throws RegistryError. */
  run(call: Call): Answer | Promise<Answer>
}

export const isOn = ({ query }: Call, name: string): boolean => query.get(name) === 'true'

export const deletedOf = (call: Call): Deleted =>
  isOn(call, 'deletedOnly') ? 'only' : isOn(call, 'deleted') ? 'with' : 'without'

/** The subject that the path names, or what it is an alias of. */
export const subjectOf = ({ registry, path, context }: Call): string =>
  registry.aliased(subjectIn(context, path['subject']!))

/** Whose settings are meant: the subject's of the path, or those of the context. */
export const scopeOf = ({ path, context }: Call): string | null => scopeIn(context, path['subject'])

const MOST = 0x7fff_ffff

/** -1 for the latest. Throws RegistryError 42202. */
export function versionOf({ path }: Call): number {
  const text = path['version']!
  if (text === 'latest' || text === '-1') return -1
  const version = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (version < 1 || version > MOST) throw invalidVersion(text)
  return version
}

/** A part of a list: `offset`, `limit`; a limit below 0 is none. */
export function paged<T>(list: readonly T[], { query }: Call): T[] {
  const [offset, limit] = [wholeOf(query, 'offset') ?? 0, wholeOf(query, 'limit') ?? -1]
  const from = Math.max(offset, 0)
  return limit < 0 ? list.slice(from) : list.slice(from, from + limit)
}

function wholeOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^-?\d{1,10}$/.test(text)) throw new RegistryError(404, 404, 'HTTP 404 Not Found')
  return Number(text)
}

/** The schema of a request. Throws RegistryError 422 for members of the wrong kind. */
export function schemaOf(body: Call['body']): NewSchema {
  const id = integerOf(body, 'id')
  const version = integerOf(body, 'version')
  return {
    schemaType: (textOf(body, 'schemaType') ?? 'AVRO') as SchemaType,
    schema: textOf(body, 'schema') ?? '',
    references: referencesOf(body),
    metadata: (objectOf(body, 'metadata') ?? undefined) as Metadata | undefined,
    ruleSet: (objectOf(body, 'ruleSet') ?? undefined) as RuleSet | undefined,
    ...(id !== undefined && id >= 0 && { id }),
    ...(version !== undefined && version > 0 && { version }),
  }
}

function referencesOf(body: Call['body']): SchemaReference[] {
  const { references = null } = body
  if (references === null) return []
  if (!Array.isArray(references)) throw unfit('references', 'a list')
  return references.map((reference: unknown) => {
    if (typeof reference !== 'object' || reference === null) throw unfit('references', 'a list of objects')
    const named = reference as Record<string, unknown>
    const [name, subject, version] = [textOf(named, 'name'), textOf(named, 'subject'), integerOf(named, 'version')]
    if (name === undefined || subject === undefined || version === undefined)
      throw unfit('references', 'a list of objects with name, subject and version')
    return { name, subject, version }
  })
}

export function textOf(body: Call['body'], name: string): string | undefined {
  const value = body[name] ?? undefined
  if (value !== undefined && typeof value !== 'string') throw unfit(name, 'a string')
  return value
}

export function objectOf(body: Call['body'], name: string): Record<string, unknown> | null {
  const value = body[name] ?? null
  if (typeof value !== 'object' || Array.isArray(value)) throw unfit(name, 'an object')
  return value as Record<string, unknown> | null
}

export function booleanOf(body: Call['body'], name: string): boolean | undefined {
  const value = body[name] ?? undefined
  if (value !== undefined && typeof value !== 'boolean') throw unfit(name, 'true or false')
  return value
}

function integerOf(body: Call['body'], name: string): number | undefined {
  const value = body[name] ?? undefined
  if (value !== undefined && !Number.isInteger(value)) throw unfit(name, 'a whole number')
  return value as number | undefined
}

const unfit = (name: string, what: string): RegistryError => new RegistryError(422, 422, `${name} has to be ${what}`)
