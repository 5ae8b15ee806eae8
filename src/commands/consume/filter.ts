import type { RecordReader } from '../../lib/client/consumer/index.ts'
import { UserError } from '../../lib/errors.ts'
import type { ConsumeValues } from './options.ts'

/** Whether a record is to be printed. */
export type RecordFilter = (record: RecordReader) => boolean

/** What `--grep`, `--key` and `--header` ask for, all of it together; undefined when they are not given. Throws UserError. */
export function recordFilter({ grep, key, header }: Pick<ConsumeValues, 'grep' | 'key' | 'header'>): RecordFilter | undefined {
  const filters = [
    ...(grep === undefined ? [] : [byValue(pattern('grep', grep))]),
    ...(key === undefined ? [] : [byKey(pattern('key', key))]),
    ...header.map(byHeader),
  ]
  return filters.length === 0 ? undefined : (record) => filters.every((fits) => fits(record))
}

function pattern(option: string, text: string): RegExp {
  try {
    return new RegExp(text, 'u')
  } catch (error) {
    throw new UserError(`--${option}: ${(error as Error).message}`)
  }
}

const byValue = (regex: RegExp): RecordFilter => ({ body, valueStart, valueLength }) =>
  valueLength >= 0 && regex.test(body.toString('utf8', valueStart, valueStart + valueLength))

const byKey = (regex: RegExp): RecordFilter => ({ body, keyStart, keyLength }) =>
  keyLength >= 0 && regex.test(body.toString('utf8', keyStart, keyStart + keyLength))

/** `name`, or `name=REGEX` for a header of that name whose value fits; one of several of the same name is enough. */
function byHeader(text: string): RecordFilter {
  const [, name, expression] = /^([^=]+)(?:=(.*))?$/s.exec(text) ?? []
  if (name === undefined) throw new UserError(`--header takes NAME or NAME=REGEX, not "${text}"`)
  const regex = expression === undefined ? undefined : pattern('header', expression)
  return (record) => record.headerCount > 0 && record.headers().some(({ key, value }) =>
    key === name && (regex === undefined || (value !== null && regex.test(value.toString()))))
}
