import { EnvironmentError, KafkaError, kafkaErrorOf } from '../../errors.ts'
import type { Address } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import type { FileSystem } from '../log/file-system.ts'
import type { Broker, BrokerState } from './broker.ts'
import { randomUuid } from '../../protocol/uuid.ts'
import { QuorumController } from '../controller/quorum-controller.ts'
import type { Network } from '../network/network.ts'
import { Peers } from '../network/peers.ts'
import { sockets } from '../network/sockets.ts'
import { MetadataLog } from '../raft/index.ts'
import type { ControllerChannel } from '../network/controller-channel.ts'
import type { Authorizer } from '../security/authorizer/authorizer.ts'
import { Cluster } from './cluster/cluster.ts'
import type { Random } from './cluster/placement.ts'
import type { Endpoint } from './cluster/types.ts'
import type { CreateTopic } from './cluster/new-topic.ts'
import type { BrokerConfig } from './configs/broker-config.ts'
import { rolesOf } from './configs/roles.ts'
import { interBrokerListener, type ListenerConfig } from './configs/listeners.ts'
import { TopicConfigs } from './configs/topic-configs.ts'
import { openGroups } from './coordinators/groups.ts'
import { openTransactions } from './coordinators/transactions.ts'
import { OWN_FEATURES } from './features.ts'
import { Incoming } from './incoming.ts'
import { Outgoing } from './outgoing.ts'
import { Partitions } from './partitions.ts'
import { createTopic, planTopic } from './topic-creation.ts'
import { ProducerIds } from './producer-ids.ts'
import { BandwidthQuota } from './quotas/bandwidth-quota.ts'
import { ReplicationQuota } from './quotas/replication-quota.ts'
import { Turns } from './turns.ts'
import { watchFolders, type FolderWatch } from './storage/folder-watch.ts'
import { LogDirectories } from './storage/log-directories.ts'
import type { Processes } from './storage/lock.ts'

