import type { ConnectionOptions } from 'node:tls'
import type { Clock, Timer } from '../clock.ts'
import { EnvironmentError, isExpected, KafkaError, MalformedError, UserError } from '../errors.ts'
import type { Api, ApiId } from '../protocol/api.ts'
import { ApiVersions, type ApiVersionsResponse } from '../protocol/apis/api-versions.ts'
import { Reader } from '../protocol/bytes.ts'
import { ERRORS, errorName } from '../protocol/errors.ts'
import { encodeRequest, readResponse } from '../protocol/frame.ts'
import type { Fields, Input, Message } from '../protocol/schema.ts'
import { formatAddress, type Address } from '../address.ts'
import { failureReason } from '../failure-reason.ts'
import { PATIENCE_MS, type Hindrances } from './hindrances.ts'
import { Channel, type Versions } from './kafkajs.ts'
import type { Sasl } from './login.ts'
import { ENDED_IN_HANDSHAKE } from '../tls-failures.ts'

export interface WireConfig {
  readonly clientId: string
  readonly ssl: ConnectionOptions | null
  readonly sasl: Sasl | null
  readonly softwareVersion: string
  readonly clock: Clock
  /** Is told of a server that keeps somebody waiting. */
  readonly hindrances?: Hindrances | undefined
  /** What it is told while the connection is being made. */
  readonly silence?: { readonly subject: unknown; readonly cause: string }
}

const TLS_HINT = 'it ended the connection; does it expect TLS (security.protocol=SSL or SASL_SSL)?'
const LOGIN_HINT = '; does it ask for a login (security.protocol=SASL_SSL or SASL_PLAINTEXT)?'

/** What a broker says of itself: the versions of each API, and the features that the cluster has switched on. */
interface Spoken {
  readonly versions: ReadonlyMap<number, Versions>
  readonly features: ReadonlyMap<string, number>
}

export interface RequestOptions {
  readonly timeoutMs: number
  /** How much of that the broker may well take, since there is nothing to answer before. */
  readonly brokerWaitMs?: number
  readonly expectResponse?: boolean
  readonly maxVersion?: number | undefined
}

/** An answer that breaks the rules of the protocol. */
export class UnreadableAnswer extends EnvironmentError {}

/** A connection that knows what its broker speaks, and turns declared messages into frames and back. */
export class Wire {
  private hasAnswered = false
  /** Said when a broker that kept us waiting answers. */
  private readonly back: string

  constructor(
    readonly address: Address,
    private readonly channel: Channel,
    private readonly broker: Spoken,
    private readonly config: WireConfig,
  ) {
    this.back = `The broker at ${formatAddress(address)} answers again`
  }

  get isOpen(): boolean {
    return this.channel.isOpen
  }

  /** The highest version that both sides know. Throws KafkaError UNSUPPORTED_VERSION when there is none. */
  version(api: ApiId): number {
    const theirs = this.broker.versions.get(api.key)
    const version = Math.min(api.maxVersion, theirs?.maxVersion ?? -1)
    if (theirs && version >= api.minVersion && version >= theirs.minVersion) return version
    const known = theirs
      ? `versions ${theirs.minVersion} to ${theirs.maxVersion} of ${api.name}; kts speaks ${api.minVersion} to ${api.maxVersion}`
      : `no ${api.name} requests`
    throw new KafkaError('UNSUPPORTED_VERSION', `The broker at ${formatAddress(this.address)} knows ${known}`)
  }

  featureLevel(feature: string): number {
    return this.broker.features.get(feature) ?? 0
  }

  /**
   * Sends a request; resolves to a blank response when none is expected. Throws EnvironmentError when the connection is
   * lost or no answer comes in time: the connection is then closed, since everything behind that request would wait as
   * well.
   */
  async request<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    options: RequestOptions,
  ): Promise<Message<S> | undefined> {
    const version = Math.min(this.version(api), options.maxVersion ?? Infinity)
    const encode = (correlationId: number) => encodeOrRefuse(api, version, correlationId, this.config.clientId, request)
    const timer = this.config.clock.after(options.timeoutMs, () =>
      this.close(
        new EnvironmentError(
          `The broker at ${formatAddress(this.address)} has not answered ${api.name} within ${options.timeoutMs} ms`,
        ),
      ),
    )
    const patience = this.startPatience(api.name, options)
    try {
      const payload = await this.channel.send(encode, options.expectResponse ?? true)
      this.hasAnswered = true
      this.config.hindrances?.pass(this, this.back)
      return payload && readResponse(api, version, new Reader(payload))
    } catch (error) {
      throw this.explain(error, api.name)
    } finally {
      timer.cancel()
      patience?.cancel()
      this.config.hindrances?.pass(this)
    }
  }

  private startPatience(apiName: string, { timeoutMs, brokerWaitMs = 0 }: RequestOptions): Timer | undefined {
    const { clock, hindrances } = this.config
    return (
      hindrances &&
      clock.after(brokerWaitMs + PATIENCE_MS, () =>
        hindrances.meet(this, `The broker at ${formatAddress(this.address)} has not answered ${apiName} yet`, {
          outlook: outlookFor(timeoutMs),
        }),
      )
    )
  }

  close(reason: Error): void {
    this.channel.close(reason)
  }

  private explain(error: unknown, apiName: string): unknown {
    if (isExpected(error)) return error
    const address = formatAddress(this.address)
    // A listener with SASL tells its versions to anybody and hangs up on the next request.
    const hint = this.hasAnswered || this.config.sasl ? '' : LOGIN_HINT
    if (!(error instanceof MalformedError)) {
      return new EnvironmentError(`Lost the broker at ${address}: ${failureReason(error)}${hint}`, { cause: error })
    }
    return new UnreadableAnswer(
      `The broker at ${address} sent an answer to ${apiName} that cannot be read: ${error.message}`,
      { cause: error },
    )
  }
}

