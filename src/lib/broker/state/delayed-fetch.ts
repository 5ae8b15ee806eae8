import type { Clock } from '../../clock.ts'
import type { Partition } from './partition.ts'
import type { Isolation } from './watchers.ts'

export interface Awaited {
  readonly minBytes: number
  readonly maxWaitMs: number
  readonly isolation: Isolation
}

/** Waits until there are so many more bytes to read in these partitions together, or the time is over. */
export function awaitAppends(
  partitions: readonly Partition[],
  { minBytes, maxWaitMs, isolation }: Awaited,
  clock: Clock,
): Promise<void> {
  return new Promise((resolve) => {
    let missing = minBytes
    const finish = (): void => {
      timer.cancel()
      for (const unwatch of unwatchers) unwatch()
      resolve()
    }
    const timer = clock.inBackground(maxWaitMs, finish)
    const unwatchers = partitions.map((partition) =>
      partition.watch((bytes) => {
        missing -= bytes
        if (missing <= 0) finish()
      }, isolation),
    )
  })
}
