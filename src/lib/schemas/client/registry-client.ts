import { systemClock, type Clock } from '../../clock.ts'
import type { SchemaReference, SchemaType } from '../format.ts'
import type { SchemaId } from '../wire.ts'
import type { RegistrySettings } from './settings.ts'
import { shownUrl, Transport } from './transport.ts'

/** A schema as it goes over the wire. */
export interface SchemaText {
  readonly type: SchemaType
  readonly text: string
  readonly references: readonly SchemaReference[]
}

/** A version of a subject. */
export interface SubjectVersion extends SchemaText {
  readonly subject: string
  readonly version: number
  readonly id: number
  readonly guid?: string | undefined
}

export interface Compatibility {
  readonly isCompatible: boolean
  /** Why not, a sentence each; some servers give none. */
  readonly reasons: readonly string[]
}

/** What registering answers: older servers say the id alone. */
export interface Registered {
  readonly id: number
  readonly version?: number | undefined
  readonly guid?: string | undefined
}

export const COMPATIBILITY_LEVELS = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const
export type CompatibilityLevel = (typeof COMPATIBILITY_LEVELS)[number]

export const MODES = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT', 'FORWARD'] as const
export type Mode = (typeof MODES)[number]

export type Version = number | 'latest'

interface WireSchema {
  readonly schema: string
  readonly schemaType?: SchemaType
  readonly references?: readonly SchemaReference[] | null
}

/** The requests of Confluent's API that kts makes. Each throws RegistryError, with the registry's code and message. */
export class RegistryClient {
  private readonly transport: Transport

  constructor(settings: RegistrySettings, clock: Clock = systemClock) {
    this.transport = new Transport(settings, clock)
  }

  /** Its addresses, for messages. */
  get shown(): string {
    return this.transport.settings.urls.map(shownUrl).join(',')
  }

  /** Older servers give it no GUID. */
  async schema(id: SchemaId): Promise<SchemaText & { readonly guid?: string }> {
    const path = typeof id === 'number' ? `/schemas/ids/${id}` : `/schemas/guids/${encodeURIComponent(id)}`
    const answer = (await this.transport.ask({ path })) as WireSchema & { readonly guid?: string }
    return { ...readSchema(answer), ...(answer.guid !== undefined && { guid: answer.guid }) }
  }

  async subjects({ isDeleted = false, prefix }: { isDeleted?: boolean; prefix?: string } = {}): Promise<string[]> {
    const query = { deleted: isDeleted || undefined, subjectPrefix: prefix }
    return (await this.transport.ask({ path: '/subjects', query })) as string[]
  }

  async versions(subject: string, { isDeleted = false } = {}): Promise<number[]> {
    const query = { deleted: isDeleted || undefined }
    return (await this.transport.ask({ path: versionsOf(subject), query })) as number[]
  }

  async version(subject: string, version: Version, { isDeleted = false } = {}): Promise<SubjectVersion> {
    const query = { deleted: isDeleted || undefined }
    const answer = await this.transport.ask({ path: `${versionsOf(subject)}/${version}`, query })
    return readVersion(answer as WireSchema & SubjectVersion)
  }

  /** The version under which a subject has this very schema. */
  async lookUp(subject: string, schema: SchemaText, { isNormalized = false } = {}): Promise<SubjectVersion> {
    const answer = await this.transport.ask({
      method: 'POST',
      path: `/subjects/${encodeURIComponent(subject)}`,
      query: { normalize: isNormalized || undefined },
      body: writeSchema(schema),
    })
    return readVersion(answer as WireSchema & SubjectVersion)
  }

  /** `place` is what an import says the id and version are. */
  async register(
    subject: string,
    schema: SchemaText,
    { isNormalized = false, place }: { isNormalized?: boolean; place?: { id: number; version: number } } = {},
  ): Promise<Registered> {
    const answer = await this.transport.ask({
      method: 'POST',
      path: versionsOf(subject),
      query: { normalize: isNormalized || undefined },
      body: { ...writeSchema(schema), ...place },
    })
    const { id, version, guid } = answer as Registered
    return { id, version, guid }
  }

