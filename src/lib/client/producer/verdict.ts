import { isRetriable, type ErrorName } from '../../protocol/errors.ts'

/**
 * What becomes of a batch after the broker's answer: `done`; `split` into smaller ones; `prune` of the records that the
 * broker named; `retry` as it is; `wait` for the batches before it, whose failure it shares; `renumber` under a new
 * epoch, then retry; `fail`.
 */
export type Verdict = 'done' | 'split' | 'prune' | 'retry' | 'wait' | 'renumber' | 'fail'

export interface Circumstances {
  readonly recordsCount: number
  /** Records that the broker named as invalid. */
  readonly invalidRecords: number
  readonly isIdempotent: boolean
  /** One record that is missing spoils its transaction: nothing is mended then. */
  readonly isTransactional: boolean
  /** No batch of the partition before this one is unsettled. */
  readonly isFirst: boolean
  /** Tries and time are left. */
  readonly mayRetry: boolean
}

/**
 * Judges an answer as the Java producer does (Sender.completeBatch, TransactionManager.canRetry), by the name of its
 * error.
 */
export function judge(error: ErrorName, batch: Circumstances): Verdict {
  if (error === 'NONE') return 'done'
  if ((error === 'MESSAGE_TOO_LARGE' || error === 'RECORD_LIST_TOO_LARGE') && batch.recordsCount > 1) return 'split'
  if (batch.isIdempotent) {
    // The broker has moved past this sequence and no longer remembers the batch: it is in the log.
    if (error === 'DUPLICATE_SEQUENCE_NUMBER') return 'done'
    if (error === 'OUT_OF_ORDER_SEQUENCE_NUMBER' && !batch.isFirst) return 'wait'
    if (RENUMBERED.has(error) && batch.mayRetry && !batch.isTransactional) return 'renumber'
  }
  // Java fails the whole batch; ours may be large, and the records beside the invalid ones are sound.
  if (batch.invalidRecords > 0 && batch.invalidRecords < batch.recordsCount && !batch.isTransactional) return 'prune'
  return isRetriable(error) && batch.mayRetry ? 'retry' : 'fail'
}

const RENUMBERED: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
])

/** Errors that say that our metadata is out of date (InvalidMetadataException). */
export function asksForMetadata(error: ErrorName): boolean {
  return STALE.has(error)
}

const STALE: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'REPLICA_NOT_AVAILABLE',
  'NETWORK_EXCEPTION',
  'LISTENER_NOT_FOUND',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_TOPIC_ID',
  'INCONSISTENT_TOPIC_ID',
  'KAFKA_STORAGE_ERROR',
  'REQUEST_TIMED_OUT',
])
