import { CONFIG_SOURCES } from '../../../protocol/apis/describe-configs.ts'
import type { ConfigType, ConfigValue, Definition } from './definitions/definition.ts'
import { formatValue } from './format-value.ts'

export type ConfigSource = (typeof CONFIG_SOURCES)[keyof typeof CONFIG_SOURCES]

export interface ConfigSynonym {
  readonly name: string
  readonly value: string | null
  readonly source: ConfigSource
}

/** One setting as DescribeConfigs answers it. */
export interface ConfigEntry {
  readonly name: string
  /** Null when it is not set, or must not be shown. */
  readonly value: string | null
  readonly source: ConfigSource
  readonly isDefault: boolean
  readonly isSensitive: boolean
  readonly readOnly: boolean
  /** UNKNOWN for a setting that nobody has declared. */
  readonly type: ConfigType | 'UNKNOWN'
  /** Everywhere that the value could come from, the one that counts first. */
  readonly synonyms: readonly ConfigSynonym[]
  readonly documentation: string | null
}

/**
 * Puts an entry together. Passwords are hidden, and so is what nobody has declared, as it may be one
 * (KafkaConfig.maybeSensitive).
 */
export function configEntry(
  name: string,
  definition: Definition | undefined,
  value: ConfigValue,
  synonyms: readonly ConfigSynonym[],
  readOnly = false,
): ConfigEntry {
  const isSensitive = definition === undefined || definition.type === 'PASSWORD'
  const source = synonyms[0]?.source ?? CONFIG_SOURCES.DEFAULT_CONFIG
  return {
    name,
    source,
    isSensitive,
    readOnly,
    value: isSensitive ? null : formatValue(value, definition.type),
    isDefault: source === CONFIG_SOURCES.DEFAULT_CONFIG,
    type: definition?.type ?? 'UNKNOWN',
    synonyms: isSensitive ? synonyms.map((synonym) => ({ ...synonym, value: null })) : synonyms,
    documentation: definition?.documentation ?? null,
  }
}

export const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1)
