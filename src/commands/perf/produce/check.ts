import type { Context } from '../../../lib/command/define.ts'
import { UserError } from '../../../lib/errors.ts'
import type { PerfProduceValues } from './options.ts'
import { MAX_LENGTH } from './stamp.ts'

/** Rules between the options (ProducerPerformance.ConfigPostProcessor). Throws UserError. */
export function check(values: PerfProduceValues, { style }: Pick<Context, 'style'>): void {
  const { topic, numRecords, warmupRecords = 0, producers, throughput } = values
  if (!topic) throw new UserError('--topic is missing: it names the topic to send to')
  if (numRecords === undefined) throw new UserError('--num-records is missing: it says how many records to send')
  checkPayload(values)
  if (throughput === undefined && style === 'drop-in')
    throw new UserError('--throughput is missing: -1 stands for no limit')
  parseThroughput(throughput)
  const counts = {
    'num-records': numRecords,
    'record-size': values.recordSize,
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

function checkPayload({ recordSize, payloadFile, payloadMonotonic }: PerfProduceValues): void {
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
