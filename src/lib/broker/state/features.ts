/** A feature that nodes of a cluster agree on (KIP-584), and what this node knows of it. */
export interface Feature {
  readonly name: string
  readonly minVersion: number
  /** The highest that Kafka 4.3 has, which is what clients are told (Feature, MetadataVersion). */
  readonly maxVersion: number
  /** The highest that this node can take part in. */
  readonly highestLevel: number
}

/**
 * `metadata.version` 30 is 4.3-IV0; `eligible.leader.replicas.version` 1 the rule of KIP-966 for `min.insync.replicas`;
 * `group.version` 1 the consumer protocol of KIP-848; `transaction.version` 2 the transactions of KIP-890. With
 * `kraft.version` 0 the voters of the quorum are those of the configuration. There are no share groups (KIP-932) and no
 * streams groups (KIP-1071).
 */
export const FEATURES: readonly Feature[] = [
  { name: 'eligible.leader.replicas.version', minVersion: 0, maxVersion: 1, highestLevel: 1 },
  { name: 'group.version', minVersion: 0, maxVersion: 1, highestLevel: 1 },
  { name: 'kraft.version', minVersion: 0, maxVersion: 1, highestLevel: 1 },
  { name: 'metadata.version', minVersion: 7, maxVersion: 30, highestLevel: 30 },
  { name: 'share.version', minVersion: 0, maxVersion: 1, highestLevel: 0 },
  { name: 'streams.version', minVersion: 0, maxVersion: 1, highestLevel: 0 },
  { name: 'transaction.version', minVersion: 0, maxVersion: 2, highestLevel: 2 },
]

/** What a node registers with: no more than it can do, or it would be given what it cannot. */
export const supportedFeatures = (): Map<string, { readonly minVersion: number; readonly maxVersion: number }> =>
  new Map(FEATURES.map(({ name, minVersion, highestLevel }) => [name, { minVersion, maxVersion: highestLevel }]))
