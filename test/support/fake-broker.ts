import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import type { Api } from '../../src/lib/protocol/api.ts'
import { ApiVersions } from '../../src/lib/protocol/apis/api-versions.ts'
import { APIS } from '../../src/lib/protocol/apis/index.ts'
import { Metadata } from '../../src/lib/protocol/apis/metadata.ts'
import { Reader, Writer } from '../../src/lib/protocol/bytes.ts'
import { encodeResponse, readRequestHeader, skipTags } from '../../src/lib/protocol/frame.ts'
import { FrameReader } from '../../src/lib/protocol/frame-reader.ts'
import type { Fields, Input, Message } from '../../src/lib/protocol/schema.ts'

export interface Received {
  readonly api: string
  readonly version: number
  readonly clientId: string | null
  /** Which of the broker's connections, counted from 0, it came on. */
  readonly connection: number
  readonly request: Record<string, unknown>
}

export interface FakeBrokerOptions {
  nodeId?: number
  tls?: TlsOptions
  /** Asks every connection for these before it answers anything but ApiVersions. */
  sasl?: {
    mechanism: string
    username: string
    password: string
    sessionLifetimeMs?: bigint
    /** What it says to the bytes of a client in place of a check of name and password: bytes, or that it refuses. */
    says?(bytes: Buffer): Buffer | 'refused'
    /** Takes the token as bare bytes, as brokers before SaslAuthenticate did. */
    isBare?: boolean
    /** Takes no login, as a plain listener of a broker that knows of logins. */
    isIllegal?: boolean
  }
  /** The versions it says it knows, by name of the API, where they differ from ours. */
  versions?: Record<string, readonly [min: number, max: number]>
  features?: { supported: Record<string, readonly [min: number, max: number]>; finalized: Record<string, number> }
  /** Where it says that it is to be found; its real address by default. */
  advertised?: { host: string; port: number }
}

type Handler = (request: Record<string, unknown>, version: number) => unknown

const SASL_HANDSHAKE = 17
const SASL_AUTHENTICATE = 36

/**
 * A broker that answers as the test says, on a free port of the loopback interface. ApiVersions, and Metadata without
 * topics, it answers by itself; a request without handler is never answered.
 */
export class FakeBroker {
  readonly received: Received[] = []
  readonly nodeId: number
  connectionCount = 0
  loginCount = 0
  private readonly handlers = new Map<number, Handler>()
  private readonly sockets = new Set<Socket>()
  private readonly unreadable = new Set<number>()
  private readonly server: Server

  private constructor(private readonly options: FakeBrokerOptions) {
    this.nodeId = options.nodeId ?? 1
    const accept = (socket: Socket): void => this.accept(socket)
    this.server = options.tls ? createTlsServer(options.tls, accept) : createServer(accept)
    this.on(Metadata, () => this.metadata())
  }

  static async start(options: FakeBrokerOptions = {}): Promise<FakeBroker> {
    const broker = new FakeBroker(options)
    await new Promise<void>((resolve) => broker.server.listen(0, '127.0.0.1', resolve))
    return broker
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Sets what is answered to an API. A promise that stays open leaves the request unanswered. */
  on<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    handler: (request: Message<Q>, version: number) => Input<Message<S>> | Promise<Input<Message<S>>>,
  ): this {
    this.handlers.set(api.key, handler as unknown as Handler)
    return this
  }

  /** A Metadata response that names this broker, and others, and some topics. */
  metadata(
    topics: Input<Message<typeof Metadata.fields.response>>['topics'] = [],
    others: readonly FakeBroker[] = [],
  ): Input<Message<typeof Metadata.fields.response>> {
    const brokers = [this, ...others].map(({ nodeId, options, port }) => ({
      nodeId,
      ...(options.advertised ?? { host: '127.0.0.1', port }),
    }))
    return { brokers, controllerId: this.nodeId, clusterId: 'fake', topics }
  }

  /** From now on answers to an API end before their end. */
  spoil(api: { readonly key: number }): this {
    this.unreadable.add(api.key)
    return this
  }

  requests(api: { readonly name: string }): Received[] {
    return this.received.filter((received) => received.api === api.name)
  }

  /** Ends every connection, as a broker that dies does. */
  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  get openConnections(): number {
    return this.sockets.size
  }

  async stop(): Promise<void> {
    this.dropConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private accept(socket: Socket): void {
    const frames = new FrameReader(100_000_000)
    const connection = { number: this.connectionCount++, isTrusted: !this.options.sasl, awaitsToken: false }
    this.sockets.add(socket)
    socket.on('close', () => this.sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      try {
        for (const frame of frames.push(chunk)) void this.answer(frame, socket, connection)
        if (frames.problem) throw frames.problem
      } catch {
        socket.destroy()
      }
    })
  }

