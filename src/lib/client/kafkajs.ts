import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import Connection, { type CustomSasl } from 'kafkajs/src/network/connection.js'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import { KafkaError, MalformedError } from '../errors.ts'
import { FrameReader } from '../protocol/frame-reader.ts'
import { readBuffers } from '../protocol/read-buffers.ts'
import { connectTls } from '../security/node-tls.ts'
import type { OAuthBearer, Sasl } from './login.ts'
import { initialResponse, RESIGNATION } from '../security/oauth/initial-response.ts'
import { asSaslError, NO_LOGIN } from './sasl-failures.ts'

/**
 * All that kts knows of kafkajs 2.2.4: its `Connection` gives the socket, TLS, every step of SASL with its renewal, and
 * the matching of answers to requests. What goes through it is kts's own frames, and they come from kts's own codec.
 */

export interface ChannelOptions {
  readonly host: string
  readonly port: number
  readonly clientId: string
  readonly ssl: ConnectionOptions | null
  readonly sasl: Sasl | null
  readonly connectTimeoutMs: number
}

export interface Versions {
  readonly minVersion: number
  readonly maxVersion: number
}

/** A frame to send, once it is known by which number its answer will be found. */
export type EncodeFrame = (correlationId: number) => readonly Buffer[]

const SASL_HANDSHAKE_KEY = 17
const SASL_AUTHENTICATE_KEY = 36
/** No answer to ApiVersions is longer; what is, comes from a server of another kind. */
const MAX_FIRST_FRAME = 1024 * 1024
const MAX_FRAME = 0x7fff_ffff
const KEEP_ALIVE_MS = 60_000
/** The part of a session that is left when it is renewed (KIP-368 has clients do so at 85 to 95 % of it). */
const RENEWAL_MARGIN = 0.1

patchIdleLoop()

/** One connection to one broker. */
export class Channel {
  private readonly connection: Connection
  private readonly frames = new FrameReader(MAX_FIRST_FRAME, { memory: readBuffers })
  private closedBecause: Error | undefined
  private isAuthenticated = false
  /** What the broker offers, as it says in the handshake. */
  private mechanisms: readonly string[] = []

  constructor(private readonly options: ChannelOptions) {
    const { host, port, clientId, ssl, sasl, connectTimeoutMs } = options
    this.connection = new Connection({
      // kafkajs keeps the authentication provider in the object that it is given.
      host,
      port,
      clientId,
      ssl,
      sasl: sasl && (sasl.mechanism === 'OAUTHBEARER' ? oauthProvider(sasl) : { ...sasl }),
      connectionTimeout: connectTimeoutMs,
      // Timeouts are the caller's: kafkajs never goes below its own default, and keeps the process alive for the check.
      requestTimeout: connectTimeoutMs,
      enforceRequestTimeout: false,
      logger: silentLogger,
      socketFactory: (target) => createSocket(target, this.reading()),
    })
    if (sasl) this.noteMechanisms()
  }

  /** kafkajs drops what the broker says of its mechanisms when it has not the one that was asked for. */
  private noteMechanisms(): void {
    const send = this.connection.send.bind(this.connection)
    this.connection.send = (call) => {
      if (call.request.apiName !== 'SaslHandshake') return send(call)
      const decode = async (payload: Buffer): Promise<unknown> => {
        const answer = await call.response.decode(payload)
        this.mechanisms = (answer as { enabledMechanisms?: readonly string[] }).enabledMechanisms ?? []
        return answer
      }
      return send({ ...call, response: { ...call.response, decode } })
    }
  }

  /** Lets the socket read to where the bytes belong. */
  private reading(): OnReadOpts {
    return {
      buffer: () => this.frames.space(),
      callback: (bytes, buffer) => {
        // Whatever a broker sends, the connection bears the blame, not the process.
        try {
          if (this.connection.authHandlers) this.connection.processData(Buffer.from(buffer.subarray(0, bytes)))
          else for (const frame of this.frames.take(bytes)) this.fulfill(frame)
          if (this.frames.problem) throw this.frames.problem
        } catch (error) {
          this.close(error instanceof MalformedError ? error : new MalformedError((error as Error).message))
        }
        return true
      },
    }
  }

  /**
   * Opens the socket, TLS included. Rejects with the error of the operating system or of TLS; its `code` tells which.
   */
  async connect(): Promise<void> {
    await this.connection.connect()
  }

  /**
   * Runs the SASL exchange, when there is one. Throws KafkaError SASL_AUTHENTICATION_FAILED,
   * UNSUPPORTED_SASL_MECHANISM, or ILLEGAL_SASL_STATE where the listener has no SASL.
   */
  async authenticate(versions: ReadonlyMap<number, Versions>): Promise<void> {
    if (this.options.sasl && !versions.has(SASL_HANDSHAKE_KEY)) throw new KafkaError('ILLEGAL_SASL_STATE', NO_LOGIN)
    this.frames.maxBytes = MAX_FRAME
    this.connection.setVersions(Object.fromEntries(versions))
    this.connection.setSupportAuthenticationProtocol(versions.has(SASL_AUTHENTICATE_KEY))
    await this.runSasl()
    this.isAuthenticated = true
  }

