import type { BrokerConfigName } from './broker-config-definitions.ts'
import { acts, atLeast, bool, int, kept, oneOf, text, type Definition } from './definitions/definition.ts'

export interface GroupDefinition extends Definition {
  /** The broker's setting that holds where the group has none. */
  readonly fallsBackTo: BrokerConfigName | null
  /** The broker's settings that it must lie between. */
  readonly min: BrokerConfigName | null
  readonly max: BrokerConfigName | null
}

type Bounds = Partial<Pick<GroupDefinition, 'min' | 'max'>>

const own = (definition: Definition): GroupDefinition => ({ ...definition, fallsBackTo: null, min: null, max: null })
const withFallback = (fallsBackTo: BrokerConfigName, definition: Definition, bounds: Bounds = {}): GroupDefinition => ({
  min: null,
  max: null,
  ...definition,
  fallsBackTo,
  ...bounds,
})

/**
 * Every setting of a group in Kafka 4.3 (GroupConfig). Share groups and streams groups are not served: theirs are kept.
 */
export const GROUP_CONFIGS: Readonly<Record<string, GroupDefinition>> = {
  'consumer.assignment.interval.ms': withFallback(
    'group.consumer.assignment.interval.ms',
    int(1000, atLeast(0), acts('The shortest time between two assignments of the group.')),
    { min: 'group.consumer.min.assignment.interval.ms', max: 'group.consumer.max.assignment.interval.ms' },
  ),
  'consumer.heartbeat.interval.ms': withFallback(
    'group.consumer.heartbeat.interval.ms',
    int(5000, atLeast(1), acts('How often members are told to send a heartbeat.')),
    { min: 'group.consumer.min.heartbeat.interval.ms', max: 'group.consumer.max.heartbeat.interval.ms' },
  ),
  'consumer.session.timeout.ms': withFallback(
    'group.consumer.session.timeout.ms',
    int(45000, atLeast(1), acts('How long a member may be silent before it is out.')),
    { min: 'group.consumer.min.session.timeout.ms', max: 'group.consumer.max.session.timeout.ms' },
  ),
  'share.assignment.interval.ms': withFallback(
    'group.share.assignment.interval.ms',
    int(1000, atLeast(0), kept('The shortest time between two assignments of the group.')),
    { min: 'group.share.min.assignment.interval.ms', max: 'group.share.max.assignment.interval.ms' },
  ),
  'share.auto.offset.reset': own(
    text('latest', { kind: 'offsetReset' }, kept('Where a share group begins that has read nothing yet.')),
  ),
  'share.delivery.count.limit': withFallback(
    'group.share.delivery.count.limit',
    int(5, atLeast(2), kept('How often a record is delivered before it is given up.')),
    { min: 'group.share.min.delivery.count.limit', max: 'group.share.max.delivery.count.limit' },
  ),
  'share.heartbeat.interval.ms': withFallback(
    'group.share.heartbeat.interval.ms',
    int(5000, atLeast(1), kept('How often members are told to send a heartbeat.')),
    { min: 'group.share.min.heartbeat.interval.ms', max: 'group.share.max.heartbeat.interval.ms' },
  ),
  'share.isolation.level': own(
    text(
      'read_uncommitted',
      oneOf('read_committed', 'read_uncommitted'),
      kept('Whether records of transactions that are not finished are delivered.'),
    ),
  ),
  'share.partition.max.record.locks': withFallback(
    'group.share.partition.max.record.locks',
    int(2000, atLeast(100), kept('How many records of a partition may be out for delivery at once.')),
    { min: 'group.share.min.partition.max.record.locks', max: 'group.share.max.partition.max.record.locks' },
  ),
  'share.record.lock.duration.ms': withFallback(
    'group.share.record.lock.duration.ms',
    int(30000, atLeast(1000), kept('How long a consumer has a record for itself.')),
    { min: 'group.share.min.record.lock.duration.ms', max: 'group.share.max.record.lock.duration.ms' },
  ),
  'share.renew.acknowledge.enable': own(
    bool(true, null, kept('Whether a consumer may ask for more time with a record.')),
  ),
  'share.session.timeout.ms': withFallback(
    'group.share.session.timeout.ms',
    int(45000, atLeast(1), kept('How long a member may be silent before it is out.')),
    { min: 'group.share.min.session.timeout.ms', max: 'group.share.max.session.timeout.ms' },
  ),
  'streams.assignment.interval.ms': withFallback(
    'group.streams.assignment.interval.ms',
    int(1000, atLeast(0), kept('The shortest time between two assignments of the group.')),
    { min: 'group.streams.min.assignment.interval.ms', max: 'group.streams.max.assignment.interval.ms' },
  ),
  'streams.heartbeat.interval.ms': withFallback(
    'group.streams.heartbeat.interval.ms',
    int(5000, atLeast(1), kept('How often members are told to send a heartbeat.')),
    { min: 'group.streams.min.heartbeat.interval.ms', max: 'group.streams.max.heartbeat.interval.ms' },
  ),
  'streams.initial.rebalance.delay.ms': withFallback(
    'group.streams.initial.rebalance.delay.ms',
    int(3000, atLeast(0), kept('How long a new group waits for more members.')),
  ),
  'streams.num.standby.replicas': withFallback(
    'group.streams.num.standby.replicas',
    int(0, atLeast(0), kept('How many copies of its state a task has.')),
    { max: 'group.streams.max.standby.replicas' },
  ),
  'streams.session.timeout.ms': withFallback(
    'group.streams.session.timeout.ms',
    int(45000, atLeast(1), kept('How long a member may be silent before it is out.')),
    { min: 'group.streams.min.session.timeout.ms', max: 'group.streams.max.session.timeout.ms' },
  ),
}

export const GROUP_DEFINITIONS: ReadonlyMap<string, GroupDefinition> = new Map(Object.entries(GROUP_CONFIGS))
