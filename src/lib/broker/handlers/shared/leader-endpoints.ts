import type { RequestContext } from '../../handle.ts'

/** A broker as clients reach it: by the address that belongs to the listener they came in by. */
export interface NodeEndpoint {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** Null for a broker that is not there, or not to be reached by this listener. */
export function endpointOf({ broker, connection }: RequestContext, nodeId: number): NodeEndpoint | null {
  const registration = broker.cluster.registration(nodeId)
  const endpoint = registration?.endpoints.get(connection.listener)
  if (!registration || !endpoint || registration.isFenced) return null
  return { nodeId, host: endpoint.host, port: endpoint.port, rack: registration.rack }
}

/** Where the leaders are that an answer names, so that nobody has to ask for them (KIP-951). */
export function leaderEndpoints(
  context: RequestContext,
  answers: readonly { readonly currentLeader?: { readonly leaderId?: number } }[],
): NodeEndpoint[] {
  const leaders = new Set(answers.flatMap(({ currentLeader }) => currentLeader?.leaderId ?? []))
  return [...leaders].flatMap((nodeId) => endpointOf(context, nodeId) ?? [])
}
