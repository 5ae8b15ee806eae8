import type { Context } from '../../../lib/command/define.ts'
import { UserError } from '../../../lib/errors.ts'
import type { PerfE2eValues } from './options.ts'

/** Rules between the options (EndToEndLatencyCommandOptions.checkArgs). Throws UserError. */
export function check(values: PerfE2eValues, { style }: Pick<Context, 'style'>): void {
  const { topic, numRecords, producerAcks, recordSize } = values
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
