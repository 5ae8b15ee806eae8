import { defineOptions, optionGroup, type Values } from '../../../lib/command/define.ts'
import type { Order } from '../../../lib/work/command.ts'
import { connectionOptions } from '../../../lib/config/connection.ts'
import { UserError } from '../../../lib/errors.ts'
import { MAX_LENGTH } from './latencies.ts'

const what = 'What to send'

export const options = defineOptions([
  ...connectionOptions,
  ...optionGroup({ section: what }, [
    { name: 'topic', short: 't', value: 'TOPIC', completes: 'topics', about: 'The topic to send to.' },
    {
      name: 'num-records',
      short: 'n',
      type: 'integer',
      value: 'COUNT',
      about: 'How many records to send, all producers together. Under kts 100000 by default.',
      ktsAbout: 'How many records to send, all producers together. Default 100000.',
    },
    {
      name: 'record-size',
      type: 'integer',
      value: 'BYTES',
      about: 'Send random capital letters, so many to a record. Under kts 100 by default.',
      ktsAbout: 'Send random capital letters, so many to a record. Default 100.',
    },
    { name: 'payload-file', value: 'PATH', about: 'Send texts out of this file, picked at random.' },
    {
      name: 'payload-delimiter',
      value: 'REGEX',
      about: 'What stands between the texts in --payload-file. Default: a line feed.',
    },
    { name: 'payload-monotonic', about: 'Send the numbers 0, 1, 2, …' },
  ]),
  ...optionGroup({ section: 'How to send it' }, [
    {
      name: 'throughput',
      value: 'RATE',
      about: 'The most records a second, all producers together; -1 for no limit, which is the default under kts.',
      ktsAbout: 'The most records a second, all producers together; -1 for no limit, which is the default.',
    },
    {
      name: 'producers',
      type: 'integer',
      value: 'COUNT',
      about: 'How many producers share the work, each with connections of its own. Default 1.',
      only: 'kts',
    },
    {
      name: 'transactional-id',
      value: 'ID',
      about: 'Send in transactions under this id; with several producers each adds its number.',
    },
    {
      name: 'transaction-duration-ms',
      type: 'integer',
      unit: 'ms',
      value: 'MS',
      about: 'Commit when a transaction is this old, 3000 by default; asks for transactions by itself.',
    },
  ]),
  ...optionGroup({ section: 'What to report' }, [
    {
      name: 'warmup-records',
      type: 'integer',
      value: 'COUNT',
      about: 'Report once more without the first so many records.',
    },
    {
      name: 'reporting-interval',
      type: 'integer',
      unit: 'ms',
      value: 'MS',
      about: 'How often to show progress. Default 5000.',
    },
    { name: 'print-metrics', about: 'Show at the end what the producers have counted.' },
  ]),
  {
    name: 'command-property',
    value: 'KEY=VALUE',
    repeatable: true,
    section: 'Settings',
    about: "A setting of Java's producer; goes before --command-config.",
  },
  {
    name: 'producer-props',
    value: 'KEY=VALUE',
    repeatable: true,
    deprecatedFor: 'command-property',
    about: 'The old name of --command-property.',
  },
  {
    name: 'producer.config',
    value: 'FILE',
    deprecatedFor: 'command-config',
    about: 'The old name of --command-config.',
  },
])

export type PerfProduceValues = Values<typeof options>

const NUM_RECORDS = 100_000
const RECORD_SIZE = 100

/** What is sent where kts is not told; to Apache's tool it has to be said. */
export function withDefaults(
  { numRecords, recordSize, payloadFile, payloadMonotonic }: PerfProduceValues,
  style: 'kts' | 'drop-in',
): Pick<PerfProduceValues, 'numRecords' | 'recordSize'> {
  if (style === 'drop-in') return { numRecords, recordSize }
  const hasPayload = payloadFile !== undefined || payloadMonotonic
  return { numRecords: numRecords ?? NUM_RECORDS, recordSize: recordSize ?? (hasPayload ? undefined : RECORD_SIZE) }
}

/** Rules between the options (ProducerPerformance.ConfigPostProcessor). Throws UserError. */
export function check({ values, context: { style } }: Order<PerfProduceValues>): void {
  const { topic, warmupRecords = 0, producers, throughput } = values
  const { numRecords, recordSize } = withDefaults(values, style)
  if (!topic) throw new UserError('--topic is missing: it names the topic to send to')
  if (numRecords === undefined) throw new UserError('--num-records is missing: it says how many records to send')
  checkPayload({ ...values, recordSize })
  if (throughput === undefined && style === 'drop-in')
    throw new UserError('--throughput is missing: -1 stands for no limit')
  parseThroughput(throughput)
  const counts = {
    'num-records': numRecords,
    'record-size': recordSize,
    producers,
    'transaction-duration-ms': values.transactionDurationMs,
    'reporting-interval': values.reportingInterval,
  }
  for (const [name, value] of Object.entries(counts)) {
    if (value !== undefined && value <= 0) throw new UserError(`--${name} must be above 0, not ${value}`)
  }
  if (warmupRecords >= numRecords)
    throw new UserError('--warmup-records must be below --num-records: something has to be left for the steady state')
  if (producers !== undefined && producers > numRecords)
    throw new UserError(`--producers ${producers} is more than there are records to send`)
}

function checkPayload({
  recordSize,
  payloadFile,
  payloadMonotonic,
}: Pick<PerfProduceValues, 'recordSize' | 'payloadFile' | 'payloadMonotonic'>): void {
  const kinds = {
    'record-size': recordSize !== undefined,
    'payload-file': payloadFile !== undefined,
    'payload-monotonic': payloadMonotonic,
  }
  const given = Object.entries(kinds)
    .filter(([, isGiven]) => isGiven)
    .map(([name]) => `--${name}`)
  if (given.length === 0)
    throw new UserError('one of --record-size, --payload-file and --payload-monotonic is needed: it says what to send')
  if (given.length > 1) throw new UserError(`${given.join(' and ')} contradict each other: give one of them`)
  if (recordSize !== undefined && recordSize > MAX_LENGTH)
    throw new UserError(`--record-size must be at most ${MAX_LENGTH}, not ${recordSize}`)
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/**
 * Records a second; negative for no limit. Throws UserError for what is no number, and for 0, which would never end.
 */
export function parseThroughput(text = '-1'): number {
  if (!NUMBER.test(text)) throw new UserError(`--throughput takes a number of records a second, or -1, not "${text}"`)
  if (Number(text) === 0) throw new UserError('--throughput 0 would never end: -1 stands for no limit')
  return Number(text)
}
