import { dirname } from 'node:path'
import type { Timer } from '../../clock.ts'
import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import type { LogContext } from './log-context.ts'
import { partitionMetadataPath } from './partition-metadata.ts'
import type { SegmentList } from './segment-list.ts'
import { describeDiskError, isDiskError } from './storage-error.ts'

/** Longer than a timer can run: whoever sets this wants no timer. */
const NEVER_MS = 0x7fff_ffff

export interface FlusherParts {
  readonly context: LogContext
  readonly segments: SegmentList
  readonly epochs: LeaderEpochCache
  /** Where everything below is on the disk. */
  readonly recoveryPoint: bigint
  readonly areNamesSynced: boolean
  readonly onRecoveryPointChanged: (offset: bigint) => void
}

/** How much of the last segment goes along: nothing, its batches, or its indexes as well. */
type Extent = 'rolled' | 'batches' | 'all'

/**
 * Gets a log onto the disk. `flush.messages` is kept before an append is acknowledged; the rest, as the segments that
 * were rolled, follows in the background, so that nobody waits for a gigabyte.
 */
export class Flusher {
  /**
   * Below, every segment is on the disk with its indexes: what begins behind is read batch by batch after an unclean
   * shutdown.
   */
  recoveryPoint: bigint
  /** Below, every batch is on the disk. */
  private flushedOffset: bigint
  /**
   * How often files have been made, and how many of these times are on the disk: the folder, whose it is, and the names
   * in it.
   */
  private namings = 1
  private syncedNamings: number
  private timer: Timer | null = null
  /** What the background is at; the next go waits for it. */
  private underway: Promise<void> | null = null
  private isClosed = false
  private retreats = 0

  constructor(
    private readonly parts: FlusherParts,
    private readonly endOffset: () => bigint,
  ) {
    this.recoveryPoint = this.flushedOffset = parts.recoveryPoint
    this.syncedNamings = parts.areNamesSynced ? this.namings : 0
  }

  /** Whether the next start could do without looking at the batches. */
  get isDone(): boolean {
    return this.recoveryPoint === this.endOffset()
  }

  /** `flush.messages` and `flush.ms`. */
  afterAppend(): void {
    const { config, clock } = this.parts.context
    if (Number(this.endOffset() - this.flushedOffset) >= config.flushMessages) this.flush()
    else if (config.flushMs < NEVER_MS)
      this.timer ??= clock.inBackground(config.flushMs, () => this.flushSoon('batches'))
  }

  /** To be called when a file has been made. */
  expectNewNames(): void {
    this.namings += 1
  }

  /** To be called after a roll, and now and then as well: a disk that refused is asked again. */
  flushRolled(): void {
    if (this.recoveryPoint < this.parts.segments.active.baseOffset) this.flushSoon('rolled')
  }

  /** Returns when every batch is on the disk. */
  flush(): void {
    this.cancelTimer()
    const endOffset = this.endOffset()
    if (this.flushedOffset === endOffset) return
    for (const segment of this.parts.segments.from(this.flushedOffset)) segment.flush()
    this.syncNames()
    this.flushedOffset = endOffset
  }

  /** Returns when everything is on the disk, as it has to be before a shutdown is called clean. */
  flushAll(): void {
    if (this.isDone) return
    for (const segment of this.parts.segments.from(this.recoveryPoint)) segment.sync()
    this.parts.epochs.sync()
    this.syncNames()
    this.advance(this.endOffset(), 'all')
  }

  /** As `flushAll`, while others go on. Rejects with what the disk says. */
  flushInBackground(): Promise<void> {
    return this.isDone ? Promise.resolve() : this.enqueue('all')
  }

  /**
   * To be called before records from an offset on go: others will come in their place. What is under way does not count
   * for these.
   */
  retreatTo(offset: bigint): void {
    if (offset < this.recoveryPoint) this.parts.onRecoveryPointChanged(offset)
    this.retreats += 1
    if (offset < this.recoveryPoint) this.recoveryPoint = offset
    if (offset < this.flushedOffset) this.flushedOffset = offset
  }

  close(): void {
    this.isClosed = true
    this.cancelTimer()
  }

  private flushSoon(extent: Extent): void {
    this.enqueue(extent).catch((error: unknown) => {
      const { directory, onWarning } = this.parts.context
      if (!isDiskError(error)) throw error
      onWarning(describeDiskError('write to', directory, error))
    })
  }

  /** One go at a time, in order. */
  private enqueue(extent: Extent): Promise<void> {
    if (extent !== 'rolled') this.cancelTimer()
    const go = this.underway ? this.underway.then(() => this.run(extent)) : this.run(extent)
    const underway = go
      .catch(() => {})
      .then(() => {
        if (this.underway === underway) this.underway = null
      })
    this.underway = underway
    return go
  }

  private async run(extent: Extent): Promise<void> {
    if (this.isClosed) return
    const {
      context: { fileSystem, directory },
      segments: { active },
      epochs,
    } = this.parts
    const endOffset = extent === 'rolled' ? active.baseOffset : this.endOffset()
    if (extent === 'batches') active.repair()
    else if (extent === 'all') active.finish()
    const { namings, retreats } = this
    const hasNewNames = namings > this.syncedNamings
    const last = { rolled: [], batches: active.paths.slice(0, 1), all: active.unsyncedPaths }[extent]
    const files = [
      ...this.rolledFiles(),
      ...last,
      ...(epochs.isSynced ? [] : [epochs.path]),
      ...(hasNewNames ? [partitionMetadataPath(directory)] : []),
    ]
    await fileSystem.syncInBackground(files, hasNewNames ? [directory, dirname(directory)] : [])
    this.syncedNamings = namings
    if (!this.isClosed && retreats === this.retreats) this.advance(endOffset, extent)
  }

  /** Files of the segments in front of the last one that may not be on the disk. */
  private rolledFiles(): string[] {
    return this.parts.segments
      .from(this.recoveryPoint)
      .slice(0, -1)
      .flatMap(({ unsyncedPaths }) => unsyncedPaths)
  }

  private advance(offset: bigint, extent: Extent): void {
    if (offset > this.flushedOffset) this.flushedOffset = offset
    if (offset <= this.recoveryPoint || extent === 'batches') return
    this.recoveryPoint = offset
    this.parts.onRecoveryPointChanged(offset)
  }

  private syncNames(): void {
    const { fileSystem, directory } = this.parts.context
    if (this.namings === this.syncedNamings) return
    const metadata = fileSystem.open(partitionMetadataPath(directory), { create: false })
    metadata.sync()
    metadata.close()
    fileSystem.syncDirectory(directory)
    fileSystem.syncDirectory(dirname(directory))
    this.syncedNamings = this.namings
  }

  private cancelTimer(): void {
    this.timer?.cancel()
    this.timer = null
  }
}
