import type { TopicPartition } from '../client/topic-partition.ts'

/** Which records come first: the newest, read backwards, or the oldest. */
export type Order = 'newest' | 'oldest'

/** The offsets of a partition that are scanned: `from`, up to `to` without it. */
export interface Span extends TopicPartition {
  readonly from: bigint
  readonly to: bigint
}

/** A record that has been found. */
export interface Found<R> {
  readonly offset: bigint
  readonly timestampMs: number | bigint
  readonly record: R
}

/** How far a partition has been scanned, and what was found there and not yet handed out. */
export class Front<R> {
  /** In the order of the scan. */
  private found: Found<R>[] = []
  /** How many of them have been handed out. */
  private taken = 0
  private length: bigint

  constructor(
    private readonly order: Order,
    /** What has not been looked at. */
    public rest: Span,
    firstWindow: number,
  ) {
    this.length = BigInt(firstWindow)
  }

  get partition(): TopicPartition {
    return this.rest
  }

  /** Nothing is left to look at. */
  get isWhole(): boolean {
    return this.rest.from >= this.rest.to
  }

  get next(): Found<R> | undefined {
    return this.found[this.taken]
  }

  take(): R {
    return this.found[this.taken++]!.record
  }

  /** Offsets to look at next; each window is twice as long as the one before it. */
  get window(): Span {
    const { from, to, ...partition } = this.rest
    if (to - from <= this.length) return this.rest
    return this.order === 'newest'
      ? { ...partition, from: to - this.length, to }
      : { ...partition, from, to: from + this.length }
  }

  /**
   * Takes what was found in the window, by ascending offsets; `isCut` when it holds more than could be kept, past the
   * last in the order of the scan.
   */
  advance(found: readonly Found<R>[], isCut: boolean): void {
    const { window, rest, order } = this
    const [first, last] = [found[0], found.at(-1)]
    this.rest =
      order === 'newest'
        ? { ...rest, to: isCut ? first!.offset : window.from }
        : { ...rest, from: isCut ? last!.offset + 1n : window.to }
    this.length *= 2n
    this.found = [...this.found.slice(this.taken), ...(order === 'newest' ? [...found].reverse() : found)]
    this.taken = 0
  }

  /** What has not been handed out: where another scan can go on. */
  get left(): Span {
    const next = this.next
    if (!next) return this.rest
    return this.order === 'newest' ? { ...this.rest, to: next.offset + 1n } : { ...this.rest, from: next.offset }
  }
}

/**
 * The front whose next record comes first, so that the order within each partition stays; a front that has to be read
 * on before that is known is among `unread`. Of the same moment those of the higher partition count as newer.
 */
export function firstOf<R>(
  fronts: readonly Front<R>[],
  order: Order,
): { readonly front?: Front<R>; readonly unread: readonly Front<R>[] } {
  const unread = fronts.filter(({ next, isWhole }) => !next && !isWhole)
  if (unread.length > 0) return { unread }
  const comesFirst = (a: Front<R>, b: Front<R>): boolean =>
    order === 'newest' ? a.next!.timestampMs >= b.next!.timestampMs : a.next!.timestampMs < b.next!.timestampMs
  const front = fronts.reduce<Front<R> | undefined>(
    (best, other) => (other.next && (!best || comesFirst(other, best)) ? other : best),
    undefined,
  )
  return { unread, ...(front && { front }) }
}
