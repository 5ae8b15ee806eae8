/** What all clients together may have sent of requests that are not complete. */
const MOST_UNFINISHED_BYTES = 256 * 1024 * 1024

/** Somebody whose request is not complete. */
export interface Sender {
  /** Ends the connection. */
  giveUp(reason: string): void
}

/**
 * The bytes of requests that are not complete yet. One may be 100 MB, and a client that sends half of it and no more
 * would hold them as long as it likes: when they come to too much, the one that has been unfinished for longest is
 * given up.
 */
export class Incoming {
  /** In the order in which their requests began. */
  private readonly held = new Map<Sender, number>()
  private bytes = 0
  private readonly mostBytes: number

  /** At least two of the largest requests fit. */
  constructor(maxRequestBytes: number, mostBytes = MOST_UNFINISHED_BYTES) {
    this.mostBytes = Math.max(mostBytes, 2 * maxRequestBytes)
  }

  /** How much there is of all of them. */
  get unfinishedBytes(): number {
    return this.bytes
  }

  /** A sender has so many bytes of an unfinished request; 0 when it is complete, or will never be. */
  hold(sender: Sender, bytes: number): void {
    this.bytes += bytes - (this.held.get(sender) ?? 0)
    if (bytes === 0) this.held.delete(sender)
    else this.held.set(sender, bytes)
    for (const [oldest, itsBytes] of this.held) {
      if (this.bytes <= this.mostBytes) return
      this.hold(oldest, 0)
      oldest.giveUp(
        `${itsBytes} bytes of a request that was not complete while all clients together held more than ${this.mostBytes}`,
      )
    }
  }
}
