import type { ClusterConfig } from './cluster-client.ts'
import type { ConnectionConfig } from './connections.ts'
import { UserError } from '../errors.ts'
import { checkPropertyValue, isKnownProperty } from './known-properties.ts'
import { readSasl } from './sasl.ts'
import { readTls } from './tls.ts'
import type { ClientProperties, ClientSettings } from './types.ts'

export interface ReadProperties {
  readonly connection: Omit<ConnectionConfig, 'bootstrap' | 'origin' | 'clock' | 'softwareVersion'>
  readonly requests: Omit<ClusterConfig, 'clock' | 'areControllers'>
  /** A sentence for each property that no Kafka client has. */
  readonly warnings: readonly string[]
}

const SECURITY_PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const

/** Java gives each server 10 seconds; a person at a terminal has left by then. */
const CONNECT_TIMEOUT_MS = 3000

/** What a connection and its requests need of the Java client's properties. Throws UserError for a bad value. */
export function readProperties({ clientId, properties }: ClientSettings): ReadProperties {
  for (const [name, value] of properties) checkPropertyValue(name, value)
  const protocol = readSecurityProtocol(properties)
  const timeoutMs = (name: string, otherwise: number) => readTimeout(properties, name, otherwise)
  return {
    connection: {
      clientId: properties.get('client.id') || clientId,
      ssl: protocol.endsWith('SSL') ? readTls(properties) : null,
      sasl: protocol.startsWith('SASL') ? readSasl(properties) : null,
      connectTimeoutMs: timeoutMs('socket.connection.setup.timeout.ms', CONNECT_TIMEOUT_MS),
      reconnectBackoffMs: timeoutMs('reconnect.backoff.ms', 50),
      reconnectBackoffMaxMs: timeoutMs('reconnect.backoff.max.ms', 1000),
    },
    requests: {
      requestTimeoutMs: timeoutMs('request.timeout.ms', 30_000),
      apiTimeoutMs: timeoutMs('default.api.timeout.ms', 60_000),
      retryBackoffMs: timeoutMs('retry.backoff.ms', 100),
      retryBackoffMaxMs: timeoutMs('retry.backoff.max.ms', 1000),
    },
    warnings: [...properties.keys()].filter((name) => !isKnownProperty(name))
      .map((name) => `The property ${name} is not one of a Kafka client and has no effect`),
  }
}

function readSecurityProtocol(properties: ClientProperties): (typeof SECURITY_PROTOCOLS)[number] {
  const name = properties.get('security.protocol') ?? 'PLAINTEXT'
  const protocol = SECURITY_PROTOCOLS.find((known) => known === name.trim().toUpperCase())
  if (!protocol) throw new UserError(`security.protocol=${name} is not valid: ${SECURITY_PROTOCOLS.join(', ')}`)
  return protocol
}

function readTimeout(properties: ClientProperties, name: string, otherwise: number): number {
  const value = Number(properties.get(name) ?? otherwise)
  if (value < 0) throw new UserError(`${name}=${value} is not valid: it cannot be below zero`)
  return value
}
