import type { Address } from '../address.ts'
import { systemClock, type Clock } from '../clock.ts'
import { Dispatcher } from './dispatch.ts'
import type { ApiHandler } from './handle.ts'
import { BROKER_HANDLERS } from './handlers/index.ts'
import type { JoinedNode, JoinOptions } from './lifecycle/join.ts'
import { LocalChannel } from './local-channel.ts'
import type { FileSystem } from './log/file-system.ts'
import type { Network } from './network/network.ts'
import { sockets } from './network/sockets.ts'
import type { Replication } from './replication/index.ts'
import type { PeerNetworkOptions } from './security/peer-network.ts'
import type { Broker } from './state/broker.ts'
import { openNode, type NodeOptions, type OpenNode } from './state/node.ts'
import type { BrokerConfig } from './state/configs/broker-config.ts'
import {
  controllerListener,
  interBrokerListener,
  parseAdvertisedListeners,
  parseListeners,
} from './state/configs/listeners.ts'
import { controllerAddresses, controllerListeners, rolesOf, zookeeperAddresses } from './state/configs/roles.ts'
import type { Processes } from './state/storage/lock.ts'
import { advertised, Listeners } from './listeners.ts'
import type { TopicSeed } from './options.ts'
import { createMissingTopics } from './topic-seeds.ts'
import type { User } from './user-seeds.ts'

export interface StartOptions {
  readonly config: BrokerConfig
  readonly fileSystem: FileSystem
  readonly processes: Processes
  readonly clock?: Clock
  /** Sockets by default. */
  readonly network?: Network
  /** Topics that are there before the first client is answered: see createMissingTopics. */
  readonly topics?: readonly (string | TopicSeed)[]
  /** Who may log in by SCRAM from the start; of a controller. */
  readonly users?: readonly User[]
  /** One line on what went wrong in the background: a bad request, a disk that fails. */
  readonly warn: (line: string) => void
  /** Raised when the node is to stop though it does not serve yet: it may wait for a controller. */
  readonly signal?: AbortSignal
  /** One line on what clients do: they come and go, make topics, join groups, end transactions. */
  readonly info?: (line: string) => void
}

export interface RunningNode {
  readonly broker: Broker
  readonly nodeId: number
  readonly clusterId: string
  /** The address that clients are told, by listener. */
  readonly addresses: ReadonlyMap<string, Address>
  /** The same of its controller; none where it has no listener. */
  readonly controllerAddresses: ReadonlyMap<string, Address>
  /** Resolves with why the node cannot go on and is to be stopped, if it comes to that. */
  readonly failed: Promise<string>
  /** Answers what is under way, writes everything to the disk, gives the folder back. */
  stop(): Promise<void>
}

/** How long the disk has for the rest of the logs when the broker stops. */
const FLUSH_MS = 1300

/**
 * Takes the ports, opens the logs, and begins to answer: alone or as the controller of others at once, as a broker
 * under another controller when that has let it in. Throws EnvironmentError when a port or folder cannot be had, or the
 * cluster cannot be joined, UserError for a topic that cannot be.
 */
export async function startNode(options: StartOptions): Promise<RunningNode> {
  const { config, topics = [], users = [] } = options
  const own = controllerListeners(config)
  const listeners = new Listeners([...parseListeners(config), ...own], options)
  // Ports first: whoever finds one taken must not touch the folder of the broker that has it.
  const ports = await listeners.bind()
  const endpoints = advertised(parseAdvertisedListeners(config), ports)
  let node: Served
  try {
    node = await openServed(options, {
      endpoints,
      checkListeners: (changed) => listeners.check(changed),
      controllerEndpoints: advertised(parseAdvertisedListeners(config, 'controller'), ports),
    })
  } catch (error) {
    await listeners.close()
    throw error
  }
  try {
    if (topics.length > 0) createMissingTopics(node.broker, topics)
    if (users.length > 0) (await import('./user-seeds.ts')).createUsers(node.broker, users)
    const dispatcher = new Dispatcher(node.broker, node.handlers)
    const isController = (listener: string): boolean => own.some(({ name }) => name === listener)
    listeners.serve(node.broker, (name) => (isController(name) ? node.controllerDispatcher! : dispatcher))
    node.replication?.start()
    await node.joined?.unfence()
  } catch (error) {
    await stop(node, listeners, options)
    throw error
  }
  return {
    broker: node.broker,
    nodeId: node.broker.nodeId,
    clusterId: node.broker.cluster.clusterId,
    addresses: endpoints,
    controllerAddresses: node.broker.controllerEndpoints,
    failed: node.failed,
    stop: async () => {
      await node.joined?.shutDown()
      await stop(node, listeners, options)
    },
  }
}

/** A node, and what answers for it. */
interface Served extends OpenNode {
  readonly handlers: readonly ApiHandler[]
  /** Null where no listener leads to its controller. */
  readonly controllerDispatcher: Dispatcher | null
  /** Its place under another controller, null for a node that is its own. */
  readonly joined: JoinedNode | null
  /** Null for a node that is alone, or holds no replicas. */
  readonly replication: Replication | null
}

/** What only a node among others needs is loaded only there. */
async function openServed(
  options: StartOptions,
  addresses: Pick<NodeOptions, 'endpoints' | 'controllerEndpoints' | 'checkListeners'>,
): Promise<Served> {
  const { clock = systemClock, network = sockets, signal = new AbortController().signal } = options
  const config = options.config.withAddresses(addresses.endpoints)
  const openAuthorizer = await authorizerOf(config, options.info)
  const all = { ...options, ...addresses, config, clock, network, signal, openAuthorizer }
  let current = config
  const networks = await peerNetworks({ network, clock, warn: options.warn, config: () => current })
  const peers = { ...all, network: networks.brokers, controllerNetwork: networks.controllers }
  const controllers = await controllersToJoin(peers)
  const served = await (controllers.length === 0 ? openAsController(peers) : openAsBroker({ ...peers, controllers }))
  const { broker } = served
  current = broker.config
  broker.cluster.listen({ onConfigsChanged: () => (current = broker.config) })
  return served
}

