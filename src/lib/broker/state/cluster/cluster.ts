import { Acls } from './acls.ts'
import { ClientQuotas } from './client-quotas.ts'
import { ResourceConfigs } from './resource-configs.ts'
import { ScramCredentials } from './scram-credentials.ts'
import { collisionKey, isInternalTopic } from '../../../protocol/topic-names.ts'
import type { Change, CompactedChange, TopicRecord } from './change.ts'
import type { MetadataJournal } from './journal.ts'
import type { BrokerRegistration, ConfigResource, PartitionRegistration, Topic } from './types.ts'

export interface ClusterListener {
  onTopicChanged?(topic: Topic, before: Topic | undefined): void
  onTopicRemoved?(topic: Topic): void
  onConfigsChanged?(resource: ConfigResource, name: string): void
}

/** Clients may make ids up, and shall not use all numbers up by that. */
const MAX_NOTED_ID = 2n ** 62n

/**
 * The metadata of the cluster: brokers, topics, settings, quotas, credentials, ACLs. It knows nothing of logs or
 * sockets; nodes listen for its changes. A change is in the journal before anyone hears of it; a journal that cannot be
 * written throws, and nothing changes.
 */
export class Cluster {
  readonly clientQuotas = new ClientQuotas((change) => this.commit(change))
  readonly scramCredentials = new ScramCredentials((change) => this.commit(change))
  readonly acls = new Acls((change) => this.commit(change))
  private readonly registrations = new Map<number, BrokerRegistration>()
  private readonly topicsByName = new Map<string, Topic>()
  private readonly topicNamesById = new Map<string, string>()
  private readonly namesByCollisionKey = new Map<string, string>()
  private readonly resourceConfigs = new ResourceConfigs((change) => this.commit(change))
  private readonly listeners: ClusterListener[] = []
  /** Names by id. */
  private readonly removed = new Map<string, string>()
  private sortedNames: string[] | null = null
  private nextProducerId = 0n
  private highestNotedId = -1n
  private changeCount = 0
  private lastLeaderEpoch = 0

  constructor(
    readonly clusterId: string,
    readonly controllerId: number,
    private readonly journal: MetadataJournal,
  ) {
    for (const change of journal.read()) this.apply(change)
    this.lastLeaderEpoch += 1
  }

  /** How many changes of the metadata there have been: what the end of its log is in Kafka. */
  get metadataOffset(): bigint {
    return BigInt(this.changeCount)
  }

  /** How often somebody has taken the metadata over: with each start. */
  get leaderEpoch(): number {
    return this.lastLeaderEpoch
  }

  /**
   * Whether a topic with this id was removed since the journal was last made compact. Where a power cut has taken the
   * id, whether one of this name was, and there is no other.
   */
  wasRemoved(topicId: string | null, name: string): boolean {
    if (topicId !== null) return this.removed.has(topicId)
    return !this.topicsByName.has(name) && [...this.removed.values()].includes(name)
  }

  /**
   * Lets the journal forget what no longer holds. To be called when nothing is left of the topics that were removed.
   */
  compactJournal(): void {
    this.journal.rewrite(this.snapshot())
    this.removed.clear()
  }

  listen(listener: ClusterListener): void {
    this.listeners.push(listener)
  }

  register(broker: BrokerRegistration): void {
    this.registrations.set(broker.nodeId, broker)
  }

  registration(nodeId: number): BrokerRegistration | undefined {
    return this.registrations.get(nodeId)
  }

  brokers(): BrokerRegistration[] {
    return [...this.registrations.values()]
  }

  topic(name: string): Topic | undefined {
    return this.topicsByName.get(name)
  }

  topicById(topicId: string): Topic | undefined {
    const name = this.topicNamesById.get(topicId)
    return name === undefined ? undefined : this.topicsByName.get(name)
  }

  topics(): Iterable<Topic> {
    return this.topicsByName.values()
  }

  /** Names in order. */
  topicNames(): readonly string[] {
    return (this.sortedNames ??= [...this.topicsByName.keys()].sort())
  }

  /** The topic whose name differs from this one only in '.' and '_'. */
  collidingTopic(name: string): string | undefined {
    return this.namesByCollisionKey.get(collisionKey(name))
  }

  createTopic(
    name: string,
    topicId: string,
    partitions: readonly PartitionRegistration[],
    configs: ReadonlyMap<string, string>,
  ): Topic {
    return this.saveTopic({ name, topicId, partitions, configs: Object.fromEntries(configs) })
  }

  addPartitions(name: string, added: readonly PartitionRegistration[]): Topic {
    const topic = this.topicsByName.get(name)!
    return this.saveTopic({ ...record(topic), partitions: [...topic.partitions, ...added] })
  }

