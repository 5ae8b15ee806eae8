import type { SchemaReference, SchemaType } from '../schemas/format.ts'
import { fingerprint, guidOf, type Config, type Metadata, type RuleSet, type Version } from './stored.ts'

/**
 * The records of the topic `_schemas`, as Confluent's registry keeps it: JSON in key and value, no blanks, members in
 * this order; a record without a value takes back what its key names.
 */
export type RegistryRecord =
  | { readonly type: 'schema'; readonly version: Version }
  | { readonly type: 'schema-gone'; readonly subject: string; readonly version: number }
  | { readonly type: 'subject-deleted'; readonly subject: string; readonly upTo: number }
  | { readonly type: 'subject-cleared'; readonly subject: string }
  | { readonly type: 'config'; readonly scope: string | null; readonly config: Config | null }
  | { readonly type: 'mode'; readonly scope: string | null; readonly mode: string | null }
  | { readonly type: 'context'; readonly context: string; readonly isGone: boolean }
  | { readonly type: 'noop' }

export interface KeyAndValue {
  readonly key: string
  readonly value: string | null
}

const TENANT = 'default'

export function encodeRecord(record: RegistryRecord): KeyAndValue {
  switch (record.type) {
    case 'schema':
      return { key: schemaKey(record.version), value: json(schemaValue(record.version)) }
    case 'schema-gone':
      return { key: schemaKey(record), value: null }
    case 'subject-deleted':
      return {
        key: json({ keytype: 'DELETE_SUBJECT', subject: record.subject, magic: 0 }),
        value: json({ subject: record.subject, version: record.upTo }),
      }
    case 'subject-cleared':
      return {
        key: json({ keytype: 'CLEAR_SUBJECT', subject: record.subject, magic: 0 }),
        value: json({ subject: record.subject }),
      }
    case 'config':
      return {
        key: json({ keytype: 'CONFIG', subject: record.scope, magic: 0 }),
        value: record.config && json({ ...(record.scope !== null && { subject: record.scope }), ...record.config }),
      }
    case 'mode':
      return {
        key: json({ keytype: 'MODE', subject: record.scope, magic: 0 }),
        value: record.mode && json({ ...(record.scope !== null && { subject: record.scope }), mode: record.mode }),
      }
    case 'context':
      return {
        key: json({ keytype: 'CONTEXT', tenant: TENANT, context: record.context, magic: 0 }),
        value: record.isGone ? null : json({ tenant: TENANT, context: record.context }),
      }
    case 'noop':
      return { key: json({ keytype: 'NOOP', magic: 0 }), value: null }
  }
}

const json = (value: object): string => JSON.stringify(value)

const schemaKey = ({ subject, version }: { subject: string; version: number }): string =>
  json({ keytype: 'SCHEMA', subject, version, magic: 1 })

function schemaValue(version: Version): object {
  const { schemaType, references, metadata, ruleSet } = version
  return {
    subject: version.subject,
    version: version.version,
    id: version.id,
    md5: Buffer.from(version.guid.replaceAll('-', ''), 'hex').toString('base64'),
    ...(schemaType !== 'AVRO' && { schemaType }),
    ...(references.length > 0 && { references }),
    ...(metadata && { metadata }),
    ...(ruleSet && { ruleSet }),
    schema: version.schema,
    deleted: version.deleted,
  }
}

/**
 * Reads a record that any registry may have written. Undefined for kinds that are of no use here (associations among
 * others); throws for what is no record of a registry.
 */
export function decodeRecord(key: Buffer, value: Buffer | null, ts: number): RegistryRecord | undefined {
  const named = JSON.parse(key.toString()) as Partial<Record<string, unknown>>
  const given = value && value.length > 0 ? (JSON.parse(value.toString()) as StoredValue | null) : null
  const subject = named['subject'] as string | null
  switch (named['keytype']) {
    case 'SCHEMA':
      return given
        ? { type: 'schema', version: versionOf(given, ts) }
        : { type: 'schema-gone', subject: subject!, version: named['version'] as number }
    case 'DELETE_SUBJECT':
      return given ? { type: 'subject-deleted', subject: given.subject, upTo: given.version } : undefined
    case 'CLEAR_SUBJECT':
      return given ? { type: 'subject-cleared', subject: given.subject } : undefined
    case 'CONFIG':
      return { type: 'config', scope: subject ?? null, config: given && configOf(given) }
    case 'MODE':
      return { type: 'mode', scope: subject ?? null, mode: given && String(given.mode) }
    case 'CONTEXT':
      return { type: 'context', context: named['context'] as string, isGone: given === null }
    case 'NOOP':
      return { type: 'noop' }
    default:
      return undefined
  }
}

interface StoredValue extends Readonly<Record<string, unknown>> {
  readonly subject: string
  readonly version: number
  readonly id: number
  readonly schema: string
  readonly schemaType?: SchemaType
  readonly references?: readonly SchemaReference[] | null
  readonly metadata?: Metadata | null
  readonly ruleSet?: RuleSet | null
  readonly deleted?: boolean
}

function versionOf(value: StoredValue, ts: number): Version {
  const { subject, version, id, schema } = value
  if (typeof subject !== 'string' || typeof schema !== 'string' || !Number.isInteger(version) || !Number.isInteger(id))
    throw new TypeError('a schema needs its subject, version, id and text')
  const content = {
    schemaType: value.schemaType ?? 'AVRO',
    schema,
    references: value.references ?? [],
    metadata: value.metadata ?? undefined,
    ruleSet: value.ruleSet ?? undefined,
  }
  return {
    subject,
    version,
    id,
    guid: guidOf(fingerprint(content)),
    ...content,
    deleted: value.deleted ?? false,
    ts,
  }
}

function configOf(value: StoredValue): Config {
  const members = Object.entries(value).filter(([name, member]) => name !== 'subject' && member !== null)
  return Object.fromEntries(members) as Config
}
