import { hostname } from 'node:os'
import { formatAddress, parseJavaAddress, type Address } from '../../../address.ts'
import { UserError } from '../../../errors.ts'
import type { BrokerConfig } from './broker-config.ts'
import { controllerListenerNames, parseAdvertisedListeners, parseListeners, type ListenerConfig } from './listeners.ts'

export interface Roles {
  readonly isBroker: boolean
  readonly isController: boolean
}

/** A controller of the quorum; the id is known from controller.quorum.voters alone. */
interface Voter extends Address {
  readonly id?: number
}

/**
 * What this node does. There is one controller: of several that the quorum names it is the first, and the others are
 * brokers alone. Throws UserError.
 */
export function rolesOf(config: BrokerConfig): Roles {
  const roles = config.list('process.roles')!
  const [first] = quorumVoters(config)
  // One that nobody can join is alone, whatever it says of others.
  const isAlone = first === undefined || parseListeners(config, 'controller').length === 0
  return {
    isBroker: roles.includes('broker'),
    isController: roles.includes('controller') && (isAlone || isThisNode(first, config)),
  }
}

/** Where controllers may be, the one that is active first; empty for a node that is alone. Throws UserError. */
export const controllerAddresses = (config: BrokerConfig): readonly Address[] => quorumVoters(config)

/** Where other nodes reach this one's controller; empty without one, and for a node that is alone. Throws UserError. */
export const controllerListeners = (config: BrokerConfig): ListenerConfig[] =>
  rolesOf(config).isController && quorumVoters(config).length > 0 ? parseListeners(config, 'controller') : []

/**
 * Where a file of the time before Kafka 4 has ZooKeeper, and kts a controller in its place; empty when the file names
 * controllers, or no ZooKeeper. Throws UserError.
 */
export function zookeeperAddresses(config: BrokerConfig): readonly Address[] {
  const written = config.zookeeperConnect.replace(CHROOT, '')
  if (quorumVoters(config).length > 0 || config.list('process.roles')!.length === 1) return []
  const nodes = written.split(',').map((node) => node.trim())
  return nodes.filter(Boolean).map((node) => parseJavaAddress(/:\d+$/.test(node) ? node : `${node}:2181`))
}

/** The path below which ZooKeeper keeps one cluster beside others; empty without one. */
export const zookeeperPath = (config: BrokerConfig): string => CHROOT.exec(config.zookeeperConnect)?.[0] ?? ''
const CHROOT = /\/.*$/s

/**
 * Throws UserError, in Kafka's words, for roles that do not go with the listeners and the quorum
 * (KafkaConfig.validateValues). A node that is everything in one needs neither. `isGiven` is whether the file has a
 * setting of that name: what it leaves open is no reason to refuse it, as long as this node is alone.
 */
export function checkRoles(config: BrokerConfig, isGiven: (name: string) => boolean): void {
  const roles = config.list('process.roles')!
  const voters = quorumVoters(config)
  const isVoter = voters.some(({ id }) => id === config.number('node.id'))
  const hasOwnListener = parseListeners(config, 'controller').length > 0
  if (voters.length === 0 && roles.length === 1) throw new UserError(NO_QUORUM)
  if (voters.length > 0 && isGiven('process.roles') && !isGiven('node.id') && !isGiven('broker.id'))
    throw new UserError(NO_ID)
  if (!roles.includes('controller')) checkBroker(config, isVoter, hasOwnListener)
  else if (config.list('controller.quorum.voters').length > 0 && !isVoter) {
    throw new UserError(
      `If process.roles contains the 'controller' role, the node id ${config.number('node.id')} must be included in ` +
        `the set of voters controller.quorum.voters=${config.list('controller.quorum.voters').join(',')}`,
    )
  } else if (voters.length > 0 && isGiven('process.roles')) checkController(config, hasOwnListener)
  if (roles.includes('broker')) return
  if (parseListeners(config).length > 0) throw new UserError(ONLY_CONTROLLER_LISTENERS)
  if (controllerListenerNames(config).includes(config.string('inter.broker.listener.name')?.toUpperCase() ?? ''))
    throw new UserError(
      'controller.listener.names must not contain an explicitly set inter.broker.listener.name when process.roles=controller',
    )
  if (!rolesOf(config).isController) {
    throw new UserError(
      `${formatAddress(voters[0]!)} is the controller of this cluster, and there is one at a time: a node with ` +
        'process.roles=controller beside it is not needed',
    )
  }
}

