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
import type { Broker } from './state/broker.ts'
import { openNode, type NodeOptions, type OpenNode } from './state/node.ts'
import type { BrokerConfig } from './state/configs/broker-config.ts'
import {
  interBrokerListener,
  parseAdvertisedListeners,
  parseListeners,
  type ListenerConfig,
} from './state/configs/listeners.ts'
import { controllerAddresses, controllerListeners, rolesOf, zookeeperAddresses } from './state/configs/roles.ts'
import type { Processes } from './state/storage/lock.ts'
import { Listener } from './server.ts'
import type { TopicSeed } from './options.ts'
import { createMissingTopics } from './topic-seeds.ts'

export interface StartOptions {
  readonly config: BrokerConfig
  readonly fileSystem: FileSystem
  readonly processes: Processes
  readonly clock?: Clock
  /** Sockets by default. */
  readonly network?: Network
  /** Topics that are there before the first client is answered: see createMissingTopics. */
  readonly topics?: readonly (string | TopicSeed)[]
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

/**
 * How long clients have to take their last answer when the broker stops, and how long the disk has for the rest of the
 * logs.
 */
const ANSWER_MS = 1000
const FLUSH_MS = 1300

/**
 * Takes the ports, opens the logs, and begins to answer: alone or as the controller of others at once, as a broker
 * under another controller when that has let it in. Throws EnvironmentError when a port or folder cannot be had, or the
 * cluster cannot be joined, UserError for a topic that cannot be.
 */
export async function startNode(options: StartOptions): Promise<RunningNode> {
  const { config, topics = [] } = options
  const brokerListeners = parseListeners(config).map((listener) => openListener(listener, options))
  const ownControllerListeners = controllerListeners(config).map((listener) => openListener(listener, options))
  const listeners = [...brokerListeners, ...ownControllerListeners]
  // Ports first: whoever finds one taken must not touch the folder of the broker that has it.
  const ports = await bindAll(listeners)
  const endpoints = advertised(parseAdvertisedListeners(config), ports)
  let node: Served
  try {
    node = await openServed(options, {
      endpoints,
      controllerEndpoints: advertised(parseAdvertisedListeners(config, 'controller'), ports),
    })
  } catch (error) {
    await closeAll(listeners)
    throw error
  }
  try {
    if (topics.length > 0) createMissingTopics(node.broker, topics)
    serve(brokerListeners, new Dispatcher(node.broker, node.handlers))
    if (node.controllerDispatcher) serve(ownControllerListeners, node.controllerDispatcher)
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
  addresses: Pick<NodeOptions, 'endpoints' | 'controllerEndpoints'>,
): Promise<Served> {
  const { clock = systemClock, network = sockets, signal = new AbortController().signal } = options
  const config = options.config.withAddresses(addresses.endpoints)
  const all = { ...options, ...addresses, config, clock, network, signal }
  const controllers = await controllersToJoin(all)
  return controllers.length === 0 ? openAsController(all) : openAsBroker({ ...all, controllers })
}

async function controllersToJoin(options: Omit<JoinOptions, 'controllers'>): Promise<readonly Address[]> {
  const { config } = options
  if (!rolesOf(config).isController) return controllerAddresses(config)
  const addresses = zookeeperAddresses(config)
  if (addresses.length === 0) return []
  const { controllersInPlaceOfZookeeper } = await import('./lifecycle/zookeeper.ts')
  return controllersInPlaceOfZookeeper(addresses, options)
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

function openListener({ name, host, port }: ListenerConfig, options: StartOptions): Listener {
  const { config, warn, info, clock = systemClock, network = sockets } = options
  return new Listener({
    network,
    name,
    host,
    port,
    clock,
    warn,
    info,
    idleMs: config.number('connections.max.idle.ms'),
    maxRequestBytes: config.number('socket.request.max.bytes'),
    maxConnections: config.number('max.connections'),
  })
}

function serve(listeners: readonly Listener[], dispatcher: Dispatcher): void {
  for (const listener of listeners) listener.serve(dispatcher)
}

/**
 * Whoever waits is answered; the logs go to the disk while the last answers go out. It ends in less than two seconds: a
 * disk that needs longer costs the next start a look through the logs, and loses nothing.
 */
async function stop(
  { broker, replication, flushInBackground, close }: Served,
  listeners: readonly Listener[],
  { warn }: StartOptions,
): Promise<void> {
  const { clock, groups, partitions, quorumController, transactions } = broker
  quorumController.handOver()
  const closed = closeAll(listeners)
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

async function bindAll(listeners: readonly Listener[]): Promise<ReadonlyMap<string, number>> {
  const ports = new Map<string, number>()
  try {
    for (const listener of listeners) ports.set(listener.name, await listener.bind())
    return ports
  } catch (error) {
    await closeAll(listeners)
    throw error
  }
}

async function closeAll(listeners: readonly Listener[]): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close(ANSWER_MS)))
}

/** Port 0 stands for whichever was free, in what others are told too; of listeners that are open. */
function advertised(
  listeners: readonly ListenerConfig[],
  ports: ReadonlyMap<string, number>,
): ReadonlyMap<string, Address> {
  const open = listeners.filter(({ name }) => ports.has(name))
  return new Map(open.map(({ name, host, port }) => [name, { host, port: port || ports.get(name)! }]))
}
