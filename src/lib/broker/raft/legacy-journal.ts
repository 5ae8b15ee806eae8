import { join } from 'node:path'
import type { NewMetadataRecord } from '../../protocol/internal-records/index.ts'
import { crc32c } from '../../protocol/records/index.ts'
import { ZERO_UUID } from '../../protocol/schema.ts'
import { CLUSTER_METADATA_TOPIC } from '../../protocol/topic-names.ts'
import { randomUuid } from '../../protocol/uuid.ts'
import { onDisk, type FileSystem } from '../log/index.ts'
import { unusable } from './folder.ts'
import { isChange, type AclChange, type Change, type TopicChange } from './legacy-changes.ts'

const FILE = 'cluster-metadata.jsonl'
const NEWLINE = 0x0a
const CHECKSUM_LENGTH = 8

/** Kafka's numbers of the kinds of resources (ConfigResource.Type). */
const RESOURCE_TYPES = { topic: 2, broker: 4, 'client-metrics': 16, group: 32 } as const

/**
 * The file that kts once kept the cluster's metadata in, a change on each line. It is read once, into a new
 * metadata log, and then goes by another name.
 */
export class LegacyJournal {
  private readonly path: string

  constructor(
    private readonly fileSystem: FileSystem,
    private readonly directory: string,
  ) {
    this.path = join(directory, FILE)
  }

  /** What it says in the end, as records; none where there is no journal. Throws EnvironmentError for a damaged one. */
  records(nodeId: number, directoryIds: readonly string[]): NewMetadataRecord[] {
    const content = onDisk('read', this.directory, () => this.fileSystem.readFile(this.path))
    if (content === null) return []
    // Where a partition lies is known when there is one place only.
    const directory = directoryIds.length === 1 ? directoryIds[0]! : ZERO_UUID
    return [...recordsOf(fold(this.parse(content)), nodeId, directory)]
  }

  /** Keeps the file under another name. Throws KafkaError KAFKA_STORAGE_ERROR. */
  retire(): void {
    onDisk('write to', this.directory, () => {
      if (!this.fileSystem.exists(this.path)) return
      this.fileSystem.rename(this.path, `${this.path}.migrated`)
      this.fileSystem.syncDirectory(this.directory)
    })
  }

  /** A torn last line, left by a crash, is as if it had never been written. */
  private parse(content: Buffer): Change[] {
    const changes: Change[] = []
    let end = 0
    for (let newline = content.indexOf(NEWLINE); newline >= 0; newline = content.indexOf(NEWLINE, end)) {
      const change = parseLine(content.toString('utf8', end, newline))
      if (!change)
        throw unusable(
          `${this.path} is damaged in line ${changes.length + 1}: mend or remove that line, or restore the file; the topics that follow it are known nowhere else`,
        )
      changes.push(change)
      end = newline + 1
    }
    return changes
  }
}

/** Null for what is no change. Lines have a checksum in front, but for the oldest, which begin with their brace. */
function parseLine(line: string): Change | null {
  const json = line.startsWith('{') ? line : line.slice(CHECKSUM_LENGTH + 1)
  const checksum = crc32c(Buffer.from(json)).toString(16).padStart(CHECKSUM_LENGTH, '0')
  if (json !== line && line !== `${checksum} ${json}`) return null
  try {
    const change: unknown = JSON.parse(json)
    return isChange(change) ? change : null
  } catch {
    return null
  }
}

interface State {
  readonly topics: Map<string, TopicChange>
  /** Those whose folders may still be there. */
  readonly removed: TopicChange[]
  readonly configs: Map<string, Extract<Change, { type: 'configs' }>>
  readonly quotas: Map<string, Extract<Change, { type: 'clientQuota' }>>
  readonly credentials: Map<string, Extract<Change, { type: 'scram' }>>
  readonly acls: Map<string, AclChange>
  nextProducerId: bigint | null
}

