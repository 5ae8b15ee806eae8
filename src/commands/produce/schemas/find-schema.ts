import { EnvironmentError, UserError } from '../../../lib/errors.ts'
import {
  isMissing,
  parseSchema,
  RegistryError,
  type RegistryClient,
  type SchemaStore,
  type SchemaText,
} from '../../../lib/schemas/client/index.ts'
import { SchemaError, type ParsedSchema } from '../../../lib/schemas/format.ts'
import { loadFormat } from '../../../lib/schemas/formats.ts'
import type { SchemaId } from '../../../lib/schemas/wire.ts'
import type { PartSettings } from './settings.ts'

/** A schema, and what it goes by in the registry. */
export interface FoundSchema {
  readonly parsed: ParsedSchema
  readonly id: SchemaId
}

export interface Registry {
  readonly client: RegistryClient
  readonly store: SchemaStore
}

/**
 * The schema that keys or values of a topic are encoded by; undefined where the registry has none for them, and none is
 * asked for. One that is given is registered, unless that is switched off. Throws UserError for a schema that cannot be
 * used, RegistryError, and EnvironmentError where the registry has no schema of an id.
 */
export async function findSchema(
  topic: string,
  settings: PartSettings,
  registry: Registry,
): Promise<FoundSchema | undefined> {
  const { schema } = settings
  if (schema === 'latest') return latestOf(topic, settings, registry)
  if ('id' in schema) return schemaById(schema.id, settings, registry)
  const given = { type: schema.type, text: schema.text, references: schema.references }
  const parsed = await parse(given, schema.origin, registry)
  const subject = settings.subjectName({ topic, part: settings.part, schema: parsed, target: targetOf(settings) })
  if (!settings.registers && settings.usesLatest) return latestFor(parsed, subject, settings, registry)
  const kept = await (settings.registers
    ? registry.client.register(subject, given, { isNormalized: settings.isNormalized })
    : registry.client.lookUp(subject, given, { isNormalized: settings.isNormalized }))
  return { parsed, id: await idOf(kept, subject, given, settings, registry) }
}

export const targetOf = ({ messageName }: PartSettings): { messageName?: string } =>
  messageName === undefined ? {} : { messageName }

/** Throws UserError. */
async function parse(text: SchemaText, origin: string, { client }: Registry): Promise<ParsedSchema> {
  try {
    return await parseSchema(text, client)
  } catch (error) {
    throw error instanceof SchemaError ? new UserError(`${origin}: ${error.message}`) : error
  }
}

async function schemaById(id: number, settings: PartSettings, { client, store }: Registry): Promise<FoundSchema> {
  const parsed = await store.load(id)
  if (isMissing(parsed)) throw new EnvironmentError(`Cannot encode by schema ${id}: ${parsed.reason}`)
  return { parsed, id: settings.isInHeader ? requireGuid((await client.schema(id)).guid) : id }
}

/** Nothing is encoded where there is no such subject: the topic is not one of schemas. */
async function latestOf(topic: string, settings: PartSettings, registry: Registry): Promise<FoundSchema | undefined> {
  const subject = settings.subjectName({ topic, part: settings.part })
  try {
    const latest = await registry.client.version(subject, 'latest')
    const parsed = await parse(latest, `the latest schema of ${subject}`, registry)
    return { parsed, id: settings.isInHeader ? requireGuid(latest.guid) : latest.id }
  } catch (error) {
    if (error instanceof RegistryError && error.isNotFound && !settings.usesLatest) return undefined
    throw error
  }
}

async function latestFor(
  given: ParsedSchema,
  subject: string,
  settings: PartSettings,
  registry: Registry,
): Promise<FoundSchema> {
  const latest = await registry.client.version(subject, 'latest')
  const parsed = await parse(latest, `the latest schema of ${subject}`, registry)
  if (settings.isLatestStrict) {
    const { incompatibilities } = await loadFormat(given.type)
    const reasons = parsed.type === given.type ? incompatibilities(parsed, given) : [`it is ${parsed.type}`]
    if (reasons.length > 0)
      throw new UserError(
        `the latest schema of ${subject} cannot read what the given one writes: ${reasons[0]} (latest.compatibility.strict=false skips this check)`,
      )
  }
  return { parsed, id: settings.isInHeader ? requireGuid(latest.guid) : latest.id }
}

/** Older answers have no GUID; looking the schema up has it, where the registry knows of them at all. */
async function idOf(
  { id, guid }: { readonly id: number; readonly guid?: string | undefined },
  subject: string,
  given: SchemaText,
  { isInHeader, isNormalized }: PartSettings,
  { client }: Registry,
): Promise<SchemaId> {
  if (!isInHeader) return id
  return requireGuid(guid ?? (await client.lookUp(subject, given, { isNormalized })).guid)
}

function requireGuid(guid: string | undefined): string {
  if (guid !== undefined) return guid
  throw new EnvironmentError('The registry gives schemas no GUIDs: their ids cannot stand in headers')
}
