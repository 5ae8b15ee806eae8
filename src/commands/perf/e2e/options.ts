import { defineOptions, type Dialect, optionGroup, type Values } from '../../../lib/command/define.ts'
import { jopt } from '../../../lib/command/jopt.ts'
import { connectionOptions } from '../../../lib/config/connection.ts'
import type { Order } from '../../../lib/work/command.ts'
import { UserError } from '../../../lib/errors.ts'

export const options = defineOptions([
  ...connectionOptions,
  ...optionGroup({ section: 'What to send' }, [
    {
      name: 'topic',
      short: 't',
      value: 'TOPIC',
      completes: 'topics',
      about: 'The topic to send through; it is created when it is not there.',
    },
    {
      name: 'num-records',
      short: 'n',
      type: 'integer',
      value: 'COUNT',
      about: 'How many records to send, one after the other. Under kts 1000 by default.',
      ktsAbout: 'How many records to send, one after the other. Default 1000.',
    },
    {
      name: 'producer-acks',
      value: 'ACKS',
      values: ['1', 'all'],
      about:
        'Who has to have a record before it counts as sent: 1 the leader, all every replica in sync. Under kts all by default.',
      ktsAbout:
        'Who has to have a record before it counts as sent: 1 the leader, all every replica in sync, which is the default.',
    },
    {
      name: 'record-size',
      type: 'integer',
      value: 'BYTES',
      about: 'The size of each value. Under kts 100 by default.',
      ktsAbout: 'The size of each value. Default 100.',
    },
    {
      name: 'record-key-size',
      argument: 'optional',
      type: 'integer',
      value: 'BYTES',
      about: 'The size of each key. Default 0.',
    },
    {
      name: 'num-headers',
      argument: 'optional',
      type: 'integer',
      value: 'COUNT',
      about: 'How many headers each record has. Default 0.',
    },
    {
      name: 'record-header-key-size',
      argument: 'optional',
      type: 'integer',
      value: 'BYTES',
      about: "The size of each header's name. Default 0.",
    },
    {
      name: 'record-header-size',
      argument: 'optional',
      type: 'integer',
      value: 'BYTES',
      about: "The size of each header's value; -1 for null. Default 0.",
    },
  ]),
])

export type PerfE2eValues = Values<typeof options>

/** What is sent where kts is not told; to Apache's tool it has to be said. */
export const withDefaults = (
  { numRecords, recordSize }: PerfE2eValues,
  style: 'kts' | 'drop-in',
): Pick<PerfE2eValues, 'numRecords' | 'recordSize'> =>
  style === 'drop-in' ? { numRecords, recordSize } : { numRecords: numRecords ?? 1000, recordSize: recordSize ?? 100 }

/** Rules between the options (EndToEndLatencyCommandOptions.checkArgs). Throws UserError. */
export function check({ values, context: { style } }: Order<PerfE2eValues>): void {
  const { topic, producerAcks } = values
  const { numRecords, recordSize } = withDefaults(values, style)
  if (!topic) throw new UserError('--topic is missing: it names the topic to send through')
  if (numRecords === undefined) throw new UserError('--num-records is missing: it says how many records to send')
  if (recordSize === undefined) throw new UserError('--record-size is missing: it says how large each value is')
  if (producerAcks === undefined && style === 'drop-in') throw new UserError('--producer-acks is missing: 1 or all')
  if (numRecords <= 0) throw new UserError(`--num-records must be above 0, not ${numRecords}`)
  const sizes = {
    'record-size': recordSize,
    'record-key-size': values.recordKeySize,
    'num-headers': values.numHeaders,
    'record-header-key-size': values.recordHeaderKeySize,
  }
  for (const [name, size] of Object.entries(sizes)) {
    if (typeof size === 'number' && size < 0) throw new UserError(`--${name} must be 0 or more, not ${size}`)
  }
  if (Number(values.recordHeaderSize) < -1)
    throw new UserError(
      `--record-header-size must be 0 or more, or -1 for null, not ${String(values.recordHeaderSize)}`,
    )
}

/** The options that older versions of Apache's tool took by their place. */
const PLACES = ['bootstrap-server', 'topic', 'num-records', 'producer-acks', 'record-size', 'command-config']

/** What Apache's tool says to whoever still does so. */
export const POSITIONAL_NOTICE =
  'WARNING: Positional argument usage is deprecated and will be removed in Apache Kafka 5.0. ' +
  `Please use named arguments instead: ${PLACES.map((name) => `--${name}`).join(', ')}`

export const isPositional = (args: readonly string[]): boolean =>
  args.length > 0 && !args.some((arg) => arg.startsWith('-'))

/**
 * JOpt Simple's dialect, and before it the old one: five or six values without names
 * (EndToEndLatency.convertLegacyArgsIfNeeded).
 */
export const positionalOrJopt: Dialect = {
  ...jopt,
  rewrite(args, options) {
    if (!isPositional(args)) return jopt.rewrite(args, options)
    if (args.length < PLACES.length - 1 || args.length > PLACES.length) {
      throw new UserError(
        `without names 5 or 6 values are expected, not ${args.length}: ${PLACES.slice(0, -1).join(' ')} [command-config]`,
      )
    }
    return args.map((value, place) => `--${PLACES[place]}=${value}`)
  },
}
