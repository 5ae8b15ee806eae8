import { NO_PRODUCER_ID, readEndMarker, type BatchHeader, type EndMarker } from '../../../protocol/records/index.ts'
import { ENDLESS } from '../endless.ts'
import type { Segment } from '../segment.ts'
import { walkBatches, type OnDamage } from '../walk-batches.ts'

export interface ReplayedBatch {
  readonly segment: Segment
  readonly header: BatchHeader
  /** How a transaction ended; null for a batch that ends none. */
  readonly marker: EndMarker | null
}

/** The batches of producers from an offset on, oldest first; those that are damaged are left out. */
export function* replayBatches(
  segments: readonly Segment[],
  from: bigint,
  onDamage: OnDamage,
): Generator<ReplayedBatch> {
  const isWanted = ({ producerId, lastOffset }: BatchHeader): boolean =>
    producerId !== NO_PRODUCER_ID && lastOffset >= from
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]
    if (next && next.baseOffset <= from) continue
    for (const { header, bytes } of walkBatches(segment, from, {
      end: next?.baseOffset ?? ENDLESS,
      isWanted,
      onDamage,
    })) {
      yield { segment, header, marker: header.isControl ? readEndMarker(bytes, 0, header) : null }
    }
  }
}
