/** A feature of the cluster (KIP-584) that this broker has, and the level that is in force. */
export interface Feature {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  readonly level: number
}

/** `group.version` 1 is the consumer group protocol of KIP-848, `transaction.version` 2 the transactions of KIP-890. */
export const FEATURES: readonly Feature[] = [
  { name: 'group.version', minVersion: 0, maxVersion: 1, level: 1 },
  { name: 'transaction.version', minVersion: 0, maxVersion: 2, level: 2 },
]
