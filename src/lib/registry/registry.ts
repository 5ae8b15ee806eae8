import type { Catalog, Deleted } from './catalog.ts'
import { incompatibilitiesWith } from './compatibility.ts'
import {
  idDiffers,
  incompatible,
  invalidSchema,
  notPermitted,
  schemaNotFound,
  stillReferenced,
  subjectNotFound,
  subjectNotSoftDeleted,
  subjectSoftDeleted,
  versionNotFound,
  versionNotSoftDeleted,
  versionSoftDeleted,
} from './errors.ts'
import { settled } from './inheritance.ts'
import { SchemaParser } from './parser.ts'
import { SchemaTexts, textOf } from './schema-texts.ts'
import type { RegistryRecord } from './records.ts'
import { contextOf, parseSubject } from './subject.ts'
import { fingerprint, guidOf, type SchemaContent, type Version } from './stored.ts'

/** Writes records and resolves when they have been applied to the catalog. */
export type Write = (records: readonly RegistryRecord[]) => Promise<void>

export interface NewSchema extends SchemaContent {
  /** Given in mode IMPORT alone. */
  readonly id?: number | undefined
  /** 0 or nothing for the next one. */
  readonly version?: number | undefined
}

const READ_ONLY = ['READONLY', 'READONLY_OVERRIDE', 'FORWARD']

