import type { KafkaClient } from '../client/types.ts'
import { Hindrances } from '../client/hindrances.ts'
import { withClient } from '../client/with-client.ts'
import type { Context } from '../command/define.ts'
import { clientId } from '../command/package.ts'
import { Voice } from '../output/voice.ts'
import { resolveConnection, type Connection, type ConnectionValues } from '../config/connection.ts'

/** What a command was told to do, and where. */
export interface Order<V> {
  readonly values: V
  readonly context: Context
  readonly connection: Connection
}

/**
 * Finds the cluster that the options mean, connects, lets `action` work, and closes the connection. Throws what
 * resolveConnection and connectClient throw; properties that no Kafka client knows are named on stderr, unless the file
 * is that of a server.
 */
export async function withCluster<T>(
  values: ConnectionValues,
  context: Context,
  action: (client: KafkaClient, connection: Connection) => Promise<T>,
  { isServersFile = false } = {},
): Promise<T> {
  const connection = await resolveConnection(values, context)
  const { clock } = context
  const { say } = new Voice(context)
  const warn = isServersFile ? (): void => {} : say
  const hindrances = new Hindrances({ clock, say })
  return withClient({ ...connection, clientId: clientId() }, { clock, warn, hindrances }, (client) =>
    action(client, connection),
  )
}
