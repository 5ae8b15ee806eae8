import type { Clock } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'
import { isRefusalOfDisk } from '../log/index.ts'
import type { LogConfig, PartitionLog } from '../log/types.ts'
import type { Cluster, ClusterListener } from './cluster/cluster.ts'
import { UNASSIGNED_DIRECTORY } from './cluster/directory-ids.ts'
import type { PartitionRegistration, Topic } from './cluster/types.ts'
import type { BrokerConfig } from './configs/broker-config.ts'
import type { TopicConfigs } from './configs/topic-configs.ts'
import { Housekeeping } from './housekeeping.ts'
import { Partition, type PartitionContext } from './partition.ts'
import type { LogDirectories } from './storage/log-directories.ts'
import { describeStray } from './storage/strays.ts'

export interface PartitionsOptions {
  readonly nodeId: number
  readonly clock: Clock
  readonly cluster: Cluster
  readonly config: () => BrokerConfig
  readonly topicConfigs: TopicConfigs
  readonly directories: LogDirectories
  /** Reports what went wrong in the background, one line. */
  readonly warn: (line: string) => void
}

const rethrow = (_: number, error: unknown): void => {
  throw error
}

/** As many as Node's threads for the disk. */
const FLUSHES_AT_A_TIME = 4

/** Told of what becomes of the replicas that this node holds. */
export interface PartitionListener {
  /** A new leader epoch has begun: see Partition.isLeader. */
  onRoleChanged?(partition: Partition): void
  /** It is no longer held here. */
  onPartitionRemoved?(partition: Partition): void
  /** The leader wants another ISR, which is its `leadership.proposal`. */
  onIsrProposed?(partition: Partition): void
  /** A folder has failed, and is reported by `directories.failedIds`. Null where the node goes on without it. */
  onDirectoryFailed?(fatal: string | null): void
}

type PartitionEvent = Exclude<keyof PartitionListener, 'onDirectoryFailed'>

/**
 * The replicas of this node: opened with their topic, given their roles, cleaned in the background, closed with the
 * node.
 */
export class Partitions implements ClusterListener {
  private readonly byTopic = new Map<string, Partition[]>()
  /** Those whose log cannot be used: it could not be opened, or its folder has failed. */
  private readonly offline = new Map<string, Set<number>>()
  /** Ids of topics by name, whose records are here and which the metadata has lost. */
  private readonly strayIds = new Map<string, string>()
  private readonly housekeeping: Housekeeping
  private readonly listeners: PartitionListener[] = []
  private readonly context: PartitionContext
  /** Paths of folders that have been given up. */
  private readonly failing = new Set<string>()

  constructor(private readonly options: PartitionsOptions) {
    const { nodeId, clock, cluster, config, directories } = options
    this.housekeeping = new Housekeeping({
      ...options,
      partitions: this,
      report: (partition, error) => this.report(partition, error),
    })
    this.context = {
      nodeId,
      clock,
      cluster,
      maxLagMs: () => config().number('replica.lag.time.max.ms'),
      onWriteRefused: (partition, error) => {
        if (!this.failDirectoryOf(partition, error)) options.warn(error.message)
      },
      onReadRefused: (partition, error) => void this.failDirectoryOf(partition, error),
      onIsrProposed: (partition) => this.tell('onIsrProposed', partition),
    }
    directories.onRefused = (path, reason) => {
      if (!this.failDirectory(path, reason)) options.warn(reason)
    }
  }

  listen(listener: PartitionListener): void {
    this.listeners.push(listener)
  }

  private tell(event: PartitionEvent, partition: Partition): void {
    for (const listener of this.listeners) listener[event]?.(partition)
  }

  /** Opens the logs of every topic, then follows the cluster's changes. */
  start(): void {
    const { cluster, directories } = this.options
    directories.removeDeleted(cluster.wasRemoved)
    for (const topic of cluster.topics())
      this.hold(topic, topic, (partition, error) => this.takeOffline(topic, partition, error))
    this.nameStrays()
    cluster.listen(this)
    this.housekeeping.start()
  }

  get(topic: string, partition: number): Partition | undefined {
    return this.byTopic.get(topic)?.[partition]
  }

  /** Whether this node holds a partition whose log it cannot use. */
  isOffline(topic: string, partition: number): boolean {
    return this.offline.get(topic)?.has(partition) ?? false
  }

