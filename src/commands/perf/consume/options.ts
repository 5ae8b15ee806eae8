import { javaRegex } from '../../../lib/java/pattern.ts'
import { defineOptions, type Values, type Context } from '../../../lib/command/define.ts'
import { connectionOptions } from '../../../lib/config/connection.ts'
import { parseKeyValues } from '../../../lib/config/key-values.ts'
import type { Order } from '../../../lib/work/command.ts'
import { UserError } from '../../../lib/errors.ts'
import { simpleDateFormat } from '../../../lib/java/simple-date-format.ts'

const what = 'What to read'
const settings = 'Settings'
const report = 'What to report'

export const options = defineOptions([
  ...connectionOptions,
  {
    name: 'topic',
    short: 't',
    argument: 'required',
    value: 'TOPIC',
    completes: 'topics',
    section: what,
    about: 'The topic to read.',
  },
  {
    name: 'include',
    argument: 'required',
    value: 'REGEX',
    completes: 'topics',
    section: what,
    about: 'Read every topic whose whole name fits this regular expression.',
  },
  {
    name: 'num-records',
    short: 'n',
    argument: 'required',
    type: 'integer',
    value: 'COUNT',
    section: what,
    about: 'End after so many records.',
    ktsAbout: 'End after so many records. Without it all that is there is read.',
  },
  {
    name: 'timeout',
    argument: 'optional',
    type: 'integer',
    unit: 'ms',
    value: 'MS',
    section: what,
    about: 'End when no record has come for so long. Default 10000.',
  },
  {
    name: 'from-latest',
    argument: 'none',
    section: what,
    about: 'Begin with what is new, not with the oldest record, unless the group has a position of its own.',
  },
  {
    name: 'group',
    short: 'g',
    argument: 'required',
    value: 'GROUP',
    completes: 'groups',
    section: what,
    about: 'Read as a member of this consumer group. Under kts no group is joined without it.',
    ktsAbout: 'Read as a member of this consumer group.',
  },
  {
    name: 'fetch-size',
    argument: 'required',
    type: 'integer',
    value: 'BYTES',
    section: settings,
    about: 'The most to fetch of a partition at a time (max.partition.fetch.bytes).',
  },
  {
    name: 'socket-buffer-size',
    argument: 'required',
    type: 'integer',
    value: 'BYTES',
    section: settings,
    about: 'receive.buffer.bytes; has no effect here, and says so.',
  },
  {
    name: 'reporting-interval',
    argument: 'required',
    type: 'integer',
    unit: 'ms',
    value: 'MS',
    section: report,
    about: 'How long an interval of --show-detailed-stats is. Default 5000.',
  },
  { name: 'show-detailed-stats', argument: 'none', section: report, about: 'Report on each interval.' },
  { name: 'hide-header', argument: 'none', section: report, about: 'Leave out the line that names the columns.' },
  {
    name: 'date-format',
    argument: 'required',
    value: 'PATTERN',
    section: report,
    about: 'How to write times, as java.text.SimpleDateFormat says. Default yyyy-MM-dd HH:mm:ss:SSS.',
  },
  { name: 'print-metrics', argument: 'none', section: report, about: 'Show at the end what the consumer has counted.' },
  {
    name: 'command-property',
    argument: 'required',
    value: 'KEY=VALUE',
    repeatable: true,
    section: settings,
    about: "A setting of Java's consumer; goes before --command-config.",
  },
  {
    name: 'consumer.config',
    argument: 'required',
    value: 'FILE',
    section: settings,
    deprecatedFor: 'command-config',
    about: 'The old name of --command-config.',
  },
  {
    name: 'messages',
    argument: 'required',
    type: 'integer',
    value: 'COUNT',
    section: what,
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
