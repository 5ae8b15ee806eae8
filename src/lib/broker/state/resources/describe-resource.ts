import { KafkaError } from '../../../errors.ts'
import { CONFIG_RESOURCE_TYPES, CONFIG_SOURCES } from '../../../protocol/apis/describe-configs.ts'
import type { Broker } from '../broker.ts'
import { brokerDefinition, dynamicBrokerDefinition } from '../configs/broker-config-definitions.ts'
import type { BrokerConfig } from '../configs/broker-config.ts'
import { resolveLoggers } from '../configs/broker-loggers.ts'
import { resolveClientMetrics } from '../configs/client-metrics-configs.ts'
import { configEntry, type ConfigEntry } from '../configs/config-entry.ts'
import { checkTopicName } from './config-target.ts'
import { resolveGroupConfigs } from '../configs/group-configs.ts'
import { parseValue } from '../configs/parse-value.ts'

/**
 * Every setting of a topic, a broker, a group …, sorted by name. Throws KafkaError for what is not there
 * (ConfigHelper).
 */
export function describeResource(broker: Broker, resourceType: number, name: string): ConfigEntry[] {
  switch (resourceType) {
    case CONFIG_RESOURCE_TYPES.topic:
      return describeTopic(broker, name)
    case CONFIG_RESOURCE_TYPES.broker:
      return describeBroker(broker, name)
    case CONFIG_RESOURCE_TYPES.brokerLogger:
      return describeLoggers(broker, name)
    case CONFIG_RESOURCE_TYPES.clientMetrics:
      if (name === '') throw new KafkaError('INVALID_REQUEST', 'Client metrics subscription name must not be empty')
      return resolveClientMetrics(broker.cluster.configs('client-metrics', name))
    case CONFIG_RESOURCE_TYPES.group:
      if (name === '') throw new KafkaError('INVALID_REQUEST', 'Group name must not be empty')
      return resolveGroupConfigs(broker.config, broker.cluster.configs('group', name))
    default:
      throw new KafkaError('INVALID_REQUEST', `Unexpected resource type ${resourceType} for resource ${name}`)
  }
}

function describeTopic({ cluster, topicConfigs }: Broker, name: string): ConfigEntry[] {
  checkTopicName(name)
  const topic = cluster.topic(name)
  if (!topic) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', '')
  return topicConfigs.resolve(topic.configs)
}

function describeBroker(broker: Broker, name: string): ConfigEntry[] {
  const { config } = broker
  if (name === '') return describeClusterDefaults(config)
  checkBrokerId(broker, name, ' or empty string,')
  return config.names().map((setting) => {
    const definition = dynamicBrokerDefinition(setting)
    return configEntry(setting, definition, config.value(setting), config.synonyms(setting), isReadOnly(setting))
  })
}

function describeClusterDefaults(config: BrokerConfig): ConfigEntry[] {
  return [...config.dynamicDefaults].sort().map(([setting, written]) => {
    const definition = dynamicBrokerDefinition(setting)
    const value = definition ? parseValue(setting, definition, written) : written
    const synonyms = config
      .synonyms(setting)
      .filter(({ source }) => source === CONFIG_SOURCES.DYNAMIC_DEFAULT_BROKER_CONFIG)
    return configEntry(setting, definition, value, synonyms, isReadOnly(setting))
  })
}

function describeLoggers(broker: Broker, name: string): ConfigEntry[] {
  if (name === '') throw new KafkaError('INVALID_REQUEST', 'Broker id must not be empty')
  checkBrokerId(broker, name, '')
  return resolveLoggers()
}

function checkBrokerId({ nodeId }: Broker, name: string, orElse: string): void {
  if (!/^[+-]?\d+$/.test(name))
    throw new KafkaError('INVALID_REQUEST', `Broker id must be an integer, but it is: ${name}`)
  if (Number(name) === nodeId) return
  throw new KafkaError('INVALID_REQUEST', `Unexpected broker id, expected ${nodeId}${orElse} but received ${name}`)
}

const isReadOnly = (setting: string): boolean => (brokerDefinition(setting)?.update ?? 'read-only') === 'read-only'