  get isOpen(): boolean {
    return this.connection.isConnected() && !this.closedBecause
  }

  /**
   * Sends a frame and resolves to the answer, from behind its correlation id on. When none is expected it resolves to
   * undefined as soon as the bytes have left the process.
   */
  async send(encode: EncodeFrame, expectResponse: boolean): Promise<Buffer | undefined> {
    // A session may end before the connection does (KIP-368, connections.max.reauth.ms).
    if (this.isAuthenticated && this.options.sasl && !this.connection.isAuthenticated()) await this.runSasl()
    return expectResponse ? this.exchange(encode) : this.push(encode)
  }

  /** Ends the connection at once; requests under way are rejected with `reason`. */
  close(reason: Error): void {
    this.closedBecause ??= reason
    this.connection.requestQueue.rejectAll(reason)
    this.connection.requestQueue.destroy()
    // An error, not a plain end, where a connect or a login is under way: kafkajs then gives them up, and their timer.
    this.connection.socket?.destroy(this.isAuthenticated ? undefined : reason)
  }

  private exchange(encode: EncodeFrame): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(this.closedBecause ?? new Error('the connection is closed'))
      const correlationId = this.connection.nextCorrelationId()
      const frame = encode(correlationId)
      this.connection.requestQueue.push({
        entry: {
          apiKey: 0,
          apiName: '',
          apiVersion: 0,
          correlationId,
          resolve: ({ payload }) => resolve(payload),
          reject,
        },
        expectResponse: true,
        sendRequest: () => writeFrame(this.connection.socket!, frame),
      })
    })
  }

  private push(encode: EncodeFrame): Promise<undefined> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(this.closedBecause ?? new Error('the connection is closed'))
      const frame = encode(this.connection.nextCorrelationId())
      writeFrame(this.connection.socket!, frame, (error) => (error ? reject(error) : resolve(undefined)))
    })
  }

  /** Does nothing on a connection without SASL. */
  private async runSasl(): Promise<void> {
    try {
      await this.connection.authenticate()
      // kafkajs renews ten seconds ahead, which is at once, and refused, where sessions are shorter.
      this.connection.reauthenticationThreshold = Math.ceil(Number(this.connection.sessionLifetime) * RENEWAL_MARGIN)
    } catch (error) {
      throw asSaslError(error, this.options.sasl, this.mechanisms)
    }
  }

  private fulfill(frame: Buffer): void {
    if (frame.length < 4) throw new MalformedError(`an answer of ${frame.length} bytes`)
    const correlationId = frame.readInt32BE(0)
    this.connection.requestQueue.fulfillRequest({ correlationId, payload: frame.subarray(4), size: frame.length })
  }
}

/** kafkajs's logger writes JSON to stdout, where it would spoil the data. */
const silentLogger = { namespace: () => silentLogger, debug() {}, info() {}, warn() {}, error() {} }

function createSocket(
  {
    host,
    port,
    ssl,
    onConnect,
  }: {
    host: string
    port: number
    ssl: ConnectionOptions | null
    onConnect: () => void
  },
  onread: OnReadOpts,
): Socket {
  // Server name indication takes host names only.
  const options = { host, port, onread, ...(isIP(host) ? {} : { servername: host }), ...ssl }
  const socket = ssl ? connectTls(options, onConnect) : connectPlain(options, onConnect)
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  // A small request must not wait for the acknowledgement of the one before it.
  socket.setNoDelay(true)
  return socket
}

/** All chunks in one writev, none of them copied. */
function writeFrame(socket: Socket, frame: readonly Buffer[], done?: (error?: Error | null) => void): void {
  socket.cork()
  frame.forEach((chunk, index) => socket.write(chunk, index === frame.length - 1 ? done : undefined))
  socket.uncork()
}

/**
 * kafkajs's own client of OAUTHBEARER takes the server's refusal for a welcome. What is sent and got here are BYTES of
 * the protocol, with their length.
 */
const oauthProvider = ({ mechanism, tokens, extensions }: OAuthBearer): CustomSasl => ({
  mechanism,
  authenticationProvider: ({ saslAuthenticate }) => ({
    async authenticate() {
      const say = (bytes: Buffer): Promise<Buffer> =>
        saslAuthenticate({ request: { encode: () => Promise.resolve(withLength(bytes)) }, response: readBytes })
      const problem = await say(initialResponse(await tokens.current(), extensions))
      if (problem.length === 0) return
      await say(RESIGNATION)
      throw new KafkaError('SASL_AUTHENTICATION_FAILED', problem.toString())
    },
  }),
})

const readBytes = {
  decode: (bytes: Buffer): Promise<Buffer> => Promise.resolve(bytes.subarray(4)),
  parse: (bytes: Buffer): Promise<Buffer> => Promise.resolve(bytes),
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** kafkajs#1751: an idle queue re-arms a timer with a negative delay every millisecond. */
function patchIdleLoop(): void {
  const schedule = RequestQueue.prototype.scheduleCheckPendingRequests
  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleWhenNeeded(this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
  }
}