export interface NodeOptions {
  readonly config: BrokerConfig
  readonly fileSystem: FileSystem
  readonly processes: Processes
  readonly clock: Clock
  /** Sockets by default. */
  readonly network?: Network
  /** The addresses that clients are told, by listener; none for a controller alone, which is no broker. */
  readonly endpoints: ReadonlyMap<string, Endpoint>
  /** The same for the listeners of its controller; none by default. */
  readonly controllerEndpoints?: ReadonlyMap<string, Address>
  readonly controller: ControllerChannel
  /** Who may do what; everybody everything by default. */
  readonly openAuthorizer?: ((cluster: Cluster) => Authorizer) | undefined
  /** See BrokerState; nothing is checked by default. */
  readonly checkListeners?: (config: BrokerConfig) => void
  /** The cluster that a node joins whose folders are new; a new one by default. */
  readonly clusterId?: string
  /** By default this node is its own controller. */
  readonly createTopic?: CreateTopic
  /** Where new partitions begin among the brokers. */
  readonly random?: Random
  readonly warn: (line: string) => void
  /** Told of what becomes of brokers, topics, groups and transactions. */
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

interface OpenMetadata {
  readonly cluster: Cluster
  /** Null where another node writes it. */
  readonly metadataLog: MetadataLog | null
}

/** A node that has its folders and its metadata, and no log yet. */
export interface PreparedNode {
  readonly state: BrokerState
  /** Throws EnvironmentError when a log cannot be used; then the folders are given back. */
  open(): OpenNode
  /** Gives the folders back, in place of `open`. */
  close(): void
}

/**
 * Puts a node together over its folders that is its own controller: metadata, logs, coordinators. Throws
 * EnvironmentError when a folder cannot be used.
 */
export const openNode = (options: NodeOptions): OpenNode =>
  prepareNode(options, (directories) => openCluster(directories, options)).open()

/** The same in two steps, so that the metadata can be followed before a log is opened by it. */
export function prepareNode(options: NodeOptions, open: (directories: LogDirectories) => OpenMetadata): PreparedNode {
  const { config, fileSystem, processes, clock, warn, clusterId } = options
  const directories = new LogDirectories({
    fileSystem,
    processes,
    clock,
    warn,
    nodeId: config.number('node.id'),
    clusterId,
    paths: config.logDirs(),
    metadataDirectory: config.metadataLogDir(),
    producerIdExpirationMs: config.number('producer.id.expiration.ms'),
  })
  const givingBack = <T>(action: () => T): T => {
    try {
      return action()
    } catch (error) {
      directories.close(false)
      throw asUnusable(error)
    }
  }
  let hasFailed = false
  // Of a folder that has failed one thing is to be said, and not that of each file.
  const quietly = {
    ...options,
    warn: (line: string): void => {
      if (!hasFailed) warn(line)
    },
  }
  const state = givingBack(() => openState(directories, open(directories), quietly))
  return {
    state,
    open: () => {
      let watch: FolderWatch
      const failed = new Promise<string>((resolve) => {
        watch = watchFailures(state, clock, (reason) => {
          hasFailed = true
          resolve(reason)
        })
      })
      const node = givingBack(() => openLogs(state, quietly))
      return {
        ...node,
        failed,
        close: (flushing) => {
          watch.stop()
          hasFailed ||= directories.lost().length > 0
          const { cluster, nodeId } = state
          directories.close(node.close(flushing), cluster.registration(nodeId)?.epoch)
        },
      }
    },
    close: () => {
      closeMetadata(state.cluster, quietly.warn)
      directories.close(false)
    },
  }
}

/** What the disk has for a client an answer with Kafka's code for is, for whoever starts the node, its surroundings. */
const asUnusable = (error: unknown): unknown =>
  error instanceof KafkaError && error.code === 'KAFKA_STORAGE_ERROR'
    ? new EnvironmentError(error.message, { cause: error, code: 'DATA_DIR_UNUSABLE' })
    : error

/** Tells, once, why the node cannot go on: a folder that it needs has failed. */
function watchFailures(
  { directories, partitions }: BrokerState,
  clock: Clock,
  fail: (reason: string) => void,
): FolderWatch {
  partitions.listen({
    onDirectoryFailed(fatal) {
      if (fatal !== null) fail(`${fatal}; the broker cannot go on without it, and stops`)
    },
  })
  return watchFolders(directories, clock, ({ path, reason }) => {
    if (!partitions.failDirectory(path, reason)) fail(`${reason}: the broker cannot keep anything, and stops`)
  })
}

interface OpenLogs extends Pick<OpenNode, 'broker' | 'flushInBackground'> {
  /** Returns whether every log was closed well. */
  close(flushing?: { flush: boolean }): boolean
}

function openLogs(state: BrokerState, { warn, info }: NodeOptions): OpenLogs {
  const { partitions, cluster, quorumController, peers } = state
  const close = (flushing?: { flush: boolean }): boolean => {
    quorumController.close()
    peers.close()
    const isClean = partitions.close(flushing)
    return closeMetadata(cluster, warn) && isClean
  }
  try {
    partitions.start()
  } catch (error) {
    close()
    throw error
  }
  if (info) reportTopics(cluster, info)
  const broker = openCoordinators(state, warn, info)
  if (state.metadataLog) quorumController.start()
  return { broker, close, flushInBackground: () => partitions.flushInBackground() }
}

/** What the node has of the metadata: no log is open yet. */
function openState(
  directories: LogDirectories,
  { cluster, metadataLog }: OpenMetadata,
  options: NodeOptions,
): BrokerState {
  const { config, clock, warn, info = () => {}, controller, controllerEndpoints = new Map() } = options
  const nodeId = config.number('node.id')
  const currentConfig = followConfig(config, cluster, nodeId)
  const topicConfigs = new TopicConfigs(currentConfig)
  const state: BrokerState = {
    nodeId,
    controllerEndpoints,
    controller,
    checkListeners: options.checkListeners ?? (() => {}),
    createTopic: options.createTopic ?? ((topic) => createTopic(state, planTopic(state, topic))),
    clock,
    authorizer: options.openAuthorizer?.(cluster) ?? null,
    topicConfigs,
    cluster,
    metadataLog,
    quorumController: new QuorumController({ nodeId, clock, cluster, topicConfigs, config: currentConfig, info, warn }),
    random: options.random ?? Math.random,
    peers: openPeers(nodeId, cluster, options),
    partitions: new Partitions({ nodeId, clock, cluster, topicConfigs, directories, warn, config: currentConfig }),
    directories,
    producerIds: new ProducerIds({ nodeId, cluster, controller }),
    incoming: new Incoming(config.number('socket.request.max.bytes')),
    outgoing: new Outgoing(),
    turns: new Turns(clock),
    quotas: {
      produce: new BandwidthQuota('producer_byte_rate', cluster.clientQuotas, currentConfig, clock),
      fetch: new BandwidthQuota('consumer_byte_rate', cluster.clientQuotas, currentConfig, clock),
      leader: new ReplicationQuota('leader', { nodeId, cluster, config: currentConfig, clock }),
      follower: new ReplicationQuota('follower', { nodeId, cluster, config: currentConfig, clock }),
    },
    get config() {
      return currentConfig()
    },
  }
  if (metadataLog && rolesOf(config).isBroker) registerOwn(state, options)
  return state
}

/** Whether the disk took the rest of it. */
function closeMetadata(cluster: Cluster, warn: NodeOptions['warn']): boolean {
  try {
    cluster.close()
    return true
  } catch (error) {
    warn(kafkaErrorOf(error).message)
    return false
  }
}

function registerOwn({ quorumController, directories }: BrokerState, options: NodeOptions): void {
  const { config, endpoints } = options
  quorumController.registerOwn(
    {
      incarnationId: randomUuid(),
      rack: config.string('broker.rack') || null,
      endpoints,
      features: new Map(OWN_FEATURES.map(({ name, minVersion, maxVersion }) => [name, { minVersion, maxVersion }])),
      directories: directories.directoryIds,
    },
    directories.previousBrokerEpoch,
  )
}

function openPeers(nodeId: number, cluster: Cluster, { config, clock, network = sockets }: NodeOptions): Peers {
  // A controller alone has no such listener, and asks no broker.
  let listener: ListenerConfig | undefined
  return new Peers({
    network,
    clock,
    clientId: String(nodeId),
    addressOf: (id) => cluster.registration(id)?.endpoints.get((listener ??= interBrokerListener(config)).name),
  })
}

function openCluster(
  { clusterId, metadataDirectory, directoryIds, hasCleanMetadata }: LogDirectories,
  { config, fileSystem, clock, warn }: NodeOptions,
): OpenMetadata {
  const nodeId = config.number('node.id')
  const metadataLog = MetadataLog.open({
    fileSystem,
    directory: metadataDirectory,
    clock,
    nodeId,
    directoryIds,
    cleanShutdown: hasCleanMetadata,
    warn,
    minInsyncReplicas: config.number('min.insync.replicas'),
  })
  return { cluster: new Cluster(clusterId, metadataLog), metadataLog }
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
