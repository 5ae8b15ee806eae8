import { type BatchHeader, NO_TIMESTAMP, RecordReader } from '../../protocol/records/index.ts'
import type { Segment } from './segment.ts'
import type { TimestampAndOffset } from './types.ts'

/** A batch of a segment, and where it begins. */
interface BatchAt {
  readonly header: BatchHeader
  readonly at: number
}

/** The first record of a log at or behind `startOffset` with at least that timestamp. */
export function findSince(
  segments: readonly Segment[],
  timestamp: bigint,
  startOffset: bigint,
): TimestampAndOffset | null {
  for (const segment of segments) {
    const found = segment.latest.timestamp >= timestamp ? firstSince(segment, timestamp, startOffset) : null
    if (found) return found
  }
  return null
}

/** The first record of a log at or behind `startOffset` with the largest timestamp. */
export function findLatest(segments: readonly Segment[], startOffset: bigint): TimestampAndOffset | null {
  const latestFirst = [...segments].sort((a, b) => Number(b.latest.timestamp - a.latest.timestamp))
  let best: TimestampAndOffset | null = null
  for (const segment of latestFirst) {
    if (best && segment.latest.timestamp <= best.timestamp) break
    const found = latestRecord(segment, startOffset)
    if (found && (!best || found.timestamp > best.timestamp)) best = found
  }
  return best
}

/** The first record of a segment at or behind `startOffset` whose timestamp is at least the one asked for. */
function firstSince(segment: Segment, timestamp: bigint, startOffset: bigint): TimestampAndOffset | null {
  const { offset } = segment.timeIndex.lookup(timestamp)
  const scanner = segment.scanFrom(offset > startOffset ? offset : startOffset)
  for (let header = scanner.next(); header; header = scanner.next()) {
    if (header.maxTimestamp < timestamp || header.lastOffset < startOffset) continue
    const found = firstRecord(segment, header, scanner.position, timestamp, startOffset)
    if (found) return found
  }
  return null
}

/**
 * The first of the records with the largest timestamp at or behind `startOffset` (KIP-734); null when there is none.
 */
function latestRecord(segment: Segment, startOffset: bigint): TimestampAndOffset | null {
  const { offset, timestamp } = segment.latest
  const scanner = offset < startOffset ? segment.scan() : segment.scanFrom(offset)
  let latest: BatchAt | null = null
  for (let header = scanner.next(); header; header = scanner.next()) {
    if (header.lastOffset < startOffset || header.recordsCount === 0) continue
    const batch = { header, at: scanner.position }
    if (header.baseOffset < startOffset) latest = narrowed(segment, batch, startOffset)
    else if (!latest || header.maxTimestamp > latest.header.maxTimestamp) latest = batch
    if (latest?.header.maxTimestamp === timestamp) break
  }
  return latest && firstRecord(segment, latest.header, latest.at, latest.header.maxTimestamp, startOffset)
}

/** A batch that begins below the start: its largest timestamp among the records from there on. */
function narrowed(segment: Segment, { header, at }: BatchAt, startOffset: bigint): BatchAt {
  let maxTimestamp = NO_TIMESTAMP
  for (const { timestamp, offset } of recordsOf(segment, header, at)) {
    if (offset >= startOffset && timestamp > maxTimestamp) maxTimestamp = timestamp
  }
  return { header: { ...header, maxTimestamp }, at }
}

function firstRecord(
  segment: Segment,
  header: BatchHeader,
  position: number,
  timestamp: bigint,
  startOffset: bigint,
): TimestampAndOffset | null {
  for (const record of recordsOf(segment, header, position)) {
    if (record.timestamp >= timestamp && record.offset >= startOffset)
      return { ...record, leaderEpoch: header.partitionLeaderEpoch }
  }
  return null
}

/**
 * Times and offsets of the records of a batch. With LogAppendTime the batch's time is that of every record
 * (DefaultRecord.readFrom).
 */
function* recordsOf(
  segment: Segment,
  header: BatchHeader,
  position: number,
): Generator<{ timestamp: bigint; offset: bigint }> {
  const reader = new RecordReader()
  reader.open(segment.readBytes(position, header.sizeInBytes), 0, header)
  while (reader.next()) {
    const timestamp = header.isLogAppendTime
      ? header.maxTimestamp
      : header.baseTimestamp + BigInt(reader.timestampDelta)
    yield { timestamp, offset: header.baseOffset + BigInt(reader.offsetDelta) }
  }
}
