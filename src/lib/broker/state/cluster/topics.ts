import { MalformedError } from '../../../errors.ts'
import type { MetadataRecordOf, NewMetadataRecord } from '../../../protocol/internal-records/index.ts'
import { collisionKey, isInternalTopic } from '../../../protocol/topic-names.ts'
import { setOrDelete } from './config-value.ts'
import type { Delta } from './delta.ts'
import { changedPartition, newPartition, partitionRecord } from './partition-records.ts'
import { TOPIC_RESOURCE } from './resource-configs.ts'
import type { PartitionRegistration, Topic } from './types.ts'

/** A topic while a batch of records is applied to it. */
interface Draft {
  readonly partitions: PartitionRegistration[]
  readonly configs: Map<string, string>
}

/** The topics (TopicsImage), each with its settings. What is handed out never changes. */
export class Topics {
  private readonly byName = new Map<string, Topic>()
  private readonly namesById = new Map<string, string>()
  private readonly namesByCollisionKey = new Map<string, string>()
  /** Ids by name, of those that were removed since the last snapshot. */
  private readonly removed = new Map<string, Set<string>>()
  private sortedNames: string[] | null = null

  get(name: string): Topic | undefined {
    return this.byName.get(name)
  }

  byId(topicId: string): Topic | undefined {
    const name = this.namesById.get(topicId)
    return name === undefined ? undefined : this.byName.get(name)
  }

  all(): Iterable<Topic> {
    return this.byName.values()
  }

  names(): readonly string[] {
    return (this.sortedNames ??= [...this.byName.keys()].sort())
  }

  colliding(name: string): string | undefined {
    return this.namesByCollisionKey.get(collisionKey(name))
  }

  wasRemoved(name: string, readId: () => string | null): boolean {
    const ids = this.removed.get(name)
    if (!ids) return false
    const topicId = readId()
    return topicId === null ? !this.byName.has(name) : ids.has(topicId)
  }

  forgetRemoved(): void {
    this.removed.clear()
  }

  applyTopic({ name, topicId }: MetadataRecordOf<'TOPIC_RECORD'>, delta: Delta): void {
    delta.topics.set(name, this.byName.get(name))
    this.byName.set(name, { name, topicId, isInternal: isInternalTopic(name), partitions: [], configs: new Map() })
    this.namesById.set(topicId, name)
    this.namesByCollisionKey.set(collisionKey(name), name)
    this.sortedNames = null
  }

  applyPartition(record: MetadataRecordOf<'PARTITION_RECORD'>, delta: Delta): void {
    this.draft(record.topicId, delta).partitions[record.partitionId] = newPartition(record)
  }

  /** Throws MalformedError for a partition that is not there. */
  applyPartitionChange(record: MetadataRecordOf<'PARTITION_CHANGE_RECORD'>, delta: Delta): void {
    const { partitions } = this.draft(record.topicId, delta)
    const before = partitions[record.partitionId]
    if (!before) throw new MalformedError(`there is no partition ${record.partitionId} of topic ${record.topicId}`)
    partitions[record.partitionId] = changedPartition(before, record)
  }

  /** Settings of a topic that is gone are of no use. */
  applyConfig({ resourceName, name, value }: MetadataRecordOf<'CONFIG_RECORD'>, delta: Delta): void {
    const topic = this.byName.get(resourceName)
    if (topic) setOrDelete(this.draft(topic.topicId, delta).configs, name, value)
  }

  applyElrCleared({ topicName }: MetadataRecordOf<'CLEAR_ELR_RECORD'>, delta: Delta): void {
    for (const { name, topicId } of topicName === '' ? [...this.byName.values()] : [this.byName.get(topicName)!]) {
      if (!this.byName.has(name)) continue
      const { partitions } = this.draft(topicId, delta)
      for (const [index, each] of partitions.entries())
        if (each.elr.length > 0 || each.lastKnownElr.length > 0) partitions[index] = withoutElr(topicId, each)
    }
  }

  applyRemoved({ topicId }: MetadataRecordOf<'REMOVE_TOPIC_RECORD'>, delta: Delta): void {
    const topic = this.byId(topicId)
    if (!topic) throw new MalformedError(`there is no topic ${topicId}`)
    const { name } = topic
    const before = delta.topics.has(name) ? delta.topics.get(name) : topic
    if (before) delta.removedTopics.push(before)
    delta.topics.delete(name)
    this.namesById.delete(topicId)
    this.removed.set(name, (this.removed.get(name) ?? new Set()).add(topicId))
    this.byName.delete(name)
    this.namesByCollisionKey.delete(collisionKey(name))
    this.sortedNames = null
  }

  /** As Kafka's controller writes a new topic: its settings before its partitions. */
  *records(): Generator<NewMetadataRecord> {
    for (const topic of this.byName.values()) yield* topicRecords(topic)
  }

  /** Throws MalformedError for a topic that is not there. */
  private draft(topicId: string, delta: Delta): Draft {
    const topic = this.byId(topicId)
    if (!topic) throw new MalformedError(`there is no topic ${topicId}`)
    // One that is new in this batch nobody has seen yet.
    if (!delta.topics.has(topic.name)) {
      delta.topics.set(topic.name, topic)
      this.byName.set(topic.name, { ...topic, partitions: [...topic.partitions], configs: new Map(topic.configs) })
    }
    return this.byName.get(topic.name) as unknown as Draft
  }
}

/** Counts as a change of the partition, as with Kafka's nodes. */
const withoutElr = (topicId: string, partition: PartitionRegistration): PartitionRegistration =>
  changedPartition(partition, {
    type: 'PARTITION_CHANGE_RECORD',
    topicId,
    partitionId: partition.partition,
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
  })

export function* topicRecords({
  name,
  topicId,
  partitions,
  configs,
}: Omit<Topic, 'isInternal'>): Generator<NewMetadataRecord> {
  yield { type: 'TOPIC_RECORD', name, topicId }
  for (const [config, value] of configs)
    yield { type: 'CONFIG_RECORD', resourceType: TOPIC_RESOURCE, resourceName: name, name: config, value }
  for (const partition of partitions) yield partitionRecord(topicId, partition)
}
