import type { Context } from '../../../lib/command/define.ts'
import { parseKeyValues } from '../../../lib/config/key-values.ts'
import type { PerfConsumeValues } from './options.ts'

/** What Apache's tool fetches of a partition at a time. */
const FETCH_BYTES = 1024 * 1024

/**
 * Settings of the consumer: the file, the command line over it, then the options that mean a setting
 * (ConsumerPerfOptions.props). Apache's tool always reads in a group, from the beginning, and leaves checksums alone;
 * under kts that is for the user to say.
 */
export function consumerProperties(
  values: PerfConsumeValues,
  file: ReadonlyMap<string, string>,
  style: Context['style'],
): Map<string, string> {
  const properties = new Map([...file, ...parseKeyValues(values.commandProperty, 'empty', 'command-property')])
  const set = (name: string, value: string | number | undefined): void =>
    void (value !== undefined && properties.set(name, String(value)))
  const isDropIn = style === 'drop-in'
  set('group.id', values.group ?? (isDropIn ? `perf-consumer-${Math.floor(Math.random() * 100_000)}` : undefined))
  set('receive.buffer.bytes', values.socketBufferSize)
  set('max.partition.fetch.bytes', values.fetchSize ?? (isDropIn ? FETCH_BYTES : undefined))
  if (values.fromLatest) set('auto.offset.reset', 'latest')
  else if (isDropIn || !properties.has('auto.offset.reset')) set('auto.offset.reset', 'earliest')
  if (isDropIn) set('check.crcs', 'false')
  return properties
}
