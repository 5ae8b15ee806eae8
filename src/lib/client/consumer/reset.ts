import { KafkaError } from '../../errors.ts'
import { EARLIEST, LATEST, type PartitionState, type Start } from './partition-state.ts'
import type { ConsumerSettings, OffsetReset } from './settings.ts'

/** Where auto.offset.reset sends a partition that has no valid position; undefined for `none`. */
export function resetStart(reset: OffsetReset, nowMs: number): Start | undefined {
  if (reset === 'none') return undefined
  if (reset === 'earliest') return EARLIEST
  if (reset === 'latest') return LATEST
  return { timestamp: BigInt(nowMs - reset.durationMs) }
}

/** Throws KafkaError OFFSET_OUT_OF_RANGE where auto.offset.reset is `none`. */
export function resetPosition(
  partition: PartitionState,
  settings: Pick<ConsumerSettings, 'autoOffsetReset'>,
  nowMs: number,
): void {
  const start = resetStart(settings.autoOffsetReset, nowMs)
  if (start) return partition.start(start)
  throw new KafkaError(
    'OFFSET_OUT_OF_RANGE',
    `Offset ${partition.fetchOffset} of ${partition.key} is out of range and auto.offset.reset is none (OFFSET_OUT_OF_RANGE)`,
  )
}
