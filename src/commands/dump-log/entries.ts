import type {
  AbortedTransaction,
  OffsetEntry,
  SnapshotProducer,
  TimeEntry,
} from '../../lib/protocol/log-files/index.ts'
import type { BatchHeader, EndMarker, RecordHeader } from '../../lib/protocol/records/index.ts'

/** A record as it lies in its batch. */
export interface StoredRecord {
  readonly offset: bigint
  readonly timestamp: bigint
  readonly sequence: number
  readonly headers: readonly RecordHeader[]
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly batch: BatchHeader
}

/**
 * What a control record says: how a transaction ended, or another kind (ControlRecordType) that is left to whoever
 * knows it.
 */
export type ControlContent = EndMarker | { readonly kind: number }

/** What is found in a file, one thing after the other. */
export type Entry =
  | { readonly type: 'log'; readonly startOffset: bigint }
  /** A snapshot of controllers; null for the one that a cluster begins with. */
  | { readonly type: 'snapshot'; readonly end: { readonly offset: bigint; readonly epoch: number } | null }
  | {
      readonly type: 'batch'
      readonly header: BatchHeader
      readonly lastSequence: number
      readonly position: number
      readonly isValid: boolean
    }
  | { readonly type: 'record'; readonly record: StoredRecord; readonly control: ControlContent | null }
  | { readonly type: 'invalid-bytes'; readonly bytes: number }
  | { readonly type: 'offset-index'; readonly entry: OffsetEntry }
  | { readonly type: 'time-index'; readonly entry: TimeEntry }
  | { readonly type: 'empty-index' }
  | { readonly type: 'sound-index' }
  | { readonly type: 'producer'; readonly producer: SnapshotProducer; readonly firstSequence: number }
  | { readonly type: 'aborted-transaction'; readonly transaction: AbortedTransaction }

/** Turns what is found in a file into what is written. */
export interface Printer {
  /** In front of a file's entries. */
  begin(file: string): string
  entry(entry: Entry, file: string): string
}
