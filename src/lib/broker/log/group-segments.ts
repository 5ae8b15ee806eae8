import type { Segment } from './segment.ts'
import type { LogConfig } from './types.ts'

const MAX_RELATIVE_OFFSET = 0x7fff_ffffn

/**
 * The segments in front of an offset, those that fit into one all together (Cleaner.groupSegmentsBySize). The last
 * segment belongs to none.
 */
export function groupSegments(segments: readonly Segment[], endOffset: bigint, config: LogConfig): Segment[][] {
  const groups: Segment[][] = []
  for (const [index, segment] of segments.slice(0, -1).entries()) {
    if (segment.baseOffset >= endOffset) break
    const group = groups.at(-1)
    if (group && fits([...group, segment], segments[index + 1]!.baseOffset, config)) group.push(segment)
    else groups.push([segment])
  }
  return groups
}

/** `end` is where the segment behind them begins: nothing in them is behind it. */
function fits(segments: readonly Segment[], end: bigint, { segmentBytes, segmentIndexBytes }: LogConfig): boolean {
  return (
    sum(segments, ({ size }) => size) <= segmentBytes &&
    sum(segments, ({ offsetIndex }) => offsetIndex.sizeInBytes) <= segmentIndexBytes &&
    sum(segments, ({ timeIndex }) => timeIndex.sizeInBytes) <= segmentIndexBytes &&
    end - segments[0]!.baseOffset <= MAX_RELATIVE_OFFSET
  )
}

function sum(segments: readonly Segment[], sizeOf: (segment: Segment) => number): number {
  return segments.reduce((total, segment) => total + sizeOf(segment), 0)
}