/** The last that is said of each thing. */
function fold(changes: readonly Change[]): State {
  const state: State = {
    topics: new Map(),
    removed: [],
    configs: new Map(),
    quotas: new Map(),
    credentials: new Map(),
    acls: new Map(),
    nextProducerId: null,
  }
  for (const change of changes) apply(change, state)
  // Before the name was Kafka's own a client could make a topic of it.
  state.topics.delete(CLUSTER_METADATA_TOPIC)
  return state
}

function apply(change: Change, state: State): void {
  switch (change.type) {
    case 'topic':
      state.topics.set(change.topic.name, change.topic)
      return
    case 'topicRemoved':
      if (state.topics.has(change.name)) state.removed.push(state.topics.get(change.name)!)
      state.topics.delete(change.name)
      return
    case 'configs':
      state.configs.set(`${change.resource}/${change.name}`, change)
      return
    case 'clientQuota':
      state.quotas.set(JSON.stringify(Object.entries(change.entity).sort()), change)
      return
    case 'scram':
      state.credentials.set(`${change.mechanism}/${change.user}`, change)
      return
    case 'producerIds':
      state.nextProducerId = BigInt(change.next)
      return
    case 'acls':
      for (const acl of change.removed) state.acls.delete(keyOf(acl))
      for (const acl of change.added) state.acls.set(keyOf(acl), acl)
  }
}

const keyOf = ({ resourceType, resourceName, patternType, principal, host, operation, permissionType }: AclChange) =>
  JSON.stringify([resourceType, resourceName, patternType, principal, host, operation, permissionType])

function* recordsOf(state: State, nodeId: number, directory: string): Generator<NewMetadataRecord> {
  for (const { name, topicId } of state.removed) {
    yield { type: 'TOPIC_RECORD', name, topicId }
    yield { type: 'REMOVE_TOPIC_RECORD', topicId }
  }
  for (const topic of state.topics.values()) yield* topicRecords(topic, directory)
  for (const { resource, name, configs } of state.configs.values()) yield* configRecords(resource, name, configs)
  for (const quota of state.quotas.values()) yield* quotaRecords(quota)
  for (const { user, mechanism, credential } of state.credentials.values()) {
    if (!credential) continue
    const { iterations } = credential
    const [salt, storedKey, serverKey] = [credential.salt, credential.storedKey, credential.serverKey].map((text) =>
      Buffer.from(text, 'base64'),
    )
    yield { type: 'USER_SCRAM_CREDENTIAL_RECORD', name: user, mechanism, iterations, salt, storedKey, serverKey }
  }
  for (const acl of state.acls.values()) yield { type: 'ACCESS_CONTROL_ENTRY_RECORD', id: randomUuid(), ...acl }
  if (state.nextProducerId !== null)
    yield { type: 'PRODUCER_IDS_RECORD', brokerId: nodeId, nextProducerId: state.nextProducerId }
}

function* topicRecords(
  { name, topicId, partitions, configs }: TopicChange,
  directory: string,
): Generator<NewMetadataRecord> {
  yield { type: 'TOPIC_RECORD', name, topicId }
  for (const { partition, leader, leaderEpoch, replicas, isr } of partitions)
    yield {
      type: 'PARTITION_RECORD',
      partitionId: partition,
      topicId,
      replicas,
      isr,
      leader,
      leaderEpoch,
      partitionEpoch: 0,
      directories: replicas.map(() => directory),
    }
  yield* configRecords('topic', name, configs)
}

function* configRecords(
  resource: keyof typeof RESOURCE_TYPES,
  resourceName: string,
  configs: Readonly<Record<string, string>>,
): Generator<NewMetadataRecord> {
  const resourceType = RESOURCE_TYPES[resource]
  for (const [name, value] of Object.entries(configs))
    yield { type: 'CONFIG_RECORD', resourceType, resourceName, name, value }
}

function* quotaRecords({ entity, values }: Extract<Change, { type: 'clientQuota' }>): Generator<NewMetadataRecord> {
  const parts = Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName }))
  // JSON has no infinity: it is null there.
  for (const [key, value] of Object.entries(values))
    yield { type: 'CLIENT_QUOTA_RECORD', entity: parts, key, value: value ?? Infinity }
}
