import type { Address } from '../../../address.ts'

/** A broker of the cluster, as it has registered (BrokerRegistration). */
export interface BrokerRegistration {
  readonly nodeId: number
  /** Offset of the record that registered it: tells this run of the broker from those before. */
  readonly epoch: bigint
  /** UUID that the process has chosen for itself. */
  readonly incarnationId: string
  readonly rack: string | null
  /** Advertised addresses by listener name. */
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly features: ReadonlyMap<string, VersionRange>
  /** It leads nothing and clients are not told of it: it is not heard of, or has not caught up yet. */
  readonly isFenced: boolean
  readonly isInControlledShutdown: boolean
  /** Ids of its log directories that work. */
  readonly directories: readonly string[]
  /** Those that take no new partitions (KIP-1066); null until the broker has said so. */
  readonly cordonedDirectories: readonly string[] | null
}

export interface Endpoint extends Address {
  /** Its number (SecurityProtocol.id). */
  readonly securityProtocol: number
}

export interface VersionRange {
  readonly minVersion: number
  readonly maxVersion: number
}

/** What the controller has decided about a partition (PartitionRegistration). */
export interface PartitionRegistration {
  readonly partition: number
  /** -1 for none. */
  readonly leader: number
  /** Counts the leaders. */
  readonly leaderEpoch: number
  /** Counts the changes. */
  readonly partitionEpoch: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  /** Out of the ISR, and yet with everything that was acknowledged (KIP-966). */
  readonly elr: readonly number[]
  readonly lastKnownElr: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
  /** 1 after an unclean election, until the leader has recovered (KIP-704). */
  readonly leaderRecoveryState: number
  /** Ids of the directories that the replicas lie in, in their order. */
  readonly directories: readonly string[]
}

export interface Topic {
  readonly name: string
  /** 22 characters of URL-safe base64. */
  readonly topicId: string
  readonly isInternal: boolean
  readonly partitions: readonly PartitionRegistration[]
  /** What was set for this topic, as it was written; not the defaults. */
  readonly configs: ReadonlyMap<string, string>
}

/** Things that have settings beside topics. The name `''` is the default of all of that kind. */
export type ConfigResource = 'broker' | 'group' | 'client-metrics'

/**
 * One rule of who may do what; the numbers are Kafka's (ResourceType, PatternType, AclOperation, AclPermissionType).
 */
export interface Acl {
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
  /** `User:alice` */
  readonly principal: string
  /** An address, or `*`. */
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}
