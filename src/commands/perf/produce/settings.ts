import { randomUUID } from 'node:crypto'
import { parseProducerSettings, type ProducerSettings } from '../../../lib/client/producer/index.ts'
import type { ClientProperties } from '../../../lib/client/types.ts'
import { clientId } from '../../../lib/command/package.ts'
import { parseKeyValues } from '../../../lib/config/key-values.ts'
import type { Located } from '../../../lib/work/command.ts'
import type { PerfProduceValues } from './options.ts'

export interface Sending {
  readonly properties: ClientProperties
  readonly clientId: string
  readonly settings: ProducerSettings
}

/** How to send. Throws UserError for a property that is not allowed. */
export function sendingOf({ values, context: { style }, connection, voice }: Located<PerfProduceValues>): Sending {
  const properties = producerProperties(values, connection.properties)
  const { settings, warnings } = parseProducerSettings(properties)
  for (const sentence of warnings) voice.say(`warning: ${sentence}`)
  return { properties, settings, clientId: style === 'drop-in' ? 'perf-producer-client' : clientId() }
}

/** Brokers that are named among the properties of the command line. */
export function serversOf(values: PerfProduceValues): string | undefined {
  return givenProperties(values).get('bootstrap.servers')
}

/** The properties of the command line alone. Throws UserError for one without a value. */
export function givenProperties({ commandProperty, producerProps }: PerfProduceValues): Map<string, string> {
  return parseKeyValues([...commandProperty, ...producerProps], 'error', 'command-property')
}

/**
 * Settings of the producer: the file, the command line over it, and the name of its transactions where they are asked
 * for.
 */
export function producerProperties(values: PerfProduceValues, file: ReadonlyMap<string, string>): Map<string, string> {
  const properties = new Map([...file, ...givenProperties(values)])
  const { transactionalId, transactionDurationMs, producers = 1 } = values
  if (transactionalId !== undefined) properties.set('transactional.id', transactionalId)
  else if (transactionDurationMs !== undefined && !properties.has('transactional.id')) {
    properties.set('transactional.id', `performance-producer-${randomUUID()}`)
  }
  if (producers > 1 && !properties.has('buffer.memory'))
    properties.set('buffer.memory', String(sharedMemory(producers)))
  return properties
}

const MIB = 1024 * 1024

/** What one producer takes by default goes to all of them, but two batches each must find room. */
function sharedMemory(producers: number): number {
  return Math.max(Math.floor((32 * MIB) / producers), 2 * MIB)
}
