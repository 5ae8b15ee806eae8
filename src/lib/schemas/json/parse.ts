import { SchemaError, type ResolvedReference } from '../format.ts'
import { isObject, isSchema, readJson, type JsonLimits, type JsonSchema, type Keywords } from './document.ts'
import { draftOf, refStandsAlone, type Draft } from './drafts.ts'
import { CHECKS, isPattern, SCHEMA, SCHEMA_LIST, SCHEMA_MAP } from './keywords.ts'

/** A schema with all that it refers to: every `$ref` leads somewhere. */
export interface Model {
  readonly root: JsonSchema
  readonly draft: Draft
  /** Documents that are referred to, by the name under which they are. */
  readonly documents: ReadonlyMap<string, JsonSchema>
  /** Where each `$ref` leads. */
  readonly targets: ReadonlyMap<Keywords, JsonSchema>
}

/** As much as fits in a record of `_schemas`; more values would hold up whoever waits for a registry. */
export const SCHEMA_LIMITS: JsonLimits = { characters: 1 << 20, values: 40_000 }

/** Of relative names; it is never asked for anything. */
const BASE = 'kts://schema/'

/** Throws SchemaError for what is no schema of its draft, or refers to what is not there. */
export function parseModel(root: unknown, references: readonly ResolvedReference[]): Model {
  if (!isSchema(root)) throw new SchemaError('a JSON Schema is an object, true or false')
  const draft = isObject(root) ? draftOf(root) : '7'
  const index = new SchemaIndex()
  const base = index.add(root, BASE, draft)
  const documents = new Map<string, JsonSchema>()
  for (const { name, text } of references) {
    const { value } = readJson(text, `the schema ${name}`, SCHEMA_LIMITS)
    if (!isSchema(value)) throw new SchemaError(`the schema ${name} is no JSON Schema`)
    documents.set(name, value)
    // A name that is relative is so to what refers to it.
    index.add(value, resolve(name, base), isObject(value) ? draftOf(value) : draft, BASE + name)
  }
  return { root, draft, documents, targets: index.targets() }
}

/** All schemas of some documents by the addresses that they have. */
class SchemaIndex {
  private readonly places = new Map<string, JsonSchema>()
  private readonly roots = new Map<string, JsonSchema>()
  private readonly refs: { readonly schema: Keywords; readonly base: string }[] = []

  /** Takes a document in; returns its address. */
  add(root: JsonSchema, address: string, draft: Draft, otherAddress?: string): string {
    const id = isObject(root) ? idOf(root) : undefined
    const base = id === undefined ? address : resolve(id, address).replace(/#$/, '')
    for (const place of [base, address, otherAddress ?? address]) this.roots.set(withoutFragment(place), root)
    this.visit(root, base, '#', draft)
    return base
  }

  targets(): Map<Keywords, JsonSchema> {
    const targets = new Map<Keywords, JsonSchema>()
    for (const { schema, base } of this.refs) {
      const ref = (schema['$ref'] ?? schema['$dynamicRef'] ?? schema['$recursiveRef']) as string
      const target = this.find(resolve(ref, base)) ?? this.find(BASE + ref)
      if (target === undefined) throw new SchemaError(`$ref ${JSON.stringify(ref)} leads nowhere`)
      targets.set(schema, target)
    }
    return targets
  }

  private find(address: string): JsonSchema | undefined {
    const named = this.places.get(address)
    if (named !== undefined) return named
    const root = this.roots.get(withoutFragment(address))
    if (root === undefined) return undefined
    const pointer = decoded(address.slice(withoutFragment(address).length + 1))
    return pointer === '' ? root : at(root, pointer)
  }

  private visit(schema: unknown, base: string, path: string, draft: Draft): void {
    if (typeof schema === 'boolean') return
    if (!isObject(schema)) throw new SchemaError(`${path} has to be a schema: an object, true or false`)
    const id = idOf(schema)
    const own = id === undefined ? base : resolve(id, base)
    if (id !== undefined) this.places.set(own.replace(/#$/, ''), schema)
    if (id !== undefined && !own.includes('#')) this.roots.set(own, schema)
    for (const anchor of ['$anchor', '$dynamicAnchor'])
      if (typeof schema[anchor] === 'string') this.places.set(resolve(`#${schema[anchor]}`, own), schema)
    const hasRef = ['$ref', '$dynamicRef', '$recursiveRef'].some((name) => typeof schema[name] === 'string')
    if (hasRef) this.refs.push({ schema, base: withoutFragment(own) })
    if (typeof schema['$ref'] !== 'string' || !refStandsAlone(draft)) checkKeywords(schema, path)
    this.visitInside(schema, withoutFragment(own), path, draft)
  }

  private visitInside(schema: Keywords, base: string, path: string, draft: Draft): void {
    for (const [name, value] of Object.entries(schema)) {
      const place = `${path}/${name}`
      if (SCHEMA_LIST.includes(name) && Array.isArray(value))
        value.forEach((item, index) => this.visit(item, base, `${place}/${index}`, draft))
      else if (SCHEMA.includes(name)) this.visit(value, base, place, draft)
      else if (SCHEMA_MAP.includes(name)) this.visitMap(value, base, place, draft)
      else if (SCHEMA_LIST.includes(name)) throw new SchemaError(`${place} has to be a list of schemas`)
    }
  }

  private visitMap(value: unknown, base: string, path: string, draft: Draft): void {
    if (!isObject(value)) throw new SchemaError(`${path} has to be an object of schemas`)
    for (const [name, schema] of Object.entries(value)) {
      if (path.endsWith('/patternProperties') && !isPattern(name))
        throw new SchemaError(`${path}: ${JSON.stringify(name)} is no regular expression`)
      const isListOfNames = path.endsWith('/dependencies') && Array.isArray(schema)
      if (!isListOfNames) this.visit(schema, base, `${path}/${name}`, draft)
    }
  }
}

function checkKeywords(schema: Keywords, path: string): void {
  for (const [name, value] of Object.entries(schema)) {
    const check = CHECKS.get(name)
    if (check && !check[1](value)) throw new SchemaError(`${path}/${name} has to be ${check[0]}`)
  }
}

/** `id` is draft 4's, and people write it later as well. */
function idOf(schema: Keywords): string | undefined {
  const id = schema['$id'] ?? schema['id']
  return typeof id === 'string' ? id : undefined
}

function resolve(reference: string, base: string): string {
  try {
    return new URL(reference, base).href
  } catch {
    return reference
  }
}

const withoutFragment = (address: string): string => address.replace(/#.*$/s, '')

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What a JSON pointer (RFC 6901) leads to, where that is a schema. */
function at(root: JsonSchema, pointer: string): JsonSchema | undefined {
  let value: unknown = root
  for (const word of pointer.split('/').slice(1)) {
    const name = word.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return pointer.startsWith('/') && isSchema(value) ? value : undefined
}
