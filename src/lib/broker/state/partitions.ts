import type { Clock } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'
import { CLUSTER_METADATA_TOPIC } from '../../protocol/topic-names.ts'
import type { LogConfig, PartitionLog } from '../log/types.ts'
import type { Cluster, ClusterListener } from './cluster/cluster.ts'
import type { Topic } from './cluster/types.ts'
import type { BrokerConfig } from './configs/broker-config.ts'
import type { TopicConfigs } from './configs/topic-configs.ts'
import { MetadataSnapshots } from './metadata-snapshots.ts'
import { Partition, type PartitionContext } from './partition.ts'
import type { LogDirectories } from './storage/log-directories.ts'
import { describeStray } from './storage/strays.ts'
import { Sweep, type SweepOptions } from './sweep.ts'

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
}

/**
 * The replicas of this node: opened with their topic, given their roles, cleaned in the background, closed with the
 * node.
 */
export class Partitions implements ClusterListener {
  private readonly byTopic = new Map<string, Partition[]>()
  /** Those whose log could not be opened when the node started. */
  private readonly offline = new Map<string, Set<number>>()
  /** Ids of topics by name, whose records are here and which the metadata has lost. */
  private readonly strayIds = new Map<string, string>()
  private readonly sweeps: Sweep[] = []
  private readonly listeners: PartitionListener[] = []
  private readonly context: PartitionContext
  private readonly snapshots: MetadataSnapshots

  constructor(private readonly options: PartitionsOptions) {
    const { nodeId, clock, cluster, config, warn } = options
    this.snapshots = new MetadataSnapshots(options)
    this.context = {
      nodeId,
      clock,
      cluster,
      maxLagMs: () => config().number('replica.lag.time.max.ms'),
      onDiskFailure: warn,
      onIsrProposed: (partition) => this.tell('onIsrProposed', partition),
    }
  }

  listen(listener: PartitionListener): void {
    this.listeners.push(listener)
  }

  private tell(event: keyof PartitionListener, partition: Partition): void {
    for (const listener of this.listeners) listener[event]?.(partition)
  }

  /** Opens the logs of every topic, then follows the cluster's changes. */
  start(): void {
    const { cluster, directories } = this.options
    directories.removeDeleted((topicId, name) => cluster.wasRemoved(topicId, name))
    for (const topic of cluster.topics())
      this.hold(topic, (partition, error) => this.takeOffline(topic, partition, error))
    this.nameStrays()
    this.snapshots.start()
    cluster.listen(this)
    this.every('log.retention.check.interval.ms', ({ log }, now) => log.applyRetention(now))
    this.every('log.cleaner.backoff.ms', ({ log }, now, pause) => log.compact(now, pause))
    this.every('replica.high.watermark.checkpoint.interval.ms', (partition) => this.noteHighWatermark(partition))
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
  onTopicChanged(topic: Topic): void {
    const isAlone = this.options.cluster.registrations().length === 1
    this.hold(topic, isAlone ? rethrow : (partition, error) => this.takeOffline(topic, partition, error))
  }

  onTopicRemoved(topic: Topic): void {
    for (const partition of this.offline.get(topic.name) ?? []) this.options.directories.discard(topic.name, partition)
    this.offline.delete(topic.name)
    for (const partition of (this.byTopic.get(topic.name) ?? []).filter(Boolean)) this.remove(partition)
    this.byTopic.delete(topic.name)
  }

  /** Broker settings are the defaults of topics, so all logs may be concerned. */
  onConfigsChanged(): void {
    for (const topic of this.options.cluster.topics()) this.onTopicChanged(topic)
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
    for (const each of [...this.sweeps, this.snapshots]) each.stop()
    this.release()
    const outcomes = Array.from(this.all(), (partition) =>
      this.attempt(partition, () => {
        this.noteHighWatermark(partition)
        return partition.log.close(options)
      }),
    )
    this.byTopic.clear()
    return outcomes.every((isOnDisk) => isOnDisk === true)
  }

  /** One log that cannot be opened does not keep the others from being served (HostedPartition.Offline in Kafka). */
  private takeOffline({ name }: Topic, partition: number, error: unknown): void {
    if (!(error instanceof KafkaError)) throw error
    this.offline.set(name, (this.offline.get(name) ?? new Set()).add(partition))
    this.options.warn(`${name}-${partition} is offline: ${error.message}`)
  }

  private nameStrays(): void {
    const { cluster, directories, warn } = this.options
    for (const stray of directories.strays(
      (topicId, name) =>
        name === CLUSTER_METADATA_TOPIC || cluster.topic(name) !== undefined || cluster.wasRemoved(topicId, name),
    )) {
      warn(describeStray(stray))
      if (stray.topicId !== null && !cluster.topicById(stray.topicId)) this.strayIds.set(stray.topic, stray.topicId)
    }
  }

  /** Opens what this node holds of a topic and has not opened yet, gives all their roles, and lets go of the others. */
  private hold(topic: Topic, onFailure: (partition: number, error: unknown) => void): void {
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
        continue
      }
      try {
        const partition = held ?? this.open(topic, index, config)
        if (!partition) continue
        partitions[index] = partition
        partition.log.updateConfig(config)
        if (partition.follow(registration, minInsyncReplicas)) this.tell('onRoleChanged', partition)
      } catch (error) {
        onFailure(index, error)
      }
    }
  }

  private open(topic: Topic, partition: number, config: LogConfig): Partition | undefined {
    const { cluster, directories } = this.options
    if (this.isOffline(topic.name, partition)) return undefined
    const log = directories.openLog({ topic: topic.name, partition, topicId: topic.topicId, config }, (topicId, name) =>
      cluster.wasRemoved(topicId, name),
    )
    this.noteProducers(log)
    return new Partition(topic.name, topic.topicId, partition, log, this.context)
  }

  /** What the disk does not let go of is removed at the next start, or when the topic is made again. */
  private remove(partition: Partition): void {
    delete this.byTopic.get(partition.topic)![partition.partition]
    partition.close()
    this.tell('onPartitionRemoved', partition)
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

  private every(
    interval:
      | 'log.retention.check.interval.ms'
      | 'log.cleaner.backoff.ms'
      | 'replica.high.watermark.checkpoint.interval.ms',
    task: SweepOptions['task'],
  ): void {
    const { clock, config } = this.options
    this.sweeps.push(
      new Sweep({
        clock,
        task,
        intervalMs: () => config().number(interval),
        partitions: () => this.all(),
        isServed: (partition) => this.get(partition.topic, partition.partition) === partition,
        report: (partition, error) => this.report(partition, error),
      }),
    )
  }

  /** Of a log without followers all is committed, whatever is noted. */
  private noteHighWatermark({ topic, partition, log, isAlone }: Partition): void {
    if (isAlone) return
    this.options.directories.noteHighWatermark(topic, partition, log.highWatermark)
  }

  /** What the task returns, undefined when it failed, which is reported. */
  private attempt<T>(partition: Partition, task: () => T): T | undefined {
    try {
      return task()
    } catch (error) {
      this.report(partition, error)
    }
  }

  private report({ topic, partition }: Partition, error: unknown): void {
    this.options.warn(`${topic}-${partition}: ${(error as Error).message}`)
  }
}
