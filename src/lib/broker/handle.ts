import type { Api } from '../protocol/api.ts'
import type { RequestHeader } from '../protocol/frame.ts'
import type { SecurityProtocol } from '../protocol/security-protocols.ts'
import { bounds, type Fields, type Input, type Message, type Versions } from '../protocol/schema.ts'
import type { Broker } from './state/broker.ts'

/** Who has not said who it is (KafkaPrincipal.ANONYMOUS). */
export const ANONYMOUS = 'User:ANONYMOUS'

/** What is known of the client at the other end. */
export interface Connection {
  /** Name of the listener it came in by, e.g. `PLAINTEXT`. */
  readonly listener: string
  readonly securityProtocol: SecurityProtocol
  /** Who it is, e.g. `User:ANONYMOUS`. It changes with the login: to be asked anew for each request. */
  readonly principal: string
  /** IP address, as Kafka shows it: `/127.0.0.1`. */
  readonly clientHost: string
  /** Calls back once it has ended; left out for what comes from this process. */
  readonly onClose?: (action: () => void) => void
  /** Told of each request before it is answered. */
  readonly onRequest?: (header: RequestHeader, request: unknown) => void
}

export interface RequestContext {
  readonly broker: Broker
  readonly connection: Connection
  readonly header: RequestHeader
  /** Header and body, without the length in front of them. */
  readonly sizeInBytes: number
  /**
   * Answers a request, header and all, as if it had come by this connection: the chunks of a frame, null for none.
   * Throws MalformedError as for a request of its own.
   */
  answer(request: Buffer, connection: Connection): Buffer[] | null | Promise<Buffer[] | null>
  /** Takes no more requests from the client for so long; the answer to this one goes out at once (KIP-219). */
  mute(throttleTimeMs: number): void
}

export type Handler<Q extends Fields, S extends Fields> = (
  request: Message<Q>,
  context: RequestContext,
) => Answer<S> | Promise<Answer<S>>

/** Null where Kafka sends no answer: Produce with acks=0. */
export type Answer<S extends Fields> = Input<Message<S>> | null

export interface ApiHandler {
  readonly api: Api
  readonly minVersion: number
  readonly maxVersion: number
  readonly run: (request: never, context: RequestContext) => Answer<Fields> | Promise<Answer<Fields>>
}

/**
 * Declares how an API is answered. A handler is synchronous unless it must wait (Fetch, JoinGroup). The list of
 * handlers is what ApiVersions advertises. A thrown KafkaError is a bug of the handler: errors belong in the response.
 */
export function handle<Q extends Fields, S extends Fields>(
  api: Api<Q, S>,
  run: Handler<Q, S>,
  versions?: Versions,
): ApiHandler {
  const [minVersion, maxVersion] = versions ? bounds(versions) : [api.minVersion, api.maxVersion]
  return { api: api as unknown as Api, minVersion, maxVersion, run: run as unknown as ApiHandler['run'] }
}
