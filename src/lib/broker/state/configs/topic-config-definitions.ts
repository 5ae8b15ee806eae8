import type { BrokerConfigName } from './broker-config-definitions.ts'
import {
  acts,
  atLeast,
  between,
  bool,
  double,
  int,
  internal,
  itemsOf,
  kept,
  list,
  long,
  LONG_MAX,
  oneOf,
  text,
  type Definition,
} from './definitions/definition.ts'

export interface TopicDefinition extends Definition {
  /** The broker's settings that hold where the topic has none, the one that wins first. Units are in the names. */
  readonly fallsBackTo: readonly BrokerConfigName[]
}

const withFallback = <D extends Definition>(
  definition: D,
  ...fallsBackTo: BrokerConfigName[]
): D & TopicDefinition => ({ ...definition, fallsBackTo })

const replicas = { kind: 'throttledReplicas' } as const

/** Every setting of a topic in Kafka 4.3 (LogConfig). */
export const TOPIC_CONFIGS = {
  'cleanup.policy': withFallback(
    list(
      ['delete'],
      itemsOf('compact', 'delete'),
      acts(
        'What happens to old segments: delete drops them, compact keeps the last record of each key, both may be given.',
      ),
    ),
    'log.cleanup.policy',
  ),
  'compression.gzip.level': withFallback(
    int(
      -1,
      { kind: 'range', min: 1, max: 9, or: -1 },
      acts('Level at which the broker compresses when compression.type is gzip.'),
    ),
    'compression.gzip.level',
  ),
  'compression.lz4.level': withFallback(
    int(9, between(1, 17), acts('Level at which the broker compresses when compression.type is lz4.')),
    'compression.lz4.level',
  ),
  'compression.type': withFallback(
    text(
      'producer',
      oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
      acts('The codec that records are kept in; producer keeps the one they came in.'),
    ),
    'compression.type',
  ),
  'compression.zstd.level': withFallback(
    int(3, between(-131072, 22), acts('Level at which the broker compresses when compression.type is zstd.')),
    'compression.zstd.level',
  ),
  'delete.retention.ms': withFallback(
    long(86400000n, atLeast(0n), acts('How long a compacted topic keeps a tombstone.')),
    'log.cleaner.delete.retention.ms',
  ),
  'file.delete.delay.ms': withFallback(
    long(60000n, atLeast(0n), acts('How long the files of a deleted segment stay.')),
    'log.segment.delete.delay.ms',
  ),
  'flush.messages': withFallback(
    long(LONG_MAX, atLeast(1n), acts('After so many records the log is forced to the disk.')),
    'log.flush.interval.messages',
  ),
  'flush.ms': withFallback(
    long(LONG_MAX, atLeast(0n), acts('After so long the log is forced to the disk.')),
    'log.flush.interval.ms',
    'log.flush.scheduler.interval.ms',
  ),
  'follower.replication.throttled.replicas': withFallback(
    list([], replicas, kept('Replicas that are throttled on the side of the follower: partition:broker,… or *.')),
  ),
  'index.interval.bytes': withFallback(
    int(4096, atLeast(0), acts('Bytes of records between two entries of the offset index.')),
    'log.index.interval.bytes',
  ),
  'internal.segment.bytes': withFallback(
    int(null, null, internal, acts('Size of a segment without the lower limit of segment.bytes; for tests.')),
  ),
  'leader.replication.throttled.replicas': withFallback(
    list([], replicas, kept('Replicas that are throttled on the side of the leader: partition:broker,… or *.')),
  ),
  'local.retention.bytes': withFallback(
    long(
      -2n,
      atLeast(-2n),
      kept('Bytes of a partition that stay on the local disk with tiered storage; -2 stands for retention.bytes.'),
    ),
    'log.local.retention.bytes',
  ),
  'local.retention.ms': withFallback(
    long(
      -2n,
      atLeast(-2n),
      kept('How long records stay on the local disk with tiered storage; -2 stands for retention.ms.'),
    ),
    'log.local.retention.ms',
  ),
  'max.compaction.lag.ms': withFallback(
    long(LONG_MAX, atLeast(1n), acts('Records older than this are compacted, however little of the log has changed.')),
    'log.cleaner.max.compaction.lag.ms',
  ),
  'max.message.bytes': withFallback(
    int(1048588, atLeast(0), acts('The largest record batch that is taken.')),
    'message.max.bytes',
  ),
  'message.timestamp.after.max.ms': withFallback(
    long(3600000n, atLeast(0n), acts("How far ahead of the broker's clock a record's timestamp may lie.")),
    'log.message.timestamp.after.max.ms',
  ),
  'message.timestamp.before.max.ms': withFallback(
    long(LONG_MAX, atLeast(0n), acts("How far behind the broker's clock a record's timestamp may lie.")),
    'log.message.timestamp.before.max.ms',
  ),
  'message.timestamp.type': withFallback(
    text(
      'CreateTime',
      oneOf('CreateTime', 'LogAppendTime'),
      acts("Whether a record's time is that of its making or of its arrival."),
    ),
    'log.message.timestamp.type',
  ),
  'min.cleanable.dirty.ratio': withFallback(
    double(0.5, between(0, 1), acts('Compaction waits until this part of the log has changed.')),
    'log.cleaner.min.cleanable.ratio',
  ),
  'min.compaction.lag.ms': withFallback(
    long(0n, atLeast(0n), acts('Records younger than this are not compacted.')),
    'log.cleaner.min.compaction.lag.ms',
  ),
  'min.insync.replicas': withFallback(
    int(1, atLeast(1), acts('How many replicas must have a record before a producer with acks=all is answered.')),
    'min.insync.replicas',
  ),
  preallocate: withFallback(
    bool(false, null, kept('Whether a segment takes its whole size on the disk when it is made.')),
    'log.preallocate',
  ),
  'remote.log.copy.disable': withFallback(bool(false, null, kept('Whether tiered storage of the topic is read only.'))),
  'remote.log.delete.on.disable': withFallback(
    bool(false, null, kept('Whether remote records go when tiered storage of the topic ends.')),
  ),
  'remote.storage.enable': withFallback(
    bool(false, null, acts('Tiered storage. This broker has none, so true is refused.')),
  ),
  'retention.bytes': withFallback(
    long(-1n, null, acts('How many bytes a partition keeps; -1 sets no limit.')),
    'log.retention.bytes',
  ),
  'retention.ms': withFallback(
    long(604800000n, atLeast(-1n), acts('How long records are kept; -1 keeps them for ever.')),
    'log.retention.ms',
    'log.retention.minutes',
    'log.retention.hours',
  ),
  'segment.bytes': withFallback(
    int(1073741824, atLeast(1048576), acts('Size at which a segment is closed and the next one begun.')),
    'log.segment.bytes',
  ),
  'segment.index.bytes': withFallback(
    int(10485760, atLeast(4), acts('The largest offset index of a segment.')),
    'log.index.size.max.bytes',
  ),
  'segment.jitter.ms': withFallback(
    long(0n, atLeast(0n), acts('The most that is taken off segment.ms at random.')),
    'log.roll.jitter.ms',
    'log.roll.jitter.hours',
  ),
  'segment.ms': withFallback(
    long(604800000n, atLeast(1n), acts('Age at which a segment is closed and the next one begun.')),
    'log.roll.ms',
    'log.roll.hours',
  ),
  'unclean.leader.election.enable': withFallback(
    bool(false, null, kept('Whether a replica that is out of sync may become leader.')),
    'unclean.leader.election.enable',
  ),
}

export type TopicConfigName = keyof typeof TOPIC_CONFIGS

export const TOPIC_DEFINITIONS: ReadonlyMap<string, TopicDefinition> = new Map(Object.entries(TOPIC_CONFIGS))

/** Names of the settings of a topic that are accepted, kept and shown without any effect, sorted. */
export function topicConfigsOnlyKept(): string[] {
  return [...TOPIC_DEFINITIONS]
    .filter(([, { acts }]) => !acts)
    .map(([name]) => name)
    .sort()
}
