import type { RegistryRecord } from './records.ts'
import { contextOf, DEFAULT_CONTEXT, parseSubject, qualified, scopesOf } from './subject.ts'
import type { Config, Version } from './stored.ts'
import { VersionIndex } from './version-index.ts'

/** Which versions are meant by whether they are soft-deleted. */
export type Deleted = 'without' | 'with' | 'only'

export const DEFAULT_CONFIG: Config = { compatibilityLevel: 'BACKWARD' }
export const DEFAULT_MODE = 'READWRITE'

/** All that the topic says: subjects with their versions, settings, contexts. Nothing but its records changes it. */
export class Catalog {
  private readonly subjects = new Map<string, Map<number, Version>>()
  private readonly configs = new Map<string | null, Config>()
  private readonly modes = new Map<string | null, string>()
  private readonly contexts = new Set<string>()
  private readonly highestIds = new Map<string, number>()
  /** By id in its context, and by guid. */
  private readonly ids = new VersionIndex<string>()
  private readonly guids = new VersionIndex<string>()
  /** By the versions that they name as references. */
  private readonly references = new VersionIndex<string>()

  constructor(private readonly defaults: Config = DEFAULT_CONFIG) {}

  apply(record: RegistryRecord): void {
    switch (record.type) {
      case 'schema':
        return this.put(record.version)
      case 'schema-gone':
        return this.remove(record.subject, record.version)
      case 'subject-deleted':
        for (const version of this.versions(record.subject))
          if (version.version <= record.upTo) this.put({ ...version, deleted: true })
        return
      case 'subject-cleared':
        for (const { version } of this.versions(record.subject, 'with')) this.remove(record.subject, version)
        return
      case 'config':
        return setOrDelete(this.configs, record.scope, record.config)
      case 'mode':
        return setOrDelete(this.modes, record.scope, record.mode)
      case 'context':
        return void (record.isGone ? this.contexts.delete(record.context) : this.contexts.add(record.context))
      case 'noop':
    }
  }

  /** In the order of their names. */
  subjectNames(deleted: Deleted = 'without'): string[] {
    return [...this.subjects.keys()].filter((subject) => this.has(subject, deleted)).sort()
  }

  has(subject: string, deleted: Deleted = 'without'): boolean {
    const versions = this.subjects.get(subject)
    if (!versions) return false
    const all = [...versions.values()]
    // A subject counts as deleted when nothing of it is left.
    if (deleted === 'only') return all.every((version) => version.deleted)
    return deleted === 'with' || all.some((version) => !version.deleted)
  }

  /** In ascending order; none for a subject that there is not. */
  versions(subject: string, deleted: Deleted = 'without'): Version[] {
    const versions = [...(this.subjects.get(subject)?.values() ?? [])]
    return versions.filter((version) => isMeant(version, deleted)).sort((a, b) => a.version - b.version)
  }

  version(subject: string, version: number): Version | undefined {
    return this.subjects.get(subject)?.get(version)
  }

  /** The uses of an id in a context. */
  withId(context: string, id: number): Version[] {
    return this.ids.get(idKey(context, id))
  }

  withGuid(guid: string): Version[] {
    return this.guids.get(guid)
  }

  /** The versions that refer to this one. */
  referencing(subject: string, version: number, deleted: Deleted): Version[] {
    return this.references.get(referenceKey(subject, version)).filter((referring) => isMeant(referring, deleted))
  }

  highestId(context: string): number {
    return this.highestIds.get(context) ?? 0
  }

  /** The default context, and those that are or were used. */
  contextNames(): string[] {
    const used = [...this.subjects.keys()].map(contextOf)
    return [...new Set([DEFAULT_CONTEXT, ...used, ...this.contexts])].sort()
  }

  /** The settings that a scope has itself. */
  ownConfig(scope: string | null): Config | undefined {
    return this.configs.get(scope)
  }

  /** The settings in force: each from the nearest scope that has it. */
  config(subject: string | null): Config {
    const found = scopesOf(subject).map((scope) => withoutUnset(this.configs.get(scope)))
    return Object.assign({}, this.defaults, ...found.reverse()) as Config
  }

  ownMode(scope: string | null): string | undefined {
    return this.modes.get(scope)
  }

  mode(subject: string | null): string {
    if (this.modes.get(null) === 'READONLY_OVERRIDE') return 'READONLY_OVERRIDE'
    const found = scopesOf(subject).map((scope) => this.modes.get(scope))
    return found.find((mode) => mode !== undefined) ?? DEFAULT_MODE
  }

  private put(version: Version): void {
    const { subject } = version
    const context = contextOf(subject)
    this.remove(subject, version.version)
    const versions = this.subjects.get(subject) ?? new Map<number, Version>()
    this.subjects.set(subject, versions.set(version.version, version))
    this.highestIds.set(context, Math.max(this.highestId(context), version.id))
    for (const [index, key] of this.placesOf(version, context)) index.add(key, version)
  }

  private remove(subject: string, number: number): void {
    const versions = this.subjects.get(subject)
    const version = versions?.get(number)
    if (!versions || !version) return
    versions.delete(number)
    if (versions.size === 0) this.subjects.delete(subject)
    for (const [index, key] of this.placesOf(version, contextOf(subject))) index.remove(key, version)
  }

  private placesOf(version: Version, context: string): [VersionIndex<string>, string][] {
    return [
      [this.ids, idKey(context, version.id)],
      [this.guids, version.guid],
      ...version.references.map((reference): [VersionIndex<string>, string] => [
        this.references,
        referenceKey(qualified(parseSubject(reference.subject, context)), reference.version),
      ]),
    ]
  }
}

const idKey = (context: string, id: number): string => `${id} ${context}`
const referenceKey = (subject: string, version: number): string => `${version} ${subject}`

const isMeant = (version: Version, deleted: Deleted): boolean =>
  deleted === 'with' || version.deleted === (deleted === 'only')

function setOrDelete<T>(map: Map<string | null, T>, scope: string | null, value: T | null): void {
  if (value === null) map.delete(scope)
  else map.set(scope, value)
}

const withoutUnset = (config: Config = {}): Config =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined && value !== null)) as Config
