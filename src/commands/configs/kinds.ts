import type { QuotaEntityType } from '../../lib/client/admin/describe-client-quotas.ts'
import type { ConfigResourceType } from '../../lib/client/admin/describe-configs.ts'

/** What the command calls each kind of thing, and the protocol's word for it. */
export const RESOURCES = {
  topics: 'topic',
  brokers: 'broker',
  'broker-loggers': 'brokerLogger',
  'client-metrics': 'clientMetrics',
  groups: 'group',
} as const satisfies Readonly<Record<string, ConfigResourceType>>
export const QUOTA_ENTITIES = { clients: 'client-id', users: 'user', ips: 'ip' } as const satisfies Readonly<
  Record<string, QuotaEntityType>
>

export type ResourceKind = keyof typeof RESOURCES
export type QuotaKind = keyof typeof QUOTA_ENTITIES
export type Kind = ResourceKind | QuotaKind

export const KINDS = [...Object.keys(RESOURCES), ...Object.keys(QUOTA_ENTITIES)] as readonly Kind[]

/** Options that name a thing by its kind, in the order in which Apache's tool looks for them. */
export const BY_NAME = [
  ['topic', 'topics'],
  ['client', 'clients'],
  ['user', 'users'],
  ['broker', 'brokers'],
  ['brokerLogger', 'broker-loggers'],
  ['ip', 'ips'],
  ['clientMetrics', 'client-metrics'],
  ['group', 'groups'],
] as const
/** Options that mean the default of a kind. */
export const DEFAULTS = [
  ['clientDefaults', 'clients'],
  ['userDefaults', 'users'],
  ['brokerDefaults', 'brokers'],
  ['ipDefaults', 'ips'],
] as const
