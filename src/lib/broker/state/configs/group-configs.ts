import { KafkaError } from '../../../errors.ts'
import type { BrokerConfig } from './broker-config.ts'
import { CONFIG_SOURCES } from '../../../protocol/apis/describe-configs.ts'
import { byName, configEntry, type ConfigEntry, type ConfigSynonym } from './config-entry.ts'
import type { ConfigValue } from './definitions/definition.ts'
import { formatValue } from './format-value.ts'
import { GROUP_DEFINITIONS, type GroupDefinition } from './group-config-definitions.ts'
import { parseValue } from './parse-value.ts'

type Overrides = ReadonlyMap<string, string>

/** Throws KafkaError INVALID_CONFIG for what a group cannot have (GroupConfig.validate). */
export function validateGroupConfigs(config: BrokerConfig, overrides: Overrides): void {
  for (const name of overrides.keys()) {
    if (!GROUP_DEFINITIONS.has(name)) throw new KafkaError('INVALID_CONFIG', `Unknown group config name: ${name}`)
  }
  for (const [name, definition] of GROUP_DEFINITIONS)
    checkBounds(config, name, definition, groupValue(config, name, overrides))
  for (const kind of ['consumer', 'share', 'streams']) {
    const [heartbeat, session] = [`${kind}.heartbeat.interval.ms`, `${kind}.session.timeout.ms`] as const
    if (groupValue(config, session, overrides)! > groupValue(config, heartbeat, overrides)!) continue
    throw new KafkaError('INVALID_CONFIG', `${session} must be greater than ${heartbeat}`)
  }
}

/** Every setting of a group and where it comes from, sorted by name. */
export function resolveGroupConfigs(config: BrokerConfig, overrides: Overrides): ConfigEntry[] {
  return [...GROUP_DEFINITIONS]
    .map(([name, definition]) => {
      const value = groupValue(config, name, overrides)
      return configEntry(name, definition, value, synonyms(config, name, definition, value, overrides.has(name)))
    })
    .sort(byName)
}

/** What holds for a group: what is set for it, or else what the broker says. */
export function groupValue(config: BrokerConfig, name: string, overrides: Overrides): ConfigValue {
  const definition = GROUP_DEFINITIONS.get(name)!
  const written = overrides.get(name)
  if (written !== undefined) return parseValue(name, definition, written)
  return definition.fallsBackTo === null ? definition.default : config.value(definition.fallsBackTo)
}

function checkBounds(config: BrokerConfig, name: string, { min, max }: GroupDefinition, value: ConfigValue): void {
  if (min !== null && value! < config.value(min)!) {
    throw new KafkaError('INVALID_CONFIG', `${name} must be greater than or equal to ${min}`)
  }
  if (max !== null && value! > config.value(max)!) {
    throw new KafkaError('INVALID_CONFIG', `${name} must be less than or equal to ${max}`)
  }
}

/** Unlike a topic's, a setting without a counterpart of the broker names its own default. */
function synonyms(
  config: BrokerConfig,
  name: string,
  definition: GroupDefinition,
  value: ConfigValue,
  isSet: boolean,
): ConfigSynonym[] {
  const { fallsBackTo, type } = definition
  const inherited: ConfigSynonym[] =
    fallsBackTo === null
      ? [{ name, value: formatValue(definition.default, type), source: CONFIG_SOURCES.DEFAULT_CONFIG }]
      : config.synonyms(fallsBackTo)
  return isSet
    ? [{ name, value: formatValue(value, type), source: CONFIG_SOURCES.DYNAMIC_GROUP_CONFIG }, ...inherited]
    : inherited
}
