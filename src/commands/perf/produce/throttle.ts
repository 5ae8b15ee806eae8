/**
 * Sleeping for less is not worth it: a few records may go ahead of their time instead (Kafka's ThroughputThrottler).
 */
const MIN_SLEEP_MS = 2

/** Keeps a producer to so many records a second; a negative rate is no limit. */
export class Throttle {
  constructor(
    private readonly perSecond: number,
    private readonly startMs: number,
  ) {}

  /** How long to wait when so many records have been sent, in milliseconds; 0 for not at all. */
  delayMs(sent: number, nowMs: number): number {
    if (this.perSecond < 0) return 0
    const aheadMs = (sent * 1000) / this.perSecond - (nowMs - this.startMs)
    return aheadMs >= MIN_SLEEP_MS ? aheadMs : 0
  }
}
