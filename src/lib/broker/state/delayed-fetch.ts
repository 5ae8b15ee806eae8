import type { Clock } from '../../clock.ts'
import type { Partition } from './partition.ts'

/** Waits until so many bytes have been appended to these partitions together, or the time is over. */
export function awaitAppends(partitions: readonly Partition[], minBytes: number, maxWaitMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    let missing = minBytes
    const finish = (): void => {
      timer.cancel()
      for (const unwatch of unwatchers) unwatch()
      resolve()
    }
    const timer = clock.after(maxWaitMs, finish)
    const unwatchers = partitions.map((partition) => partition.watch((appendedBytes) => {
      missing -= appendedBytes
      if (missing <= 0) finish()
    }))
  })
}
