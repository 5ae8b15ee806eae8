import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { KafkaError } from '../../errors.ts'
import { Flusher } from './flusher.ts'
import { ENDLESS } from './endless.ts'
import type { LogParts } from './log-parts.ts'
import { deletedFolder } from './names.ts'
import { LogReader } from './log-reader.ts'
import { checkBatchAside, prepareBatch, type PreparedBatch } from './prepare.ts'
import { replicatedBatches, runsOf } from './replicated.ts'
import { countBelow, countExpired } from './retention.ts'
import { NOTHING_UPCOMING, shouldRoll, shouldRollIdle, type Upcoming, withBatch } from './roll.ts'
import type { Pause } from './slices.ts'
import { READING, onDisk, onDiskAsync } from './storage-error.ts'
import { Truncation } from './truncation.ts'
import type { OnDamage, WholeBatch } from './walk-batches.ts'
import type { AbortedTransaction } from './transactions/transaction-index.ts'
import type {
  ActiveProducer,
  AppendOptions,
  AppendResult,
  CheckedBatch,
  LogConfig,
  PartitionLog,
  PauseWhenOver,
  ReadOptions,
  TimestampAndOffset,
} from './types.ts'
import type { UnpackRoom } from './unpack-room.ts'

const EMPTY = Buffer.alloc(0)
/** So many damaged places of a log are told of. */
const MOST_REPORTED = 10

/** A partition's log: its segments in order, and what is known about their records. */
export class Log implements PartitionLog {
  logStartOffset: bigint
  logEndOffset: bigint
  private readonly flusher: Flusher
  private readonly reader: LogReader
  private readonly reported = new Set<string>()
  /** What was last set; ENDLESS where there is nobody to wait for. */
  private committedTo: bigint
  private readonly truncation: Truncation

  constructor(private readonly parts: LogParts) {
    this.logStartOffset = parts.logStartOffset
    this.logEndOffset = parts.logEndOffset
    this.committedTo = parts.highWatermark
    this.moveLogEndBack(parts.logEndOffset)
    this.reader = new LogReader(parts.segments, parts.cleaner, () => this.logEndOffset)
    this.flusher = new Flusher(parts, () => this.logEndOffset)
    this.truncation = new Truncation(parts, this.flusher, this)
    this.flusher.flushRolled()
  }

  get highWatermark(): bigint {
    if (this.committedTo >= this.logEndOffset) return this.logEndOffset
    return this.committedTo > this.logStartOffset ? this.committedTo : this.logStartOffset
  }

  set highWatermark(offset: bigint) {
    this.committedTo = offset
  }

  get firstOpenOffset(): bigint | null {
    return this.parts.producers.firstOpenOffset
  }

  get sizeInBytes(): number {
    return this.parts.segments.sizeInBytes
  }

  append(records: Buffer, options: AppendOptions): AppendResult {
    return this.onDisk('write to', () => {
      this.parts.requireFolder()
      const { data, batch } = this.prepare(records, options)
      const repeated = this.parts.producers.check(batch.header, batch.marker, options)
      if (!repeated) this.write(data, [batch])
      // A repeated batch as well: perhaps it comes again because the disk had refused to flush it.
      this.flusher.afterAppend()
      if (repeated) return this.result(repeated.lastOffset - BigInt(repeated.offsetDelta), repeated.timestamp, true)
      return this.result(batch.header.baseOffset, batch.header.maxTimestamp, false)
    })
  }

  appendAsFollower(records: Buffer): void {
    this.onDisk('write to', () => {
      this.parts.requireFolder()
      const batches = replicatedBatches(records, this.parts.context.log, this.logEndOffset)
      this.parts.cleaner.expectGaps(batches, this.logEndOffset)
      for (const run of runsOf(batches, (upcoming) => this.shouldRoll(upcoming))) {
        const { at, header } = run.at(-1)!
        this.write(records.subarray(run[0]!.at, at + header.sizeInBytes), run)
      }
      this.flusher.afterAppend()
    })
  }

  private prepare(records: Buffer, options: AppendOptions): ReturnType<typeof prepareBatch> {
    const { log, config, clock } = this.parts.context
    return prepareBatch(records, { ...options, log, config, baseOffset: this.logEndOffset, now: clock.now() })
  }