/** Loaded where the settings name one. Clients' denials are told as Kafka logs them. */
async function authorizerOf(
  config: BrokerConfig,
  info: ((line: string) => void) | undefined,
): Promise<NodeOptions['openAuthorizer']> {
  const settings = config.authorizerSettings()
  if (!settings) return undefined
  const { StandardAuthorizer } = await import('./security/authorizer/standard-authorizer.ts')
  return (cluster) => new StandardAuthorizer(settings, cluster, info)
}

async function controllersToJoin(options: Omit<JoinOptions, 'controllers'>): Promise<readonly Address[]> {
  const { config, controllerNetwork: network } = options
  if (!rolesOf(config).isController) return controllerAddresses(config)
  const addresses = zookeeperAddresses(config)
  if (addresses.length === 0) return []
  const { controllersInPlaceOfZookeeper } = await import('./lifecycle/zookeeper.ts')
  return controllersInPlaceOfZookeeper(addresses, { ...options, network })
}

/** How this node reaches the others: as their listeners demand it. A node that is alone reaches nobody. */
async function peerNetworks(
  options: Pick<PeerNetworkOptions, 'network' | 'clock' | 'warn' | 'config'>,
): Promise<{ brokers: Network; controllers: Network }> {
  const { network } = options
  const config = options.config()
  const plain = { brokers: network, controllers: network }
  if (controllerAddresses(config).length === 0) return plain
  const brokers = rolesOf(config).isBroker ? interBrokerListener(config) : null
  const controllers = controllerListener(config)
  if ([brokers, controllers].every((listener) => (listener?.securityProtocol ?? 'PLAINTEXT') === 'PLAINTEXT'))
    return plain
  const { securePeers } = await import('./security/peer-network.ts')
  const secured = async (listener: typeof controllers, mechanism: string): Promise<Network> =>
    listener && listener.securityProtocol !== 'PLAINTEXT'
      ? await securePeers({ ...options, listener, mechanism })
      : network
  return {
    brokers: await secured(brokers, config.string('sasl.mechanism.inter.broker.protocol')),
    controllers: await secured(controllers, config.string('sasl.mechanism.controller.protocol')),
  }
}

async function openAsBroker(options: JoinOptions): Promise<Served> {
  const { joinCluster } = await import('./lifecycle/join.ts')
  const { FORWARDING_HANDLERS } = await import('./handlers/forwarding-handlers.ts')
  const joined = await joinCluster(options)
  const { broker } = joined
  return {
    ...joined,
    joined,
    replication: await openReplication(broker, options, () => joined.brokerEpoch),
    handlers: FORWARDING_HANDLERS,
    controllerDispatcher: null,
  }
}

async function openAsController(options: Omit<JoinOptions, 'controllers'>): Promise<Served> {
  const { config } = options
  let opened: Promise<Dispatcher> | undefined
  const openController = (): Promise<Dispatcher> =>
    (opened ??= import('./handlers/controller-handlers.ts').then(
      ({ CONTROLLER_HANDLERS }) => new Dispatcher(broker, CONTROLLER_HANDLERS),
    ))
  const node = openNode({ ...options, controller: new LocalChannel(openController) })
  const { broker } = node
  broker.partitions.listen({
    onDirectoryFailed: () => broker.quorumController.failOwnDirectories(broker.directories.failedIds),
  })
  const hasListener = controllerListeners(config).length > 0
  const replication =
    hasListener && rolesOf(config).isBroker
      ? await openReplication(broker, options, () => broker.cluster.registration(broker.nodeId)?.epoch ?? -1n)
      : null
  return {
    ...node,
    joined: null,
    replication,
    handlers: BROKER_HANDLERS,
    controllerDispatcher: hasListener ? await openController() : null,
  }
}

async function openReplication(
  state: Broker,
  { config, network, warn }: Pick<JoinOptions, 'config' | 'network' | 'warn'>,
  brokerEpoch: () => bigint,
): Promise<Replication> {
  const { Replication } = await import('./replication/index.ts')
  return new Replication({
    state,
    network,
    listenerName: interBrokerListener(config).name,
    brokerEpoch,
    warn,
  })
}

/**
 * Whoever waits is answered; the logs go to the disk while the last answers go out. It ends in less than two seconds: a
 * disk that needs longer costs the next start a look through the logs, and loses nothing.
 */
async function stop(
  { broker, replication, flushInBackground, close }: Served,
  listeners: Listeners,
  { warn }: StartOptions,
): Promise<void> {
  const { clock, groups, partitions, quorumController, transactions } = broker
  quorumController.handOver()
  const closed = listeners.close()
  replication?.stop()
  transactions.close()
  groups.close()
  partitions.release()
  quorumController.release()
  const flushed = flushInBackground()
  const isFlushed = await isDoneWithin(FLUSH_MS, clock, closed.then(() => flushed).then(flushInBackground))
  if (!isFlushed) warn('the disk has not taken everything yet: the next start looks through the logs')
  close({ flush: isFlushed })
}

async function isDoneWithin(ms: number, clock: Clock, work: Promise<void>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => resolve(false))
    work.then(() => resolve(true), reject).finally(() => timer.cancel())
  })
}
