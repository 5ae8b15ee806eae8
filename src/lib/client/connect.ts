import { systemClock, type Clock } from '../clock.ts'
import { Metadata } from '../protocol/apis/metadata.ts'
import { parseAddress } from '../address.ts'
import { ClusterClient } from './cluster-client.ts'
import { Connections } from './connections.ts'
import type { Hindrances } from './hindrances.ts'
import { readProperties } from './properties.ts'
import { ReadOnlyClient } from './read-only-client.ts'
import type { ClientSettings, KafkaClient } from './types.ts'

export interface ConnectOptions {
  readonly connectTimeoutMs?: number
  readonly clock?: Clock
  /** Is told of property names that no Kafka client knows. */
  readonly warn?: (sentence: string) => void
  /** Is told what the client waits for, when that takes long. */
  readonly hindrances?: Hindrances | undefined
}

/**
 * Connects to a cluster. `connectTimeoutMs` bounds the whole attempt over all bootstrap servers; 3 seconds by default,
 * or socket.connection.setup.timeout.ms where the user has set it. Under a profile that is read-only the client refuses
 * to change anything. Throws UserError for a bad address or property, EnvironmentError when no server answers in
 * Kafka's protocol, KafkaError when the credentials are refused.
 */
export async function connectClient(settings: ClientSettings, options: ConnectOptions = {}): Promise<KafkaClient> {
  const clock = options.clock ?? systemClock
  const read = await readProperties(settings, clock.now())
  for (const sentence of read.warnings) options.warn?.(sentence)
  const connections = new Connections({
    ...read.connection,
    bootstrap: settings.bootstrapServers.map((server) => parseAddress(server)),
    origin: settings.origin,
    connectTimeoutMs: options.connectTimeoutMs ?? read.connection.connectTimeoutMs,
    softwareVersion: /^kts\/([A-Za-z0-9][A-Za-z0-9.-]*)/.exec(settings.clientId)?.[1] ?? 'unknown',
    clock,
    hindrances: options.hindrances,
  })
  const client = new ClusterClient(connections, {
    ...read.requests,
    clock,
    hindrances: options.hindrances,
    areControllers: settings.areControllers ?? false,
  })
  try {
    // Controllers are asked at once what they are; brokers when it matters.
    await (settings.areControllers ? client.metadata([]) : client.version(Metadata))
    return settings.profile?.readOnly ? new ReadOnlyClient(client, settings.profile.name) : client
  } catch (error) {
    await client.close()
    throw error
  }
}
