import { defineOptions, type Values } from '../../../lib/command/define.ts'
import { connectionOptions } from '../../../lib/config/connection.ts'

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
