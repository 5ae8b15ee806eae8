import { MalformedError } from '../../errors.ts'
import { type BatchHeader, isCrcValid } from '../../protocol/records/index.ts'
import { type BatchScanner, headerOrNull } from './batch-scanner.ts'
import type { Segment } from './segment.ts'

/** A batch whose checksum is right. */
export interface WholeBatch {
  readonly header: BatchHeader
  readonly bytes: Buffer
}

/** Told of what cannot be used: where, and what is wrong with it. */
export type OnDamage = (damage: string) => void

export interface WalkOptions {
  /** Where the next segment begins, or the log ends. */
  readonly end: bigint
  /** Batches that it holds for are read and their checksums compared; the others are passed over. */
  readonly isWanted: (header: BatchHeader) => boolean
  readonly onDamage: OnDamage
}

/**
 * The batches of a segment from one that begins at or before an offset, oldest first. A damaged batch is stepped over
 * where the next one follows it; otherwise the walk goes on at the next entry of the offset index, for what lies
 * between may be anything, as a record's value that looks like a batch. It gets on with each step, whatever the file
 * holds.
 */
export function* walkBatches(segment: Segment, from: bigint, options: WalkOptions): Generator<WholeBatch> {
  const { isWanted, onDamage } = options
  let scanner = from > segment.baseOffset ? segment.scanFrom(from) : segment.scan()
  let position = scanner.upcoming
  let nextOffset = segment.baseOffset
  while (position < segment.size) {
    const header = headerInPlace(scanner, nextOffset, options.end)
    const bytes = header && isWanted(header) ? segment.readBytes(position, header.sizeInBytes) : null
    if (header && (!bytes || isCrcValid(bytes, 0, header))) {
      if (bytes) yield { header, bytes }
      nextOffset = header.lastOffset + 1n
      position += header.sizeInBytes
      continue
    }
    onDamage(
      `${segment.paths[0]} is damaged at ${position}, where offset ${header?.baseOffset ?? nextOffset} should be`,
    )
    // Of a header with a wrong checksum no more is believed than what its neighbours bear out.
    const follows = header ? position + header.sizeInBytes : segment.size
    position =
      header && isFollowed(segment, follows, header.baseOffset, options.end)
        ? follows
        : nextIndexed(segment, position, nextOffset, options.end)
    scanner = segment.scan(position)
  }
}

function headerInPlace(scanner: BatchScanner, nextOffset: bigint, end: bigint): BatchHeader | null {
  const header = headerOrNull(scanner)
  return header && header.baseOffset >= nextOffset && header.lastOffset >= header.baseOffset && header.lastOffset < end
    ? header
    : null
}

/** Whether a batch with later offsets, or the end of the segment, is where a batch should end. */
function isFollowed(segment: Segment, position: number, baseOffset: bigint, end: bigint): boolean {
  return position === segment.size || headerInPlace(segment.scan(position), baseOffset + 1n, end) !== null
}

/**
 * Where the next batch begins that the offset index knows and that is whole; the end of the segment when there is none.
 */
function nextIndexed(segment: Segment, position: number, nextOffset: bigint, end: bigint): number {
  for (const candidate of segment.offsetIndex.positionsAfter(position)) {
    const header = candidate < segment.size ? headerInPlace(segment.scan(candidate), nextOffset, end) : null
    if (header && isCrcValid(segment.readBytes(candidate, header.sizeInBytes), 0, header)) return candidate
  }
  return segment.size
}

/** Throws MalformedError, naming the file and the place, unless the checksum is right. */
export function requireWhole(segment: Segment, position: number, bytes: Buffer, header: BatchHeader): void {
  if (isCrcValid(bytes, 0, header)) return
  throw new MalformedError(
    `the checksum of the batch at offset ${header.baseOffset} is wrong (${segment.paths[0]}, byte ${position})`,
  )
}
