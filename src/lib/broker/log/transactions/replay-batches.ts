import { readEndMarker, type BatchHeader, type EndMarker } from '../../../protocol/records/index.ts'
import type { Segment } from '../segment.ts'

export interface ReplayedBatch {
  readonly segment: Segment
  readonly header: BatchHeader
  /** How a transaction ended; null for a batch that ends none. */
  readonly marker: EndMarker | null
}

/** The batches from an offset on, oldest first. Only the records of control batches are read. */
export function* replayBatches(segments: readonly Segment[], from: bigint): Generator<ReplayedBatch> {
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]
    if (next && next.baseOffset <= from) continue
    const scanner = segment.scan(from > segment.baseOffset ? segment.offsetIndex.positionFor(from) : 0)
    for (let header = scanner.next(); header; header = scanner.next()) {
      if (header.lastOffset < from) continue
      const marker = header.isControl ? readEndMarker(segment.readBytes(scanner.position, header.sizeInBytes), 0, header) : null
      yield { segment, header, marker }
    }
  }
}
