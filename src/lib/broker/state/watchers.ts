/** How far somebody reads: all that there is (followers), what is committed, what no open transaction keeps back. */
export type Isolation = 'log-end' | 'high-watermark' | 'last-stable-offset'

type Watcher = (bytes: number) => void

/**
 * Who waits for a partition to have more to read. All that was appended since a mark was last at the end counts when it
 * moves: more may be told than is there, never less.
 */
export class Watchers {
  /** Null until somebody waits: most of ten thousand partitions are not read. */
  private waiting: Set<{ readonly watcher: Watcher; readonly isolation: Isolation }> | null = null
  private bytesBehindHighWatermark = 0
  private bytesBehindStableOffset = 0

  /** Calls `watcher` with the number of bytes whenever there is more to read, until the returned function is called. */
  watch(watcher: Watcher, isolation: Isolation): () => void {
    const waiting = (this.waiting ??= new Set())
    const each = { watcher, isolation }
    waiting.add(each)
    return () => waiting.delete(each)
  }

  onAppended(bytes: number): void {
    this.bytesBehindHighWatermark += bytes
    this.bytesBehindStableOffset += bytes
    this.tell('log-end', bytes)
  }

  onHighWatermarkMoved(isAtEnd: boolean): void {
    const bytes = this.bytesBehindHighWatermark
    if (isAtEnd) this.bytesBehindHighWatermark = 0
    this.tell('high-watermark', bytes)
  }

  onStableOffsetMoved(isAtEnd: boolean): void {
    const bytes = this.bytesBehindStableOffset
    if (isAtEnd) this.bytesBehindStableOffset = 0
    this.tell('last-stable-offset', bytes)
  }

  /** Wakes all, so that they see what has changed. */
  release(): void {
    for (const { watcher } of this.waiting ?? []) watcher(Number.MAX_SAFE_INTEGER)
  }

  private tell(moved: Isolation, bytes: number): void {
    if (this.waiting) for (const { watcher, isolation } of this.waiting) if (isolation === moved) watcher(bytes)
  }
}
