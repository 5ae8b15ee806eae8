import { createHash, type Hash } from 'node:crypto'
import type { SchemaReference, SchemaType } from '../schemas/format.ts'

/** What is kept beside a schema and not looked into, but for the names that registering merges. */
export interface Metadata {
  readonly tags?: Readonly<Record<string, readonly string[]>>
  readonly properties?: Readonly<Record<string, string>>
  readonly sensitive?: readonly string[]
}
export interface Rule extends Readonly<Record<string, unknown>> {
  readonly name: string
}
export interface RuleSet {
  readonly migrationRules?: readonly Rule[]
  readonly domainRules?: readonly Rule[]
  readonly encodingRules?: readonly Rule[]
}

/** What makes a schema what it is: two that agree in all of it have one id in a context. */
export interface SchemaContent {
  readonly schemaType: SchemaType
  readonly schema: string
  readonly references: readonly SchemaReference[]
  readonly metadata?: Metadata | undefined
  readonly ruleSet?: RuleSet | undefined
}

/** A version of a subject. */
export interface Version extends SchemaContent {
  readonly subject: string
  readonly version: number
  readonly id: number
  readonly guid: string
  readonly deleted: boolean
  /** When its record was written, in milliseconds. */
  readonly ts: number
}

/** The settings of a subject, of a context, or of all. */
export interface Config {
  readonly alias?: string
  readonly normalize?: boolean
  readonly validateFields?: boolean
  readonly validateRules?: boolean
  readonly compatibilityLevel?: string
  readonly compatibilityPolicy?: string
  readonly compatibilityGroup?: string
  readonly defaultMetadata?: Metadata
  readonly overrideMetadata?: Metadata
  readonly defaultRuleSet?: RuleSet
  readonly overrideRuleSet?: RuleSet
}

/**
 * The MD5 of all that makes a schema what it is, in the order in which Confluent's Schema.updateHash takes it; written
 * as a UUID it is the schema's guid, the same in every context and registry.
 */
export function fingerprint({ schema, references, metadata, ruleSet }: SchemaContent): Buffer {
  const hash = createHash('md5').update(schema)
  for (const { name, subject, version } of references) {
    const number = Buffer.alloc(4)
    number.writeInt32BE(version)
    hash.update(name).update(subject).update(number)
  }
  if (metadata) hashMetadata(hash.update('\u0001'), metadata)
  if (ruleSet) {
    hash.update('\u0001')
    const { migrationRules = [], domainRules = [], encodingRules = [] } = ruleSet
    for (const rule of [...migrationRules, ...domainRules, ...encodingRules]) hashRule(hash, rule)
  }
  return hash.digest()
}

export function guidOf(md5: Buffer): string {
  const hex = md5.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function hashMetadata(hash: Hash, { tags = {}, properties = {}, sensitive = [] }: Metadata): void {
  for (const [name, values] of sorted(tags)) [name, ...[...values].sort()].forEach((text) => hash.update(text))
  for (const [name, value] of sorted(properties)) hash.update(name).update(value)
  for (const name of [...sensitive].sort()) hash.update(name)
}

const RULE_DEFAULTS = { kind: 'TRANSFORM', mode: 'WRITEREAD' }
const RULE_FIELDS = ['name', 'doc', 'kind', 'mode', 'type', 'tags', 'params', 'expr', 'onSuccess', 'onFailure']

function hashRule(hash: Hash, given: Rule): void {
  const rule: Record<string, unknown> = { ...RULE_DEFAULTS, ...given }
  for (const text of RULE_FIELDS.flatMap((field) => textsOf(rule[field]))) hash.update(text)
  if (rule['disabled'] === true) hash.update('\u0001')
}

function textsOf(value: unknown): string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.map(String).sort()
  if (typeof value === 'object')
    return sorted(value as Record<string, unknown>)
      .flat()
      .map(String)
  return [String(value as string | number | boolean)]
}

const sorted = <T>(object: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))
