import type { Clock, Timer } from '../../clock.ts'
import type { Cluster, ClusterListener } from './cluster/cluster.ts'
import type { Topic } from './cluster/types.ts'
import type { BrokerConfig } from './configs/broker-config.ts'
import type { TopicConfigs } from './configs/topic-configs.ts'
import { Partition } from './partition.ts'
import type { LogDirectories } from './storage/log-directories.ts'

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

/** The partitions of this node: opened with their topic, cleaned in the background, closed with the node. */
export class Partitions implements ClusterListener {
  private readonly byTopic = new Map<string, Partition[]>()
  private readonly timers = new Set<Timer>()

  constructor(private readonly options: PartitionsOptions) {}

  /** Opens the logs of every topic, then follows the cluster's changes. */
  start(): void {
    const { cluster, directories } = this.options
    const isDone = directories.removeDeleted((topicId) => cluster.wasRemoved(topicId))
    for (const topic of cluster.topics()) this.open(topic)
    if (isDone) cluster.compactJournal()
    cluster.listen(this)
    this.every('log.retention.check.interval.ms', (partition, now) => partition.log.applyRetention(now))
    this.every('log.cleaner.backoff.ms', (partition, now) => partition.log.compact(now))
  }

  get(topic: string, partition: number): Partition | undefined {
    return this.byTopic.get(topic)?.[partition]
  }

  *all(): Generator<Partition> {
    for (const partitions of this.byTopic.values()) yield* partitions.filter(Boolean)
  }

  onTopicChanged(topic: Topic): void {
    this.open(topic)
    const config = this.options.topicConfigs.logConfig(topic.configs)
    for (const partition of this.byTopic.get(topic.name) ?? []) partition?.log.updateConfig(config)
  }

  onTopicRemoved(topic: Topic): void {
    const partitions = this.byTopic.get(topic.name) ?? []
    this.byTopic.delete(topic.name)
    for (const partition of partitions.filter(Boolean)) {
      partition.release()
      // What the disk does not let go of is removed at the next start, or when the topic is made again.
      this.attempt(partition, () => partition.log.delete())
      this.options.directories.forget(topic.name, partition.partition)
    }
  }

  /** Broker settings are the defaults of topics, so all logs may be concerned. */
  onConfigsChanged(): void {
    for (const topic of this.options.cluster.topics()) this.onTopicChanged(topic)
  }

  /** Writes every log to the disk. False when one could not be: the next start must look through them. */
  close(): boolean {
    for (const timer of this.timers) timer.cancel()
    let isClean = true
    for (const partition of this.all()) {
      partition.release()
      isClean = this.attempt(partition, () => partition.log.close()) && isClean
    }
    this.byTopic.clear()
    return isClean
  }

  /** Opens what this node holds of a topic and has not opened yet. */
  private open(topic: Topic): void {
    const { nodeId, cluster, topicConfigs, directories, warn } = this.options
    const partitions = this.byTopic.get(topic.name) ?? []
    this.byTopic.set(topic.name, partitions)
    const config = topicConfigs.logConfig(topic.configs)
    for (const { partition, leaderEpoch, replicas } of topic.partitions) {
      if (partitions[partition] || !replicas.includes(nodeId)) continue
      const log = directories.openLog({ topic: topic.name, partition, topicId: topic.topicId, config }, (topicId) => cluster.wasRemoved(topicId))
      partitions[partition] = new Partition(topic.name, topic.topicId, partition, leaderEpoch, log, warn)
    }
  }

  /** Runs a task over all partitions again and again; one that fails is reported, and the others go on. */
  private every(interval: 'log.retention.check.interval.ms' | 'log.cleaner.backoff.ms', task: (partition: Partition, now: number) => void): void {
    const { clock, config } = this.options
    const timer = clock.after(config().number(interval), () => {
      this.timers.delete(timer)
      for (const partition of this.all()) this.attempt(partition, () => task(partition, clock.now()))
      this.every(interval, task)
    })
    this.timers.add(timer)
  }

  private attempt({ topic, partition }: Partition, task: () => void): boolean {
    try {
      task()
      return true
    } catch (error) {
      this.options.warn(`${topic}-${partition}: ${(error as Error).message}`)
      return false
    }
  }
}
