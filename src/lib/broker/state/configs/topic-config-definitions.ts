import { BROKER_CONFIGS, type BrokerConfigName } from './broker-config-definitions.ts'
import { acts, atLeast, bool, int, internal, kept, list, LONG_MAX, type Definition } from './definitions/definition.ts'

export interface TopicDefinition extends Definition {
  /** The broker's settings that hold where the topic has none, the one that wins first. Units are in the names. */
  readonly fallsBackTo: readonly BrokerConfigName[]
}

/** A setting that the broker has as well: what may be said of it there may be said of it here. */
const like = (broker: BrokerConfigName): TopicDefinition => ({ ...BROKER_CONFIGS[broker], fallsBackTo: [broker] })

/** One that the broker has under several names, of which none needs to be set; `own` is what holds then. */
const likeAny = (
  brokers: readonly BrokerConfigName[],
  own: Pick<Definition, 'default' | 'validator'>,
): TopicDefinition => ({
  ...BROKER_CONFIGS[brokers[0]!],
  ...own,
  fallsBackTo: brokers,
})

/** One that a broker has no default for. */
const own = (definition: Definition): TopicDefinition => ({ ...definition, fallsBackTo: [] })

const WEEK_MS = 604800000n
const replicas = { kind: 'throttledReplicas' } as const

/** Every setting of a topic in Kafka 4.3 (LogConfig). */
export const TOPIC_CONFIGS = {
  'cleanup.policy': like('log.cleanup.policy'),
  'compression.gzip.level': like('compression.gzip.level'),
  'compression.lz4.level': like('compression.lz4.level'),
  'compression.type': like('compression.type'),
  'compression.zstd.level': like('compression.zstd.level'),
  'delete.retention.ms': like('log.cleaner.delete.retention.ms'),
  'file.delete.delay.ms': like('log.segment.delete.delay.ms'),
  'flush.messages': like('log.flush.interval.messages'),
  'flush.ms': likeAny(['log.flush.interval.ms', 'log.flush.scheduler.interval.ms'], {
    default: LONG_MAX,
    validator: atLeast(0n),
  }),
  'follower.replication.throttled.replicas': own(
    list([], replicas, acts('Replicas that are throttled on the side of the follower: partition:broker,… or *.')),
  ),
  'index.interval.bytes': like('log.index.interval.bytes'),
  'internal.segment.bytes': own(
    int(null, null, internal, acts('Size of a segment without the lower limit of segment.bytes; for tests.')),
  ),
  'leader.replication.throttled.replicas': own(
    list([], replicas, acts('Replicas that are throttled on the side of the leader: partition:broker,… or *.')),
  ),
  'local.retention.bytes': like('log.local.retention.bytes'),
  'local.retention.ms': like('log.local.retention.ms'),
  'max.compaction.lag.ms': like('log.cleaner.max.compaction.lag.ms'),
  'max.message.bytes': like('message.max.bytes'),
  'message.timestamp.after.max.ms': like('log.message.timestamp.after.max.ms'),
  'message.timestamp.before.max.ms': like('log.message.timestamp.before.max.ms'),
  'message.timestamp.type': like('log.message.timestamp.type'),
  'min.cleanable.dirty.ratio': like('log.cleaner.min.cleanable.ratio'),
  'min.compaction.lag.ms': like('log.cleaner.min.compaction.lag.ms'),
  'min.insync.replicas': like('min.insync.replicas'),
  preallocate: like('log.preallocate'),
  'remote.log.copy.disable': own(bool(false, null, kept('Whether tiered storage of the topic is read only.'))),
  'remote.log.delete.on.disable': own(
    bool(false, null, kept('Whether remote records go when tiered storage of the topic ends.')),
  ),
  'remote.storage.enable': own(bool(false, null, acts('Tiered storage. This broker has none, so true is refused.'))),
  'retention.bytes': like('log.retention.bytes'),
  'retention.ms': likeAny(['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'], {
    default: WEEK_MS,
    validator: atLeast(-1n),
  }),
  'segment.bytes': like('log.segment.bytes'),
  'segment.index.bytes': like('log.index.size.max.bytes'),
  'segment.jitter.ms': likeAny(['log.roll.jitter.ms', 'log.roll.jitter.hours'], {
    default: 0n,
    validator: atLeast(0n),
  }),
  'segment.ms': likeAny(['log.roll.ms', 'log.roll.hours'], { default: WEEK_MS, validator: atLeast(1n) }),
  'unclean.leader.election.enable': like('unclean.leader.election.enable'),
}

export type TopicConfigName = keyof typeof TOPIC_CONFIGS

export const TOPIC_DEFINITIONS: ReadonlyMap<string, TopicDefinition> = new Map(Object.entries(TOPIC_CONFIGS))
