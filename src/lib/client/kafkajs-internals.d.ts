/**
 * The part of kafkajs 2.2.4's insides that kafkajs.ts builds on; the package has no `exports` map and no types for it.
 */
declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net'
  import type { ConnectionOptions } from 'node:tls'
  import type RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

  interface Logger {
    namespace(): Logger
    debug(): void
    info(): void
    warn(): void
    error(): void
  }

  interface SocketFactoryArguments {
    host: string
    port: number
    ssl: ConnectionOptions | null
    onConnect: () => void
  }

  /** A request of kafkajs's own, with the reader of its answer. */
  interface Call {
    request: { apiName: string }
    response: { decode(payload: Buffer): Promise<unknown>; parse(answer: unknown): Promise<unknown> }
  }

  /** A login that kafkajs does not know by itself. */
  export interface CustomSasl {
    readonly mechanism: string
    authenticationProvider(tools: { saslAuthenticate: SaslAuthenticate }): { authenticate(): Promise<void> }
  }

  /** One round: sends what `encode` gives, resolves to what `parse` makes of the answer. Both are BYTES with length. */
  type SaslAuthenticate = <T>(round: {
    request: { encode(): Promise<Buffer> }
    response: { decode(bytes: Buffer): Promise<Buffer>; parse(bytes: Buffer): Promise<T> }
  }) => Promise<T>

  export default class Connection {
    constructor(options: {
      host: string
      port: number
      clientId: string
      ssl: ConnectionOptions | null
      sasl: { mechanism: string; username: string; password: string } | CustomSasl | null
      connectionTimeout: number
      requestTimeout: number
      enforceRequestTimeout: boolean
      logger: Logger
      socketFactory: (options: SocketFactoryArguments) => Socket
    })
    readonly socket: Socket | undefined
    readonly requestQueue: RequestQueue
    /** Milliseconds, from one authentication to the end of the session; 0 for a session without end. */
    readonly sessionLifetime: { toString(): string }
    /** How long before the end of the session it is renewed. */
    reauthenticationThreshold: number
    /** Set while kafkajs reads a bare SASL token, which is no response frame (SaslHandshake v0). */
    readonly authHandlers: object | null
    processData(chunk: Buffer): void
    send(call: Call): Promise<unknown>
    connect(): Promise<true>
    isConnected(): boolean
    isAuthenticated(): boolean
    authenticate(): Promise<void>
    nextCorrelationId(): number
    setVersions(versions: Record<number, { minVersion: number; maxVersion: number }>): void
    setSupportAuthenticationProtocol(isSupported: boolean): void
  }
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface Entry {
    apiKey: number
    apiName: string
    apiVersion: number
    correlationId: number
    resolve(response: { payload: Buffer }): void
    reject(error: Error): void
  }

  export default class RequestQueue {
    readonly pending: readonly unknown[]
    readonly throttledUntil: number
    push(request: { entry: Entry; expectResponse: boolean; sendRequest: () => void }): void
    fulfillRequest(response: { correlationId: number; payload: Buffer; size: number }): void
    rejectAll(error: Error): void
    destroy(): void
    scheduleCheckPendingRequests(): void
  }
}
