import type { TopicPartition } from '../../../lib/client/topic-partition.ts'
import type { KeptRecord } from './kept-record.ts'

/** What has been read of a partition, from its end backwards. */
export class Tail {
  /** In the order of their offsets. */
  records: KeptRecord[] = []
  /** Offsets to look at next. */
  private window: bigint

  constructor(
    readonly partition: TopicPartition,
    readonly startOffset: bigint,
    /** The lowest offset that has been looked at. */
    public from: bigint,
    firstWindow: number,
  ) {
    this.window = BigInt(firstWindow)
  }

  get isWhole(): boolean {
    return this.from <= this.startOffset
  }

  /** Where the next window begins; each is twice as large as the one before it. */
  get nextFrom(): bigint {
    const from = this.from - this.window
    return from > this.startOffset ? from : this.startOffset
  }

  /** Takes the records of the next window, and keeps no more than can be wanted. */
  prepend(records: readonly KeptRecord[], most: number): void {
    this.from = this.nextFrom
    this.window *= 2n
    this.records = [...records, ...this.records].slice(-most)
  }
}

/**
 * The last records of all tails together, newest first: at each step the newest of those that end a partition, so that
 * the order of each partition stays. Stops at a partition of which more has to be read before it can go on.
 */
export function mergeBackwards(tails: readonly Tail[], count: number): { records: KeptRecord[]; unread: Tail[] } {
  const left = new Map(tails.map((tail) => [tail, tail.records.length]))
  const records: KeptRecord[] = []
  while (records.length < count) {
    const unread = tails.filter((tail) => left.get(tail) === 0 && !tail.isWhole)
    if (unread.length > 0) return { records, unread }
    const newest = tails.reduce<Tail | undefined>((best, tail) => {
      const [at, bestAt] = [left.get(tail)!, best ? left.get(best)! : 0]
      if (at === 0) return best
      return bestAt === 0 || tail.records[at - 1]!.timestampMs >= best!.records[bestAt - 1]!.timestampMs ? tail : best
    }, undefined)
    if (newest === undefined) break
    const at = left.get(newest)! - 1
    records.push(newest.records[at]!)
    left.set(newest, at)
  }
  return { records, unread: [] }
}
