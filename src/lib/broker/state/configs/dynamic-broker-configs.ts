import { KafkaError, kafkaErrorOf, UserError } from '../../../errors.ts'
import { checkBrokerConfig } from './broker-config-checks.ts'
import {
  BROKER_DEFINITIONS,
  baseOfListenerConfig,
  brokerDefinition,
  dynamicBrokerDefinition,
} from './broker-config-definitions.ts'
import type { BrokerConfig } from './broker-config.ts'
import { parseValue } from './parse-value.ts'

type Texts = ReadonlyMap<string, string>

/** They change with their files, listener by listener (SslConfigs.RECONFIGURABLE_CONFIGS). */
const ONLY_BY_LISTENER =
  /^ssl\.(key\.password|(keystore|truststore)\.(type|location|password|certificates|certificate\.chain|key))$/
/** What may be set for all listeners of all brokers at once, though it belongs to a listener. */
const LISTENERS_OF_ALL = ['max.connection.creation.rate', 'max.connections', 'num.network.threads']
const THREADS = [
  'background.threads',
  'log.cleaner.threads',
  'num.io.threads',
  'num.network.threads',
  'num.recovery.threads.per.data.dir',
  'num.replica.fetchers',
]
/** Read once, when the broker starts: a change would be accepted and do nothing. */
const FIXED_HERE = ['listener.security.protocol.map', 'listeners', 'producer.id.expiration.ms']

/**
 * Checks what an admin wants the settings to be that override the file, of one broker or of all
 * (DynamicBrokerConfig.validate). Throws KafkaError INVALID_REQUEST, or INVALID_CONFIG where the controller would
 * refuse.
 */
export function checkDynamicConfigs(config: BrokerConfig, next: Texts, forAllBrokers: boolean): void {
  const names = [...next.keys()]
  refuse(
    names.filter((name) => BROKER_DEFINITIONS.get(name)?.update === 'read-only'),
    'Cannot update these configs dynamically',
  )
  refuse(
    names.filter((name) => ONLY_BY_LISTENER.test(name)),
    'These security configs can be dynamically updated only per-listener using the listener prefix',
  )
  for (const [name, written] of next) checkSetting(name, written)
  if (forAllBrokers) {
    refuse(
      names.filter(isPerBroker),
      'Cannot update these configs at default cluster level, broker id must be specified',
    )
  }
  for (const name of names) checkChange(config, name, next)
  checkResult(config, next, forAllBrokers)
  checkInsyncReplicas(next, forAllBrokers)
}

function refuse(names: readonly string[], reason: string): void {
  if (names.length > 0) throw new KafkaError('INVALID_REQUEST', `${reason}: [${names.join(', ')}]`)
}

function isPerBroker(name: string): boolean {
  const base = baseOfListenerConfig(name)
  return base === null ? BROKER_DEFINITIONS.get(name)?.update === 'per-broker' : !LISTENERS_OF_ALL.includes(base)
}

function checkSetting(name: string, written: string): void {
  const definition = dynamicBrokerDefinition(name)
  if (!definition) return
  try {
    parseValue(name, definition, written)
  } catch (error) {
    throw new KafkaError('INVALID_REQUEST', kafkaErrorOf(error).message)
  }
}

function checkChange(config: BrokerConfig, name: string, next: Texts): void {
  const definition = brokerDefinition(name)!
  if (FIXED_HERE.includes(name) && next.get(name) !== (config.dynamic.get(name) ?? config.dynamicDefaults.get(name))) {
    throw new KafkaError(
      'INVALID_REQUEST',
      `${name} is read when this broker starts; set it in its properties and start it anew.`,
    )
  }
  if (!THREADS.includes(name)) return
  const [now, then] = [config.value(name) as number, parseValue(name, definition, next.get(name)!) as number]
  const problem =
    then < 1
      ? 'value should be at least 1'
      : then < Math.floor(now / 2)
        ? `value should be at least half the current value ${now}`
        : then > now * 2
          ? `value should not be greater than double the current value ${now}`
          : null
  if (problem)
    throw new KafkaError(
      'INVALID_REQUEST',
      `Dynamic thread count update validation failed for ${name}=${then}, ${problem}`,
    )
}

function checkResult(config: BrokerConfig, next: Texts, forAllBrokers: boolean): void {
  try {
    checkBrokerConfig(
      forAllBrokers ? config.withDynamic(config.dynamic, next) : config.withDynamic(next, config.dynamicDefaults),
    )
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new KafkaError('INVALID_REQUEST', error.message)
  }
}

/** Replicas are tracked by the cluster, so one broker must not have a say of its own in it (KIP-966). */
function checkInsyncReplicas(next: Texts, forAllBrokers: boolean): void {
  const isSet = next.has('min.insync.replicas')
  if (!forAllBrokers && isSet) {
    throw new KafkaError('INVALID_CONFIG', 'Broker-level min.insync.replicas cannot be altered while ELR is enabled.')
  }
  if (forAllBrokers && !isSet) {
    throw new KafkaError('INVALID_CONFIG', 'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.')
  }
}
