/** The broker settings that the group coordinator acts on, parsed. The name of each follows Kafka's, units last. */
export interface GroupSettings {
  /** `group.min.session.timeout.ms` */
  readonly minSessionTimeoutMs: number
  /** `group.max.session.timeout.ms` */
  readonly maxSessionTimeoutMs: number
  /** `group.initial.rebalance.delay.ms` */
  readonly initialRebalanceDelayMs: number
  /** `group.max.size`: members of a classic group */
  readonly maxSize: number
  /** `offset.metadata.max.bytes` */
  readonly offsetMetadataMaxBytes: number
  /** `offsets.retention.minutes`, in milliseconds */
  readonly offsetsRetentionMs: number
  /** `offsets.retention.check.interval.ms` */
  readonly offsetsRetentionCheckIntervalMs: number
  /** `group.consumer.session.timeout.ms` */
  readonly consumerSessionTimeoutMs: number
  /** `group.consumer.heartbeat.interval.ms` */
  readonly consumerHeartbeatIntervalMs: number
  /** `group.consumer.assignment.interval.ms` (KIP-1263): the shortest time between two target assignments of a group */
  readonly consumerAssignmentIntervalMs: number
  /** `group.consumer.max.size` */
  readonly consumerMaxSize: number
  /** `group.consumer.assignors`: names of built-in assignors; the first one is the default */
  readonly consumerAssignors: readonly AssignorName[]
  /** `group.consumer.migration.policy` */
  readonly consumerMigrationPolicy: MigrationPolicy
}

export type AssignorName = 'uniform' | 'range'
export type MigrationPolicy = 'bidirectional' | 'upgrade' | 'downgrade' | 'disabled'

/** What may be set for one group (resource type `group`), over the broker's settings. */
export type GroupOverrides = Partial<
  Pick<GroupSettings, 'consumerSessionTimeoutMs' | 'consumerHeartbeatIntervalMs' | 'consumerAssignmentIntervalMs'>
>

/** Kafka's defaults (GroupCoordinatorConfig, 4.3). */
export const DEFAULT_GROUP_SETTINGS: GroupSettings = {
  minSessionTimeoutMs: 6_000,
  maxSessionTimeoutMs: 1_800_000,
  initialRebalanceDelayMs: 3_000,
  maxSize: 2_147_483_647,
  offsetMetadataMaxBytes: 4_096,
  offsetsRetentionMs: 7 * 24 * 60 * 60 * 1_000,
  offsetsRetentionCheckIntervalMs: 600_000,
  consumerSessionTimeoutMs: 45_000,
  consumerHeartbeatIntervalMs: 5_000,
  consumerAssignmentIntervalMs: 1_000,
  consumerMaxSize: 2_147_483_647,
  consumerAssignors: ['uniform', 'range'],
  consumerMigrationPolicy: 'bidirectional',
}
