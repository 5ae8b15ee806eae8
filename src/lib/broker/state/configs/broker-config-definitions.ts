import { CLUSTER_CONFIGS } from './definitions/cluster.ts'
import { atLeast, long, LONG_MAX, type Definition } from './definitions/definition.ts'
import { GROUP_COORDINATOR_CONFIGS } from './definitions/groups.ts'
import { LOG_CONFIGS } from './definitions/logs.ts'
import { NETWORK_CONFIGS } from './definitions/network.ts'
import { REPLICATION_CONFIGS } from './definitions/replication.ts'
import { SECURITY_CONFIGS } from './definitions/security.ts'
import { SHARE_AND_STREAMS_CONFIGS } from './definitions/share-and-streams.ts'
import { TIERED_STORAGE_CONFIGS } from './definitions/tiered-storage.ts'
import { TRANSACTION_CONFIGS } from './definitions/transactions.ts'

/** Every setting of Kafka 4.3's `server.properties` (AbstractKafkaConfig), and those of ours, `kts.*`. */
export const BROKER_CONFIGS = {
  ...CLUSTER_CONFIGS,
  ...NETWORK_CONFIGS,
  ...LOG_CONFIGS,
  ...GROUP_COORDINATOR_CONFIGS,
  ...SHARE_AND_STREAMS_CONFIGS,
  ...TRANSACTION_CONFIGS,
  ...REPLICATION_CONFIGS,
  ...SECURITY_CONFIGS,
  ...TIERED_STORAGE_CONFIGS,
}

export type BrokerConfigs = typeof BROKER_CONFIGS
export type BrokerConfigName = keyof BrokerConfigs

export const BROKER_DEFINITIONS: ReadonlyMap<string, Definition> = new Map(Object.entries(BROKER_CONFIGS))

/** Throttles of replication: not for the file, only for admins (QuotaConfig.brokerQuotaConfigs). */
const NOT_IN_FILES: ReadonlyMap<string, Definition> = new Map(
  [
    'leader.replication.throttled.rate',
    'follower.replication.throttled.rate',
    'replica.alter.log.dirs.io.max.bytes.per.second',
  ].map((name) => [name, long(LONG_MAX, atLeast(0n))]),
)

/**
 * Settings that can be given in several units; the first one that is set counts
 * (DynamicBrokerConfig.brokerConfigSynonyms).
 */
const UNITS: readonly (readonly BrokerConfigName[])[] = [
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
]

/** For a mechanism of a listener: `listener.name.<listener>.<mechanism>.<setting>`. */
const MECHANISM_CONFIGS = [
  'connections.max.reauth.ms',
  'sasl.jaas.config',
  'sasl.login.callback.handler.class',
  'sasl.login.class',
  'sasl.server.callback.handler.class',
]

/** The settings that a value can come from, the one that wins first. */
export function brokerSynonyms(name: string): readonly string[] {
  if (name === 'log.flush.interval.ms') return [name, 'log.flush.scheduler.interval.ms']
  const base = baseOfListenerConfig(name)
  if (base !== null) return [name, base]
  return UNITS.find((names) => (names as readonly string[]).includes(name)) ?? [name]
}

/** The definition of a setting, or of the one that it overrides for a listener. */
export function brokerDefinition(name: string): Definition | undefined {
  return BROKER_DEFINITIONS.get(name) ?? BROKER_DEFINITIONS.get(baseOfListenerConfig(name) ?? '')
}

/** The same of what admins may set besides (KafkaConfig.configType). */
export const dynamicBrokerDefinition = (name: string): Definition | undefined =>
  brokerDefinition(name) ?? NOT_IN_FILES.get(name)

/** `max.connections` of `listener.name.external.max.connections`; null for a setting that is not a listener's. */
export function baseOfListenerConfig(name: string): string | null {
  const base = /^listener\.name\.[^.]*\.(.*)$/.exec(name)?.[1]
  if (base === undefined) return null
  return MECHANISM_CONFIGS.find((config) => base.endsWith(config)) ?? base
}
