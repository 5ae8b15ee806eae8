import type { Api } from '../protocol/api.ts'
import { CLUSTER_NAME, type AclOperationName, type ResourceTypeName } from '../protocol/acl-types.ts'
import { ERRORS } from '../protocol/errors.ts'
import type { RequestHeader } from '../protocol/frame.ts'
import type { SecurityProtocol } from '../protocol/security-protocols.ts'
import type { Fields, Input, Message } from '../protocol/schema.ts'
import { refuseAll, type Refused } from './refuse-all.ts'
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
  /** Whether this node asks itself: it may do everything. */
  readonly isOwn?: boolean
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
  /** Whether who asks may do so, having to; everybody may everything where there is no authorizer. */
  isAllowed(operation: AclOperationName, resourceType: ResourceTypeName, resourceName: string): boolean
  /** The same as a question only: nobody is told of a denial. */
  wouldBeAllowed(operation: AclOperationName, resourceType: ResourceTypeName, resourceName: string): boolean
  /** Whether there is any resource of a kind on which who asks may do so. */
  isAllowedByAnyResource(operation: AclOperationName, resourceType: ResourceTypeName): boolean
  /**
   * Answers a request, header and all, as if it had come by this connection: the chunks of a frame, null for none.
   * Throws MalformedError as for a request of its own.
   */
  answer(request: Buffer, connection: Connection): Buffer[] | null | Promise<Buffer[] | null>
  /** Takes no more requests from the client for so long; the answer to this one goes out at once (KIP-219). */
  mute(throttleTimeMs: number): void
}

/** What who asks must be allowed to do. */
export type Rights =
  /** One of these operations on the cluster: who may do none of them is refused before the request is looked at. */
  | { readonly clusterOperations: readonly AclOperationName[] }
  /** The handler asks about each thing that the request is about. */
  | 'each'
  /** Nothing: anybody may ask. */
  | 'none'

export const onCluster = (...clusterOperations: AclOperationName[]): Rights => ({ clusterOperations })

export type Handler<Q extends Fields, S extends Fields> = (
  request: Message<Q>,
  context: RequestContext,
) => Answer<S> | Promise<Answer<S>>

/** Null where Kafka sends no answer: Produce with acks=0. */
export type Answer<S extends Fields> = Input<Message<S>> | null

/** The answer that none of what was asked for is done. */
type Refuse<Q extends Fields, S extends Fields> = (request: Message<Q>, refused: Refused) => Input<Message<S>>

export interface ApiHandler {
  readonly api: Api
  readonly minVersion: number
  readonly maxVersion: number
  readonly rights: Rights
  readonly run: (request: never, context: RequestContext) => Answer<Fields> | Promise<Answer<Fields>>
  readonly refuse: (request: never, refused: Refused) => Input<Message<Fields>>
}

const NOT_ON_CLUSTER: Refused = {
  errorCode: ERRORS.CLUSTER_AUTHORIZATION_FAILED,
  errorMessage: 'Cluster authorization failed.',
}

/**
 * Declares how an API is answered, and what it takes to be answered. A handler is synchronous unless it must wait
 * (Fetch, JoinGroup). The list of handlers is what ApiVersions advertises. A thrown KafkaError is a bug of the handler:
 * errors belong in the response. `refuse` is for an API whose answer says of parts of parts that they are refused.
 */
export function handle<Q extends Fields, S extends Fields>(
  api: Api<Q, S>,
  rights: Rights,
  run: Handler<Q, S>,
  refuse: Refuse<Q, S> = (request, refused) => refuseAll(api, request, refused),
): ApiHandler {
  const guarded: Handler<Q, S> =
    typeof rights === 'string'
      ? run
      : (request, context) =>
          rights.clusterOperations.some((operation) => context.isAllowed(operation, 'CLUSTER', CLUSTER_NAME))
            ? run(request, context)
            : refuse(request, NOT_ON_CLUSTER)
  const { minVersion, maxVersion } = api
  return { api, minVersion, maxVersion, rights, run: guarded, refuse } as unknown as ApiHandler
}
