import { javaRegex } from '../../../lib/java/pattern.ts'
import { type Context, defineOptions, optionGroup, type Values } from '../../../lib/command/define.ts'
import { connectionOptions } from '../../../lib/config/connection.ts'
import { parseKeyValues } from '../../../lib/config/key-values.ts'
import type { Order } from '../../../lib/work/command.ts'
import { UserError } from '../../../lib/errors.ts'
import { simpleDateFormat } from '../../../lib/java/simple-date-format.ts'

export const options = defineOptions([
  ...connectionOptions,
  ...optionGroup({ section: 'What to read' }, [
    { name: 'topic', short: 't', value: 'TOPIC', completes: 'topics', about: 'The topic to read.' },
    {
      name: 'include',
      value: 'REGEX',
      completes: 'topics',
      about: 'Read every topic whose whole name fits this regular expression.',
    },
    {
      name: 'num-records',
      short: 'n',
      type: 'integer',
      value: 'COUNT',
      about: 'End after so many records.',
      ktsAbout: 'End after so many records. Without it all that is there is read.',
    },
    {
      name: 'timeout',
      argument: 'optional',
      type: 'integer',
      unit: 'ms',
      value: 'MS',
      about: 'End when no record has come for so long. Default 10000.',
    },
    {
      name: 'from-latest',
      about: 'Begin with what is new, not with the oldest record, unless the group has a position of its own.',
    },
    {
      name: 'group',
      short: 'g',
      value: 'GROUP',
      completes: 'groups',
      about: 'Read as a member of this consumer group. Under kts no group is joined without it.',
      ktsAbout: 'Read as a member of this consumer group.',
    },
  ]),
  ...optionGroup({ section: 'Settings' }, [
    {
      name: 'fetch-size',
      type: 'integer',
      value: 'BYTES',
      about: 'The most to fetch of a partition at a time (max.partition.fetch.bytes).',
    },
    {
      name: 'socket-buffer-size',
      type: 'integer',
      value: 'BYTES',
      about: 'receive.buffer.bytes; has no effect here, and says so.',
    },
    {
      name: 'command-property',
      value: 'KEY=VALUE',
      repeatable: true,
      about: "A setting of Java's consumer; goes before --command-config.",
    },
  ]),
  ...optionGroup({ section: 'What to report' }, [
    {
      name: 'reporting-interval',
      type: 'integer',
      unit: 'ms',
      value: 'MS',
      about: 'How long an interval of --show-detailed-stats is. Default 5000.',
    },
    { name: 'show-detailed-stats', about: 'Report on each interval.' },
    { name: 'hide-header', about: 'Leave out the line that names the columns.' },
    {
      name: 'date-format',
      value: 'PATTERN',
      about: 'How to write times, as java.text.SimpleDateFormat says. Default yyyy-MM-dd HH:mm:ss:SSS.',
    },
    { name: 'print-metrics', about: 'Show at the end what the consumer has counted.' },
  ]),
  {
    name: 'consumer.config',
    value: 'FILE',
    deprecatedFor: 'command-config',
    about: 'The old name of --command-config.',
  },
  {
    name: 'messages',
    type: 'integer',
    value: 'COUNT',
    deprecatedFor: 'num-records',
    about: 'The old name of --num-records.',
  },
])

export type PerfConsumeValues = Values<typeof options>

/** Rules between the options, and the form of those that are more than text (ConsumerPerfOptions). Throws UserError. */
export function check({ values, context: { style } }: Order<PerfConsumeValues>): void {
  const { topic, include, numRecords, messages, reportingInterval, dateFormat } = values
  if ((topic === undefined) === (include === undefined)) throw new UserError('Give either --topic or --include')
  if (include !== undefined) javaRegex(include)
  if ((numRecords ?? messages) === undefined && (style === 'drop-in' || values.fromLatest))
    throw new UserError('--num-records is missing: it says how many records to read')
  if (reportingInterval !== undefined && reportingInterval <= 0)
    throw new UserError(`--reporting-interval must be above 0, not ${reportingInterval}`)
  if (dateFormat !== undefined) simpleDateFormat(dateFormat)
}

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
