import type { Duplex } from 'node:stream'
import type { Clock } from '../../clock.ts'
import { EnvironmentError, MalformedError } from '../../errors.ts'
import type { Api } from '../../protocol/api.ts'
import { ApiVersions } from '../../protocol/apis/api-versions.ts'
import { Reader } from '../../protocol/bytes.ts'
import { SaslAuthenticate } from '../../protocol/apis/sasl-authenticate.ts'
import { SaslHandshake } from '../../protocol/apis/sasl-handshake.ts'
import { errorName, ERRORS } from '../../protocol/errors.ts'
import { encodeRequest, readResponse } from '../../protocol/frame.ts'
import { FrameReader } from '../../protocol/frame-reader.ts'
import type { Fields, Input, Message } from '../../protocol/schema.ts'
import type { PeerLogin } from './peer-login.ts'

export interface PeerOptions {
  /** Who it is, for messages: `127.0.0.1:9093`. */
  readonly peer: string
  /** As Kafka's nodes call themselves: the node id, `raft-client-1`, `broker-1-fetcher-0`. */
  readonly clientId: string
  readonly clock: Clock
  /** Left out where nobody logs in. */
  readonly login?: PeerLogin | undefined
}

/** What the other side answers, by the key of the API. */
export type PeerVersions = ReadonlyMap<number, { readonly minVersion: number; readonly maxVersion: number }>

interface Pending {
  readonly correlationId: number
  settle(frame: Buffer): void
  reject(error: EnvironmentError): void
}

/** No answer is larger, and text that something else says would be: `HTTP` as a length is. */
const MOST_BYTES = 2 ** 30

/**
 * One connection to a node. Requests go out in the order in which they are asked and are answered in that order; the
 * first one is ApiVersions, and a login follows where there has to be one. Whatever goes wrong, an answer that is late
 * too, ends the connection: every request without an answer is then rejected with an EnvironmentError, since nobody
 * knows which of them has been heard.
 */
export class PeerConnection {
  /** How it ended, null for one that stands. */
  problem: EnvironmentError | null = null
  readonly versions: Promise<PeerVersions>
  /** When the other side wants a new login, and another connection is to take over; Infinity for never. */
  endsAtMs = Infinity
  private readonly frames = new FrameReader(MOST_BYTES)
  private readonly pending: Pending[] = []
  private lastCorrelationId = 0
  private isRetired = false

  constructor(
    private readonly stream: Duplex,
    private readonly options: PeerOptions,
    timeoutMs: number,
  ) {
    stream.on('data', (chunk: Buffer) => this.receive(chunk))
    stream.on('error', (error: NodeJS.ErrnoException) => this.fail(reasonOf(error), error.code))
    stream.on('end', () => this.fail('closed the connection', 'ECONNRESET'))
    stream.on('close', () => this.fail('closed the connection', 'ECONNRESET'))
    this.versions = this.handshake(timeoutMs)
    // Who asks hears of it.
    this.versions.catch(() => {})
  }