/**
 * Connects, asks for the broker's versions and authenticates, all within `timeoutMs`. Throws whatever went wrong, to be
 * put in words by `failureReason`; KafkaError when the broker refuses the credentials.
 */
export async function openWire(
  address: Address,
  config: WireConfig,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Wire> {
  const { clientId, ssl, sasl, clock } = config
  // The timer below covers connecting too, and says more: kafkajs's own must not come first.
  const channel = new Channel({ ...address, clientId, ssl, sasl, connectTimeoutMs: timeoutMs * 2 })
  const late = new EnvironmentError(
    `no answer within ${Number((timeoutMs / 1000).toFixed(1))} s${ssl ? '' : '; is it a Kafka listener, and one without TLS?'}`,
  )
  const timer = clock.after(timeoutMs, () => channel.close(late))
  const patience = timeoutMs > PATIENCE_MS ? sayLater(channel, address, config, timeoutMs) : undefined
  const abort = () => channel.close(new EnvironmentError('given up'))
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await channel.connect().catch((error: unknown) => explainEnd(error, ssl && ENDED_IN_HANDSHAKE))
    const broker = await askVersions(channel, config).catch((error: unknown) => explainEnd(error, endHint(ssl)))
    await channel.authenticate(broker.versions)
    config.hindrances?.pass(config.silence?.subject)
    return new Wire(address, channel, broker, config)
  } catch (error) {
    channel.close(late)
    throw error
  } finally {
    timer.cancel()
    patience?.cancel()
    config.hindrances?.pass(channel)
    signal?.removeEventListener('abort', abort)
  }
}

/** Why a server may hang up on the first request, which any Kafka answers. */
function endHint(ssl: ConnectionOptions | null): string {
  if (!ssl) return TLS_HINT
  return `it ended the connection after the TLS handshake; ${
    ssl.cert
      ? 'does it refuse the client certificate of ssl.keystore?'
      : 'does it ask for a client certificate (ssl.keystore.location)?'
  }`
}

/** Throws the error, or says what a server most likely is that hangs up so early; `words` may have nothing to say. */
function explainEnd(error: unknown, words: string | null): never {
  const { code, message = '' } = error as NodeJS.ErrnoException
  const hasEnded = code === 'ECONNRESET' || code === 'EPIPE' || message.startsWith('Closed connection')
  throw words !== null && hasEnded ? new EnvironmentError(words, { cause: error }) : error
}

function sayLater(
  channel: object,
  address: Address,
  { clock, hindrances, silence }: WireConfig,
  timeoutMs: number,
): Timer | undefined {
  const waiting = silence ?? { subject: channel, cause: `No answer from ${formatAddress(address)} yet` }
  return (
    hindrances &&
    clock.after(PATIENCE_MS, () => hindrances.meet(waiting.subject, waiting.cause, { outlook: outlookFor(timeoutMs) }))
  )
}

const outlookFor = (timeoutMs: number): string => `waiting up to ${Number((timeoutMs / 1000).toFixed(1))} s`

/**
 * Encodes a request. Throws UserError for what the protocol cannot carry, a name of 40,000 letters for example: nobody
 * but the user has made it up.
 */
function encodeOrRefuse<Q extends Fields>(
  api: Api<Q>,
  version: number,
  correlationId: number,
  clientId: string,
  request: Input<Message<Q>>,
): Buffer[] {
  try {
    return encodeRequest(api, version, correlationId, clientId, request)
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    throw new UserError(`${api.name} cannot be sent in version ${version}: ${error.message}`)
  }
}

/** KIP-511: a broker that does not know our version answers in version 0, and says which it knows. */
async function askVersions(channel: Channel, config: WireConfig): Promise<Spoken> {
  let answer = await sendApiVersions(channel, config, ApiVersions.maxVersion)
  if (answer.errorCode === ERRORS.UNSUPPORTED_VERSION) {
    const known = answer.apiKeys.find(({ apiKey }) => apiKey === ApiVersions.key)?.maxVersion ?? 0
    answer = await sendApiVersions(channel, config, Math.min(known, ApiVersions.maxVersion))
  }
  const error = errorName(answer.errorCode)
  if (error !== 'NONE') throw new KafkaError(error, `ApiVersions failed: ${error}`)
  return {
    versions: new Map(answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { minVersion, maxVersion }])),
    features: new Map(answer.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel])),
  }
}

async function sendApiVersions(channel: Channel, config: WireConfig, version: number): Promise<ApiVersionsResponse> {
  const request = { clientSoftwareName: 'kts', clientSoftwareVersion: config.softwareVersion }
  const payload = (await channel.send((id) => encodeRequest(ApiVersions, version, id, config.clientId, request), true))!
  const isRefused = payload.length >= 2 && payload.readInt16BE(0) === ERRORS.UNSUPPORTED_VERSION
  return readResponse(ApiVersions, isRefused ? 0 : version, new Reader(payload))
}
