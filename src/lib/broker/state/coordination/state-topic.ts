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

/** Entries that were written together. */
export interface StateBatch {
  readonly entries: Iterable<StateEntry>
  /** Where the next batch begins. */
  readonly nextOffset: bigint
}

/** Told of the partitions of a state topic that this node leads. */
export interface StateTopicListener {
  /** This node leads the partition from now on, or under another leader epoch than before. */
  onElected(partition: number): void
  /** It leads it no more. */
  onResigned(partition: number): void
}

/** The topic that a coordinator keeps its state in (`__consumer_offsets`, `__transaction_state`), made on first use. */
export interface StateTopic {
  readonly name: string
  exists(): boolean
  /** Tells of the partitions that this node leads already, and then of every change. */
  listen(listener: StateTopicListener): void
  /**
   * Makes the topic when it is missing and returns how many partitions it has. Throws KafkaError when it cannot, and
   * COORDINATOR_NOT_AVAILABLE while another node is making it.
   */
  partitionCount(): number
  /** Appends as one batch. Throws KafkaError KAFKA_STORAGE_ERROR and the like: then nothing has been kept. */
  append(partition: number, records: readonly StateRecord[], owner?: TransactionOwner): void
  /** What a partition holds from an offset on, from its start without one; oldest first. */
  replay(partition: number, from?: bigint): Iterable<StateBatch>
  /** The leader epoch of a partition: it tells one coordinator from the next (KIP-101). */
  leaderEpoch(partition: number): number
  /**
   * Waits until all that the partition holds now is committed; undefined when it is. Throws or rejects with KafkaError
   * NOT_LEADER_OR_FOLLOWER, and REQUEST_TIMED_OUT.
   */
  awaitCommit(partition: number): undefined | Promise<void>
}

/** How a state topic is made. */
export interface StateTopicSettings {
  readonly partitions: number
  readonly replicationFactor: number
  readonly configs: ReadonlyMap<string, string>
}
