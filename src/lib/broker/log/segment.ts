import { readBuffers } from '../../protocol/read-buffers.ts'
import { BATCH_OVERHEAD, type BatchHeader, NO_TIMESTAMP, readBatchHeader } from '../../protocol/records/index.ts'
import { BatchScanner, headerOrNull } from './batch-scanner.ts'
import type { FileSystem, LogFile } from './file-system.ts'
import { SEGMENT_SUFFIXES, offsetFile } from './names.ts'
import { OffsetIndex } from './offset-index.ts'
import { TimeIndex, type TimeIndexEntry } from './time-index.ts'
import { TransactionIndex, type AbortedTransaction } from './transactions/transaction-index.ts'

/** What one append adds to a segment. */
export interface Appended {
  readonly data: Buffer
  /** The batches that the data consists of. */
  readonly batches: readonly { readonly header: BatchHeader }[]
  /** The transaction that they roll back. */
  readonly aborted?: AbortedTransaction | null
}

/** Where a segment can be made shorter: the batches in front of it end there. */
export interface Cut {
  readonly position: number
  readonly endOffset: bigint
  /** The largest timestamp among the batches that no index tells of. */
  readonly latest: TimeIndexEntry
}

/** Stands for the index of aborted transactions where an append leaves it alone. */
const UNTOUCHED = -1

/** How many offsets a segment remembers the positions of. */
const REMEMBERED = 8

interface SegmentOptions {
  /** Whether it is to be empty, whatever is there. */
  readonly isNew?: boolean
  /** Comes behind the names of its files. */
  readonly suffix?: string
  /** False where it is known that no transaction was aborted in it. */
  readonly mayHaveAborted?: boolean
}

/** A place in the index files to go back to. */
interface Restore {
  readonly offsetEntries: number
  readonly timeEntries: number
  readonly abortedEntries: number
}

/** One segment of a log: a file of record batches and its indexes. Only the last segment of a log grows. */
export class Segment {
  readonly offsetIndex: OffsetIndex
  readonly timeIndex: TimeIndex
  readonly transactionIndex: TransactionIndex
  readonly readPositions = new ReadPositions()
  /** Its files, the `.log` first. */
  readonly paths: readonly string[]
  /** Bytes of the batches that have been appended for good. */
  size: number
  private readonly file: LogFile
  private latestSoFar: TimeIndexEntry | null = null
  private firstTimestamp: bigint | null = null
  private bytesSinceIndexEntry = 0
  /** Set while an append has left bytes behind that could not be taken back. */
  private restore: Restore | null = null

  private constructor(
    fileSystem: FileSystem,
    directory: string,
    readonly baseOffset: bigint,
    /** When this object was made: Kafka's measure of age for records without a timestamp. */
    readonly createdMs: number,
    /** Taken off `segment.ms`, so that the segments of many partitions do not end at the same moment. */
    readonly rollJitterMs: number,
    { isNew = false, suffix = '', mayHaveAborted = true }: SegmentOptions,
  ) {
    this.paths = SEGMENT_SUFFIXES.map((kind) => offsetFile(directory, baseOffset, kind) + suffix)
    const [log, index, timeIndex, transactionIndex] = this.paths as [string, string, string, string]
    this.file = isNew ? fileSystem.create(log) : fileSystem.open(log, { create: false })
    this.offsetIndex = new OffsetIndex(fileSystem, index, baseOffset, isNew)
    this.timeIndex = new TimeIndex(fileSystem, timeIndex, baseOffset, isNew)
    this.transactionIndex = new TransactionIndex(fileSystem, transactionIndex, baseOffset, mayHaveAborted)
    this.size = this.file.size
  }

  /** Opens the files of a segment; missing indexes are made empty. Throws ENOENT when there is no `.log` file. */
  static open(
    fileSystem: FileSystem,
    directory: string,
    baseOffset: bigint,
    createdMs: number,
    rollJitterMs: number,
    options: Pick<SegmentOptions, 'mayHaveAborted'> = {},
  ): Segment {
    return new Segment(fileSystem, directory, baseOffset, createdMs, rollJitterMs, options)
  }

  /** Makes an empty segment; leftovers of an earlier attempt are emptied. */
  static create(
    fileSystem: FileSystem,
    directory: string,
    baseOffset: bigint,
    createdMs: number,
    rollJitterMs: number,
    options: Omit<SegmentOptions, 'isNew'> = {},
  ): Segment {
    const segment = new Segment(fileSystem, directory, baseOffset, createdMs, rollJitterMs, { ...options, isNew: true })
    if (segment.transactionIndex.entries > 0) segment.transactionIndex.truncate(0)
    return segment
  }

