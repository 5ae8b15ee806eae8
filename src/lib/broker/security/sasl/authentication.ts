import { wait, type Clock } from '../../../clock.ts'
import { MalformedError } from '../../../errors.ts'
import type { Api } from '../../../protocol/api.ts'
import { ApiVersions } from '../../../protocol/apis/api-versions.ts'
import { SaslAuthenticate } from '../../../protocol/apis/sasl-authenticate.ts'
import { SaslHandshake } from '../../../protocol/apis/sasl-handshake.ts'
import { Reader } from '../../../protocol/bytes.ts'
import { ERRORS } from '../../../protocol/errors.ts'
import { encodeResponse, readRequestHeader, skipTags, type RequestHeader } from '../../../protocol/frame.ts'
import type { Fields, Message } from '../../../protocol/schema.ts'
import { FailedLogin, type Login } from '../../login.ts'
import { AuthenticationError, type SaslMechanism, type SaslServer } from './sasl-server.ts'

type Reply = Buffer[] | null

export interface AuthenticationOptions {
  readonly clock: Clock
  /** Those that the listener offers, by name. */
  readonly mechanisms: ReadonlyMap<string, SaslMechanism>
  /** `connection.failed.authentication.delay.ms` */
  readonly failureDelayMs: number
  /** `sasl.server.max.receive.size` */
  readonly maxFrameBytes: number
}

/** How a request is answered that needs no login. */
type Answer = (frame: Buffer) => Reply | Promise<Reply>

/** A client may log in again once in so many ms (KafkaChannel). */
const MIN_REAUTH_INTERVAL_MS = 1000

type Stage = 'first' | 'handshake' | 'token' | 'done'

/**
 * The login of one connection (SaslServerAuthenticator). Until it is done every request goes here, and nothing but
 * ApiVersions and SASL's own is read; afterwards those that begin a new login, which a client must do before its
 * session ends (KIP-368).
 */
export class Authentication implements Login {
  /** Who has logged in, null for nobody. */
  principal: string | null = null
  private stage: Stage = 'first'
  private mechanism: string | null = null
  private server: SaslServer | null = null
  /** Since version 1 of SaslHandshake tokens come in requests; before they came bare. */
  private hasHeaders = false
  /** That of the login before, whose user has to stay the same. */
  private previous: { readonly mechanism: string; readonly principal: string } | null = null
  private sessionEndsAtMs: number | null = null
  private reauthenticatedAtMs = -Infinity

  constructor(private readonly options: AuthenticationOptions) {}

  refuseLength(length: number): string | null {
    const { maxFrameBytes } = this.options
    if (this.stage === 'done' || length <= maxFrameBytes) return null
    return `a frame of ${length} bytes before a login, the limit is ${maxFrameBytes}`
  }

  concerns(frame: Buffer): boolean {
    if (this.stage !== 'done') return true
    if (this.sessionEndsAtMs === null) return false
    const now = this.options.clock.now()
    if (frame.length > 1 && frame.readInt16BE(0) === SaslHandshake.key && this.mayBeginAnew(now)) return true
    if (now > this.sessionEndsAtMs)
      throw new FailedLogin(`the session of ${this.principal} has ended, and it has not logged in anew`, null)
    return false
  }

  async answer(frame: Buffer, answerPlainly: Answer): Promise<Reply> {
    try {
      return await this.take(frame, answerPlainly)
    } catch (error) {
      if (error instanceof FailedLogin && this.options.failureDelayMs > 0)
        await wait(this.options.clock, this.options.failureDelayMs)
      throw error
    }
  }

  private mayBeginAnew(now: number): boolean {
    if (now - this.reauthenticatedAtMs < MIN_REAUTH_INTERVAL_MS) return false
    this.reauthenticatedAtMs = now
    this.previous = { mechanism: this.mechanism!, principal: this.principal! }
    this.stage = 'handshake'
    return true
  }

  private take(frame: Buffer, answerPlainly: Answer): Reply | Promise<Reply> {
    if (this.stage === 'token') return this.hasHeaders ? this.takeToken(frame) : this.takeBareToken(frame)
    const reader = new Reader(frame)
    const header = this.readHeader(reader)
    if (header.apiKey === SaslHandshake.key) return this.begin(readBody(SaslHandshake, header, reader), header)
    if (header.apiKey !== ApiVersions.key)
      throw new FailedLogin(`a request with API key ${header.apiKey} comes before a login`, null)
    if (this.stage !== 'first') throw new FailedLogin('ApiVersions comes where SaslHandshake is to', null)
    if (header.apiVersion <= ApiVersions.maxVersion) this.stage = 'handshake'
    return answerPlainly(frame)
  }

  /** Clients of Kafka 0.9 begin with a token of GSSAPI, without saying so. */
  private readHeader(reader: Reader): RequestHeader {
    try {
      return readRequestHeader(reader)
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      throw new FailedLogin('it begins with something else than a request of Kafka', null)
    }
  }