  /** The id that a topic had which the metadata has lost: made again under it, it has its records again. */
  strayId(topic: string): string | undefined {
    return this.strayIds.get(topic)
  }

  *all(): Generator<Partition> {
    for (const partitions of this.byTopic.values()) yield* partitions.filter(Boolean)
  }

  /** Alone, whoever asked for the topic is told that the disk refuses it; among others this replica is offline. */
  onTopicChanged(topic: Topic, before: Topic | undefined): void {
    const onFailure = this.hasPeers
      ? (partition: number, error: unknown) => this.takeOffline(topic, partition, error)
      : rethrow
    this.hold(topic, before, onFailure)
  }

  onTopicRemoved(topic: Topic): void {
    for (const partition of this.offline.get(topic.name) ?? []) this.options.directories.discard(topic.name, partition)
    this.offline.delete(topic.name)
    for (const partition of (this.byTopic.get(topic.name) ?? []).filter(Boolean)) this.remove(partition)
    this.byTopic.delete(topic.name)
  }

  /** Broker settings are the defaults of topics, so all logs may be concerned. */
  onConfigsChanged(): void {
    for (const topic of this.options.cluster.topics()) this.onTopicChanged(topic, topic)
  }

  /** Returns when the log starts are on the disk. Throws KafkaError KAFKA_STORAGE_ERROR. */
  saveLogStartOffsets(): void {
    this.options.directories.saveLogStartOffsets()
  }

  /** Answers those who wait for records. */
  release(): void {
    for (const partition of this.all()) partition.release()
  }

  /** Gets every log to the disk while others go on. A disk that refuses is heard of when the logs are closed. */
  async flushInBackground(): Promise<void> {
    const waiting = [...this.all()]
    const flushSome = async (): Promise<void> => {
      for (let partition = waiting.pop(); partition; partition = waiting.pop())
        await partition.log.flushInBackground().catch(() => {})
    }
    await Promise.all(Array.from({ length: FLUSHES_AT_A_TIME }, flushSome))
  }

  /**
   * Closes every log, and writes what is left of it to the disk unless told otherwise. False when not all is there: the
   * next start must look through the logs.
   */
  close(options: { flush: boolean } = { flush: true }): boolean {
    this.housekeeping.stop()
    this.release()
    const outcomes = Array.from(this.all(), (partition) =>
      this.attempt(partition, () => {
        this.housekeeping.noteHighWatermark(partition)
        return partition.log.close(options)
      }),
    )
    this.byTopic.clear()
    return outcomes.every((isOnDisk) => isOnDisk === true)
  }

  /** One log that cannot be opened does not keep the others from being served (HostedPartition.Offline in Kafka). */
  private takeOffline({ name: topic }: Topic, partition: number, error: unknown): void {
    if (!(error instanceof KafkaError)) throw error
    this.noteOffline({ topic, partition })
    if (!this.failDirectoryOf({ topic, partition }, error))
      this.options.warn(`${topic}-${partition} is offline: ${error.message}`)
  }

  private noteOffline({ topic, partition }: Pick<Partition, 'topic' | 'partition'>): undefined {
    this.offline.set(topic, (this.offline.get(topic) ?? new Set()).add(partition))
  }

  /** Others can take over what is led here. */
  private get hasPeers(): boolean {
    return this.options.cluster.registrations().length > 1
  }

  /** Gives up the folder of a partition, if it is the disk that refuses; false where it goes on as before. */
  private failDirectoryOf({ topic, partition }: Pick<Partition, 'topic' | 'partition'>, error: unknown): boolean {
    const path = this.options.directories.pathOf(topic, partition)
    return path !== undefined && isRefusalOfDisk(error) && this.failDirectory(path, error.message)
  }

  /**
   * Gives up a folder that the disk refuses, with all replicas there, where others can take over what they lead
   * (KIP-112, KIP-858). False for a node that is alone: it goes on as before.
   */
  failDirectory(path: string, reason: string): boolean {
    if (!this.hasPeers) return false
    if (this.failing.has(path)) return true
    this.failing.add(path)
    // Whoever has noticed is to end first what it is at.
    queueMicrotask(() => this.takeDirectoryOffline(path, reason))
    return true
  }

