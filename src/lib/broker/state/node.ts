import type { Address } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import type { FileSystem } from '../log/file-system.ts'
import type { Broker, BrokerState } from './broker.ts'
import { randomUuid } from '../../protocol/uuid.ts'
import { MetadataLog } from '../raft/index.ts'
import type { ControllerChannel } from '../network/controller-channel.ts'
import type { CreateTopic } from './cluster/new-topic.ts'
import { QuorumController } from '../controller/quorum-controller.ts'
import { Cluster } from './cluster/cluster.ts'
import type { Random } from './cluster/placement.ts'
import type { BrokerConfig } from './configs/broker-config.ts'
import { TopicConfigs } from './configs/topic-configs.ts'
import { openGroups } from './coordinators/groups.ts'
import { openTransactions } from './coordinators/transactions.ts'
import { supportedFeatures } from './features.ts'
import { Incoming } from './incoming.ts'
import { Outgoing } from './outgoing.ts'
import { Partitions } from './partitions.ts'
import { createTopic, planTopic } from './topic-creation.ts'
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
  /** The addresses that clients are told, by listener; none for a controller alone, which is no broker. */
  readonly endpoints: ReadonlyMap<string, Address>
  /** The same for the listeners of its controller; none by default. */
  readonly controllerEndpoints?: ReadonlyMap<string, Address>
  readonly controller: ControllerChannel
  /** The cluster that a node joins whose folders are new; a new one by default. */
  readonly clusterId?: string
  /** By default this node is its own controller. */
  readonly createTopic?: CreateTopic
  readonly warn: (line: string) => void
  /** Where new partitions begin among the brokers. */
  readonly random?: Random
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
export function prepareNode(options: NodeOptions, open: (directories: LogDirectories) => Cluster): PreparedNode {
  const { config, fileSystem, processes, clock, warn, clusterId } = options
  const directories = new LogDirectories({
    fileSystem,
    processes,
    clock,
    warn,
    nodeId: config.number('node.id'),
    clusterId,
    paths: config.logDirs(),
    producerIdExpirationMs: config.number('producer.id.expiration.ms'),
  })
  const givingBack = <T>(action: () => T): T => {
    try {
      return action()
    } catch (error) {
      directories.close(false)
      throw error
    }
  }
  let isGone = false
  // Of a folder that is gone one thing is to be said, and not that of each file.
  const quietly = {
    ...options,
    warn: (line: string): void => {
      if (!isGone) warn(line)
    },
  }
  const state = givingBack(() => openState(directories, open(directories), quietly))
  return {
    state,
    open: () => {
      const node = givingBack(() => openLogs(state, quietly))
      const watch = watchFolders(directories, clock)
      return {
        ...node,
        failed: watch.failed,
        close: (flushing) => {
          watch.stop()
          isGone = directories.gone().length > 0
          directories.close(node.close(flushing))
        },
      }
    },
    close: () => {
      state.cluster.close()
      directories.close(false)
    },
  }
}

interface OpenLogs extends Pick<OpenNode, 'broker' | 'flushInBackground'> {
  /** Returns whether every log was closed well. */
  close(flushing?: { flush: boolean }): boolean
}

function openLogs(state: BrokerState, { warn, info }: NodeOptions): OpenLogs {
  const { partitions, cluster, quorumController } = state
  const close = (flushing?: { flush: boolean }): boolean => {
    quorumController.close()
    const isClean = partitions.close(flushing)
    cluster.close()
    return isClean
  }
  try {
    partitions.start()
  } catch (error) {
    close()
    throw error
  }
  if (info) reportTopics(cluster, info)
  const broker = openCoordinators(state, warn, info)
  if (cluster.controllerId === state.nodeId) quorumController.start()
  return { broker, close, flushInBackground: () => partitions.flushInBackground() }
}

/** What the node has of the metadata: no log is open yet. */
function openState(directories: LogDirectories, cluster: Cluster, options: NodeOptions): BrokerState {
  const {
    config,
    clock,
    warn,
    info = () => {},
    random = Math.random,
    controller,
    controllerEndpoints = new Map(),
  } = options
  const nodeId = config.number('node.id')
  const currentConfig = followConfig(config, cluster, nodeId)
  const topicConfigs = new TopicConfigs(currentConfig)
  const state: BrokerState = {
    nodeId,
    controllerEndpoints,
    controller,
    createTopic: options.createTopic ?? ((topic) => createTopic(state, planTopic(state, topic))),
    clock,
    topicConfigs,
    cluster,
    quorumController: new QuorumController({ nodeId, clock, cluster, topicConfigs, config: currentConfig, info, warn }),
    random,
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
  return state
}

/** Reads the metadata, in which this node then takes its place. */
function openCluster(
  { clusterId, metadataDirectory, directoryIds }: LogDirectories,
  { config, fileSystem, clock, endpoints, warn }: NodeOptions,
): Cluster {
  const nodeId = config.number('node.id')
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
  if (endpoints.size > 0) {
    cluster.register({
      nodeId,
      incarnationId: randomUuid(),
      rack: config.string('broker.rack') || null,
      endpoints,
      features: supportedFeatures(),
      directories: directoryIds,
    })
  }
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
