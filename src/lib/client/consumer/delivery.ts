import { KafkaError, MalformedError } from '../../errors.ts'
import { batches, isCrcValid, RecordReader, type BatchHeader } from '../../protocol/records/index.ts'
import { AbortedFilter } from './aborted-filter.ts'
import type { FetchedRecords } from './fetch-request.ts'
import type { PartitionState } from './partition-state.ts'

/** Takes records one by one; the cursor stands on the record. */
export interface RecordSink {
  /** A batch begins; the records that follow are of it. */
  batch(partition: PartitionState, header: BatchHeader): void
  /** What has to come before a record can be taken, which is handed over again then; nothing for most. */
  readonly awaits?: ((record: RecordReader) => Promise<unknown> | undefined) | undefined
  /** False for a record that is passed over and does not count; without it all are wanted. */
  readonly wants?: ((record: RecordReader) => boolean) | undefined
  /**
   * The sink may use the bytes up to the end of this record as it likes; nothing of them may be kept after `endBatch`,
   * unless for `whenUnread`.
   */
  record(record: RecordReader): void
  /** No more records of this batch. */
  endBatch(): void
  /** Between batches: a promise while the sink can take no more. */
  ready(): Promise<void> | undefined
  /**
   * Calls `then` once nothing is read any more of what the sink has got so far, and never where that is not known. With
   * it, memory is used again for what comes next.
   */
  whenUnread?(then: () => void): void
}

export interface DeliverySettings {
  readonly checkCrcs: boolean
  readonly isReadCommitted: boolean
  /** How many records to deliver in all. */
  readonly maxRecords: number
  /** Asked between batches: true ends the delivery. */
  isStopped(): boolean
}

/** How long a slow sink may have in one go: signals and timers wait meanwhile. */
const MOST_MS = 100

/**
 * Hands fetched records to a sink and moves the position of their partition with them: behind the last record that was
 * handed over, always. Control records and those of aborted transactions are passed over.
 */
export class Delivery {
  /** Records handed over so far. */
  count = 0
  /** The same, and those that were passed over because they are not wanted: something has come. */
  seen = 0
  private readonly reader = new RecordReader()
  /** The record that the reader stands on has not been taken. */
  private isHeld = false

  constructor(
    private readonly sink: RecordSink,
    private readonly settings: DeliverySettings,
  ) {}

  get isDone(): boolean {
    return this.count >= this.settings.maxRecords || this.settings.isStopped()
  }

  /**
   * Throws KafkaError CORRUPT_MESSAGE for damaged batches, and whatever the sink throws for a record, which then counts
   * as handed over.
   */
  async deliver(fetched: FetchedRecords): Promise<void> {
    const { partition, records, version } = fetched
    const filter = this.settings.isReadCommitted ? new AbortedFilter(fetched.abortedTransactions) : undefined
    try {
      for (const { header, at } of batches(records)) {
        // A slow sink leaves time for the partition to be taken away.
        if (this.isDone || partition.version !== version) return
        if (partition.endOffset !== undefined && header.baseOffset >= partition.endOffset) return
        if (header.lastOffset < partition.position) {
          // Handed out already, when the same records are delivered in several goes; the filter has to know how its
          // transaction ended.
          filter?.isAborted(records, at, header)
          continue
        }
        if (this.settings.checkCrcs && !isCrcValid(records, at, header))
          throw new MalformedError('the checksum is wrong')
        if (filter?.isAborted(records, at, header) || header.isControl) partition.position = header.lastOffset + 1n
        else {
          this.isHeld = false
          this.reader.open(records, at, header)
          for (;;) {
            const pause = this.deliverBatch(partition, header)
            if (!pause) break
            await pause
            if (this.isDone || partition.version !== version) return
          }
        }
        const wait = this.sink.ready()
        if (wait) await wait
      }
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      throw new KafkaError(
        'CORRUPT_MESSAGE',
        `The records of ${partition.key} at offset ${partition.position} are damaged: ${error.message}`,
      )
    }
  }

  /** What to wait for before the rest of the batch: when time is up before it is, or a record awaits something. */
  private deliverBatch(partition: PartitionState, header: BatchHeader): Promise<unknown> | undefined {
    const { reader, sink } = this
    const { baseOffset } = header
    // A batch is sent whole: records before the position come along.
    const firstDelta = baseOffset < partition.position ? Number(partition.position - baseOffset) : 0
    const { endOffset } = partition
    const endDelta =
      endOffset === undefined || endOffset > header.lastOffset
        ? header.lastOffsetDelta + 1
        : Number(endOffset - baseOffset)
    const most = this.settings.maxRecords
    const { awaits, wants } = sink
    const startedAt = wants ? performance.now() : 0
    let pause: Promise<unknown> | undefined
    let delta = -1
    sink.batch(partition, header)
    try {
      while (this.count < most && (this.isHeld || reader.next())) {
        this.isHeld = false
        if (reader.offsetDelta < firstDelta) continue
        if (reader.offsetDelta >= endDelta) break
        pause = awaits?.(reader)
        if (pause) {
          this.isHeld = true
          break
        }
        delta = reader.offsetDelta
        this.seen += 1
        if (!wants || wants(reader)) {
          this.count += 1
          sink.record(reader)
        }
        if (wants !== undefined && performance.now() - startedAt > MOST_MS) {
          pause = new Promise((resolve) => setImmediate(resolve))
          break
        }
      }
      if (!pause && this.count < most) delta = endDelta - 1
      return pause
    } finally {
      sink.endBatch()
      if (delta >= 0) {
        partition.position = baseOffset + BigInt(delta) + 1n
        partition.positionEpoch = header.partitionLeaderEpoch
      }
    }
  }
}