  private takeDirectoryOffline(path: string, reason: string): void {
    const { directories, warn } = this.options
    const held = [...this.all()].filter(({ topic, partition }) => directories.pathOf(topic, partition) === path)
    const isSpare = directories.fail(path, reason)
    for (const partition of held) {
      this.noteOffline(partition)
      this.letGo(partition)
      this.attempt(partition, () => partition.log.close({ flush: false }))
    }
    const failure = `the log directory ${path} has failed: ${reason}`
    if (isSpare)
      warn(`${failure}; what lies there (${held.length} of the replicas) is offline until this broker starts again`)
    for (const listener of this.listeners) listener.onDirectoryFailed?.(isSpare ? null : failure)
  }

  private letGo(partition: Partition): void {
    delete this.byTopic.get(partition.topic)![partition.partition]
    partition.close()
    this.tell('onPartitionRemoved', partition)
  }

  private nameStrays(): void {
    const { cluster, directories, warn } = this.options
    const isExpected = (name: string, readId: () => string | null): boolean =>
      cluster.topic(name) !== undefined || cluster.wasRemoved(name, readId)
    for (const stray of directories.strays(isExpected)) {
      warn(describeStray(stray))
      if (stray.topicId !== null && !cluster.topicById(stray.topicId)) this.strayIds.set(stray.topic, stray.topicId)
    }
  }

  /** Opens what this node holds of a topic and has not opened yet, gives all their roles, and lets go of the others. */
  private hold(topic: Topic, before: Topic | undefined, onFailure: (partition: number, error: unknown) => void): void {
    const { nodeId, topicConfigs } = this.options
    const partitions = this.byTopic.get(topic.name) ?? []
    this.byTopic.set(topic.name, partitions)
    const config = topicConfigs.logConfig(topic.configs)
    const minInsyncReplicas = topicConfigs.minInsyncReplicas(topic.configs)
    for (const registration of topic.partitions) {
      const { partition: index, replicas } = registration
      const held = partitions[index]
      if (!replicas.includes(nodeId)) {
        if (held) this.remove(held)
        this.offline.get(topic.name)?.delete(index)
        continue
      }
      try {
        const isNew = !before?.partitions[index]?.replicas.includes(nodeId)
        const partition = held ?? this.open(topic, registration, config, isNew)
        if (!partition) continue
        partitions[index] = partition
        partition.log.updateConfig(config)
        if (partition.follow(registration, minInsyncReplicas)) this.tell('onRoleChanged', partition)
      } catch (error) {
        onFailure(index, error)
      }
    }
  }

  private open(
    { name: topic, topicId }: Topic,
    { partition, replicas, directories: places }: PartitionRegistration,
    config: LogConfig,
    isNew: boolean,
  ): Partition | undefined {
    const { nodeId, cluster, directories } = this.options
    if (this.isOffline(topic, partition)) return undefined
    const directoryId = places[replicas.indexOf(nodeId)] ?? UNASSIGNED_DIRECTORY
    const log = directories.openLog({ topic, partition, topicId, config, directoryId, isNew }, cluster.wasRemoved)
    if (!log) return this.noteOffline({ topic, partition })
    this.noteProducers(log)
    return new Partition(topic, topicId, partition, log, this.context)
  }

  /** What the disk does not let go of is removed at the next start, or when the topic is made again. */
  private remove(partition: Partition): void {
    this.letGo(partition)
    this.attempt(partition, () => partition.log.delete().catch((error: unknown) => this.report(partition, error)))
    this.options.directories.forget(partition.topic, partition.partition)
  }

  /**
   * The metadata may have lost how far ids were given out: one that is used here already would make new records look
   * like old ones.
   */
  private noteProducers(log: PartitionLog): void {
    for (const { producerId } of log.activeProducers()) this.options.cluster.noteProducerId(producerId)
  }

  /** What the task returns, undefined when it failed, which is reported. */
  private attempt<T>(partition: Partition, task: () => T): T | undefined {
    try {
      return task()
    } catch (error) {
      this.report(partition, error)
    }
  }

  private report(partition: Partition, error: unknown): void {
    if (this.isOffline(partition.topic, partition.partition) || this.failDirectoryOf(partition, error)) return
    this.options.warn(`${partition.topic}-${partition.partition}: ${(error as Error).message}`)
  }
}