  private begin({ mechanism: name }: { readonly mechanism: string }, header: RequestHeader): Reply {
    const mechanism = this.options.mechanisms.get(name)
    const mechanisms = [...this.options.mechanisms.keys()]
    this.hasHeaders = header.apiVersion >= 1
    if (!mechanism) {
      const answer = { errorCode: ERRORS.UNSUPPORTED_SASL_MECHANISM, mechanisms }
      const reply = encodeResponse(SaslHandshake, header.apiVersion, header.correlationId, answer)
      throw new FailedLogin(`it asks for ${JSON.stringify(name)}, the mechanisms are ${mechanisms.join(', ')}`, reply)
    }
    this.server = mechanism.begin()
    this.mechanism = name
    this.stage = 'token'
    return encodeResponse(SaslHandshake, header.apiVersion, header.correlationId, { mechanisms })
  }

  private async takeBareToken(token: Buffer): Promise<Reply> {
    const answer = await this.evaluate(token).catch((error: unknown) => {
      if (error instanceof AuthenticationError) throw new FailedLogin(`${this.mechanism}: ${error.message}`, null)
      throw error
    })
    const length = Buffer.alloc(4)
    length.writeInt32BE(answer.length)
    return [length, answer]
  }

  private async takeToken(frame: Buffer): Promise<Reply> {
    const reader = new Reader(frame)
    const header = this.readHeader(reader)
    if (header.apiKey !== SaslAuthenticate.key) {
      // Some clients take for a login that it was answered at all (kafkajs).
      const refusal = this.server!.refusal
      const fault = refusal === undefined ? '' : `${this.mechanism}: ${refusal}; `
      throw new FailedLogin(`${fault}a request with API key ${header.apiKey} comes during a login`, null)
    }
    const { authBytes: token } = readBody(SaslAuthenticate, header, reader)
    const reply = (answer: Partial<Message<typeof SaslAuthenticate.fields.response>>): Reply =>
      encodeResponse(SaslAuthenticate, header.apiVersion, header.correlationId, {
        authBytes: Buffer.alloc(0),
        errorMessage: null,
        ...answer,
      })
    try {
      const authBytes = await this.evaluate(token)
      return reply({ authBytes, sessionLifetimeMs: BigInt(this.sessionLifetimeMs()) })
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error
      const errorMessage = error.answer ?? this.invalidCredentials()
      const answer = reply({ errorCode: ERRORS.SASL_AUTHENTICATION_FAILED, errorMessage })
      throw new FailedLogin(`${this.mechanism}: ${error.message}`, answer)
    }
  }

  /** Rejects with AuthenticationError. */
  private async evaluate(token: Buffer): Promise<Buffer> {
    const server = this.server!
    this.rejectOtherMechanism()
    const answer = await server.evaluate(token)
    if (server.isComplete) this.complete(server)
    return answer
  }

  /** As Kafka does, with the first token and not with the handshake. */
  private rejectOtherMechanism(): void {
    const { previous, mechanism } = this
    if (!previous || previous.mechanism === mechanism) return
    const reason = `SASL mechanism '${mechanism}' requested by client is not supported for re-authentication of mechanism '${previous.mechanism}'`
    throw new AuthenticationError(reason, reason)
  }

  private complete(server: SaslServer): void {
    const principal = `User:${server.userName}`
    if (this.previous && this.previous.principal !== principal) {
      const [before, now] = [this.previous.principal, principal].map((name) => name.replace(':', '.'))
      const reason = `Cannot change principals during re-authentication from ${before}: ${now}`
      throw new AuthenticationError(reason, reason)
    }
    this.principal = principal
    this.stage = 'done'
    const now = this.options.clock.now()
    const limits = [this.options.mechanisms.get(this.mechanism!)?.maxReauthMs || null, server.expiresAtMs]
    const [maxReauthMs, expiresAtMs] = limits as [number | null, number | null]
    const lifetimes = [maxReauthMs, expiresAtMs === null ? null : expiresAtMs - now].filter((ms) => ms !== null)
    this.sessionEndsAtMs = lifetimes.length === 0 ? null : now + Math.max(0, Math.min(...lifetimes))
  }

  /** 0 while it is not complete, and for a session without an end. */
  private sessionLifetimeMs(): number {
    if (this.stage !== 'done' || this.sessionEndsAtMs === null) return 0
    return Math.max(0, Math.round(this.sessionEndsAtMs - this.options.clock.now()))
  }

  /** Who tries names is not told which of them exist. */
  private invalidCredentials(): string {
    const what = this.previous ? 're-authentication' : 'authentication'
    return `Authentication failed during ${what} due to invalid credentials with SASL mechanism ${this.mechanism}`
  }
}

/** Throws MalformedError for a version that is not served. */
function readBody<Q extends Fields>(api: Api<Q, Fields>, header: RequestHeader, reader: Reader): Message<Q> {
  const { apiVersion } = header
  if (apiVersion < api.minVersion || apiVersion > api.maxVersion)
    throw new MalformedError(`version ${apiVersion} of ${api.name} is not served`)
  if (api.isFlexible(apiVersion)) skipTags(reader)
  return api.request(apiVersion).read(reader) as Message<Q>
}
