import type { StateTopicSettings } from '../coordination/state-topic.ts'
import type { BrokerConfig } from '../configs/broker-config.ts'
import { GROUP_DEFINITIONS } from '../configs/group-config-definitions.ts'
import { parseValue } from '../configs/parse-value.ts'

export type AssignorName = 'uniform' | 'range'
type MigrationPolicy = 'bidirectional' | 'upgrade' | 'downgrade' | 'disabled'

export type GroupSettings = Readonly<ReturnType<typeof groupSettings>>

/** What may be set for one group (resource type `group`), over the broker's settings. */
export type GroupOverrides = Partial<
  Pick<GroupSettings, 'consumerSessionTimeoutMs' | 'consumerHeartbeatIntervalMs' | 'consumerAssignmentIntervalMs'>
>

const MINUTE_MS = 60_000
/** A topic's smallest segment; that of the offsets has a range of its own. */
const MIN_SEGMENT_BYTES = 1_048_576

/** What the group coordinator acts on. What admins can change while the broker runs is read anew each time. */
export function groupSettings(current: () => BrokerConfig) {
  const config = current()
  return {
    minSessionTimeoutMs: config.number('group.min.session.timeout.ms'),
    maxSessionTimeoutMs: config.number('group.max.session.timeout.ms'),
    initialRebalanceDelayMs: config.number('group.initial.rebalance.delay.ms'),
    /** Members of a classic group. */
    maxSize: config.number('group.max.size'),
    offsetMetadataMaxBytes: config.number('offset.metadata.max.bytes'),
    offsetsRetentionMs: config.number('offsets.retention.minutes') * MINUTE_MS,
    offsetsRetentionCheckIntervalMs: config.number('offsets.retention.check.interval.ms'),
    consumerSessionTimeoutMs: config.number('group.consumer.session.timeout.ms'),
    consumerHeartbeatIntervalMs: config.number('group.consumer.heartbeat.interval.ms'),
    /** The shortest time between two target assignments of a group (KIP-1263). */
    get consumerAssignmentIntervalMs(): number {
      return current().number('group.consumer.assignment.interval.ms')
    },
    consumerMaxSize: config.number('group.consumer.max.size'),
    /** The first one is the default. */
    consumerAssignors: config.list('group.consumer.assignors') as readonly AssignorName[],
    consumerMigrationPolicy: config.string('group.consumer.migration.policy').toLowerCase() as MigrationPolicy,
  }
}

/** What is set for one group over that (resource type `group`), as it is stored in the cluster's metadata. */
export function groupOverrides(configs: ReadonlyMap<string, string>): GroupOverrides {
  const number = (name: string): number | undefined => {
    const written = configs.get(name)
    return written === undefined ? undefined : (parseValue(name, GROUP_DEFINITIONS.get(name)!, written) as number)
  }
  const overrides = {
    consumerSessionTimeoutMs: number('consumer.session.timeout.ms'),
    consumerHeartbeatIntervalMs: number('consumer.heartbeat.interval.ms'),
    consumerAssignmentIntervalMs: number('consumer.assignment.interval.ms'),
  }
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined))
}

/**
 * How `__consumer_offsets` is made (GroupCoordinatorService.groupMetadataTopicConfigs). A broker that stands
 * alone has one replica of it: Kafka's default of three would leave it without groups.
 */
export function offsetsTopic(config: BrokerConfig, isAlone: boolean): StateTopicSettings {
  return {
    partitions: config.number('offsets.topic.num.partitions'),
    replicationFactor: isAlone ? 1 : config.number('offsets.topic.replication.factor'),
    configs: new Map([
      ['cleanup.policy', 'compact'],
      ['compression.type', 'producer'],
      ['segment.bytes', String(Math.max(config.number('offsets.topic.segment.bytes'), MIN_SEGMENT_BYTES))],
    ]),
  }
}
