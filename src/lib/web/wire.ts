/**
 * What goes from the server to its page. Numbers of Kafka's that a double may not hold are decimal strings: offsets,
 * lags, sizes.
 */

/** A whole number, in decimal digits. */
export type Long = string

export interface SessionInfo {
  /** Of kts. */
  readonly version: string
  /** Clusters that can be chosen, by the names of their profiles; empty where there is one only. */
  readonly profiles: readonly string[]
  readonly profile: string | null
  readonly bootstrapServers: string
  readonly isReadOnly: boolean
  /** Keys and sizes are shown, values are not. */
  readonly hidesValues: boolean
  /** What a profile wants typed before something is deleted. */
  readonly typedName: string | null
  /** Its addresses; null where none is configured. */
  readonly schemaRegistry: string | null
  /** What `kts` needs to reach the same cluster: for the commands that are copied. */
  readonly connectionWords: readonly string[]
  /** The same for the registry. */
  readonly registryWords: readonly string[]
}

export interface ClusterView {
  readonly clusterId: string
  readonly controller: number | null
  readonly metadataVersion: string | null
  readonly brokers: readonly BrokerView[]
  readonly topics: number
  readonly partitions: number
  readonly underReplicated: number
  /** Without a leader. */
  readonly offline: number
}

export interface BrokerView {
  readonly broker: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
  readonly isController: boolean
  readonly version: string | null
  readonly leads: number
  readonly replicas: number
}

/** One line of the list of topics: what one Metadata request tells. */
export interface TopicLine {
  readonly topic: string
  readonly isInternal: boolean
  readonly partitions: number
  readonly replicationFactor: number
  readonly underReplicated: number
  readonly offline: number
}

/** What is asked for the lines in view only. */
export interface TopicCount {
  readonly topic: string
  /** The sum of end minus start; null where a partition did not answer. */
  readonly records: Long | null
  /** On all replicas together; null where a broker does not tell. */
  readonly bytes: Long | null
}

export interface TopicView {
  readonly topic: string
  readonly topicId: string | null
  readonly isInternal: boolean
  readonly replicationFactor: number
  readonly partitions: readonly PartitionView[]
}

export interface PartitionView {
  readonly partition: number
  readonly leader: number | null
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly startOffset: Long | null
  readonly endOffset: Long | null
  /** Of the leader's replica. */
  readonly bytes: Long | null
}

export interface ConfigView {
  readonly name: string
  /** Null for a secret. */
  readonly value: string | null
  /** Kafka's name of what set it: `DYNAMIC_TOPIC_CONFIG`, `DEFAULT_CONFIG`, … */
  readonly source: string
  readonly isReadOnly: boolean
  readonly isSensitive: boolean
  /** What holds when the topic's own value is taken away. */
  readonly inherited: string | null
}

/**
 * Bytes of a record: as text where they are valid UTF-8, and cut where they are long. Of those that name a schema of
 * the registry, `text` is what they mean, in JSON, and `base64` what they are.
 */
export interface Content {
  readonly text?: string
  readonly base64?: string
  /** The id of the schema that has made the text. */
  readonly schema?: string
  /** Which message of a schema of Protobuf it is. */
  readonly messageIndexes?: readonly number[]
  /** Why bytes that name a schema are shown as they are. */
  readonly reason?: string
  /** Of the whole, in bytes. */
  readonly size: number
  readonly isCut?: boolean
  /** Left out by --hide-values. */
  readonly isHidden?: boolean
}

export interface RecordView {
  readonly partition: number
  readonly offset: Long
  /** Milliseconds since the epoch. */
  readonly timestamp: Long
  readonly key: Content | null
  readonly value: Content | null
  readonly headers: readonly { readonly key: string; readonly value: Content | null }[]
}

/** Events of GET /topics/:topic/search. */
export interface SearchEvents {
  readonly records: { readonly records: readonly RecordView[] }
  readonly progress: SearchProgress
  /** Nothing more comes. */
  readonly end: SearchProgress & {
    readonly reason: 'limit' | 'done' /** To go on from. */
    readonly next: string | null
  }
  readonly problem: Problem
}

export interface SearchProgress {
  readonly scanned: Long
  /** Of the partitions that are searched; grows while others write. */
  readonly total: Long
  readonly found: number
  readonly perSecond: number
}

/** Events of GET /topics/:topic/tail; the id of each event is where to go on. */
export interface TailEvents {
  /** `passed` did not fit and are not shown. */
  readonly records: { readonly records: readonly RecordView[]; readonly passed: number }
  /** The partitions are being read. */
  readonly ready: { readonly partitions: number }
  /** What is waited for. */
  readonly waiting: { readonly reason: string }
  /** Nothing is waited for any more. */
  readonly resumed: Readonly<Record<string, never>>
  readonly problem: Problem
}

export interface GroupLine {
  readonly group: string
  readonly type: string
  readonly state: string
  /** Null where only a list was asked for. */
  readonly protocol: string | null
}

export interface GroupCount {
  readonly group: string
  readonly members: number | null
  readonly lag: Long | null
  readonly error: string | null
}

/** One look at a group; GET /groups/:group/lag sends one after another as `lag` events. */
export interface GroupView {
  readonly group: string
  readonly type: string
  readonly state: string
  readonly assignor: string | null
  readonly lag: Long | null
  readonly consumedPerSecond: number | null
  readonly producedPerSecond: number | null
  readonly secondsToCatchUp: number | null
  readonly members: readonly MemberView[]
  readonly partitions: readonly LagView[]
}

export interface MemberView {
  readonly memberId: string
  readonly clientId: string
  readonly host: string
  readonly partitions: number
}

export interface LagView {
  readonly topic: string
  readonly partition: number
  readonly currentOffset: Long | null
  readonly endOffset: Long | null
  readonly lag: Long | null
  readonly consumedPerSecond: number | null
  readonly memberId: string | null
  readonly clientId: string | null
}

export interface SchemasView {
  readonly subjects: readonly string[]
  /** The level of compatibility where a subject has none of its own. */
  readonly level: string
}

/** What is asked for the lines in view only. */
export interface SubjectLine {
  readonly subject: string
  /** The newest. */
  readonly version: number
  readonly id: number
  readonly type: string
}

export interface SubjectView {
  readonly subject: string
  readonly level: string
  readonly versions: readonly number[]
}

export interface VersionView {
  readonly subject: string
  readonly version: number
  readonly id: number
  readonly type: string
  readonly text: string
  readonly references: readonly { readonly name: string; readonly subject: string; readonly version: number }[]
}

export interface CheckOutcome {
  readonly isCompatible: boolean
  readonly reasons: readonly string[]
}

export interface Problem {
  readonly error: string
  /** Kafka's name of it. */
  readonly code?: string
}