  checkAside(records: Buffer, room: UnpackRoom, pause: PauseWhenOver): Promise<CheckedBatch> {
    const { log, config, clock } = this.parts.context
    return checkBatchAside(records, log, config, clock.now(), room, pause)
  }

  /**
   * Batches of one epoch and for one segment, of which the first alone may roll back a transaction. The producers come
   * last: they learn only of what is in the log.
   */
  private write(data: Buffer, batches: readonly PreparedBatch[]): void {
    const { segments, epochs, producers, context } = this.parts
    const { header, marker } = batches[0]!
    epochs.assign(header.partitionLeaderEpoch, header.baseOffset)
    if (this.shouldRoll(batches.reduce((sum, { header }) => withBatch(sum, header), NOTHING_UPCOMING))) this.roll()
    const aborted = marker && producers.abortedBy(header, marker)
    segments.active.append({ data, batches, aborted }, context.config.indexIntervalBytes)
    this.logEndOffset = batches.at(-1)!.header.lastOffset + 1n
    // The first aborted transaction of a segment has made a file.
    if (aborted) this.flusher.expectNewNames()
    for (const batch of batches) producers.update(batch.header, batch.marker)
  }

  private shouldRoll(upcoming: Upcoming): boolean {
    const { context, segments } = this.parts
    return shouldRoll(segments.active, upcoming, context.config, context.clock.now())
  }

  /** Begins a new segment. The old one follows to the disk in the background. */
  private roll(): void {
    const { segments, snapshots, producers } = this.parts
    segments.active.finish()
    snapshots.take(producers, this.logEndOffset)
    segments.addAt(this.logEndOffset)
    this.flusher.expectNewNames()
    this.flusher.flushRolled()
  }

  private result(baseOffset: bigint, timestamp: bigint, duplicate: boolean): AppendResult {
    const isLogAppendTime = this.parts.context.config.messageTimestampType === 'LogAppendTime'
    return {
      baseOffset,
      logAppendTimeMs: isLogAppendTime ? timestamp : -1n,
      logStartOffset: this.logStartOffset,
      duplicate,
    }
  }

  read(offset: bigint, options: ReadOptions): Buffer {
    this.checkInRange(offset)
    if (offset === this.logEndOffset || offset >= options.upTo) return EMPTY
    return this.onDisk(READING, () => this.reader.read(offset, options))
  }

  *wholeBatches(from: bigint, onDamage: OnDamage): Iterable<WholeBatch> {
    const batches = this.reader.wholeBatches(from, onDamage)
    for (;;) {
      const next = this.onDisk(READING, () => batches.next())
      if (next.done) return
      yield next.value
    }
  }

  private checkInRange(offset: bigint): void {
    if (offset >= this.logStartOffset && offset <= this.logEndOffset) return
    throw new KafkaError(
      'OFFSET_OUT_OF_RANGE',
      `${this.parts.context.log} has no offset ${offset}: it goes from ${this.logStartOffset} to ${this.logEndOffset}`,
    )
  }

  abortedTransactions(from: bigint, upTo: bigint): AbortedTransaction[] {
    return this.onDisk(READING, () => this.reader.abortedTransactions(from, upTo))
  }

  hasOpenTransaction(producerId: bigint, producerEpoch: number): boolean {
    return this.parts.producers.hasOpenTransaction(producerId, producerEpoch)
  }

  offsetForTimestamp(timestamp: bigint): TimestampAndOffset | null {
    return this.onDisk(READING, () => this.reader.offsetForTimestamp(timestamp, this.logStartOffset))
  }

  maxTimestampOffset(): TimestampAndOffset | null {
    return this.onDisk(READING, () => this.reader.maxTimestampOffset(this.logStartOffset))
  }

  endOffsetForEpoch(leaderEpoch: number): { leaderEpoch: number; endOffset: bigint } {
    return this.parts.epochs.endOffsetFor(leaderEpoch, this.logEndOffset)
  }

  epochAt(offset: bigint): number {
    return this.parts.epochs.epochAt(offset)
  }

  latestEpoch(): number {
    return this.parts.epochs.latest
  }

  beginEpoch(epoch: number): void {
    this.onDisk('write to', () => this.parts.epochs.assign(epoch, this.logEndOffset))
  }

  truncateTo(offset: bigint): void {
    this.onDisk('truncate', () => this.truncation.truncateTo(offset))
  }

