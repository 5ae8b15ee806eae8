import { MalformedError } from '../../errors.ts'
import { decodeMetadataRecord, readControlRecords, type MetadataRecord } from '../../protocol/internal-records/index.ts'
import type { SnapshotContent, SnapshotId, Voters } from '../../protocol/log-files/index.ts'
import { LATEST_RELEASE, METADATA_VERSION, releaseOf } from '../../protocol/metadata-version.ts'
import { RecordReader, type BatchHeader } from '../../protocol/records/index.ts'

/** Records that take effect together: those of a batch, of a transaction, or of a snapshot. */
export interface Committed {
  readonly records: readonly MetadataRecord[]
  /** Everything below this offset has taken effect with them. */
  readonly endOffset: bigint
  readonly epoch: number
  /** The records are the whole state, and take the place of what was known before. */
  readonly isSnapshot: boolean
}

/** A batch as it lies in the log. */
export interface MetadataBatch {
  readonly header: BatchHeader
  readonly bytes: Buffer
}

/**
 * Reads the batches of the metadata log in order. Transactions (KIP-868) become one, those that were aborted nothing;
 * what the control records say about the quorum is kept here.
 */
export class CommittedReader {
  /** 1 where the voters are in the log (KIP-853), 0 where they are in the configuration. */
  kraftVersion = 0
  voters: Voters | null = null
  /** Where the next batch begins. */
  nextOffset = 0n
  lastTimestamp = 0n
  /** Size of the batches of records since the last snapshot, control batches left out. */
  bytesSinceSnapshot = 0
  private transaction: { readonly startOffset: bigint; readonly records: MetadataRecord[] } | null = null

  get isInTransaction(): boolean {
    return this.transaction !== null
  }

  /** Goes on from a snapshot. Throws MalformedError. */
  restart(id: SnapshotId, { lastContainedLogTimestamp, kraftVersion, voters, values }: SnapshotContent): Committed {
    this.kraftVersion = kraftVersion
    this.voters = voters
    this.nextOffset = id.endOffset
    this.lastTimestamp = lastContainedLogTimestamp
    this.bytesSinceSnapshot = 0
    this.transaction = null
    return { records: values.map(decodeRecord), ...id, isSnapshot: true }
  }

  /**
   * What a batch makes take effect; null when all of it waits for the end of a transaction. Throws MalformedError for
   * records that are damaged or of a kind or version that is not known.
   */
  read({ header, bytes }: MetadataBatch): Committed | null {
    const records = header.isControl ? this.readControl(header, bytes) : this.readRecords(header, bytes)
    this.nextOffset = header.lastOffset + 1n
    this.lastTimestamp = header.maxTimestamp
    if (this.transaction && records.length === 0) return null
    return {
      records,
      endOffset: this.transaction?.startOffset ?? this.nextOffset,
      epoch: header.partitionLeaderEpoch,
      isSnapshot: false,
    }
  }

  private readControl(header: BatchHeader, bytes: Buffer): [] {
    for (const record of readControlRecords(bytes, 0, header)) {
      if (record.type === 'KRaftVersion') this.kraftVersion = record.kRaftVersion
      if (record.type === 'KRaftVoters') this.voters = record.voters
    }
    return []
  }

  private readRecords(header: BatchHeader, bytes: Buffer): MetadataRecord[] {
    this.bytesSinceSnapshot += bytes.length
    const committed: MetadataRecord[] = []
    const reader = new RecordReader()
    reader.open(bytes, 0, header)
    while (reader.next()) {
      const { body, valueStart, valueLength } = reader
      const value = valueLength < 0 ? null : body.subarray(valueStart, valueStart + valueLength)
      this.take(decodeRecord(value), header.baseOffset + BigInt(reader.offsetDelta), committed)
    }
    return committed
  }

  private take(record: MetadataRecord, offset: bigint, committed: MetadataRecord[]): void {
    const { transaction } = this
    if (record.type === 'BEGIN_TRANSACTION_RECORD') {
      if (transaction) throw new MalformedError('a transaction begins within another')
      this.transaction = { startOffset: offset, records: [] }
    } else if (record.type === 'END_TRANSACTION_RECORD' || record.type === 'ABORT_TRANSACTION_RECORD') {
      if (!transaction) throw new MalformedError('a transaction ends that did not begin')
      if (record.type === 'END_TRANSACTION_RECORD') committed.push(...transaction.records)
      this.transaction = null
    } else (transaction?.records ?? committed).push(record)
  }
}

/** Throws MalformedError, also for the metadata of a newer Kafka. */
export function decodeRecord(value: Buffer | null): MetadataRecord {
  const record = decodeMetadataRecord(value)
  if (record.type === 'FEATURE_LEVEL_RECORD' && record.name === METADATA_VERSION && !releaseOf(record.featureLevel))
    throw new MalformedError(`${METADATA_VERSION} ${record.featureLevel} is not known, the latest is ${LATEST_RELEASE}`)
  return record
}
