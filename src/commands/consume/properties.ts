import { parseKeyValues } from '../../lib/config/key-values.ts'
import { readPropertiesFile } from '../../lib/config/properties-file.ts'
import { UserError } from '../../lib/errors.ts'
import type { ConsumeValues } from './options.ts'

/**
 * Settings of the consumer: the file, then the command line over it, then the options that mean a setting
 * (ConsoleConsumerOptions).
 */
export function consumerProperties(values: ConsumeValues, file: ReadonlyMap<string, string>): Map<string, string> {
  const given = parseKeyValues([...values.commandProperty, ...values.consumerProperty], 'empty', 'command-property')
  const properties = new Map([...file, ...given])
  setGroup(properties, values, [file.get('group.id'), given.get('group.id')])
  setOffsetReset(properties, values)
  if (values.isolationLevel !== undefined) properties.set('isolation.level', values.isolationLevel)
  return properties
}

/** A group may be named in several places, but only one group. */
function setGroup(
  properties: Map<string, string>,
  { group, partition, offset, since, until, toEnd, last }: ConsumeValues,
  named: readonly (string | undefined)[],
): void {
  const groups = new Set([group, ...named].filter((name) => name !== undefined))
  if (groups.size > 1)
    throw new UserError(`Different groups are named: ${[...groups].map((name) => `"${name}"`).join(', ')}`)
  const [name] = groups
  if (name === undefined) return
  if (name === '') throw new UserError('A group needs a name')
  if (partition !== undefined)
    throw new UserError('--partition and a group cannot go together: a group deals out the partitions itself')
  if (offset !== undefined || since !== undefined)
    throw new UserError(
      `--${offset === undefined ? 'since' : 'offset'} and a group cannot go together: a group goes on where it stopped`,
    )
  if (last !== undefined) throw new UserError('--last and a group cannot go together: a group goes on where it stopped')
  if (until !== undefined || toEnd)
    throw new UserError(
      `--${toEnd ? 'to-end' : 'until'} and a group cannot go together: a group deals out partitions for as long as it likes`,
    )
  properties.set('group.id', name)
}

function setOffsetReset(properties: Map<string, string>, values: ConsumeValues): void {
  const { fromBeginning } = values
  const given = properties.get('auto.offset.reset')
  if (fromBeginning && given !== undefined && given !== 'earliest') {
    throw new UserError(`--from-beginning and auto.offset.reset=${given} contradict each other`)
  }
  if (given === undefined) properties.set('auto.offset.reset', fromBeginning || hasEnd(values) ? 'earliest' : 'latest')
}

/**
 * Whether reading ends where the topic does, or before: then it is what is there that is wanted, and not what comes.
 */
export const hasEnd = ({ until, toEnd, last }: ConsumeValues): boolean =>
  toEnd || until !== undefined || last !== undefined

/** Properties of the formatter: the file, then the deserializer options, then the command line. */
export function formatterProperties(values: ConsumeValues, cwd: string): Map<string, string> {
  const properties =
    values.formatterConfig === undefined ? new Map<string, string>() : readPropertiesFile(values.formatterConfig, cwd)
  if (values.keyDeserializer) properties.set('key.deserializer', values.keyDeserializer)
  if (values.valueDeserializer) properties.set('value.deserializer', values.valueDeserializer)
  for (const [key, value] of parseKeyValues(
    [...values.formatterProperty, ...values.property],
    'empty',
    'formatter-property',
  ))
    properties.set(key, value)
  return properties
}
