import type { BatchHeader, EndMarker } from '../../protocol/records/index.ts'
import type { Pause } from './slices.ts'
import type { OnDamage, WholeBatch } from './walk-batches.ts'
import type { AbortedTransaction } from './transactions/transaction-index.ts'
import type { UnpackRoom } from './unpack-room.ts'

/** A promise to be awaited when it is time to let others go on; undefined while it is not. */
export type PauseWhenOver = () => Promise<void> | undefined

/** The settings of a topic that its logs act on, parsed. Names are those of Kafka's topic configs. */
export interface LogConfig {
  readonly segmentBytes: number
  readonly segmentMs: number
  readonly segmentJitterMs: number
  readonly segmentIndexBytes: number
  readonly indexIntervalBytes: number
  readonly retentionMs: number
  readonly retentionBytes: number
  readonly fileDeleteDelayMs: number
  readonly flushMessages: number
  readonly flushMs: number
  readonly maxMessageBytes: number
  readonly messageTimestampType: 'CreateTime' | 'LogAppendTime'
  readonly messageTimestampBeforeMaxMs: number
  readonly messageTimestampAfterMaxMs: number
  /** `producer` keeps the codec of the batch as it came. */
  readonly compressionType: 'producer' | 'uncompressed' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  readonly compressionGzipLevel: number
  readonly compressionZstdLevel: number
  readonly cleanupPolicy: ReadonlySet<'delete' | 'compact'>
  /** How long a compacted topic keeps a tombstone once it has been seen by a clean-up. */
  readonly deleteRetentionMs: number
  /** Records younger than this are never compacted. */
  readonly minCompactionLagMs: number
  /** Records older than this are compacted whatever the dirty ratio says. */
  readonly maxCompactionLagMs: number
  /** Compaction waits until this part of the log (0 to 1) has not been compacted yet. */
  readonly minCleanableDirtyRatio: number
}

/** A batch of which all is known but its offsets. */
export interface CheckedBatch {
  /** Begins with the batch. */
  readonly data: Buffer
  readonly header: BatchHeader
  readonly maxTimestamp: bigint
  /** Null for records. */
  readonly marker: EndMarker | null
}

export interface AppendOptions {
  readonly leaderEpoch: number
  /** Records of a client are checked in full; those of the broker's own coordinators may hold control batches. */
  readonly origin: 'client' | 'coordinator'
  /**
   * What the batch may unpack to here and now; with it, `append` throws TooMuchAtOnceError for one to be checked with
   * `checkAside`.
   */
  readonly room?: UnpackRoom
  /** What `checkAside` has made of the same records. */
  readonly checked?: CheckedBatch
  /** `transaction.version` of the client whose transaction the batch belongs to (KIP-890); 0 by default. */
  readonly transactionVersion?: number
}

/** What is wrong with one record, for `recordErrors` of a produce response (KIP-467). */
export interface RecordError {
  /** Place of the record in its batch, from 0. */
  readonly batchIndex: number
  readonly message: string
}

export interface AppendResult {
  /** Offset of the first record appended, or of the first one of the duplicate that was recognised. */
  readonly baseOffset: bigint
  /** Time stamped on the records when the topic uses LogAppendTime, else -1. */
  readonly logAppendTimeMs: bigint
  readonly logStartOffset: bigint
  /** True when an idempotent producer sent the batch again: nothing was appended. */
  readonly duplicate: boolean
}

export interface ReadOptions {
  readonly maxBytes: number
  /** Return the first batch whole even when it is larger than `maxBytes`, so that a reader always gets on. */
  readonly minOneMessage: boolean
  /** Offsets from this one on are not shown (high watermark or last stable offset). */
  readonly upTo: bigint
}

export interface TimestampAndOffset {
  readonly timestamp: bigint
  readonly offset: bigint
  readonly leaderEpoch: number
}

