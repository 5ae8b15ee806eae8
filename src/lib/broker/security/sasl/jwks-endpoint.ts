import type { ConnectionOptions } from 'node:tls'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../../../clock.ts'
import { failureReason } from '../../../failure-reason.ts'
import { exchange } from '../../../http-exchange.ts'

const MAX_ANSWER_BYTES = 1024 * 1024

export interface JwksEndpointOptions {
  readonly url: URL
  readonly tls: ConnectionOptions
  readonly clock: Clock
  /** `sasl.oauthbearer.jwks.endpoint.refresh.ms` */
  readonly refreshMs: number
  /** `sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms`: the server is not asked again sooner. */
  readonly pauseMs: number
  readonly timeoutMs: number
}

/**
 * Keys that a server lists (RefreshingHttpsJwks): read again from time to time, and when a token names one that is not
 * known. While it cannot be read the keys of before hold.
 */
export class JwksEndpoint {
  private keys: JWTVerifyGetKey | null = null
  private readAtMs = -Infinity
  private askedAtMs = -Infinity
  /** Why it could not be read the last time. */
  private problem: Error | null = null
  private reading: Promise<void> | null = null

  constructor(private readonly options: JwksEndpointOptions) {}

  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.options.clock.now() - this.readAtMs >= this.options.refreshMs) await this.read()
    try {
      return await this.known(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !(await this.read())) throw error
      return await this.known(header, token)
    }
  }

  private known(...asked: Parameters<JWTVerifyGetKey>): ReturnType<JWTVerifyGetKey> {
    if (this.keys) return this.keys(...asked)
    throw this.problem!
  }

  /** Whether it was read just now, and not too soon after the last time. */
  private async read(): Promise<boolean> {
    const { clock, pauseMs } = this.options
    if (!this.reading) {
      if (clock.now() - this.askedAtMs < pauseMs) return false
      this.askedAtMs = clock.now()
      this.reading = this.fetch().finally(() => (this.reading = null))
    }
    await this.reading
    return this.problem === null
  }

  private async fetch(): Promise<void> {
    const { url, tls, timeoutMs, clock } = this.options
    const shown = `${url.origin}${url.pathname}`
    try {
      const headers = { accept: 'application/json' }
      const { status, text } = await exchange({
        method: 'GET',
        url,
        headers,
        tls,
        readTimeoutMs: timeoutMs,
        maxAnswerBytes: MAX_ANSWER_BYTES,
      })
      if (status !== 200) throw new Error(`it answers ${status}`)
      this.keys = createLocalJWKSet(JSON.parse(text) as JSONWebKeySet)
      this.readAtMs = clock.now()
      this.problem = null
    } catch (error) {
      this.problem = new Error(`the keys at ${shown} cannot be read: ${failureReason(error)}`, { cause: error })
    }
  }
}
