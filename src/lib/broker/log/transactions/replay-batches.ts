import { NO_PRODUCER_ID, readEndMarker, type BatchHeader, type EndMarker } from '../../../protocol/records/index.ts'
import { headerOrNull } from '../batch-scanner.ts'
import { ENDLESS } from '../endless.ts'
import type { Segment } from '../segment.ts'
import { walkBatches, type OnDamage } from '../walk-batches.ts'

export interface ReplayedBatch {
  readonly segment: Segment
  readonly header: BatchHeader
  /** How a transaction ended; null for a batch that ends none. */
  readonly marker: EndMarker | null
}

export interface ReplayOptions {
  readonly onDamage: OnDamage
  /** Segments whose every batch has just been read and compared with its checksum. */
  readonly recovered?: ReadonlySet<Segment> | undefined
}

/** The batches of producers from an offset on, oldest first; those that are damaged are left out. */
export function* replayBatches(
  segments: readonly Segment[],
  from: bigint,
  { onDamage, recovered }: ReplayOptions,
): Generator<ReplayedBatch> {
  const isWanted = ({ producerId, lastOffset }: BatchHeader): boolean =>
    producerId !== NO_PRODUCER_ID && lastOffset >= from
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]
    if (next && next.baseOffset <= from) continue
    if (recovered?.has(segment)) {
      yield* replayRecovered(segment, from, isWanted)
      continue
    }
    for (const { header, bytes } of walkBatches(segment, from, {
      end: next?.baseOffset ?? ENDLESS,
      isWanted,
      onDamage,
    })) {
      yield { segment, header, marker: header.isControl ? readEndMarker(bytes, 0, header) : null }
    }
  }
}

/** Of these the headers tell all but how a transaction ended. */
function* replayRecovered(
  segment: Segment,
  from: bigint,
  isWanted: (header: BatchHeader) => boolean,
): Generator<ReplayedBatch> {
  const scanner = from > segment.baseOffset ? segment.scanFrom(from) : segment.scan()
  for (let header = headerOrNull(scanner); header; header = headerOrNull(scanner))
    if (isWanted(header))
      yield { segment, header, marker: header.isControl ? readEndMarker(scanner.bytes(), 0, header) : null }
}
