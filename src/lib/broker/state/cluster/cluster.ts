import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
  type NewMetadataRecord,
} from '../../../protocol/internal-records/index.ts'
import { KRAFT_VERSION, LATEST_LEVEL, METADATA_VERSION } from '../../../protocol/metadata-version.ts'
import { Acls } from './acls.ts'
import { Brokers } from './brokers.ts'
import { ClientQuotas } from './client-quotas.ts'
import { configRecords } from './config-value.ts'
import { isOnlineDirectory, MIGRATING_DIRECTORY, UNASSIGNED_DIRECTORY } from './directory-ids.ts'
import { newDelta, type Delta } from './delta.ts'
import type { MetadataStore, SnapshotLimits } from './metadata-store.ts'
import { partitionRecord } from './partition-records.ts'
import { missingFrom } from './restore.ts'
import { ResourceConfigs, TOPIC_RESOURCE } from './resource-configs.ts'
import { ScramCredentials } from './scram-credentials.ts'
import { topicRecords, Topics } from './topics.ts'
import type { Acl, BrokerRegistration, ConfigResource, PartitionRegistration, Topic } from './types.ts'

export interface ClusterListener {
  onTopicChanged?(topic: Topic, before: Topic | undefined): void
  onTopicRemoved?(topic: Topic): void
  onConfigsChanged?(resource: ConfigResource, name: string): void
  onBrokersChanged?(): void
  onAclAdded?(acl: Acl): void
  onAclRemoved?(acl: Acl): void
}

/** Clients may make ids up, and shall not use all numbers up by that. */
const MAX_NOTED_ID = 2n ** 62n

/**
 * The metadata of the cluster: brokers, topics, settings, quotas, credentials, ACLs (MetadataImage). It knows nothing
 * of logs or sockets; nodes listen for its changes. The controller's is changed by `commit`, a broker's that follows
 * another controller by `replay`.
 */
export class Cluster {
  readonly clientQuotas = new ClientQuotas((records) => this.commit(records))
  readonly scramCredentials = new ScramCredentials((records) => this.commit(records))
  readonly acls = new Acls((records) => this.commit(records))
  private readonly registered = new Brokers()
  private readonly topicImage = new Topics()
  private readonly resourceConfigs = new ResourceConfigs()
  private readonly levels = new Map<string, number>()
  private readonly controllers = new Map<number, MetadataRecord>()
  /** Kept for those who use them: a snapshot must not lose what Kafka's own nodes have written. */
  private readonly delegationTokens = new Map<string, MetadataRecord>()
  private readonly listeners: ClusterListener[] = []
  private nextProducerId = 0n
  private highestNotedId = -1n

  constructor(
    readonly clusterId: string,
    private readonly store: MetadataStore,
  ) {
    const delta = newDelta()
    for (const { records } of store.load()) for (const record of records) this.apply(record, delta)
  }

  /** The active controller, -1 while none is known. */
  get controllerId(): number {
    return this.store.leaderId
  }

  /** Where the metadata's log ends: the offset that the next record gets. */
  get metadataOffset(): bigint {
    return this.store.endOffset
  }

  /** How often somebody has taken the metadata over. */
  get leaderEpoch(): number {
    return this.store.epoch
  }

  /**
   * Whether a topic of this name and id was removed since the last snapshot. Where a power cut has taken the id,
   * whether one of this name was, and there is no other. The id is asked for only when the name does not settle it.
   */
  readonly wasRemoved = (name: string, readId: () => string | null): boolean => this.topicImage.wasRemoved(name, readId)

  /** Whether a snapshot is worth it. */
  isSnapshotDue(limits: SnapshotLimits): boolean {
    return this.store.isSnapshotDue(limits)
  }

  /**
   * Lets the log forget what no longer holds. To be called when nothing is left of the topics that were removed. Throws
   * KafkaError KAFKA_STORAGE_ERROR.
   */
  takeSnapshot(): void {
    this.store.snapshot(this.records(), this.metadataLevel)
    this.topicImage.forgetRemoved()
  }

  listen(listener: ClusterListener): void {
    this.listeners.push(listener)
  }

  /**
   * Makes the changes of these records together: on the disk first, then here; then listeners are told. Returns the
   * offset of the first. Throws KafkaError KAFKA_STORAGE_ERROR, or NOT_CONTROLLER: then nothing has changed.
   */
  commit(records: readonly NewMetadataRecord[]): bigint {
    if (records.length === 0) return this.metadataOffset
    const { metadataLevel } = this
    const offset = this.store.append(records, metadataLevel)
    this.replay(records.map((record) => asWritten(record, metadataLevel)))
    return offset
  }

  /** Applies what a controller has written, and tells listeners once of all of it. */
  replay(records: Iterable<MetadataRecord>): void {
    const delta = newDelta()
    for (const record of records) this.apply(record, delta)
    this.tell(delta)
  }

