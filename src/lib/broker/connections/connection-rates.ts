import type { Clock } from '../../clock.ts'
import type { ClientQuotas } from '../state/cluster/client-quotas.ts'
import type { BrokerConfig } from '../state/configs/broker-config.ts'
import { Rate, type RateWindow } from '../state/quotas/rate.ts'
import type { HostNames } from './host-names.ts'

/** How many connections come in a second: by a listener, in all, and from an address. */
export class ConnectionRates {
  private readonly ofAll = new Rate()
  private readonly ofListeners = new Map<string, Rate>()
  private readonly ofHosts = new Map<string, Rate>()
  private clientQuotas: ClientQuotas | null = null

  constructor(
    private readonly config: () => BrokerConfig,
    private readonly clock: Clock,
    private readonly names: HostNames,
  ) {}

  /** Those of addresses hold from now on. */
  follow(quotas: ClientQuotas): void {
    this.clientQuotas = quotas
  }

  /** Counts a connection to a listener; returns for how many ms it has to wait, a sample's length at most. */
  countListener(listener: string, limit: number): number {
    let rate = this.ofListeners.get(listener)
    if (!rate) this.ofListeners.set(listener, (rate = new Rate()))
    return this.count(rate, limit)
  }

  countAll(limit: number): number {
    return this.count(this.ofAll, limit)
  }

  /** Where the address is over its quota the connection does not count, and is closed after so many ms. */
  countHost(host: string): number {
    const limit = this.quotaOf(host)
    if (limit === null) return 0
    const known = this.ofHosts.get(host)
    const rate = known ?? new Rate()
    if (!known) this.keep(host, rate)
    const delayMs = this.count(rate, limit)
    if (delayMs > 0) this.takeBack(rate)
    return delayMs
  }

  /** Takes back what was counted of a connection that is not taken in after all. */
  uncount(listener: string, { inAll }: { readonly inAll: boolean }): void {
    const rate = this.ofListeners.get(listener)
    if (rate) this.takeBack(rate)
    if (inAll) this.takeBack(this.ofAll)
  }

  private count(rate: Rate, limit: number): number {
    const [now, { window }] = [this.clock.now(), this]
    rate.record(1, now, window)
    return Math.min(rate.delayMs(limit, now, window), window.sampleMs)
  }

  private takeBack(rate: Rate): void {
    rate.record(-1, this.clock.now(), this.window)
  }

  /** Addresses that nobody comes from any more are forgotten. */
  private keep(host: string, rate: Rate): void {
    const [now, { samples, sampleMs }] = [this.clock.now(), this.window]
    for (const [each, { lastEventMs }] of this.ofHosts)
      if (now - lastEventMs > samples * sampleMs) this.ofHosts.delete(each)
    this.ofHosts.set(host, rate)
  }

  private get window(): RateWindow {
    const config = this.config()
    return { samples: config.number('quota.window.num'), sampleMs: config.number('quota.window.size.seconds') * 1000 }
  }

  /** `connection_creation_rate` of the address, or that of all addresses. */
  private quotaOf(host: string): number | null {
    if (!this.clientQuotas || this.clientQuotas.isEmpty) return null
    let ofAll: number | null = null
    for (const { entity, values } of this.clientQuotas.all()) {
      const limit = values.get('connection_creation_rate')
      if (limit === undefined || entity.ip === undefined) continue
      if (entity.ip === null) ofAll = limit
      else if (this.names.isAt(entity.ip, host)) return limit
    }
    return ofAll
  }
}
