/** A record of a coordinator's state topic, in Kafka's own key and value formats. A null value is a tombstone. */
export interface StateRecord {
  readonly key: Buffer
  readonly value: Buffer | null
}

/** The topic that a coordinator keeps its state in (`__consumer_offsets`), made on first use. */
export interface StateTopic {
  /** Creates the topic when it is missing and returns how many partitions it has. Throws KafkaError when it cannot. */
  partitionCount(): number
  /** Appends as one batch. Throws KafkaError KAFKA_STORAGE_ERROR and the like: then nothing has been kept. */
  append(partition: number, records: readonly StateRecord[]): void
  /** Everything in a partition, oldest first; nothing when the topic does not exist. */
  replay(partition: number): Iterable<StateRecord>
  /** Whether this node leads the partition, and so coordinates the groups in it. */
  isLeader(partition: number): boolean
  exists(): boolean
}
