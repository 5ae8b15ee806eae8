import type { BrokerConfig } from './broker-config.ts'
import type { BrokerConfigName } from './broker-config-definitions.ts'
import type { ConfigValue } from './definitions/definition.ts'
import type { TopicDefinition } from './topic-config-definitions.ts'

const MINUTE_MS = 60_000n

/**
 * What holds for a topic that says nothing itself: the broker's setting, in the topic's unit
 * (KafkaConfig.extractLogConfigMap).
 */
export function topicDefault(config: BrokerConfig, name: string, definition: TopicDefinition): ConfigValue {
  if (name === 'retention.ms') return retentionMs(config)
  return firstSet(config, definition.fallsBackTo) ?? definition.default
}

/** How long records are kept; every negative number stands for "for ever". */
export function retentionMs(config: BrokerConfig): bigint {
  const value = firstSet(config, ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours']) as bigint
  return value < 0n ? -1n : value
}

function firstSet(config: BrokerConfig, names: readonly BrokerConfigName[]): ConfigValue {
  for (const name of names) {
    const value = config.value(name)
    if (value !== null) return inMilliseconds(name, value)
  }
  return null
}

function inMilliseconds(name: string, value: ConfigValue): ConfigValue {
  if (name.endsWith('.minutes')) return BigInt(value as number) * MINUTE_MS
  if (name.endsWith('.hours')) return BigInt(value as number) * 60n * MINUTE_MS
  return value
}
