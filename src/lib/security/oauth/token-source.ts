import { systemClock, type Clock } from '../../clock.ts'
import { UserError } from '../../errors.ts'
import { readClaims } from './jwt.ts'
import type { SecurityProperties } from '../properties.ts'

/** RFC 6750, 2.1: what may stand in a bearer token. */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/

/** Where tokens come from; each call gets a new one. Throws UserError or EnvironmentError. */
export interface TokenOrigin {
  fetch(): Promise<string>
  /** What is asked, for messages: `the token endpoint https://…`. */
  readonly name: string
}

interface Kept {
  readonly token: string
  readonly refreshAtMs: number
  readonly expiresAtMs: number
}

/** A token that is fetched again before it expires. One that does not say when that is serves one login. */
export class TokenSource {
  private kept: Kept | null = null
  private fetching: Promise<string> | null = null

  constructor(
    private readonly origin: TokenOrigin,
    private readonly properties: SecurityProperties,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * Throws what the origin throws, unless the token before is still good; UserError for what is no token, or one that
   * has expired.
   */
  async current(): Promise<string> {
    const { kept } = this
    if (kept && this.clock.now() < kept.refreshAtMs) return kept.token
    try {
      return await (this.fetching ??= this.renew().finally(() => (this.fetching = null)))
    } catch (error) {
      if (kept && this.clock.now() < kept.expiresAtMs) return kept.token
      throw error
    }
  }

  private async renew(): Promise<string> {
    const token = (await this.origin.fetch()).trim()
    const nowMs = this.clock.now()
    if (!TOKEN.test(token)) throw new UserError(`${this.origin.name} gives no bearer token`)
    const { exp } = readClaims(token) ?? {}
    if (typeof exp !== 'number') return token
    const expiresAtMs = exp * 1000
    if (expiresAtMs <= nowMs) {
      throw new UserError(
        `${this.origin.name} gives a token that has expired, on ${new Date(expiresAtMs).toISOString()}`,
      )
    }
    this.kept = { token, expiresAtMs, refreshAtMs: this.refreshAt(nowMs, expiresAtMs) }
    return token
  }

  /** `sasl.login.refresh.*`, as Kafka's ExpiringCredentialRefreshingLogin takes them. */
  private refreshAt(nowMs: number, expiresAtMs: number): number {
    const number = (name: string, otherwise: number): number =>
      Number(this.properties.get(`sasl.login.refresh.${name}`) ?? otherwise)
    const [factor, jitter] = [number('window.factor', 0.8), number('window.jitter', 0.05)]
    const [minPeriodMs, bufferMs] = [number('min.period.seconds', 60) * 1000, number('buffer.seconds', 300) * 1000]
    const lifetimeMs = expiresAtMs - nowMs
    const atMs = nowMs + lifetimeMs * (factor + jitter * Math.random())
    if (minPeriodMs + bufferMs > lifetimeMs) return atMs
    return Math.max(nowMs + minPeriodMs, Math.min(atMs, expiresAtMs - bufferMs))
  }
}