  ask<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    version: number,
    request: Input<Message<Q>>,
    timeoutMs: number,
  ): Promise<Message<S>> {
    return this.send(api, version, request, timeoutMs, (reader) => readResponse(api, version, reader))
  }

  /** Closes when what is under way has been answered: another connection has taken over. */
  retire(): void {
    this.isRetired = true
    if (this.pending.length === 0) this.close()
  }

  /** Rejects what has no answer yet. */
  close(): void {
    this.fail('is no longer asked: the connection was closed here', 'ECANCELED')
  }

  private send<Q extends Fields, S>(
    api: Api<Q>,
    version: number,
    request: Input<Message<Q>>,
    timeoutMs: number,
    read: (reader: Reader) => S,
  ): Promise<S> {
    if (this.problem) return Promise.reject(this.problem)
    const { clock, clientId } = this.options
    const correlationId = (this.lastCorrelationId = (this.lastCorrelationId + 1) & 0x7fff_ffff)
    const frame = Buffer.concat(encodeRequest(api, version, correlationId, clientId, request))
    return new Promise((resolve, reject) => {
      const late = (): void => this.fail(`did not answer ${api.name} within ${timeoutMs} ms`, 'ETIMEDOUT')
      const timer = clock.after(timeoutMs, late)
      this.pending.push({
        correlationId,
        settle: (answer) => {
          timer.cancel()
          resolve(read(new Reader(answer, CORRELATION_ID_BYTES)))
        },
        reject: (error) => {
          timer.cancel()
          reject(error)
        },
      })
      this.stream.write(frame)
    })
  }

  private async handshake(timeoutMs: number): Promise<PeerVersions> {
    const version = ApiVersions.maxVersion
    const { apiKeys } = await this.send(ApiVersions, version, SOFTWARE, timeoutMs, (reader) => {
      // One that does not know the version says so in version 0 (KIP-511).
      const isUnknown = reader.remaining >= 2 && reader.buffer.readInt16BE(reader.position) === UNSUPPORTED_VERSION
      if (isUnknown) throw new MalformedError(`it does not know version ${version} of ApiVersions`)
      return readResponse(ApiVersions, version, reader)
    })
    if (this.options.login) await this.logIn(this.options.login, timeoutMs)
    return new Map(apiKeys.map(({ apiKey, ...versions }) => [apiKey, versions]))
  }

  private async logIn({ mechanism, begin }: PeerLogin, timeoutMs: number): Promise<void> {
    const { clock } = this.options
    const { errorCode, mechanisms } = await this.ask(SaslHandshake, SaslHandshake.maxVersion, { mechanism }, timeoutMs)
    if (errorCode !== ERRORS.NONE) throw this.rejected(`offers ${mechanisms.join(', ')}, and not ${mechanism}`)
    const exchange = begin()
    const begunAt = clock.now()
    let lifetimeMs = 0
    for (let token = await exchange.respond(Buffer.alloc(0)); token; ) {
      const version = SaslAuthenticate.maxVersion
      const answer = await this.ask(SaslAuthenticate, version, { authBytes: token }, timeoutMs)
      if (answer.errorCode !== ERRORS.NONE)
        throw this.rejected(`refuses the login (${mechanism}): ${answer.errorMessage ?? errorName(answer.errorCode)}`)
      lifetimeMs = Number(answer.sessionLifetimeMs)
      token = await exchange.respond(answer.authBytes)
    }
    if (lifetimeMs > 0) this.endsAtMs = begunAt + lifetimeMs * USED_LIFETIME
  }

  /** Ends the connection: nothing else can be asked. */
  private rejected(reason: string): EnvironmentError {
    this.fail(reason, 'SASL_AUTHENTICATION_FAILED')
    return this.problem!
  }

  private receive(chunk: Buffer): void {
    try {
      for (const frame of this.frames.push(chunk)) {
        const [next] = this.pending
        if (!next || frame.length < CORRELATION_ID_BYTES || frame.readInt32BE(0) !== next.correlationId)
          throw new MalformedError('an answer to no request')
        next.settle(frame)
        this.pending.shift()
      }
      if (this.frames.problem) throw this.frames.problem
      if (this.isRetired && this.pending.length === 0) this.close()
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      this.fail(`does not answer as Kafka 4.3 does: ${error.message}`, 'EPROTO')
    }
  }

  private fail(reason: string, code: string | undefined): void {
    if (this.problem) return
    this.problem = new EnvironmentError(`${this.options.peer} ${reason}`, { code })
    this.stream.destroy()
    for (const { reject } of this.pending.splice(0)) reject(this.problem)
  }
}

const { UNSUPPORTED_VERSION } = ERRORS
const CORRELATION_ID_BYTES = 4
/** Of a session; the rest of it is for requests that are under way. */
const USED_LIFETIME = 0.85
const SOFTWARE = { clientSoftwareName: 'kts', clientSoftwareVersion: '4.3.0' }

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'refuses the connection'
  return code === 'ECONNRESET' || code === 'EPIPE' ? 'closed the connection' : `cannot be reached: ${message}`
}
