import { suggest } from '../suggest.ts'

const QUOTAS = ['producer_byte_rate', 'consumer_byte_rate', 'request_percentage', 'controller_mutation_rate'] as const

/** What can be set for topics, groups, clients and so on in Kafka 4.3, for completion and near names. */
export const SETTING_NAMES = {
  topics: [
    'cleanup.policy',
    'compression.gzip.level',
    'compression.lz4.level',
    'compression.type',
    'compression.zstd.level',
    'delete.retention.ms',
    'file.delete.delay.ms',
    'flush.messages',
    'flush.ms',
    'follower.replication.throttled.replicas',
    'index.interval.bytes',
    'leader.replication.throttled.replicas',
    'local.retention.bytes',
    'local.retention.ms',
    'max.compaction.lag.ms',
    'max.message.bytes',
    'message.timestamp.after.max.ms',
    'message.timestamp.before.max.ms',
    'message.timestamp.type',
    'min.cleanable.dirty.ratio',
    'min.compaction.lag.ms',
    'min.insync.replicas',
    'preallocate',
    'remote.log.copy.disable',
    'remote.log.delete.on.disable',
    'remote.storage.enable',
    'retention.bytes',
    'retention.ms',
    'segment.bytes',
    'segment.index.bytes',
    'segment.jitter.ms',
    'segment.ms',
    'unclean.leader.election.enable',
  ],
  groups: [
    'consumer.assignment.interval.ms',
    'consumer.heartbeat.interval.ms',
    'consumer.session.timeout.ms',
    'share.assignment.interval.ms',
    'share.auto.offset.reset',
    'share.delivery.count.limit',
    'share.heartbeat.interval.ms',
    'share.isolation.level',
    'share.partition.max.record.locks',
    'share.record.lock.duration.ms',
    'share.renew.acknowledge.enable',
    'share.session.timeout.ms',
    'streams.assignment.interval.ms',
    'streams.heartbeat.interval.ms',
    'streams.initial.rebalance.delay.ms',
    'streams.num.standby.replicas',
    'streams.session.timeout.ms',
  ],
  clients: QUOTAS,
  users: [...QUOTAS, 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
  ips: ['connection_creation_rate'],
  'client-metrics': ['interval.ms', 'match', 'metrics'],
} as const

type Kind = keyof typeof SETTING_NAMES

/** The names of what can be set for a kind of thing; none where kts does not know. */
export const settingNames = (kind: string): readonly string[] => SETTING_NAMES[kind as Kind] ?? []

/** `name=` each, for completion. */
export const settingsToFill = (kind: string): string[] => settingNames(kind).map((name) => `${name}=`)

/** `; did you mean retention.ms?` for the first name that nearly is one of its kind, or nothing. */
export function nearSetting(kind: string, names: Iterable<string>): string {
  const known = settingNames(kind)
  for (const name of names) {
    const meant = known.includes(name) ? undefined : suggest(name, known)
    if (meant !== undefined) return `; did you mean ${meant}?`
  }
  return ''
}