  /** The largest timestamp in the segment. */
  get latest(): TimeIndexEntry {
    this.latestSoFar ??= this.timeIndex.lastEntry()
    return this.latestSoFar
  }

  /** What retention by time goes by: the largest timestamp, or the age of a segment whose records have none. */
  get largestTimestampMs(): number {
    return this.latest.timestamp >= 0n ? Number(this.latest.timestamp) : this.createdMs
  }

  /**
   * Writes batches that have their offsets, and index entries when they are due. When the disk refuses, everything is
   * taken back and the segment is as it was. Aborted transactions are noted before their markers are there: nobody
   * shall ever see the end of one and not know how it ended.
   */
  append({ data, batches, aborted = null }: Appended, indexIntervalBytes: number): void {
    this.repair()
    const { size, latest, bytesSinceIndexEntry } = this
    this.restore = {
      offsetEntries: this.offsetIndex.entries,
      timeEntries: this.timeIndex.entries,
      // An index that an append does not add to is not even looked for.
      abortedEntries: aborted ? this.transactionIndex.entries : UNTOUCHED,
    }
    try {
      if (aborted) this.transactionIndex.append(aborted)
      this.file.write(data, size)
      for (const { header } of batches) this.adopt(header, indexIntervalBytes)
    } catch (error) {
      this.size = size
      this.latestSoFar = latest
      this.bytesSinceIndexEntry = bytesSinceIndexEntry
      this.tryRepair()
      throw error
    }
    this.restore = null
    if (size === 0) this.firstTimestamp = batches[0]!.header.maxTimestamp
  }

  /** Takes over a batch that lies in the file behind those taken over before. */
  adopt(header: BatchHeader, indexIntervalBytes: number): void {
    const found = latestOf(header)
    const latest = found.timestamp > this.latest.timestamp ? found : this.latest
    if (this.bytesSinceIndexEntry > indexIntervalBytes) {
      this.offsetIndex.append(header.lastOffset, this.size)
      this.timeIndex.appendLater(latest)
      this.bytesSinceIndexEntry = 0
    }
    this.size += header.sizeInBytes
    this.bytesSinceIndexEntry += header.sizeInBytes
    this.latestSoFar = latest
  }

  /** Cuts off what a failed append has left behind. */
  repair(): void {
    if (!this.restore) return
    this.file.truncate(this.size)
    this.offsetIndex.truncate(this.restore.offsetEntries)
    this.timeIndex.truncate(this.restore.timeEntries)
    if (this.restore.abortedEntries !== UNTOUCHED) this.transactionIndex.truncate(this.restore.abortedEntries)
    this.restore = null
  }

  private tryRepair(): void {
    try {
      this.repair()
    } catch {
      // The disk refuses this too: `restore` stays set, and nothing is written before it has been done.
    }
  }

  /**
   * Milliseconds that the first record has waited, measured by records' timestamps where they have them
   * (LogSegment.timeWaitedForRoll).
   */
  timeWaitedMs(now: number, newestTimestamp: bigint): number {
    const { firstTimestampMs } = this
    return firstTimestampMs >= 0 ? Number(newestTimestamp) - firstTimestampMs : now - this.createdMs
  }

  /** Largest timestamp of the first batch, -1 when it has none or there is none. */
  get firstTimestampMs(): number {
    if (this.size === 0) return Number(NO_TIMESTAMP)
    this.firstTimestamp ??= readBatchHeader(this.readBytes(0, BATCH_OVERHEAD)).maxTimestamp
    return Number(this.firstTimestamp)
  }

  /** Walks the headers of the batches from a position on; a window holds as much as is read at once. */
  scan(position = 0, windowBytes?: number): BatchScanner {
    return new BatchScanner(this.file, position, this.size, windowBytes)
  }

  /**
   * The same from the batch on, or one before it, that holds an offset. An index that does not lead there is not
   * believed.
   */
  scanFrom(offset: bigint): BatchScanner {
    const entry = this.offsetIndex.entryFor(offset)
    const position = entry && entry.position > 0 && entry.position < this.size ? entry.position : 0
    const first = position > 0 ? headerOrNull(this.scan(position)) : null
    const isRight =
      first && first.baseOffset >= this.baseOffset && first.baseOffset <= offset && first.lastOffset <= entry!.offset
    return this.scan(isRight ? position : 0)
  }