  restartAt(offset: bigint): void {
    this.onDisk('truncate', () => this.truncation.restartAt(offset))
  }

  deleteRecordsBefore(offset: bigint): void {
    if (offset > this.logEndOffset) this.checkInRange(offset)
    if (offset <= this.logStartOffset) return
    this.onDisk('delete records of', () => {
      this.moveLogStart(offset)
      this.parts.segments.dropFirst(countBelow(this.parts.segments.all, offset))
    })
  }

  applyRetention(now: number): void {
    this.onDisk('delete old segments of', () => {
      const { segments, producers, context } = this.parts
      const { config } = context
      producers.expire(now)
      this.flusher.flushRolled()
      if (shouldRollIdle(segments.active, config, now)) this.roll()
      const count = countExpired(segments.all, config, this, now)
      if (count === segments.all.length) this.roll()
      const newStart = segments.at(count)!.baseOffset
      if (newStart > this.logStartOffset) this.moveLogStart(newStart)
      segments.dropFirst(count)
    })
  }

  /** Of what was committed, as much is as is still there. */
  moveLogEndBack(offset: bigint): void {
    this.logEndOffset = offset
    if (this.committedTo !== ENDLESS && this.committedTo > offset) this.committedTo = offset
  }

  /** The start moves before the segments go: what is below it is not missed. */
  moveLogStart(offset: bigint): void {
    this.parts.epochs.truncateFromStart(offset)
    this.logStartOffset = offset
    this.parts.onLogStartOffsetChanged(offset)
  }

  compact(now: number, pause?: Pause): Promise<boolean> {
    return onDiskAsync('compact', this.parts.context.directory, () => {
      this.truncation.repair()
      return this.parts.cleaner.compact(this, now, pause)
    })
  }

  updateConfig(config: LogConfig): void {
    const { context, cleaner } = this.parts
    const wasCompacted = context.config.cleanupPolicy.has('compact')
    context.config = config
    if (!wasCompacted && config.cleanupPolicy.has('compact')) cleaner.beginCompacting()
  }

  activeProducers(): readonly ActiveProducer[] {
    return this.parts.producers.active()
  }

  flush(): void {
    this.onDisk('write to', () => this.flusher.flush())
  }

  flushInBackground(): Promise<void> {
    return onDiskAsync('write to', this.parts.context.directory, () => {
      this.truncation.repair()
      return this.flusher.flushInBackground()
    })
  }

  close({ flush = true }: { flush?: boolean } = {}): boolean {
    const { segments, producers, snapshots } = this.parts
    this.settle()
    return this.onDisk('write to', () => {
      try {
        this.finishActive()
        if (flush) this.flusher.flushAll()
        // Where it is not, the next start has to look through the log for the producers as well.
        if (this.flusher.isDone) snapshots.take(producers, this.logEndOffset)
        return this.flusher.isDone
      } finally {
        segments.close()
      }
    })
  }

  delete(): Promise<void> {
    const { context, topic, partition, segments } = this.parts
    const { fileSystem, directory } = context
    const doomed = join(dirname(directory), deletedFolder(topic, partition, randomUUID().replaceAll('-', '')))
    this.settle()
    this.onDisk('delete', () => {
      segments.close()
      fileSystem.rename(directory, doomed)
    })
    return onDiskAsync('delete', directory, () => fileSystem.removeInBackground(doomed))
  }

  private finishActive(): void {
    const { active } = this.parts.segments
    if (active.isChanged) active.finish()
  }

  /** Ends what goes on in the background. */
  private settle(): void {
    this.flusher.close()
    this.parts.cleaner.stop()
    this.parts.segments.removal.finishAll()
  }

  private onDisk<T>(action: string, run: () => T): T {
    try {
      return onDisk(action, this.parts.context.directory, () => {
        this.truncation.repair()
        return run()
      })
    } catch (error) {
      if (error instanceof KafkaError && error.code === 'CORRUPT_MESSAGE') this.reportDamage(error.message)
      throw error
    }
  }

  /** Readers come again and again; whoever runs the broker hears of it once. */
  private reportDamage(message: string): void {
    if (this.reported.size >= MOST_REPORTED || this.reported.has(message)) return
    this.reported.add(message)
    this.parts.context.onWarning(message)
  }
}
