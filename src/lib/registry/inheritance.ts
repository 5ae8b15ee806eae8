import type { Config, Metadata, Rule, RuleSet, SchemaContent } from './stored.ts'

/**
 * A schema with the metadata and rules that it gets when it is registered: the defaults of the settings, then its own,
 * or those of the version before where it says nothing, then what the settings override.
 */
export function settled<S extends SchemaContent>(given: S, previous: SchemaContent | undefined, config: Config): S {
  const metadata = mergedMetadata(config.defaultMetadata, given.metadata ?? previous?.metadata, config.overrideMetadata)
  const ruleSet = mergedRuleSets(config.defaultRuleSet, given.ruleSet ?? previous?.ruleSet, config.overrideRuleSet)
  return { ...given, metadata, ruleSet }
}

function mergedMetadata(...all: readonly (Metadata | undefined)[]): Metadata | undefined {
  const given = all.filter((metadata) => metadata !== undefined)
  if (given.length < 2) return given[0]
  const tags = Object.assign({}, ...given.map((metadata) => metadata.tags)) as Metadata['tags']
  const properties = Object.assign({}, ...given.map((metadata) => metadata.properties)) as Metadata['properties']
  const sensitive = [...new Set(given.flatMap((metadata) => metadata.sensitive ?? []))].sort()
  return { ...filled('tags', tags), ...filled('properties', properties), ...(sensitive.length > 0 && { sensitive }) }
}

const filled = <T extends object>(name: string, value: T | undefined): Record<string, T> =>
  value && Object.keys(value).length > 0 ? { [name]: value } : {}

const KINDS = ['migrationRules', 'domainRules', 'encodingRules'] as const

/** A rule takes the place of one of its name that came before. */
function mergedRuleSets(...all: readonly (RuleSet | undefined)[]): RuleSet | undefined {
  const given = all.filter((ruleSet) => ruleSet !== undefined)
  if (given.length < 2) return given[0]
  const merged = KINDS.map((kind) => {
    const byName = new Map<string, Rule>()
    for (const rule of given.flatMap((ruleSet) => ruleSet[kind] ?? [])) {
      byName.delete(rule.name)
      byName.set(rule.name, rule)
    }
    return [kind, [...byName.values()]] as const
  })
  return Object.fromEntries(merged.filter(([, rules]) => rules.length > 0)) as RuleSet
}