/** One partition's log on one node. Offsets and timestamps are exact (bigint). */
export interface PartitionLog {
  readonly logStartOffset: bigint
  /** The offset that the next record will get. */
  readonly logEndOffset: bigint
  /**
   * Below, records are committed: retention and compaction stop there. A log without followers sets it to ENDLESS, and
   * it goes with the end; otherwise whoever knows the followers moves it. Never outside the log, lowered by
   * `truncateTo`.
   */
  highWatermark: bigint
  /** Where the oldest open transaction begins, null when none is open. What lies below it is stable. */
  readonly firstOpenOffset: bigint | null
  /** Total bytes of the segments. */
  readonly sizeInBytes: number
  /**
   * Checks and appends one whole record batch (format v2), giving it its offsets and the leader epoch; an incomplete
   * one behind it is left out. The buffer may be changed in place. Throws KafkaError:
   * CORRUPT_MESSAGE, MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD and INVALID_TIMESTAMP (as
   * RecordValidationError when single records are at fault), UNSUPPORTED_COMPRESSION_TYPE,
   * OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE, TRANSACTION_COORDINATOR_FENCED,
   * KAFKA_STORAGE_ERROR (the disk failed: nothing is acknowledged).
   */
  append(records: Buffer, options: AppendOptions): AppendResult
  /**
   * Appends whole record batches as the leader has them, byte by byte; an incomplete one at the end is left out.
   * Offsets go on from the end of the log, with gaps where the leader has compacted. Throws KafkaError CORRUPT_MESSAGE,
   * INVALID_RECORD and OFFSET_OUT_OF_RANGE, and nothing is appended; or KAFKA_STORAGE_ERROR, and the first of them may
   * be.
   */
  appendAsFollower(records: Buffer): void
  /** Notes at once that records from here on are of this leader epoch. Throws KafkaError KAFKA_STORAGE_ERROR. */
  beginEpoch(epoch: number): void
  /**
   * Removes the batches that hold an offset or begin behind it, and forgets the epochs that do. When it returns, they
   * are gone for good. Throws KafkaError KAFKA_STORAGE_ERROR: the log is then as it was or cut, which the
   * next call finds out.
   */
  truncateTo(offset: bigint): void
  /** Removes everything, and begins anew at an offset (UnifiedLog.truncateFullyAndStartAt). Throws as `truncateTo`. */
  restartAt(offset: bigint): void
  /**
   * Checks, and compresses anew where the topic asks for it, what is too large to be appended at once. Rejects as
   * `append` throws.
   */
  checkAside(records: Buffer, room: UnpackRoom, pause: PauseWhenOver): Promise<CheckedBatch>
  /**
   * Whole batches from the one that holds `offset` on; empty at the end of the log. Throws KafkaError
   * OFFSET_OUT_OF_RANGE, KAFKA_STORAGE_ERROR, CORRUPT_MESSAGE.
   */
  read(offset: bigint, options: ReadOptions): Buffer
  /**
   * The batches from an offset on whose checksums are right. What is damaged is reported and stepped over. Throws
   * KafkaError KAFKA_STORAGE_ERROR.
   */
  wholeBatches(from: bigint, onDamage: OnDamage): Iterable<WholeBatch>
  /**
   * Transactions that were rolled back and have records at offsets from `from` on, below `upTo`; oldest marker first.
   */
  abortedTransactions(from: bigint, upTo: bigint): AbortedTransaction[]
  /** Whether a producer has a transaction open here in this epoch. */
  hasOpenTransaction(producerId: bigint, producerEpoch: number): boolean
  /** The first record at or after a time; null when there is none. */
  offsetForTimestamp(timestamp: bigint): TimestampAndOffset | null
  /** The record with the largest timestamp, null for an empty log (KIP-734). */
  maxTimestampOffset(): TimestampAndOffset | null
  /** The epoch asked for or the largest below it, and where it ends (KIP-320); -1, -1n when unknown. */
  endOffsetForEpoch(leaderEpoch: number): { leaderEpoch: number; endOffset: bigint }
  /** Leader epoch of the record at an offset, -1 when unknown. */
  epochAt(offset: bigint): number
  latestEpoch(): number
  /**
   * Moves the log start (DeleteRecords), dropping segments below it. Throws KafkaError OFFSET_OUT_OF_RANGE past the
   * end.
   */
  deleteRecordsBefore(offset: bigint): void
  /** Drops segments by age and size, and closes the active one by `segment.ms`. Called now and then with the time. */
  applyRetention(now: number): void
  /**
   * Keeps the latest record of each key where `cleanup.policy` holds `compact` and enough is dirty (KIP-58, KIP-354,
   * KIP-534). Returns whether anything was compacted. Called now and then with the time, never while it is under way.
   * It takes its time, and awaits `pause` every few milliseconds so that others get theirs. Rejects with KafkaError
   * KAFKA_STORAGE_ERROR, and with EnvironmentError when the codec of a batch cannot be had here; the log is then as it
   * was.
   */
  compact(now: number, pause?: Pause): Promise<boolean>
  /** New settings take effect with the next append or clean-up. */
  updateConfig(config: LogConfig): void
  /** Idempotent producers known here (KIP-664). */
  activeProducers(): readonly ActiveProducer[]
  /** Forces every record to the disk. */
  flush(): void
  /**
   * Gets everything to the disk while others go on, so that `close` is quick. Rejects with KafkaError
   * KAFKA_STORAGE_ERROR.
   */
  flushInBackground(): Promise<void>
  /**
   * Flushes unless told otherwise, writes the producer snapshot, closes the files. Returns whether everything is on the
   * disk.
   */
  close(options?: { flush?: boolean }): boolean
  /**
   * Closes the files and removes the folder: renamed at once, as in Kafka, so that a crash half-way leaves no
   * partition; then removed, which the promise is for. Throws, or rejects with, KafkaError KAFKA_STORAGE_ERROR.
   */
  delete(): Promise<void>
}

export interface ActiveProducer {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastTimestamp: bigint
  readonly currentTransactionStartOffset: bigint
  readonly coordinatorEpoch: number
}
