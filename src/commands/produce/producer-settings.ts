import type { Context } from '../../lib/command/define.ts'
import { parseKeyValues } from '../../lib/config/key-values.ts'
import { UserError } from '../../lib/errors.ts'
import type { ProduceValues } from './options.ts'

/**
 * Settings of the producer: the file, then the command line over it, then the options that mean a setting
 * (ConsoleProducerOptions).
 */
export function producerProperties(
  values: ProduceValues,
  file: ReadonlyMap<string, string>,
  context: Context,
): Map<string, string> {
  const given = keyValues([...values.commandProperty, ...values.producerProperty], 'command-property', context)
  return new Map([...file, ...given, ...optionProperties(values)])
}

function optionProperties(values: ProduceValues): [string, string][] {
  const named = {
    acks: values.requestRequiredAcks,
    'compression.type': values.compressionCodec === true ? 'gzip' : values.compressionCodec,
    'linger.ms': values.timeout,
    'request.timeout.ms': values.requestTimeoutMs,
    retries: values.messageSendMaxRetries,
    'retry.backoff.ms': values.retryBackoffMs,
    'send.buffer.bytes': values.socketBufferSize,
    'buffer.memory': values.maxMemoryBytes,
    'batch.size': values.maxPartitionMemoryBytes ?? values.batchSize,
    'metadata.max.age.ms': values.metadataExpiryMs,
    'max.block.ms': values.maxBlockMs,
    'transactional.id': values.transactionalId,
  }
  return Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
}

/** Apache takes `key` for `key=`; under kts that is a slip. */
export function keyValues(pairs: readonly string[], option: string, { style }: Context): Map<string, string> {
  const slip = style === 'kts' ? pairs.find((pair) => !pair.includes('=')) : undefined
  if (slip !== undefined) throw new UserError(`--${option} takes KEY=VALUE, and "${slip}" has no =`)
  return parseKeyValues(pairs, 'empty', option)
}
