import { kafkaErrorOf, UserError } from '../../../errors.ts'
import { formatAddress } from '../../../address.ts'
import { suggest } from '../../../suggest.ts'
import { allowedValues } from './allowed-values.ts'
import { AUTHORIZER_SETTINGS } from './authorizer-settings.ts'
import { checkBrokerConfig } from './broker-config-checks.ts'
import { baseOfListenerConfig, BROKER_DEFINITIONS, brokerDefinition } from './broker-config-definitions.ts'
import { BrokerConfig, defaultText } from './broker-config.ts'
import { formatValue } from './format-value.ts'
import { checkInterBrokerListener, parseAdvertisedListeners } from './listeners.ts'
import { checkRoles, controllerAddresses, rolesOf, zookeeperAddresses } from './roles.ts'
import { parseValue } from './parse-value.ts'
import { isRemovedConfig } from './removed-configs.ts'

type Texts = ReadonlyMap<string, string>

/**
 * Reads the settings of a `server.properties`. Throws UserError, which names the setting, the value and what is
 * allowed, for the first one that cannot be. Unknown settings are kept, each with a warning, that `hint` may end.
 */
export function parseBrokerConfig(
  properties: Texts,
  hint: (name: string) => string = () => '',
): { config: BrokerConfig; warnings: string[] } {
  for (const [name, written] of properties) readSetting(name, written)
  const config = new BrokerConfig(withOwnRoles(withNodeId(properties)))
  checkBrokerConfig(config)
  checkRoles(config, (name) => properties.has(name))
  if (rolesOf(config).isBroker) checkInterBrokerListener(config, parseAdvertisedListeners(config))
  return { config, warnings: warningsFor(config, [...properties.keys()], hint) }
}

function readSetting(name: string, written: string): void {
  const definition = brokerDefinition(name)
  if (!definition) return
  try {
    parseValue(name, definition, written)
  } catch (error) {
    throw new UserError(`${kafkaErrorOf(error).message} (allowed: ${allowedValues(definition)})`)
  }
}

/**
 * `node.id` and `broker.id` are two names of one thing, which a file of Kafka's always has; -1 once asked ZooKeeper for
 * a number.
 */
function withNodeId(properties: Texts): Texts {
  const brokerId = Number(properties.get('broker.id') ?? -1)
  const nodeId = properties.get('node.id') ?? (brokerId === -1 ? defaultText('node.id')! : String(brokerId))
  if (brokerId !== -1 && brokerId !== Number(nodeId))
    throw new UserError(`node.id=${nodeId} and broker.id=${brokerId} must be the same`)
  readSetting('node.id', nodeId)
  return new Map([...properties, ['node.id', nodeId], ['broker.id', nodeId]])
}

/** Whatever a file leaves open, this broker is its own controller. */
const withOwnRoles = (properties: Texts): Texts => new Map([['process.roles', 'broker,controller'], ...properties])

const ONE_CONTROLLER = 'is the controller of this cluster, and there is one at a time: this node is a broker alone'

/** Whether no broker has such a setting, of Kafka 4 or before. */
const isUnknownSetting = (name: string): boolean =>
  !brokerDefinition(name) && !isRemovedConfig(name) && !AUTHORIZER_SETTINGS.has(name)

/** `; did you mean log.dirs?`, or nothing. */
export function nearBrokerSetting(name: string): string {
  const near = suggest(name, BROKER_DEFINITIONS.keys())
  return near === undefined ? '' : `; did you mean ${near}?`
}

/** Throws UserError for a setting that no broker has. */
export function checkProperties(properties: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(properties).find(isUnknownSetting)
  if (unknown !== undefined)
    throw new UserError(`properties: ${unknown} is not a setting of a Kafka broker${nearBrokerSetting(unknown)}`)
}

/**
 * What whoever starts a broker with these settings must know. Settings without effect are named, in one line, where
 * they differ from their default and are not mere `tuning`: a tutorial's threads and buffers are not worth a word.
 */
function warningsFor(config: BrokerConfig, names: readonly string[], hint: (name: string) => string): string[] {
  const hasZookeeper = zookeeperAddresses(config).length > 0
  const removed = names.filter((name) => isRemovedConfig(name) && !(hasZookeeper && name === 'zookeeper.connect'))
  const ineffective = names.filter((name) => isIneffective(config, name))
  const isSecondController = config.list('process.roles')!.includes('controller') && !rolesOf(config).isController
  return [
    ...(removed.length > 0 ? [`settings of Kafka before 4.0 are ignored: ${removed.join(', ')}`] : []),
    ...names
      .filter(isUnknownSetting)
      .map((name) => `${name} is not a setting of a Kafka broker; it is ignored${hint(name)}`),
    ...(ineffective.length > 0 ? [`settings without effect in this broker: ${ineffective.join(', ')}`] : []),
    ...(isSecondController ? [`${formatAddress(controllerAddresses(config)[0]!)} ${ONE_CONTROLLER}`] : []),
  ]
}

/** TLS, SASL and how many connections there may be are each listener's own here, other limits are not. */
const hasListenerItself = (base: string): boolean =>
  /^(ssl|sasl)\.|^(connections\.max\.reauth\.ms|max\.connections|max\.connection\.creation\.rate)$/.test(base)

function isIneffective(config: BrokerConfig, name: string): boolean {
  const definition = brokerDefinition(name)
  if (!definition || definition.isTuning || definition.isInternal) return false
  const base = baseOfListenerConfig(name)
  if (definition.acts && (base === null || hasListenerItself(base))) return false
  return formatValue(config.value(name), definition.type) !== formatValue(definition.default, definition.type)
}
