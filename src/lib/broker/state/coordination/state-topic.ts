/** A record of a coordinator's state topic, in Kafka's own key and value formats. A null value is a tombstone. */
export interface StateRecord {
  readonly key: Buffer
  readonly value: Buffer | null
}

/** A producer in whose transaction records are written: they count when it commits. */
export interface TransactionOwner {
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** What a partition of a state topic holds. */
export type StateEntry =
  /** A record, and the producer of the transaction that it is part of, null outside one. */
  | {
      readonly type: 'record'
      readonly record: StateRecord
      readonly producerId: bigint | null
      readonly offset: bigint
    }
  /** How a transaction ended; it may have no records here. */
  | { readonly type: 'end'; readonly producerId: bigint; readonly committed: boolean }
  /** Something that cannot be read, and was stepped over. */
  | { readonly type: 'damage'; readonly reason: string }

/** The topic that a coordinator keeps its state in (`__consumer_offsets`, `__transaction_state`), made on first use. */
export interface StateTopic {
  /** For people. */
  readonly name: string
  /** Creates the topic when it is missing and returns how many partitions it has. Throws KafkaError when it cannot. */
  partitionCount(): number
  /** Appends as one batch. Throws KafkaError KAFKA_STORAGE_ERROR and the like: then nothing has been kept. */
  append(partition: number, records: readonly StateRecord[], owner?: TransactionOwner): void
  /** Everything in a partition, oldest first; nothing when the topic does not exist. */
  replay(partition: number): Iterable<StateEntry>
  /** Whether this node leads the partition, and so coordinates what is kept in it. */
  isLeader(partition: number): boolean
  /** The leader epoch of a partition: it tells one coordinator from the next (KIP-101). */
  leaderEpoch(partition: number): number
  exists(): boolean
}

/** How a state topic is made. */
export interface StateTopicSettings {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly configs: ReadonlyMap<string, string>
}
