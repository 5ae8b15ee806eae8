import type { KafkaClient } from '../client/types.ts'
import { withClient } from '../client/with-client.ts'
import type { Context } from '../command/define.ts'
import { clientId } from '../command/package.ts'
import { write } from '../output/write.ts'
import { resolveConnection, type ConnectionValues } from './connection.ts'

/**
 * Finds the cluster that the options mean, connects, lets `action` work, and closes the connection. Throws what
 * resolveConnection and connectClient throw; properties that no Kafka client knows are named on stderr, unless the file is that of a server.
 */
export async function withCluster<T>(
  values: ConnectionValues, context: Context, action: (client: KafkaClient) => Promise<T>, { isServersFile = false } = {},
): Promise<T> {
  const settings = { ...(await resolveConnection(values, context)), clientId: clientId() }
  const warn = (sentence: string): void => {
    if (!isServersFile) void write(context.stderr, `${context.program}: ${sentence}\n`)
  }
  return withClient(settings, { clock: context.clock, warn }, action)
}
