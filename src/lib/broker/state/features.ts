/** A feature that nodes of a cluster agree on (KIP-584), and the levels of it that Kafka 4.3 has. */
export interface Feature {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
}

/** What clients are told, who take it for the version of the broker (Feature, MetadataVersion). */
export const FEATURES: readonly Feature[] = [
  { name: 'eligible.leader.replicas.version', minVersion: 0, maxVersion: 1 },
  { name: 'group.version', minVersion: 0, maxVersion: 1 },
  { name: 'kraft.version', minVersion: 0, maxVersion: 1 },
  { name: 'metadata.version', minVersion: 7, maxVersion: 30 },
  { name: 'share.version', minVersion: 0, maxVersion: 1 },
  { name: 'streams.version', minVersion: 0, maxVersion: 1 },
  { name: 'transaction.version', minVersion: 0, maxVersion: 2 },
]

/** There are no share groups (KIP-932) and no streams groups (KIP-1071): their levels are known, and not had. */
const NOT_HERE = new Set(['share.version', 'streams.version'])

/** What a node registers with: no more than it can do, or it would be given what it cannot. */
export const OWN_FEATURES: readonly Feature[] = FEATURES.filter(({ name }) => !NOT_HERE.has(name))
