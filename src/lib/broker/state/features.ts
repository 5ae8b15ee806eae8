/** A feature of the cluster (KIP-584) that this broker has, and the level that is in force. */
export interface Feature {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  readonly level: number
}

/**
 * The versions are those of Kafka 4.3 (Feature, MetadataVersion), the levels what this broker does. `metadata.version`
 * 30 is 4.3-IV0; `eligible.leader.replicas.version` 1 the rule of KIP-966 for `min.insync.replicas`; `group.version` 1
 * the consumer protocol of KIP-848; `transaction.version` 2 the transactions of KIP-890. With `kraft.version` 0 the
 * voters of the quorum are those of the configuration. There are no share groups (KIP-932) and no streams groups
 * (KIP-1071).
 */
export const FEATURES: readonly Feature[] = [
  { name: 'eligible.leader.replicas.version', minVersion: 0, maxVersion: 1, level: 1 },
  { name: 'group.version', minVersion: 0, maxVersion: 1, level: 1 },
  { name: 'kraft.version', minVersion: 0, maxVersion: 1, level: 0 },
  { name: 'metadata.version', minVersion: 7, maxVersion: 30, level: 30 },
  { name: 'share.version', minVersion: 0, maxVersion: 1, level: 0 },
  { name: 'streams.version', minVersion: 0, maxVersion: 1, level: 0 },
  { name: 'transaction.version', minVersion: 0, maxVersion: 2, level: 2 },
]
