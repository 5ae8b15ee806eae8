import type { MetadataRecord, NewMetadataRecord } from '../../../protocol/internal-records/index.ts'

/** When a snapshot is worth it: after so many bytes, or so long after the last one, when anything has changed. */
export interface SnapshotLimits {
  readonly maxBytes: number
  readonly maxIntervalMs: number
}

/** Where the records of the cluster's metadata are kept: the log of the controllers, or a follower's copy of it. */
export interface MetadataStore {
  /** The active controller, -1 while none is known. */
  readonly leaderId: number
  /** Counts the active controllers. */
  readonly epoch: number
  /** 1 where the voters are in the log (KIP-853), 0 where they are in the configuration. */
  readonly kraftVersion: number
  /** The offset that the next record gets. */
  readonly endOffset: bigint
  /** All that is kept, oldest first: a snapshot, and what came after. */
  load(): Iterable<{ readonly records: readonly MetadataRecord[] }>
  /**
   * Returns the offset of the first record once all of them are on the disk, in versions for a level of
   * metadata.version. Throws KafkaError KAFKA_STORAGE_ERROR, or NOT_CONTROLLER where only a copy is kept: then nothing
   * has happened.
   */
  append(records: readonly NewMetadataRecord[], metadataLevel: number): bigint
  /** Whether so much has been appended that a snapshot is worth it. */
  isSnapshotDue(limits: SnapshotLimits): boolean
  /** Keeps these records in place of all before them. Throws KafkaError KAFKA_STORAGE_ERROR. */
  snapshot(records: Iterable<NewMetadataRecord>, metadataLevel: number): void
  close(): void
}