  /** Takes a snapshot in place of all that was known, and tells listeners once of what differs. */
  restore(snapshot: readonly MetadataRecord[]): void {
    const missing = Array.from(missingFrom(snapshot, this.records()), (record) => asWritten(record, this.metadataLevel))
    this.replay([...missing, ...snapshot])
    this.topicImage.forgetRemoved()
  }

  /** Fenced ones too. */
  registration(nodeId: number): BrokerRegistration | undefined {
    return this.registered.get(nodeId)
  }

  registrations(): BrokerRegistration[] {
    return [...this.registered.all()]
  }

  /** Those that serve: clients are told of them. */
  brokers(): BrokerRegistration[] {
    return this.registrations().filter(({ isFenced }) => !isFenced)
  }

  isAlive(nodeId: number): boolean {
    return this.registered.get(nodeId)?.isFenced === false
  }

  /** Whether a broker has the directory of its replica, as far as anybody knows. */
  hasReplica({ replicas, directories }: PartitionRegistration, nodeId: number): boolean {
    const directory = directories[replicas.indexOf(nodeId)] ?? this.directoryOf(nodeId)
    return isOnlineDirectory(directory, this.registered.get(nodeId)?.directories ?? [])
  }

  /** Whether a broker serves and goes on serving: it may lead, and be in an ISR. */
  isActive(nodeId: number): boolean {
    const broker = this.registered.get(nodeId)
    return broker !== undefined && !broker.isFenced && !broker.isInControlledShutdown
  }

  /** Where a new replica lies on a broker: known when it has one directory only. */
  directoryOf(nodeId: number): string {
    const broker = this.registered.get(nodeId)
    if (broker?.directories.length === 0) return MIGRATING_DIRECTORY
    return broker?.directories.length === 1 ? broker.directories[0]! : UNASSIGNED_DIRECTORY
  }

  topic(name: string): Topic | undefined {
    return this.topicImage.get(name)
  }

  topicById(topicId: string): Topic | undefined {
    return this.topicImage.byId(topicId)
  }

  topics(): Iterable<Topic> {
    return this.topicImage.all()
  }

  /** Names in order. */
  topicNames(): readonly string[] {
    return this.topicImage.names()
  }

  /** The topic whose name differs from this one only in '.' and '_'. */
  collidingTopic(name: string): string | undefined {
    return this.topicImage.colliding(name)
  }

  createTopic(
    name: string,
    topicId: string,
    partitions: readonly PartitionRegistration[],
    configs: ReadonlyMap<string, string>,
  ): Topic {
    this.commit([...topicRecords({ name, topicId, partitions, configs })])
    return this.topic(name)!
  }

  addPartitions(name: string, added: readonly PartitionRegistration[]): Topic {
    const { topicId } = this.topic(name)!
    this.commit(added.map((partition) => partitionRecord(topicId, partition)))
    return this.topic(name)!
  }

  setTopicConfigs(name: string, configs: ReadonlyMap<string, string>): void {
    this.commitConfigs([...configRecords(TOPIC_RESOURCE, name, this.topic(name)!.configs, configs)])
  }

  removeTopic(name: string): void {
    this.commit([{ type: 'REMOVE_TOPIC_RECORD', topicId: this.topic(name)!.topicId }])
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
    this.commitConfigs(this.resourceConfigs.changes(resource, name, configs))
  }

  /** With another least ISR it is open again who is eligible to lead below it (createClearElrRecordsAsNeeded). */
  private commitConfigs(records: readonly NewMetadataRecord[]): void {
    const isElrEnabled = this.featureLevel('eligible.leader.replicas.version') > 0
    const cleared = records.flatMap((record): NewMetadataRecord[] => {
      if (!isElrEnabled || record.type !== 'CONFIG_RECORD' || record.name !== 'min.insync.replicas') return []
      return [
        { type: 'CLEAR_ELR_RECORD', topicName: record.resourceType === TOPIC_RESOURCE ? record.resourceName! : '' },
      ]
    })
    this.commit([...records, ...cleared])
  }

  /** The level of a feature that is in force (KIP-584), 0 where none is. */
  featureLevel(name: string): number {
    return this.featureLevels().get(name) ?? 0
  }

  /** Features at a level above 0; that of the quorum is in none of the records (KRaftMetadataCache.features). */
  featureLevels(): ReadonlyMap<string, number> {
    const { kraftVersion } = this.store
    return kraftVersion === 0 ? this.levels : new Map([...this.levels, [KRAFT_VERSION, kraftVersion]])
  }

  /** That of metadata.version, which decides what records may say: the latest until it is settled. */
  get metadataLevel(): number {
    return this.levels.get(METADATA_VERSION) ?? LATEST_LEVEL
  }