  /** Bytes of the file, in a buffer of their own; `readBuffers` takes it back. */
  readBytes(position: number, length: number): Buffer {
    const target = readBuffers.take(length)
    const count = this.file.read(target, length, position)
    return count === length ? target : target.subarray(0, count)
  }

  /** Empties the indexes, to be filled again by `adopt`. */
  beginRebuild(): void {
    this.offsetIndex.clear()
    this.timeIndex.clear()
    this.latestSoFar = null
    this.firstTimestamp = null
    this.bytesSinceIndexEntry = 0
    this.size = 0
  }

  /** Cuts off what was not adopted. Returns the number of bytes cut off. */
  endRebuild(): number {
    const cutBytes = this.file.size - this.size
    if (cutBytes > 0) this.file.truncate(this.size)
    this.endIndexes()
    return cutBytes
  }

  /** Where the batches end that lie wholly below an offset, or where one of them is damaged. */
  cutBelow(offset: bigint): Cut {
    let cut = this.cutAtStart
    if (offset <= this.baseOffset) return cut
    const scanner = this.scanFrom(offset - 1n)
    for (let header = headerOrNull(scanner); header && header.lastOffset < offset; header = headerOrNull(scanner)) {
      const latest = latestOf(header)
      cut = {
        position: scanner.upcoming,
        endOffset: header.lastOffset + 1n,
        latest: latest.timestamp > cut.latest.timestamp ? latest : cut.latest,
      }
    }
    return cut
  }

  /** Leaves nothing. */
  get cutAtStart(): Cut {
    const { baseOffset } = this
    return { position: 0, endOffset: baseOffset, latest: { timestamp: NO_TIMESTAMP, offset: baseOffset } }
  }

  /** Returns when the batches behind a cut are gone from the disk. The indexes could be made again. */
  cutOff({ position, endOffset, latest }: Cut): void {
    this.repair()
    this.file.truncate(position)
    this.file.sync()
    this.offsetIndex.truncateTo(endOffset)
    this.timeIndex.truncateTo(endOffset)
    this.timeIndex.appendLater(latest)
    this.transactionIndex.truncateTo(endOffset)
    this.readPositions.clear()
    this.size = position
    this.latestSoFar = null
    this.firstTimestamp = null
    this.bytesSinceIndexEntry = 0
  }

  /** Ends the time index with the largest timestamp: the state in which a segment is left. */
  finish(): void {
    this.repair()
    this.endIndexes()
  }

  private endIndexes(): void {
    this.timeIndex.appendLater(this.latest)
    this.offsetIndex.writeOut()
    this.timeIndex.writeOut()
  }

  /** Puts the batches and the indexes on the disk. */
  sync(): void {
    this.flush()
    this.offsetIndex.sync()
    this.timeIndex.sync()
    this.transactionIndex.sync()
  }

  /** The files that may have to be put on the disk. */
  get unsyncedPaths(): string[] {
    const indexes = [this.offsetIndex, this.timeIndex, this.transactionIndex]
    return [this.paths[0]!, ...indexes.flatMap(({ isSynced }, index) => (isSynced ? [] : [this.paths[index + 1]!]))]
  }

  /** Whether anything was appended, or was meant to be, since the segment was opened. */
  get isChanged(): boolean {
    return this.bytesSinceIndexEntry > 0 || this.restore !== null
  }

  /** Puts the batches on the disk; the indexes can be made again from them. */
  flush(): void {
    this.repair()
    this.file.sync()
  }

  close(): void {
    this.file.close()
    this.offsetIndex.close()
    this.timeIndex.close()
    this.transactionIndex.close()
  }
}

/** Largest timestamp of a batch; one that compaction has emptied has none. */
function latestOf({ recordsCount, maxTimestamp, lastOffset }: BatchHeader): TimeIndexEntry {
  return { timestamp: recordsCount === 0 ? NO_TIMESTAMP : maxTimestamp, offset: lastOffset }
}

/** Where readers of a segment have come to: who reads on in order needs neither index nor scan. */
class ReadPositions {
  private readonly positions = new Map<bigint, number>()

  get(offset: bigint): number | undefined {
    return this.positions.get(offset)
  }

  /** Keeps the position of an offset, and forgets the oldest of more than a few. */
  remember(offset: bigint, position: number): void {
    this.positions.delete(offset)
    this.positions.set(offset, position)
    if (this.positions.size > REMEMBERED) this.positions.delete(this.positions.keys().next().value!)
  }

  clear(): void {
    this.positions.clear()
  }
}
