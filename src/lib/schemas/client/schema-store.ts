import type { Clock } from '../../clock.ts'
import { SchemaError, type ParsedSchema, type ParseOptions } from '../format.ts'
import { loadFormat } from '../formats.ts'
import type { SchemaId } from '../wire.ts'
import type { RegistryClient, SchemaText } from './registry-client.ts'
import { RegistryError } from './registry-error.ts'
import { resolveReferences } from './resolve-references.ts'

/** Why there is no schema of an id. */
export interface MissingSchema {
  readonly reason: string
  /** Reasons of one kind are worth saying once. */
  readonly kind: string
  /** When it is worth asking again. */
  readonly untilMs: number
}

export type StoredSchema = ParsedSchema | MissingSchema

export const isMissing = (schema: StoredSchema): schema is MissingSchema => 'untilMs' in schema

/** How long nothing is asked of a registry that does not answer, and how long an id is no schema's. */
const SILENCE_MS = 30_000
const UNKNOWN_MS = 300_000
/** After so many ids without a schema, one after the other, they are taken for something else. */
const MOST_STRANGERS = 50

type FormatLoader = typeof loadFormat

/** The part of a client that a store asks. */
export type SchemaSource = Pick<RegistryClient, 'schema' | 'version'>

/**
 * The schemas of a registry by their ids: each is fetched and parsed once, with what it refers to. An id without a
 * schema, and a registry that does not answer, are remembered for a while.
 */
export class SchemaStore {
  private readonly schemas = new Map<SchemaId, StoredSchema>()
  private readonly loading = new Map<SchemaId, Promise<StoredSchema>>()
  private silence: MissingSchema | undefined
  private strangers = 0

  constructor(
    private readonly registry: SchemaSource,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly formats: FormatLoader = loadFormat,
  ) {}

  /** What is known of an id without asking; undefined where it is worth asking. */
  find(id: SchemaId): StoredSchema | undefined {
    const found = this.schemas.get(id)
    return found && isMissing(found) && this.clock.now() >= found.untilMs ? undefined : found
  }

  async load(id: SchemaId): Promise<StoredSchema> {
    const found = this.find(id)
    if (found) return found
    const loading = this.loading.get(id) ?? this.fetch(id).finally(() => this.loading.delete(id))
    this.loading.set(id, loading)
    const schema = await loading
    this.schemas.set(id, schema)
    return schema
  }

  private async fetch(id: SchemaId): Promise<StoredSchema> {
    if (this.silence && this.clock.now() < this.silence.untilMs) return this.silence
    try {
      const schema = await parseSchema(await this.registry.schema(id), this.registry, { isKept: true }, this.formats)
      this.strangers = 0
      return schema
    } catch (error) {
      if (error instanceof SchemaError) return this.unusable(id, error)
      if (error instanceof RegistryError) return this.missing(id, error)
      throw error
    }
  }

  private unusable(id: SchemaId, { message }: SchemaError): MissingSchema {
    return { reason: `schema ${id} cannot be used: ${message}`, kind: `unusable ${id}`, untilMs: Infinity }
  }

  private missing(id: SchemaId, error: RegistryError): MissingSchema {
    const nowMs = this.clock.now()
    if (!error.isNotFound)
      return (this.silence = { reason: error.message, kind: 'silence', untilMs: nowMs + SILENCE_MS })
    this.strangers += 1
    const missing = {
      reason: `the registry has no schema ${id}`,
      kind: `unknown ${id}`,
      untilMs: nowMs + UNKNOWN_MS,
    }
    if (this.strangers === MOST_STRANGERS)
      this.silence = {
        reason: `the registry has none of the last ${MOST_STRANGERS} schemas that records seem to name`,
        kind: 'strangers',
        untilMs: missing.untilMs,
      }
    return missing
  }
}

/**
 * A schema with what it refers to; see ParseOptions for one that a registry has taken. Throws SchemaError, and
 * RegistryError for a reference that is not there.
 */
export async function parseSchema(
  { type, text, references }: SchemaText,
  registry: Pick<RegistryClient, 'version'>,
  options: ParseOptions = {},
  load: FormatLoader = loadFormat,
): Promise<ParsedSchema> {
  const [format, resolved] = await Promise.all([
    load(type),
    // What has been deleted since is still there for what refers to it.
    resolveReferences(references, ({ subject, version }) => registry.version(subject, version, { isDeleted: true })),
  ])
  return format.parse(text, resolved, options)
}
