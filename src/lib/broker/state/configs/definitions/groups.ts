import {
  acts,
  atLeast,
  clusterWide,
  INT_MAX,
  int,
  internal,
  list,
  long,
  oneOfAnyCase,
  short,
  someItems,
  someItemsOf,
  text,
  tuning,
} from './definition.ts'

/** Consumer groups and their offsets. */
export const GROUP_COORDINATOR_CONFIGS = {
  'group.consumer.assignment.interval.ms': int(
    1000,
    atLeast(0),
    clusterWide,
    acts('The shortest time between two assignments of a consumer group.'),
  ),
  'group.consumer.assignors': list(
    ['uniform', 'range'],
    someItems,
    acts('Assignors that the broker offers; the first one is the default.'),
  ),
  'group.consumer.heartbeat.interval.ms': int(
    5000,
    atLeast(1),
    acts('How often members of consumer groups are told to send a heartbeat.'),
  ),
  'group.consumer.max.assignment.interval.ms': int(
    15000,
    atLeast(0),
    acts('The longest assignment interval that may be set for a consumer group.'),
  ),
  'group.consumer.max.heartbeat.interval.ms': int(
    15000,
    atLeast(1),
    acts('The longest heartbeat interval that may be set for a consumer group.'),
  ),
  'group.consumer.max.session.timeout.ms': int(
    60000,
    atLeast(1),
    acts('The longest session timeout that may be set for a consumer group.'),
  ),
  'group.consumer.max.size': int(INT_MAX, atLeast(1), acts('The most members of a consumer group.')),
  'group.consumer.migration.policy': text(
    'bidirectional',
    oneOfAnyCase('DISABLED', 'DOWNGRADE', 'UPGRADE', 'BIDIRECTIONAL'),
    acts('Which kinds of groups may turn into each other.'),
  ),
  'group.consumer.min.assignment.interval.ms': int(
    0,
    atLeast(0),
    acts('The shortest assignment interval that may be set for a consumer group.'),
  ),
  'group.consumer.min.heartbeat.interval.ms': int(
    5000,
    atLeast(1),
    acts('The shortest heartbeat interval that may be set for a consumer group.'),
  ),
  'group.consumer.min.session.timeout.ms': int(
    45000,
    atLeast(1),
    acts('The shortest session timeout that may be set for a consumer group.'),
  ),
  'group.consumer.regex.refresh.interval.ms': int(600000, atLeast(10000), internal),
  'group.consumer.session.timeout.ms': int(
    45000,
    atLeast(1),
    acts('How long a member of a consumer group may be silent.'),
  ),
  'group.coordinator.append.linger.ms': int(-1, atLeast(-1), tuning),
  'group.coordinator.background.threads': int(2, atLeast(1), tuning),
  'group.coordinator.cached.buffer.max.bytes': int(1048588, atLeast(524288), clusterWide, tuning),
  'group.coordinator.rebalance.protocols': list(
    ['classic', 'consumer', 'streams'],
    someItemsOf('consumer', 'classic', 'share', 'streams'),
  ),
  'group.coordinator.threads': int(4, atLeast(1), tuning),
  'group.initial.rebalance.delay.ms': int(
    3000,
    null,
    acts('How long a new group waits for more members before its first rebalance.'),
  ),
  'group.max.session.timeout.ms': int(
    1800000,
    null,
    acts('The longest session timeout that a member of a classic group may ask for.'),
  ),
  'group.max.size': int(INT_MAX, atLeast(1), acts('The most members of a classic group.')),
  'group.min.session.timeout.ms': int(
    6000,
    null,
    acts('The shortest session timeout that a member of a classic group may ask for.'),
  ),
  'offset.metadata.max.bytes': int(4096, null, acts('The longest text that may go with a committed offset.')),
  'offsets.commit.timeout.ms': int(
    5000,
    atLeast(1),
    acts('How long an answer of the group coordinator waits for the followers of its partition.'),
  ),
  'offsets.load.buffer.size': int(5242880, atLeast(1), tuning),
  'offsets.retention.check.interval.ms': long(600000n, atLeast(1n), acts('How often expired offsets are looked for.')),
  'offsets.retention.minutes': int(
    10080,
    atLeast(1),
    acts('How long committed offsets are kept once a group is empty.'),
  ),
  'offsets.topic.compression.codec': int(0),
  'offsets.topic.num.partitions': int(50, atLeast(1), acts('Partitions of __consumer_offsets.')),
  'offsets.topic.replication.factor': short(
    3,
    atLeast(1),
    acts('Replicas of __consumer_offsets; never more than there are brokers.'),
  ),
  'offsets.topic.segment.bytes': int(104857600, atLeast(1), acts('Size of the segments of __consumer_offsets.')),
}