  private async answer(
    frame: Buffer,
    socket: Socket,
    connection: { number: number; isTrusted: boolean; awaitsToken: boolean },
  ): Promise<void> {
    if (connection.awaitsToken) return this.answerToken(frame, socket, connection)
    const reader = new Reader(frame)
    const { apiKey, apiVersion, correlationId, clientId } = readRequestHeader(reader)
    if (this.options.sasl && (apiKey === SASL_HANDSHAKE || apiKey === SASL_AUTHENTICATE))
      return this.answerSasl(apiKey, reader, correlationId, socket, connection)
    const api = APIS.find(({ key }) => key === apiKey)!
    if (!connection.isTrusted && api.key !== ApiVersions.key) return void socket.destroy()
    if (api.isFlexible(apiVersion)) skipTags(reader)
    const request = api.request(apiVersion).read(reader) as Record<string, unknown>
    this.received.push({ api: api.name, version: apiVersion, clientId, connection: connection.number, request })
    if (api.key === ApiVersions.key) return this.answerVersions(apiVersion, correlationId, socket)
    const response = await this.handlers.get(apiKey)?.(request, apiVersion)
    if (response === undefined) return
    const whole = Buffer.concat(encodeResponse(api, apiVersion, correlationId, response as never))
    socket.write(this.unreadable.has(api.key) ? cutShort(whole) : whole)
  }

  /** As brokers do, in version 0 where the version asked for is not known. */
  private answerVersions(version: number, correlationId: number, socket: Socket): void {
    const { isBare = false } = this.options.sasl ?? {}
    const ofSasl = !this.options.sasl
      ? []
      : [
          { key: SASL_HANDSHAKE, name: '', minVersion: 0, maxVersion: isBare ? 0 : 1 },
          { key: SASL_AUTHENTICATE, name: '', minVersion: 0, maxVersion: isBare ? -1 : 1 },
        ]
    const apiKeys = [...APIS.filter(({ key }) => key !== SASL_HANDSHAKE && key !== SASL_AUTHENTICATE), ...ofSasl]
      .map(({ key, name, minVersion, maxVersion }) => ({
        apiKey: key,
        range: this.options.versions?.[name] ?? [minVersion, maxVersion],
      }))
      .filter(({ range }) => range[1] >= range[0])
      .map(({ apiKey, range }) => ({ apiKey, minVersion: range[0], maxVersion: range[1] }))
    const isKnown = version <= (this.options.versions?.ApiVersions?.[1] ?? ApiVersions.maxVersion)
    socket.write(
      Buffer.concat(
        encodeResponse(ApiVersions, isKnown ? version : 0, correlationId, {
          errorCode: isKnown ? 0 : 35,
          apiKeys,
          ...(isKnown && version >= 3 && this.features()),
        }),
      ),
    )
  }

  private features() {
    const { supported, finalized } = this.options.features ?? { supported: {}, finalized: {} }
    return {
      supportedFeatures: Object.entries(supported).map(([name, [minVersion, maxVersion]]) => ({
        name,
        minVersion,
        maxVersion,
      })),
      finalizedFeatures: Object.entries(finalized).map(([name, level]) => ({
        name,
        minVersionLevel: level,
        maxVersionLevel: level,
      })),
      finalizedFeaturesEpoch: 7n,
    }
  }

  /** In two pieces, to see the reader wait for the second. */
  private answerToken(token: Buffer, socket: Socket, connection: { isTrusted: boolean; awaitsToken: boolean }): void {
    const { username, password } = this.options.sasl!
    connection.awaitsToken = false
    connection.isTrusted = token.toString() === `\0${username}\0${password}`
    if (!connection.isTrusted) return void socket.destroy()
    socket.write(Buffer.alloc(1), () => setImmediate(() => socket.write(Buffer.alloc(3))))
  }

  private answerSasl(
    apiKey: number,
    reader: Reader,
    correlationId: number,
    socket: Socket,
    connection: { isTrusted: boolean; awaitsToken: boolean },
  ): void {
    const {
      mechanism,
      username,
      password,
      sessionLifetimeMs = 0n,
      isBare = false,
      isIllegal = false,
    } = this.options.sasl!
    const writer = new Writer()
    writer.int32(correlationId)
    if (apiKey === SASL_HANDSHAKE) {
      writer.int16(isIllegal ? 34 : reader.string(false) === mechanism ? 0 : 33)
      writer.lengthOf(1, false, 4)
      writer.string(mechanism, false)
      connection.awaitsToken = isBare
    } else {
      this.loginCount += 1
      const bytes = reader.bytes(false)!
      const isRight = bytes.toString() === `\0${username}\0${password}`
      const answer = this.options.sasl!.says?.(bytes) ?? (isRight ? Buffer.alloc(0) : 'refused')
      connection.isTrusted = answer !== 'refused' && answer.length === 0
      writer.int16(answer === 'refused' ? 58 : 0)
      writer.string(answer === 'refused' ? 'Authentication failed: wrong name or password' : null, false)
      writer.bytes(answer === 'refused' ? Buffer.alloc(0) : answer, false)
      writer.int64(sessionLifetimeMs)
    }
    const body = writer.toBuffer()
    const length = Buffer.alloc(4)
    length.writeInt32BE(body.length)
    socket.write(Buffer.concat([length, body]))
  }
}

/** The frame without its last bytes, and with a length that fits. */
function cutShort(whole: Buffer): Buffer {
  const frame = Buffer.from(whole.subarray(0, Math.max(9, whole.length - 5)))
  frame.writeInt32BE(frame.length - 4)
  return frame
}
