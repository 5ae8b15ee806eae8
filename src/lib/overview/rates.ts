import { partitionName } from '../client/topic-partition.ts'
import { totalLag, type GroupLag, type PartitionLag } from './group-lag.ts'

/** Records a second; null while it is not known. */
export interface Rates {
  readonly consumedPerSecond: number | null
  readonly producedPerSecond: number | null
  /** At the pace of late; 0 when all is read, null while it is not known and when the lag does not shrink. */
  readonly secondsToCatchUp: number | null
}

export type WatchedPartition = PartitionLag & Rates

export interface WatchedGroup extends Rates {
  readonly lag: bigint | null
  readonly of: GroupLag
  readonly partitions: readonly WatchedPartition[]
}

interface Sample {
  readonly atMs: number
  readonly currentOffset: bigint
  readonly logEndOffset: bigint
}

/** Consumers commit every 5 seconds by default: over less the rates would leap. */
const WINDOW_MS = 30_000

/** Turns what is described again and again into rates, over the last half minute. */
export class RateWindow {
  private readonly samples = new Map<string, Sample[]>()

  /** Adds what was seen at a moment, later than the last one. */
  add(atMs: number, groups: readonly GroupLag[]): WatchedGroup[] {
    return groups.map((group) => {
      const partitions = group.partitions.map(
        (partition): WatchedPartition => ({ ...partition, ...this.ratesOf(atMs, group.groupId, partition) }),
      )
      const lag = totalLag(partitions)
      const consumed = sum(partitions.map(({ consumedPerSecond }) => consumedPerSecond))
      const produced = sum(partitions.map(({ producedPerSecond }) => producedPerSecond))
      return { of: group, partitions, lag, ...rates(lag, consumed, produced) }
    })
  }

  private ratesOf(
    atMs: number,
    groupId: string,
    { currentOffset, logEndOffset, lag, ...partition }: PartitionLag,
  ): Rates {
    if (currentOffset === null || logEndOffset === null) return rates(lag, null, null)
    const key = `${groupId}\n${partitionName(partition)}`
    const sample = { atMs, currentOffset, logEndOffset }
    const all = this.samples.get(key) ?? []
    // The last one counts however long ago it was.
    const earlier = all.filter((other, index) => other.atMs > atMs - WINDOW_MS || index === all.length - 1)
    // Who jumps back has been reset, or reads a topic made anew: nothing follows from before.
    const isReset = earlier.some((other) => other.currentOffset > currentOffset || other.logEndOffset > logEndOffset)
    const kept = isReset ? [] : earlier
    this.samples.set(key, [...kept, sample])
    const [first] = kept
    const perSecond = (now: bigint, then: bigint): number => Number(now - then) / ((atMs - first!.atMs) / 1000)
    return first
      ? rates(lag, perSecond(currentOffset, first.currentOffset), perSecond(logEndOffset, first.logEndOffset))
      : rates(lag, null, null)
  }
}

function rates(lag: bigint | null, consumed: number | null, produced: number | null): Rates {
  const closing = consumed === null || produced === null ? 0 : consumed - produced
  const secondsToCatchUp = lag !== null && lag <= 0n ? 0 : lag !== null && closing > 0 ? Number(lag) / closing : null
  return { consumedPerSecond: consumed, producedPerSecond: produced, secondsToCatchUp }
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
}
