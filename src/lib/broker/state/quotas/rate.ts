export interface RateWindow {
  /** `quota.window.num`: this many samples count, the one that is filled now among them. */
  readonly samples: number
  /** `quota.window.size.seconds`, in milliseconds. */
  readonly sampleMs: number
  /** A window that has only begun counts as one sample, not as all (SimpleRate): there is no first burst. */
  readonly isSimple?: boolean
}

interface Sample {
  startMs: number
  lastEventMs: number
  value: number
}

/**
 * So much a second over a sliding window (org.apache.kafka.common.metrics.stats.Rate over a WindowedSum). A window that
 * has only begun counts as if all but its last sample were over, so that a first burst is no violation by itself.
 */
export class Rate {
  private samples: Sample[] = []

  record(value: number, now: number, window: RateWindow): void {
    const current = this.samples.at(-1)
    if (current && now - current.startMs < window.sampleMs) {
      current.value += value
      current.lastEventMs = now
      return
    }
    this.samples.push({ startMs: now, lastEventMs: now, value })
    this.forgetOld(now, window)
  }

  /** Per second. */
  measure(now: number, window: RateWindow): number {
    this.forgetOld(now, window)
    const sum = this.samples.reduce((total, { value }) => total + value, 0)
    return sum / (this.elapsedMs(now, window) / 1000)
  }

  /**
   * How long it takes, with nothing more recorded, until the rate is down to `limit` (QuotaUtils.throttleTime); 0 when
   * it is.
   */
  delayMs(limit: number, now: number, window: RateWindow): number {
    const rate = this.measure(now, window)
    return rate <= limit ? 0 : Math.round(((rate - limit) / limit) * this.elapsedMs(now, window))
  }

  /** When something was recorded last; -Infinity when all of it is forgotten. */
  get lastEventMs(): number {
    return this.samples.at(-1)?.lastEventMs ?? -Infinity
  }

  private elapsedMs(now: number, { samples, sampleMs, isSimple }: RateWindow): number {
    const elapsed = now - (this.samples[0]?.startMs ?? now)
    if (isSimple) return Math.max(sampleMs, elapsed)
    const missing = Math.max(0, samples - 1 - Math.trunc(elapsed / sampleMs))
    return Math.max(1, elapsed + missing * sampleMs)
  }

  /** A sample that began before the window, but has events within it, still counts. */
  private forgetOld(now: number, { samples, sampleMs }: RateWindow): void {
    this.samples = this.samples
      .filter(({ lastEventMs }) => now - lastEventMs < samples * sampleMs)
      .slice(-(samples + 1))
  }
}