  /** Hands out `count` producer ids that nobody had before, also across restarts. Returns the first. */
  allocateProducerIds(count: bigint, brokerId: number): bigint {
    const first = this.nextProducerId
    const brokerEpoch = this.registered.get(brokerId)?.epoch ?? -1n
    this.commit([{ type: 'PRODUCER_IDS_RECORD', brokerId, brokerEpoch, nextProducerId: first + count }])
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
    this.store.close()
  }

  private tell(delta: Delta): void {
    for (const listener of this.listeners) {
      if (delta.hasBrokers) listener.onBrokersChanged?.()
      for (const topic of delta.removedTopics) listener.onTopicRemoved?.(topic)
      for (const [name, before] of delta.topics) listener.onTopicChanged?.(this.topic(name)!, before)
      for (const { resource, name } of delta.configs.values()) listener.onConfigsChanged?.(resource, name)
      for (const acl of delta.addedAcls) listener.onAclAdded?.(acl)
      for (const acl of delta.removedAcls) listener.onAclRemoved?.(acl)
    }
  }

  private apply(record: MetadataRecord, delta: Delta): void {
    switch (record.type) {
      case 'REGISTER_BROKER_RECORD':
        delta.hasBrokers = true
        return this.registered.applyRegistered(record)
      case 'UNREGISTER_BROKER_RECORD':
        delta.hasBrokers = true
        return this.registered.applyUnregistered(record)
      case 'FENCE_BROKER_RECORD':
      case 'UNFENCE_BROKER_RECORD':
        delta.hasBrokers = true
        return this.registered.applyFencing(record.id, record.type === 'FENCE_BROKER_RECORD')
      case 'BROKER_REGISTRATION_CHANGE_RECORD':
        delta.hasBrokers = true
        return this.registered.applyChange(record)
      case 'TOPIC_RECORD':
        return this.topicImage.applyTopic(record, delta)
      case 'REMOVE_TOPIC_RECORD':
        return this.topicImage.applyRemoved(record, delta)
      case 'PARTITION_RECORD':
        return this.topicImage.applyPartition(record, delta)
      case 'PARTITION_CHANGE_RECORD':
        return this.topicImage.applyPartitionChange(record, delta)
      case 'CLEAR_ELR_RECORD':
        return this.topicImage.applyElrCleared(record, delta)
      default:
        return this.applySetting(record, delta)
    }
  }

  private applySetting(record: MetadataRecord, delta: Delta): void {
    switch (record.type) {
      case 'CONFIG_RECORD':
        if (record.resourceType === TOPIC_RESOURCE) return this.topicImage.applyConfig(record, delta)
        return this.resourceConfigs.apply(record, delta)
      case 'CLIENT_QUOTA_RECORD':
        return this.clientQuotas.apply(record)
      case 'USER_SCRAM_CREDENTIAL_RECORD':
      case 'REMOVE_USER_SCRAM_CREDENTIAL_RECORD':
        return this.scramCredentials.apply(record)
      case 'ACCESS_CONTROL_ENTRY_RECORD':
        return this.acls.applyAdded(record, delta)
      case 'REMOVE_ACCESS_CONTROL_ENTRY_RECORD':
        return this.acls.applyRemoved(record, delta)
      case 'FEATURE_LEVEL_RECORD':
        if (record.featureLevel === 0) this.levels.delete(record.name)
        else this.levels.set(record.name, record.featureLevel)
        return
      case 'PRODUCER_IDS_RECORD':
        this.nextProducerId = record.nextProducerId
        return
      case 'REGISTER_CONTROLLER_RECORD':
        this.controllers.set(record.controllerId, record)
        return
      case 'DELEGATION_TOKEN_RECORD':
        this.delegationTokens.set(record.tokenId, record)
        return
      case 'REMOVE_DELEGATION_TOKEN_RECORD':
        this.delegationTokens.delete(record.tokenId)
    }
  }

  /** What a snapshot holds, in the order of MetadataImage.write. */
  private *records(): Generator<NewMetadataRecord> {
    for (const [name, featureLevel] of this.levels) yield { type: 'FEATURE_LEVEL_RECORD', name, featureLevel }
    yield* this.registered.records()
    yield* this.controllers.values()
    yield* this.topicImage.records()
    yield* this.resourceConfigs.records()
    yield* this.clientQuotas.records()
    const { nextProducerId } = this
    if (nextProducerId > 0n) yield { type: 'PRODUCER_IDS_RECORD', brokerId: -1, nextProducerId }
    yield* this.acls.records()
    yield* this.scramCredentials.records()
    yield* this.delegationTokens.values()
  }
}

/** What is applied is what was written, with the defaults of what was left out. */
const asWritten = (record: NewMetadataRecord, metadataLevel: number): MetadataRecord =>
  decodeMetadataRecord(encodeMetadataRecord(record, metadataLevel))
