import type { Address } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import type { FileSystem } from '../log/file-system.ts'
import type { Broker, BrokerState } from './broker.ts'
import { randomUuid } from '../../protocol/uuid.ts'
import type { Network } from '../network/network.ts'
import { Peers } from '../network/peers.ts'
import { sockets } from '../network/sockets.ts'
import { MetadataLog } from '../raft/index.ts'
import { Cluster } from './cluster/cluster.ts'
import type { BrokerConfig } from './configs/broker-config.ts'
import { interBrokerListener, parseAdvertisedListeners } from './configs/listeners.ts'
import { TopicConfigs } from './configs/topic-configs.ts'
import { openGroups } from './coordinators/groups.ts'
import { openTransactions } from './coordinators/transactions.ts'
import { FEATURES } from './features.ts'
import { Incoming } from './incoming.ts'
import { Outgoing } from './outgoing.ts'
import { Partitions } from './partitions.ts'
import { ProducerIds } from './producer-ids.ts'
import { BandwidthQuota } from './quotas/bandwidth-quota.ts'
import { Turns } from './turns.ts'
import { watchFolders } from './storage/folder-watch.ts'
import { LogDirectories } from './storage/log-directories.ts'
import type { Processes } from './storage/lock.ts'

export interface NodeOptions {
  readonly config: BrokerConfig
  readonly fileSystem: FileSystem
  readonly processes: Processes
  readonly clock: Clock
  /** Sockets by default. */
  readonly network?: Network
  /** The addresses that clients are told, by listener. */
  readonly endpoints: ReadonlyMap<string, Address>
  /** The same for the listeners of its controller; none by default. */
  readonly controllerEndpoints?: ReadonlyMap<string, Address>
  readonly warn: (line: string) => void
  /** Told of what becomes of topics, groups and transactions. */
  readonly info?: (line: string) => void
}

export interface OpenNode {
  readonly broker: Broker
  /** Resolves with why the node cannot go on, if it comes to that: a folder of its has gone. */
  readonly failed: Promise<string>
  /** Gets everything to the disk while others go on, so that `close` is quick. */
  flushInBackground(): Promise<void>
  /**
   * Gives the folders back. What has not reached the disk is waited for, unless told otherwise: then the next start
   * looks through the logs.
   */
  close(options?: { flush: boolean }): void
}

/**
 * Puts a node together over its folders: metadata, logs, coordinators. Throws EnvironmentError when a folder cannot be
 * used.
 */
export function openNode(options: NodeOptions): OpenNode {
  const { config, fileSystem, processes, clock, warn } = options
  const directories = new LogDirectories({
    fileSystem,
    processes,
    clock,
    warn,
    nodeId: config.number('node.id'),
    paths: config.logDirs(),
    producerIdExpirationMs: config.number('producer.id.expiration.ms'),
  })
  try {
    return openOver(directories, options)
  } catch (error) {
    directories.close(false)
    throw error
  }
}

function openOver(directories: LogDirectories, options: NodeOptions): OpenNode {
  let isGone = false
  // Of a folder that is gone one thing is to be said, and not that of each file.
  const warn = (line: string): void => {
    if (!isGone) options.warn(line)
  }
  const state = openState(directories, { ...options, warn })
  const { partitions } = state
  const closeLogs = (flushing?: { flush: boolean }): boolean => {
    const isClean = partitions.close(flushing)
    state.cluster.close()
    return isClean
  }
  try {
    partitions.start()
  } catch (error) {
    closeLogs()
    throw error
  }
  if (options.info) reportTopics(state.cluster, options.info)
  const broker = openCoordinators(state, warn, options.info)
  const watch = watchFolders(directories, options.clock)
  return {
    broker,
    failed: watch.failed,
    flushInBackground: () => partitions.flushInBackground(),
    close: (flushing) => {
      watch.stop()
      state.peers.close()
      isGone = directories.gone().length > 0
      directories.close(closeLogs(flushing))
    },
  }
}

/** The metadata, and what the node has of it: no log is open yet. */
function openState(directories: LogDirectories, options: NodeOptions): BrokerState {
  const { config, clock, warn, controllerEndpoints = new Map() } = options
  const nodeId = config.number('node.id')
  const cluster = openCluster(directories, nodeId, options)
  const currentConfig = followConfig(config, cluster, nodeId)
  const topicConfigs = new TopicConfigs(currentConfig)
  return {
    nodeId,
    controllerEndpoints,
    clock,
    topicConfigs,
    cluster,
    peers: openPeers(nodeId, cluster, options),
    partitions: new Partitions({ nodeId, clock, cluster, topicConfigs, directories, warn, config: currentConfig }),
    directories,
    producerIds: new ProducerIds(cluster, nodeId),
    incoming: new Incoming(config.number('socket.request.max.bytes')),
    outgoing: new Outgoing(),
    turns: new Turns(clock),
    quotas: {
      produce: new BandwidthQuota('producer_byte_rate', cluster.clientQuotas, currentConfig, clock),
      fetch: new BandwidthQuota('consumer_byte_rate', cluster.clientQuotas, currentConfig, clock),
    },
    get config() {
      return currentConfig()
    },
  }
}

function openPeers(nodeId: number, cluster: Cluster, { config, clock, network = sockets }: NodeOptions): Peers {
  const { name } = interBrokerListener(config, parseAdvertisedListeners(config))
  return new Peers({
    network,
    clock,
    clientId: String(nodeId),
    addressOf: (id) => cluster.registration(id)?.endpoints.get(name),
  })
}

/** Reads the metadata, in which this node then takes its place. */
function openCluster(
  { clusterId, metadataDirectory, directoryIds }: LogDirectories,
  nodeId: number,
  { config, fileSystem, clock, endpoints, warn }: NodeOptions,
): Cluster {
  const log = MetadataLog.open({
    fileSystem,
    directory: metadataDirectory,
    clock,
    nodeId,
    directoryIds,
    warn,
    minInsyncReplicas: config.number('min.insync.replicas'),
  })
  const cluster = new Cluster(clusterId, log)
  cluster.register({
    nodeId,
    incarnationId: randomUuid(),
    rack: config.string('broker.rack') || null,
    endpoints,
    features: new Map(FEATURES.map(({ name, minVersion, maxVersion }) => [name, { minVersion, maxVersion }])),
    directories: directoryIds,
  })
  return cluster
}

/** The end of a transaction reaches the groups that have committed offsets in it, so they come first. */
function openCoordinators(state: BrokerState, warn: NodeOptions['warn'], info: NodeOptions['info']): Broker {
  const withGroups = Object.assign(state, { groups: openGroups(state, warn, info) })
  return Object.assign(withGroups, { transactions: openTransactions(withGroups, warn, info) })
}

function reportTopics(cluster: Cluster, info: (line: string) => void): void {
  cluster.listen({
    onTopicChanged({ name, partitions: { length } }, before) {
      const count = `${length} ${length === 1 ? 'partition' : 'partitions'}`
      if (!before) info(`topic ${name} created, ${count}`)
      else if (length > before.partitions.length) info(`topic ${name} has ${count} now`)
    },
    onTopicRemoved: ({ name }) => info(`topic ${name} deleted`),
  })
}

/** The settings as admins have changed them since; worked out anew only when they do. */
function followConfig(config: BrokerConfig, cluster: Cluster, nodeId: number): () => BrokerConfig {
  const resolve = (): BrokerConfig =>
    config.withDynamic(cluster.configs('broker', String(nodeId)), cluster.configs('broker', ''))
  let current = resolve()
  cluster.listen({
    onConfigsChanged: () => {
      current = resolve()
    },
  })
  return () => current
}