/** What is asked of a registry, over what its topic says. Every change is one write, one after the other. */
export class Registry {
  readonly parser: SchemaParser
  private readonly texts: SchemaTexts
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    readonly catalog: Catalog,
    private readonly write: Write,
    /** Defaults of Avro have to fit their fields in what is not normalized either. */
    private readonly validatesDefaults = false,
  ) {
    this.parser = new SchemaParser(catalog)
    this.texts = new SchemaTexts(this.parser)
  }

  /** The subject that a name stands for. */
  aliased(subject: string): string {
    return this.catalog.ownConfig(subject)?.alias ?? subject
  }

  /** Throws RegistryError 40401. */
  versions(subject: string, deleted: Deleted): Version[] {
    const versions = this.catalog.versions(subject, deleted)
    if (versions.length === 0) throw subjectNotFound(subject)
    return versions
  }

  /** -1 stands for the latest. Throws RegistryError 40401, 40402. */
  version(subject: string, number: number, deleted: Deleted = 'without'): Version {
    const versions = this.versions(subject, deleted)
    const found = number === -1 ? versions.at(-1) : versions.find(({ version }) => version === number)
    if (!found) throw versionNotFound(number)
    return found
  }

  /**
   * The version of a subject that has this schema, the latest of several. Metadata and rules count where they are
   * given. Throws RegistryError 40401, 40403, 42201.
   */
  async find(subject: string, content: SchemaContent, { deleted, normalizes }: LookUp): Promise<Version> {
    const versions = this.versions(subject, deleted)
    const parsed = await this.parser.parse(content, contextOf(subject))
    const found = await this.texts.find(
      versions.reverse(),
      { ...content, schema: textOf(parsed, normalizes) },
      normalizes,
    )
    if (!found) throw schemaNotFound()
    return found
  }

  /** Throws RegistryError 409, 42201, 42205, 42207, and what a write throws. */
  register(subject: string, given: NewSchema, options: { normalizes: boolean }): Promise<Version> {
    return this.inTurn(async () => {
      const { catalog } = this
      this.checkImport(subject, given)
      const config = catalog.config(subject)
      const versions = catalog.versions(subject)
      const inherited = settled(given, versions.at(-1), config)
      const normalizes = options.normalizes || config.normalize === true
      const validatesDefaults = given.id === undefined && (normalizes || this.validatesDefaults)
      const parsed = await this.parser.parse(inherited, contextOf(subject), { validatesDefaults })
      const content = { ...inherited, schema: textOf(parsed, normalizes) }
      const guid = guidOf(fingerprint(content))
      const known = await this.texts.find([...versions].reverse(), content, normalizes)
      if (known && (given.id === undefined || given.id === known.id)) return known
      const number = this.nextVersion(subject, given)
      // An import is history, which is as it is.
      if (given.id === undefined) {
        const details = await incompatibilitiesWith(
          { parsed, metadata: content.metadata },
          versions,
          config,
          this.parser,
        )
        if (details.length > 0) throw incompatible(subject, details)
      }
      const id = this.idFor(subject, given, content, guid)
      const version: Version = { ...plain(content), subject, version: number, id, guid, deleted: false, ts: 0 }
      await this.write([{ type: 'schema', version }])
      return catalog.version(subject, number) ?? version
    })
  }

  /** Why a schema may not follow a version, -1 for the latest; or with undefined those that the level means. */
  async check(subject: string, content: SchemaContent, number: number | undefined): Promise<string[]> {
    const { validatesDefaults } = this
    const parsed = await this.parser.parse(content, contextOf(subject), { validatesDefaults })
    const versions = this.catalog.versions(subject)
    const looked = number === undefined || versions.length === 0 ? versions : [this.version(subject, number)]
    if (number !== undefined && number !== -1 && versions.length === 0) throw versionNotFound(number)
    const config = this.catalog.config(subject)
    return incompatibilitiesWith({ parsed, metadata: content.metadata }, looked, config, this.parser)
  }

  /** The versions that are gone. Throws RegistryError 40401, 40404, 40405, 42205, 42206. */
  deleteSubject(subject: string, isPermanent: boolean): Promise<number[]> {
    return this.inTurn(async () => {
      this.checkWritable(subject)
      const all = this.versions(subject, 'with')
      const live = all.filter(({ deleted }) => !deleted)
      if (isPermanent && live.length > 0) throw subjectNotSoftDeleted(subject)
      if (!isPermanent && live.length === 0) throw subjectSoftDeleted(subject)
      const gone = isPermanent ? all : live
      for (const { version } of gone) this.checkUnreferenced(subject, version, isPermanent)
      await this.write([
        ...(isPermanent
          ? gone.map(({ version }): RegistryRecord => ({ type: 'schema-gone', subject, version }))
          : [{ type: 'subject-deleted', subject, upTo: gone.at(-1)!.version } as const]),
        ...this.withoutSettings(subject),
      ])
      return gone.map(({ version }) => version)
    })
  }

  /** -1 stands for the latest. Throws RegistryError 40401, 40402, 40406, 40407, 42205, 42206. */
  deleteVersion(subject: string, number: number, isPermanent: boolean): Promise<number> {
    return this.inTurn(async () => {
      this.checkWritable(subject)
      this.versions(subject, 'with')
      const found = this.version(subject, number, number === -1 && !isPermanent ? 'without' : 'with')
      const { version } = found
      if (found.deleted && !isPermanent) throw versionSoftDeleted(subject, version)
      if (!found.deleted && isPermanent) throw versionNotSoftDeleted(subject, version)
      this.checkUnreferenced(subject, version, isPermanent)
      const isLast = this.catalog.versions(subject).every((live) => live.version === version)
      await this.write([
        isPermanent
          ? { type: 'schema-gone', subject, version }
          : { type: 'schema', version: { ...found, deleted: true } },
        ...(isLast ? this.withoutSettings(subject) : []),
      ])
      return version
    })
  }

  /** For changes of settings: `decide` says by what they are in its turn what is to be written. */
  change(decide: () => readonly RegistryRecord[]): Promise<void> {
    return this.inTurn(async () => {
      const records = decide()
      if (records.length > 0) await this.write(records)
    })
  }

  /** One change after the other, since each looks at what the ones before it have left. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work, work)
    this.last = turn.catch(() => {})
    return turn
  }

  private checkWritable(subject: string): void {
    const mode = this.catalog.mode(subject)
    if (READ_ONLY.includes(mode)) throw notPermitted(`Subject ${subject} is in ${nameOf(mode)} mode`)
  }

  private checkImport(subject: string, { id }: NewSchema): void {
    this.checkWritable(subject)
    const isImport = this.catalog.mode(subject) === 'IMPORT'
    const { context } = parseSubject(subject)
    if (id !== undefined && !isImport)
      throw notPermitted(`Subject ${subject} in context ${context} is not in import mode`)
    if (id === undefined && isImport) throw notPermitted(`Subject ${subject} in context ${context} is in import mode`)
  }

  /** What is deleted softly is still read by those that refer to it; what is gone is not. */
  private checkUnreferenced(subject: string, version: number, isPermanent: boolean): void {
    const hindering = this.catalog.referencing(subject, version, isPermanent ? 'with' : 'without')
    if (hindering.length > 0) throw stillReferenced(subject, version)
  }

  /** What was said of a subject goes with it. */
  private withoutSettings(subject: string): RegistryRecord[] {
    const { catalog } = this
    return [
      ...(catalog.ownConfig(subject) ? [{ type: 'config', scope: subject, config: null } as const] : []),
      ...(catalog.ownMode(subject) ? [{ type: 'mode', scope: subject, mode: null } as const] : []),
    ]
  }

  private nextVersion(subject: string, { version = 0, id }: NewSchema): number {
    const next = (this.catalog.versions(subject, 'with').at(-1)?.version ?? 0) + 1
    if (version <= 0) return next
    if (id === undefined && version !== next)
      throw invalidSchema(`Version ${version} is not one more than previous version ${next - 1}`)
    return version
  }

  /** The same schema has one id in a context. */
  private idFor(subject: string, { id }: NewSchema, content: SchemaContent, guid: string): number {
    const { catalog } = this
    const context = contextOf(subject)
    const same = catalog
      .withGuid(guid)
      .find((version) => contextOf(version.subject) === context && isEqual(version, content, guid))
    if (id === undefined) return same?.id ?? catalog.highestId(context) + 1
    const [other] = catalog.withId(context, id)
    if (other && !isEqual(other, content, guid)) throw idDiffers(`Overwrite new schema with id ${id} is not permitted.`)
    return id
  }
}

export interface LookUp {
  readonly deleted: Deleted
  readonly normalizes: boolean
}

const isEqual = (version: Version, { schemaType }: SchemaContent, guid: string): boolean =>
  version.guid === guid && version.schemaType === schemaType

const nameOf = (mode: string): string => (mode === 'FORWARD' ? 'forward' : 'read-only')

/** Without what belongs to the request. */
const plain = ({ schemaType, schema, references, metadata, ruleSet }: SchemaContent): SchemaContent => ({
  schemaType,
  schema,
  references,
  metadata,
  ruleSet,
})
