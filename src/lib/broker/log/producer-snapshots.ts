import { MalformedError } from '../../errors.ts'
import {
  decodeProducerSnapshot,
  encodeProducerSnapshot,
  type SnapshotProducer,
} from '../../protocol/log-files/index.ts'
import type { FileSystem } from './file-system.ts'
import { SUFFIX, offsetFile } from './names.ts'
import { ProducerEntry } from './producer-entry.ts'
import type { ProducerState } from './producer-state.ts'
import type { Segment } from './segment.ts'
import { isDiskError } from './storage-error.ts'
import { replayBatches } from './transactions/replay-batches.ts'
import { replaceUnsynced } from './unsynced-file.ts'

/**
 * The `.snapshot` files of a log. A name says up to which offset (exclusive) the state counts; one is written at each
 * roll and at close, so that only what lies behind the last one has to be replayed.
 */
export class ProducerSnapshots {
  private latest = -1n

  constructor(
    private readonly fileSystem: FileSystem,
    private readonly directory: string,
    private readonly onWarning: (message: string) => void,
    /** Offsets of those that are there, ascending; some may have gone with their segments. */
    private offsets: readonly bigint[],
  ) {}

  /** Loads the newest snapshot that fits the log, and replays the batches behind it; see replayBatches. */
  restore(
    state: ProducerState,
    segments: readonly Segment[],
    logStartOffset: bigint,
    logEndOffset: bigint,
    now: number,
    recovered?: ReadonlySet<Segment>,
  ): void {
    this.latest = -1n
    const from = this.load(state, logStartOffset, logEndOffset, now) ?? logStartOffset
    for (const { header, marker } of replayBatches(segments, from, { onDamage: this.onWarning, recovered }))
      state.update(header, marker)
    state.expire(now)
  }

  /**
   * Loads the newest snapshot at or below an offset, and leaves the others alone. Returns the offset up to which it
   * counts, 0n without one.
   */
  loadUpTo(state: ProducerState, offset: bigint, now: number): bigint {
    return this.offsets.findLast((candidate) => candidate <= offset && this.loadOne(state, candidate, now)) ?? 0n
  }

  private load(state: ProducerState, logStartOffset: bigint, logEndOffset: bigint, now: number): bigint | null {
    for (const offset of this.offsets.toReversed()) {
      const fits = offset > logStartOffset && offset <= logEndOffset
      if (fits && this.loadOne(state, offset, now)) return (this.latest = offset)
      this.remove(offset)
    }
    return null
  }

  private loadOne(state: ProducerState, offset: bigint, now: number): boolean {
    const path = this.path(offset)
    try {
      const content = this.fileSystem.readFile(path)
      if (!content || content.length === 0) return false
      state.load(decodeSnapshot(content), now)
      return true
    } catch (error) {
      if (!(error instanceof MalformedError) && !isDiskError(error)) throw error
      this.onWarning(`${path} cannot be used (${error.message}): the state of producers is read from the log instead`)
      return false
    }
  }

  /**
   * Writes the state at an offset, unless that has been done. A log that nobody ever wrote to needs none. Not synced,
   * as in Kafka: what a power cut has spoiled has the wrong checksum, and the log tells the rest.
   */
  take(state: ProducerState, offset: bigint): void {
    if (offset <= this.latest || offset === 0n) return
    replaceUnsynced(this.fileSystem, this.path(offset), encodeSnapshot(state.entries))
    this.offsets = [...this.offsets, offset]
    this.latest = offset
  }

  /** Removes the snapshots that belong neither to a segment's begin nor to the end of the log. */
  removeStray(segments: readonly Segment[]): void {
    const latest = this.offsets.at(-1)
    for (const offset of this.offsets) {
      if (offset !== latest && !segments.some(({ baseOffset }) => baseOffset === offset)) this.remove(offset)
    }
  }

  private remove(offset: bigint): void {
    this.fileSystem.remove(this.path(offset))
    this.offsets = this.offsets.filter((other) => other !== offset)
  }

  private path(offset: bigint): string {
    return offsetFile(this.directory, offset, SUFFIX.snapshot)
  }
}

/** The state of producers as a `.snapshot` file. */
export const encodeSnapshot = (entries: Iterable<ProducerEntry>): Buffer =>
  encodeProducerSnapshot([...entries].map(toProducer))

/** Throws MalformedError for a snapshot that is damaged or of another version. */
export const decodeSnapshot = (snapshot: Buffer): ProducerEntry[] => decodeProducerSnapshot(snapshot).map(toEntry)

const toProducer = ({
  producerId,
  producerEpoch,
  lastSequence,
  lastBatch,
  lastTimestamp,
  coordinatorEpoch,
  currentTransactionStartOffset,
}: ProducerEntry): SnapshotProducer => ({
  producerId,
  producerEpoch,
  lastSequence,
  lastOffset: lastBatch?.lastOffset ?? -1n,
  offsetDelta: lastBatch?.offsetDelta ?? 0,
  timestamp: lastTimestamp,
  coordinatorEpoch,
  currentTransactionFirstOffset: currentTransactionStartOffset,
})

function toEntry({
  producerId,
  producerEpoch,
  lastSequence,
  lastOffset,
  offsetDelta,
  timestamp,
  coordinatorEpoch,
  currentTransactionFirstOffset,
}: SnapshotProducer): ProducerEntry {
  const entry = new ProducerEntry(producerId)
  if (lastOffset >= 0n) entry.add(producerEpoch, { lastSequence, lastOffset, offsetDelta, timestamp })
  entry.producerEpoch = producerEpoch
  entry.lastTimestamp = timestamp
  entry.coordinatorEpoch = coordinatorEpoch
  entry.currentTransactionStartOffset = currentTransactionFirstOffset
  return entry
}