  setTopicConfigs(name: string, configs: ReadonlyMap<string, string>): void {
    this.saveTopic({ ...record(this.topicsByName.get(name)!), configs: Object.fromEntries(configs) })
  }

  removeTopic(name: string): void {
    const topic = this.topicsByName.get(name)!
    this.commit({ type: 'topicRemoved', name })
    for (const listener of this.listeners) listener.onTopicRemoved?.(topic)
  }

  /** What was set for a resource by an admin; empty when nothing was. */
  configs(resource: ConfigResource, name: string): ReadonlyMap<string, string> {
    return this.resourceConfigs.get(resource, name)
  }

  /** Names of the resources of a kind that have settings. */
  configNames(resource: ConfigResource): string[] {
    return this.resourceConfigs.names(resource)
  }

  setConfigs(resource: ConfigResource, name: string, configs: ReadonlyMap<string, string>): void {
    this.resourceConfigs.set(resource, name, configs)
    for (const listener of this.listeners) listener.onConfigsChanged?.(resource, name)
  }

  /** Hands out `count` producer ids that nobody had before, also across restarts. Returns the first. */
  allocateProducerIds(count: bigint): bigint {
    const first = this.nextProducerId
    this.commit({ type: 'producerIds', next: String(first + count) })
    return first
  }

  /** A producer id that is in use is never handed out. */
  noteProducerId(producerId: bigint): void {
    if (producerId > MAX_NOTED_ID || producerId < this.nextProducerId) return
    this.nextProducerId = producerId + 1n
    this.highestNotedId = producerId
  }

  /** Whether somebody may have a producer id that was handed out before it was noted. */
  mayBeInUse(producerId: bigint): boolean {
    return producerId <= this.highestNotedId
  }

  close(): void {
    this.journal.close()
  }

  private saveTopic(topic: TopicRecord): Topic {
    const before = this.topicsByName.get(topic.name)
    this.commit({ type: 'topic', topic })
    const saved = this.topicsByName.get(topic.name)!
    for (const listener of this.listeners) listener.onTopicChanged?.(saved, before)
    return saved
  }

  private commit(change: Change): void {
    this.journal.append(change)
    this.apply(change)
  }

  private apply(change: Change): void {
    this.changeCount += 1
    switch (change.type) {
      case 'compacted':
        return this.applyCompacted(change)
      case 'topic':
        return this.applyTopic(change.topic)
      case 'topicRemoved':
        return this.forgetTopic(change.name)
      case 'configs':
        return this.resourceConfigs.apply(change)
      case 'producerIds':
        this.nextProducerId = BigInt(change.next)
        return
      case 'clientQuota':
        return this.clientQuotas.apply(change)
      case 'scram':
        return this.scramCredentials.apply(change)
      case 'acls':
        return this.acls.apply(change)
    }
  }

  private applyCompacted({ offset, leaderEpoch }: CompactedChange): void {
    this.changeCount = offset
    this.lastLeaderEpoch = leaderEpoch
  }

  private applyTopic(topic: TopicRecord): void {
    const { name } = topic
    if (!this.topicsByName.has(name)) this.sortedNames = null
    this.topicsByName.set(name, {
      ...topic,
      isInternal: isInternalTopic(name),
      configs: new Map(Object.entries(topic.configs)),
    })
    this.topicNamesById.set(topic.topicId, name)
    this.namesByCollisionKey.set(collisionKey(name), name)
  }

  private forgetTopic(name: string): void {
    const topic = this.topicsByName.get(name)
    if (topic) {
      this.topicNamesById.delete(topic.topicId)
      this.removed.set(topic.topicId, topic.name)
    }
    this.topicsByName.delete(name)
    this.namesByCollisionKey.delete(collisionKey(name))
    this.sortedNames = null
  }

  /** What the journal has lost comes last, where it says what the changes before it count for. */
  private snapshot(): Change[] {
    const topics = [...this.topicsByName.values()].map((topic): Change => ({ type: 'topic', topic: record(topic) }))
    return [
      ...topics,
      ...this.resourceConfigs.snapshot(),
      { type: 'producerIds', next: String(this.nextProducerId) },
      ...this.clientQuotas.snapshot(),
      ...this.scramCredentials.snapshot(),
      ...this.acls.snapshot(),
      { type: 'compacted', offset: this.changeCount, leaderEpoch: this.lastLeaderEpoch },
    ]
  }
}

const record = ({ name, topicId, partitions, configs }: Topic): TopicRecord => ({
  name,
  topicId,
  partitions,
  configs: Object.fromEntries(configs),
})
