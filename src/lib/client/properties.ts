import { SECURITY_PROTOCOLS, type SecurityProtocol } from '../protocol/security-protocols.ts'
import type { ClusterConfig } from './cluster-client.ts'
import type { ConnectionConfig } from './connections.ts'
import { UserError } from '../errors.ts'
import { checkPropertyValue, isKnownProperty } from './known-properties.ts'
import { nearProperty, rejectNearNames } from './near-properties.ts'
import type { ClientProperties, ClientSettings } from './types.ts'

export interface ReadProperties {
  readonly connection: Omit<ConnectionConfig, 'bootstrap' | 'origin' | 'clock' | 'softwareVersion'>
  readonly requests: Omit<ClusterConfig, 'clock' | 'areControllers'>
  /** A sentence for each property that no Kafka client has. */
  readonly warnings: readonly string[]
}

/** Java gives each server 10 seconds; a person at a terminal has left by then. */
const CONNECT_TIMEOUT_MS = 3000

/**
 * What a connection and its requests need of the Java client's properties. Key stores are opened, as of `nowMs`, and a
 * first token is fetched. Throws UserError for a bad value, for a store that cannot be used, and for a name that is
 * nearly one that matters; EnvironmentError where no token can be had.
 */
export async function readProperties({ clientId, properties }: ClientSettings, nowMs: number): Promise<ReadProperties> {
  // Which servers are meant has been settled before.
  rejectNearNames(new Map([...properties].filter(([name]) => nearProperty(name) !== 'bootstrap.servers')))
  for (const [name, value] of properties) checkPropertyValue(name, value)
  const protocol = readSecurityProtocol(properties)
  const timeoutMs = (name: string, otherwise: number) => readTimeout(properties, name, otherwise)
  return {
    connection: {
      clientId: properties.get('client.id') || clientId,
      // Loaded when they are needed: most clusters of developers have neither.
      ssl: protocol.endsWith('SSL') ? (await import('../security/tls.ts')).readTls(properties, nowMs) : null,
      sasl: protocol.startsWith('SASL') ? await (await import('./sasl.ts')).readSasl(properties) : null,
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
    warnings: [...warningsOf(properties, protocol)],
  }
}

/** What Java would load a class for. */
const CLASSES = {
  SSL: [
    'ssl.engine.factory.class',
    'ssl.provider',
    'security.providers',
    'ssl.trustmanager.algorithm',
    'ssl.keymanager.algorithm',
  ],
  SASL: [
    'sasl.client.callback.handler.class',
    'sasl.login.callback.handler.class',
    'sasl.login.class',
    'sasl.oauthbearer.jwt.retriever.class',
    'sasl.oauthbearer.jwt.validator.class',
  ],
} as const
/** Java's and Kafka's own, which do what is done here; of classes the last part of their names. */
const STANDARD = new Set([
  'PKIX',
  'SUNX509',
  'NEWSUNX509',
  'SUNJSSE',
  'OAUTHBEARERLOGINCALLBACKHANDLER',
  'OAUTHBEARERUNSECUREDLOGINCALLBACKHANDLER',
  'CLIENTCREDENTIALSJWTRETRIEVER',
  'DEFAULTJWTRETRIEVER',
  'FILEJWTRETRIEVER',
  'CLIENTJWTVALIDATOR',
  'DEFAULTJWTVALIDATOR',
])

/** What nobody sets without a wish to be safe. */
const OF_LOGINS = /^(sasl\.(mechanism|jaas\.config|username|password)|ssl\.(trust|key)store\..*)$/

function* warningsOf(properties: ClientProperties, protocol: string): Generator<string> {
  for (const name of properties.keys()) {
    if (!isKnownProperty(name)) yield `The property ${name} is not one of a Kafka client and has no effect`
  }
  const classes = [
    ...(protocol.endsWith('SSL') ? CLASSES.SSL : []),
    ...(protocol.startsWith('SASL') ? CLASSES.SASL : []),
  ]
  for (const name of classes) {
    const value = properties.get(name)?.trim() ?? ''
    if (value !== '' && !STANDARD.has(value.slice(value.lastIndexOf('.') + 1).toUpperCase()))
      yield `${name}=${value} has no effect: kts loads no Java classes`
  }
  // PLAINTEXT is what holds where security.protocol is not set, and then nobody looks at a login.
  const ignored = properties.has('security.protocol')
    ? undefined
    : [...properties.keys()].find((name) => OF_LOGINS.test(name))
  if (ignored !== undefined) yield `${ignored} has no effect, as security.protocol is not set and means PLAINTEXT`
}

function readSecurityProtocol(properties: ClientProperties): SecurityProtocol {
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
