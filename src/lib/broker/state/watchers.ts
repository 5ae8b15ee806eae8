/** How far somebody reads: all that there is (followers), what is committed, what no open transaction keeps back. */
export type Isolation = 'log-end' | 'high-watermark' | 'last-stable-offset'

type Watcher = (bytes: number) => void

/**
 * Who waits for a partition to have more to read. All that was appended since a mark was last at the end counts when it
 * moves: more may be told than is there, never less.
 */
export class Watchers {
  private readonly watchers: Record<Isolation, Set<Watcher>> = {
    'log-end': new Set(),
    'high-watermark': new Set(),
    'last-stable-offset': new Set(),
  }
  private readonly hiddenBytes = { 'high-watermark': 0, 'last-stable-offset': 0 }

  /** Calls `watcher` with the number of bytes whenever there is more to read, until the returned function is called. */
  watch(watcher: Watcher, isolation: Isolation): () => void {
    const watchers = this.watchers[isolation]
    watchers.add(watcher)
    return () => watchers.delete(watcher)
  }

  onAppended(bytes: number): void {
    this.hiddenBytes['high-watermark'] += bytes
    this.hiddenBytes['last-stable-offset'] += bytes
    this.tell('log-end', bytes)
  }

  onMoved(mark: 'high-watermark' | 'last-stable-offset', isAtEnd: boolean): void {
    const bytes = this.hiddenBytes[mark]
    if (isAtEnd) this.hiddenBytes[mark] = 0
    this.tell(mark, bytes)
  }

  /** Wakes all, so that they see what has changed. */
  release(): void {
    for (const isolation of Object.keys(this.watchers) as Isolation[]) this.tell(isolation, Number.MAX_SAFE_INTEGER)
  }

  private tell(isolation: Isolation, bytes: number): void {
    for (const watcher of this.watchers[isolation]) watcher(bytes)
  }
}