  /** Whether a schema may be registered: against one version, or those that the level of the subject says. */
  async checkCompatibility(
    subject: string,
    schema: SchemaText,
    { version, isNormalized = false }: { version?: Version; isNormalized?: boolean } = {},
  ): Promise<Compatibility> {
    const answer = await this.transport.ask({
      method: 'POST',
      path: `/compatibility${versionsOf(subject)}${version === undefined ? '' : `/${version}`}`,
      query: { verbose: true, normalize: isNormalized || undefined },
      body: writeSchema(schema),
    })
    const { is_compatible, messages } = answer as { is_compatible: boolean; messages?: readonly string[] | null }
    return { isCompatible: is_compatible, reasons: messages ?? [] }
  }

  /** Returns the versions that are gone. A permanent deletion takes what has been deleted before. */
  async deleteSubject(subject: string, { isPermanent = false } = {}): Promise<number[]> {
    const path = `/subjects/${encodeURIComponent(subject)}`
    const query = { permanent: isPermanent || undefined }
    return (await this.transport.ask({ method: 'DELETE', path, query })) as number[]
  }

  async deleteVersion(subject: string, version: Version, { isPermanent = false } = {}): Promise<number> {
    const path = `${versionsOf(subject)}/${version}`
    const query = { permanent: isPermanent || undefined }
    return Number(await this.transport.ask({ method: 'DELETE', path, query }))
  }

  /** The level of a subject, or without one of the registry; `isOwn` does not fall back on that. */
  async level(subject?: string, { isOwn = false } = {}): Promise<CompatibilityLevel> {
    const answer = await this.transport.ask({ path: settingOf('config', subject), query: fallBack(subject, isOwn) })
    const { compatibilityLevel, compatibility } = answer as Record<string, CompatibilityLevel>
    return (compatibilityLevel ?? compatibility)!
  }

  async setLevel(level: CompatibilityLevel, subject?: string): Promise<void> {
    await this.transport.ask({ method: 'PUT', path: settingOf('config', subject), body: { compatibility: level } })
  }

  async deleteLevel(subject?: string): Promise<void> {
    await this.transport.ask({ method: 'DELETE', path: settingOf('config', subject) })
  }

  async mode(subject?: string, { isOwn = false } = {}): Promise<Mode> {
    const answer = await this.transport.ask({ path: settingOf('mode', subject), query: fallBack(subject, isOwn) })
    return (answer as { mode: Mode }).mode
  }

  /** IMPORT is refused where there are schemas, unless it is forced. */
  async setMode(mode: Mode, subject?: string, { isForced = false } = {}): Promise<void> {
    const query = { force: isForced || undefined }
    await this.transport.ask({ method: 'PUT', path: settingOf('mode', subject), query, body: { mode } })
  }

  async deleteMode(subject?: string): Promise<void> {
    await this.transport.ask({ method: 'DELETE', path: settingOf('mode', subject) })
  }
}

const versionsOf = (subject: string): string => `/subjects/${encodeURIComponent(subject)}/versions`

const settingOf = (kind: 'config' | 'mode', subject: string | undefined): string =>
  subject === undefined ? `/${kind}` : `/${kind}/${encodeURIComponent(subject)}`

const fallBack = (subject: string | undefined, isOwn: boolean): { defaultToGlobal?: boolean } =>
  subject === undefined || isOwn ? {} : { defaultToGlobal: true }

/** A schema without a type is Avro's, as before there were others. */
const readSchema = ({ schema, schemaType, references }: WireSchema): SchemaText => ({
  type: schemaType ?? 'AVRO',
  text: schema,
  references: (references ?? []).map(({ name, subject, version }) => ({ name, subject, version })),
})

const readVersion = (answer: WireSchema & SubjectVersion): SubjectVersion => ({
  ...readSchema(answer),
  subject: answer.subject,
  version: answer.version,
  id: answer.id,
  ...(answer.guid !== undefined && { guid: answer.guid }),
})

const writeSchema = ({ type, text, references }: SchemaText): WireSchema => ({
  schema: text,
  ...(type !== 'AVRO' && { schemaType: type }),
  ...(references.length > 0 && { references }),
})