/** One that has no listener for others would be a cluster of its own, and nobody would hear of it. */
function checkController(config: BrokerConfig, hasOwnListener: boolean): void {
  if (!hasOwnListener) throw new UserError(NO_CONTROLLER_LISTENER)
  const own = parseListeners(config, 'controller').map(({ name }) => name)
  const unknown = controllerListenerNames(config).find((name) => !own.includes(name))
  if (unknown !== undefined)
    throw new UserError(
      "controller.listener.names must only contain values appearing in the 'listeners' configuration when running the " +
        `KRaft controller role, and ${unknown} does not`,
    )
}

function checkBroker(config: BrokerConfig, isVoter: boolean, hasControllerListener: boolean): void {
  if (isVoter) {
    throw new UserError(
      `If process.roles contains just the 'broker' role, the node id ${config.number('node.id')} must not be included ` +
        `in the set of voters controller.quorum.voters=${config.list('controller.quorum.voters').join(',')}`,
    )
  }
  if (controllerListenerNames(config).length === 0)
    throw new UserError(
      'controller.listener.names must contain at least one value when running KRaft with just the broker role',
    )
  if (hasControllerListener) {
    throw new UserError(
      "controller.listener.names must not contain a value appearing in the 'listeners' configuration when running " +
        'KRaft with just the broker role',
    )
  }
  if (config.boolean('controller.quorum.auto.join.enable'))
    throw new UserError(
      "controller.quorum.auto.join.enable is only supported when process.roles contains the 'controller' role.",
    )
}

const NO_ID =
  'Missing configuration `node.id` which is required when `process.roles` is defined (i.e. when running in KRaft mode).'
const NO_QUORUM =
  'If using process.roles, either controller.quorum.bootstrap.servers must contain the set of bootstrap controllers or ' +
  'controller.quorum.voters must contain a parseable set of controllers.'
const NO_CONTROLLER_LISTENER =
  "controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running " +
  'the KRaft controller role'
const ONLY_CONTROLLER_LISTENERS =
  'The listeners config must only contain KRaft controller listeners from controller.listener.names when ' +
  'process.roles=controller'

/** As in Kafka the voters win where both are given, and the lowest id stands first. */
function quorumVoters(config: BrokerConfig): Voter[] {
  const voters = config.list('controller.quorum.voters').map(parseVoter)
  if (voters.length > 0) return voters.sort((a, b) => a.id - b.id)
  return config.list('controller.quorum.bootstrap.servers').map(parseJavaAddress)
}

function parseVoter(text: string): Voter & { readonly id: number } {
  const [, id, address] = /^(\d+)@(.+)$/.exec(text.trim()) ?? []
  if (address === undefined) throw new UserError(`controller.quorum.voters: ${text} is not of the form ID@HOST:PORT`)
  return { id: Number(id), ...parseJavaAddress(address) }
}

function isThisNode({ id, host, port }: Voter, config: BrokerConfig): boolean {
  if (id !== undefined) return id === config.number('node.id')
  const own = [...parseListeners(config, 'controller'), ...parseAdvertisedListeners(config, 'controller')]
  const clients = parseAdvertisedListeners(config)
  const names = ['localhost', '127.0.0.1', '::1', hostname(), ...[...own, ...clients].map((each) => each.host)]
  return own.some((each) => each.port === port) && names.includes(host)
}
