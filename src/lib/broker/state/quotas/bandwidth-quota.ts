import type { Clock } from '../../../clock.ts'
import type { ClientQuotas } from '../cluster/client-quotas.ts'
import type { BrokerConfig } from '../configs/broker-config.ts'
import { findQuotaLimit, type QuotaLimit } from './quota-limit.ts'
import { Rate, type RateWindow } from './rate.ts'

/** Who sends a request. */
export interface QuotaCaller {
  /** `User:alice` */
  readonly principal: string
  readonly clientId: string | null
}

/** How long a rate is kept that nobody adds to (ClientQuotaManager.InactiveSensorExpirationTimeSeconds). */
const IDLE_MS = 3_600_000

/** Bytes a second that clients may produce, or fetch, and how long those wait who take more (ClientQuotaManager). */
export class BandwidthQuota {
  private readonly rates = new Map<string, Rate>()

  constructor(
    private readonly name: 'producer_byte_rate' | 'consumer_byte_rate',
    private readonly quotas: ClientQuotas,
    private readonly config: () => BrokerConfig,
    private readonly clock: Clock,
  ) {}

  /** Counts bytes; returns for how many milliseconds the caller has to be kept waiting. */
  record(caller: QuotaCaller, bytes: number): number {
    const found = this.find(caller)
    if (!found) return 0
    const [now, window] = [this.clock.now(), this.window()]
    const rate = this.rateOf(found, now)
    rate.record(bytes, now, window)
    return rate.delayMs(found.limit, now, window)
  }

  /** Takes back what was counted, but not sent after all. */
  unrecord(caller: QuotaCaller, bytes: number): void {
    const found = this.find(caller)
    if (found) this.rateOf(found, this.clock.now()).record(-bytes, this.clock.now(), this.window())
  }

  /** The most that can be taken at once after a pause without being kept waiting. */
  maxBytesAtOnce(caller: QuotaCaller): number {
    const { samples, sampleMs } = this.window()
    const found = this.find(caller)
    return found ? Math.trunc(found.limit * (samples - 1) * (sampleMs / 1000)) : Infinity
  }

  /** Whether anything holds for the caller at all. */
  isLimited(caller: QuotaCaller): boolean {
    return this.find(caller) !== null
  }

  private find({ principal, clientId }: QuotaCaller): QuotaLimit | null {
    if (this.quotas.isEmpty) return null
    return findQuotaLimit(this.quotas, this.name, principal.slice(principal.indexOf(':') + 1), clientId ?? '')
  }

  private rateOf({ bucket }: QuotaLimit, now: number): Rate {
    const known = this.rates.get(bucket)
    if (known) return known
    for (const [key, { lastEventMs }] of this.rates) if (now - lastEventMs > IDLE_MS) this.rates.delete(key)
    const rate = new Rate()
    this.rates.set(bucket, rate)
    return rate
  }

  private window(): RateWindow {
    const config = this.config()
    return { samples: config.number('quota.window.num'), sampleMs: config.number('quota.window.size.seconds') * 1000 }
  }
}
