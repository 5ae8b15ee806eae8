import { javaRegex } from '../../../lib/java/pattern.ts'
import { UserError } from '../../../lib/errors.ts'
import { simpleDateFormat } from '../../../lib/java/simple-date-format.ts'
import type { PerfConsumeValues } from './options.ts'

/** Rules between the options, and the form of those that are more than text (ConsumerPerfOptions). Throws UserError. */
export function check({
  topic,
  include,
  numRecords,
  messages,
  reportingInterval,
  dateFormat,
}: PerfConsumeValues): void {
  if ((topic === undefined) === (include === undefined)) throw new UserError('Give either --topic or --include')
  if (include !== undefined) javaRegex(include)
  if ((numRecords ?? messages) === undefined)
    throw new UserError('--num-records is missing: it says how many records to read')
  if (reportingInterval !== undefined && reportingInterval <= 0)
    throw new UserError(`--reporting-interval must be above 0, not ${reportingInterval}`)
  if (dateFormat !== undefined) simpleDateFormat(dateFormat)
}
