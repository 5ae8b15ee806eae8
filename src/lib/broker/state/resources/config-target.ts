import { KafkaError, UserError } from '../../../errors.ts'
import { CONFIG_RESOURCE_TYPES } from '../../../protocol/apis/describe-configs.ts'
import type { Broker } from '../broker.ts'
import type { BrokerConfig } from '../configs/broker-config.ts'
import { BROKER_DEFINITIONS } from '../configs/broker-config-definitions.ts'
import { validateClientMetrics } from '../configs/client-metrics-configs.ts'
import type { Definition } from '../configs/definitions/definition.ts'
import { checkDynamicConfigs } from '../configs/dynamic-broker-configs.ts'
import { validateGroupConfigs } from '../configs/group-configs.ts'
import { TOPIC_DEFINITIONS } from '../configs/topic-config-definitions.ts'
import { topicNameProblem } from '../../../protocol/topic-names.ts'

type Configs = ReadonlyMap<string, string>

/** Something whose settings an admin can change. */
export interface ConfigTarget {
  /** What is set now, as it was written. */
  readonly current: Configs
  /** The setting when it is a list, to which items can be added. Throws KafkaError INVALID_CONFIG when it is none. */
  listDefinition(name: string, operation: 'APPEND' | 'SUBTRACT'): Definition
  /** Throws KafkaError when the settings cannot be these. */
  check(next: Configs): void
  /** Throws KafkaError KAFKA_STORAGE_ERROR when the disk refuses. */
  save(next: Configs): void
}

/**
 * Throws KafkaError INVALID_REQUEST for a kind that has no settings to change, and for another broker, unless it is the
 * controller that is asked: it keeps those of all (ConfigAdminManager, ControllerConfigurationValidator).
 */
export function configTarget(
  { broker, connection }: { readonly broker: Broker; readonly connection: { readonly listener: string } },
  resourceType: number,
  name: string,
): ConfigTarget {
  switch (resourceType) {
    case CONFIG_RESOURCE_TYPES.topic:
      return topicTarget(broker, name)
    case CONFIG_RESOURCE_TYPES.broker:
      return brokerTarget(broker, name, broker.controllerEndpoints.has(connection.listener))
    case CONFIG_RESOURCE_TYPES.clientMetrics:
      return clientMetricsTarget(broker, name)
    case CONFIG_RESOURCE_TYPES.group:
      return groupTarget(broker, name)
    default:
      throw new KafkaError('INVALID_REQUEST', `Unknown resource type ${resourceType}`)
  }
}

/** Throws KafkaError INVALID_REQUEST unless it is the number of this node. */
export function checkNodeId(broker: Pick<Broker, 'nodeId'>, name: string): void {
  if (!/^[+-]?\d+$/.test(name))
    throw new KafkaError('INVALID_REQUEST', `Node id must be an integer, but it is: ${name}`)
  if (Number(name) !== broker.nodeId) {
    throw new KafkaError('INVALID_REQUEST', `Unexpected broker id, expected ${broker.nodeId}, but received ${name}`)
  }
}

/** Throws KafkaError INVALID_TOPIC_EXCEPTION. */
export function checkTopicName(name: string): void {
  const problem = topicNameProblem(name)
  if (problem) throw new KafkaError('INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${problem}`)
}

function topicTarget({ cluster, topicConfigs }: Broker, name: string): ConfigTarget {
  return {
    current: cluster.topic(name)?.configs ?? new Map(),
    listDefinition: (config, operation) => listOf(TOPIC_DEFINITIONS.get(config), config, operation),
    check(next) {
      if (name === '') throw new KafkaError('INVALID_REQUEST', 'Default topic resources are not allowed.')
      checkTopicName(name)
      topicConfigs.validate(next)
      if (!cluster.topic(name))
        throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
    },
    save: (next) => cluster.setTopicConfigs(name, next),
  }
}

function brokerTarget(broker: Broker, name: string, isController: boolean): ConfigTarget {
  const { config, cluster } = broker
  if (name !== '') checkNodeId({ nodeId: isController ? Number(name) : broker.nodeId }, name)
  const storedAs = name === '' ? '' : String(Number(name))
  return {
    current: name === '' ? config.dynamicDefaults : cluster.configs('broker', storedAs),
    listDefinition(setting, operation) {
      const definition = BROKER_DEFINITIONS.get(setting)
      if (!definition) throw new KafkaError('INVALID_CONFIG', `Unknown config name: ${setting}`)
      if (definition.type === 'LIST') return definition
      throw new KafkaError(
        'INVALID_CONFIG',
        `Config value ${operation.toLowerCase()} is not allowed for config key: ${setting}`,
      )
    },
    check(next) {
      checkDynamicConfigs(config, next, name === '')
      if (name === '') checkOwnListeners(broker, config.withDynamic(config.dynamic, next))
      else if (Number(name) === broker.nodeId)
        checkOwnListeners(broker, config.withDynamic(next, config.dynamicDefaults))
    },
    save: (next) => cluster.setConfigs('broker', storedAs, next),
  }
}

/** As Kafka does when a broker is asked to use other keys or users (DynamicListenerConfig). */
function checkOwnListeners({ checkListeners }: Broker, next: BrokerConfig): void {
  try {
    checkListeners(next)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new KafkaError('INVALID_REQUEST', error.message)
  }
}

function clientMetricsTarget({ cluster }: Broker, name: string): ConfigTarget {
  return {
    current: cluster.configs('client-metrics', name),
    listDefinition: (config, operation) => listOf(undefined, config, operation),
    check(next) {
      if (name === '') throw new KafkaError('INVALID_REQUEST', "Subscription name can't be empty")
      validateClientMetrics(next)
    },
    save: (next) => cluster.setConfigs('client-metrics', name, next),
  }
}

function groupTarget({ config, cluster }: Broker, name: string): ConfigTarget {
  return {
    current: cluster.configs('group', name),
    listDefinition: (setting, operation) => listOf(undefined, setting, operation),
    check(next) {
      if (name === '') throw new KafkaError('INVALID_REQUEST', 'Default group resources are not allowed.')
      validateGroupConfigs(config, next)
    },
    save: (next) => cluster.setConfigs('group', name, next),
  }
}

/** Lists of groups and client metrics cannot be added to: Kafka's controller does not know them as lists. */
function listOf(definition: Definition | undefined, name: string, operation: string): Definition {
  if (definition?.type === 'LIST') return definition
  throw new KafkaError('INVALID_CONFIG', `Can't ${operation} to key ${name} because its type is not LIST.`)
}
