import { timestampOf, type PartitionState, type RecordSink } from '../../lib/client/consumer/index.ts'
import { encodeHeaders, type BatchHeader, type RecordReader } from '../../lib/protocol/records/index.ts'
import type { GroupMetadata } from '../../lib/client/group/index.ts'
import type { OffsetToCommit } from '../../lib/client/producer/index.ts'

/** A record on its way; headers as `encodeHeaders` returns them, null for none. */
export interface PipedRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Buffer | null
  readonly timestampMs: number | bigint
}

/** The records of one transaction, and how far they go in each partition. */
export class Batch implements RecordSink {
  readonly records: PipedRecord[] = []
  /** Of keys and values. */
  bytes = 0
  /** Where the batch begins in each partition. */
  readonly starts = new Map<PartitionState, bigint>()
  private header!: BatchHeader

  /**
   * `group` is the member at the time of reading: if it has changed by the time of the commit, others may have read the
   * same.
   */
  constructor(readonly group: GroupMetadata) {}

  batch(partition: PartitionState, header: BatchHeader): void {
    this.header = header
    if (!this.starts.has(partition)) this.starts.set(partition, partition.position)
  }

  record(record: RecordReader): void {
    const { body, keyStart, keyLength, valueStart, valueLength } = record
    this.records.push({
      key: keyLength < 0 ? null : Buffer.from(body.subarray(keyStart, keyStart + keyLength)),
      value: valueLength < 0 ? null : Buffer.from(body.subarray(valueStart, valueStart + valueLength)),
      headers: record.headerCount === 0 ? null : encodeHeaders(record.rawHeaders()),
      timestampMs: timestampOf(record, this.header),
    })
    this.bytes += Math.max(keyLength, 0) + Math.max(valueLength, 0)
  }

  endBatch(): void {}

  ready(): undefined {}

  /** The offsets after the last records; to be asked for before anything else is read. */
  ends(): OffsetToCommit[] {
    return [...this.starts.keys()].map(({ topic, partition, position, positionEpoch }) => ({
      topic,
      partition,
      offset: position,
      leaderEpoch: positionEpoch,
    }))
  }

  /** The values, each with a line feed after it; a null value is an empty line. */
  lines(): Buffer {
    return Buffer.concat(this.records.flatMap(({ value }) => (value === null ? [LF] : [value, LF])))
  }
}

const LF = Buffer.from('\n')
