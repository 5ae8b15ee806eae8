import { parseProducerSettings, type ProducerSettings } from '../../../lib/client/producer/index.ts'
import type { ClientSettings } from '../../../lib/client/types.ts'
import type { Context } from '../../../lib/command/define.ts'
import { clientId } from '../../../lib/command/package.ts'
import { resolveConnection } from '../../../lib/config/connection.ts'
import type { PerfProduceValues } from './options.ts'
import { givenProperties, producerProperties } from './properties.ts'
import { say } from '../../../lib/output/say.ts'

export interface ProducerClient {
  readonly client: ClientSettings
  readonly settings: ProducerSettings
}

/** Where to send, and how. Throws UserError for a property that is not allowed. */
export async function clientOf(values: PerfProduceValues, context: Context): Promise<ProducerClient> {
  const { style, stderr, program } = context
  const connection = await resolveConnection(
    { ...values, commandConfig: values.commandConfig ?? values.producerConfig, servers: serversOf(values) },
    context,
  )
  const properties = producerProperties(values, connection.properties)
  const { settings, warnings } = parseProducerSettings(properties)
  for (const sentence of warnings) void say({ stderr, program }, `warning: ${sentence}`)
  return {
    client: { ...connection, properties, clientId: style === 'drop-in' ? 'perf-producer-client' : clientId() },
    settings,
  }
}

/** Brokers that are named among the properties of the command line. */
export function serversOf(values: PerfProduceValues): string | undefined {
  return givenProperties(values).get('bootstrap.servers')
}
