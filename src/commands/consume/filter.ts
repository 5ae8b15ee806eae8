import type { RecordFilter } from '../../lib/browse/record-filter.ts'
import { compileMatcher } from '../../lib/regex/matcher.ts'
import { UserError } from '../../lib/errors.ts'
import type { RecordReader } from '../../lib/protocol/records/index.ts'
import type { RecordPart } from '../../lib/schemas/wire.ts'
import type { ConsumeValues } from './options.ts'

/** The key or value of a record that is looked at as something else than its bytes. */
export type PartTexts = Partial<Readonly<Record<RecordPart, (record: RecordReader) => string | undefined>>>

/**
 * What `--grep`, `--key` and `--header` ask for, all of it together; undefined when they are not given. Throws
 * UserError.
 */
export function recordFilter(
  { grep, key, header }: Pick<ConsumeValues, 'grep' | 'key' | 'header'>,
  texts: PartTexts = {},
): RecordFilter | undefined {
  const filters = [
    ...(grep === undefined ? [] : [byValue(pattern('grep', grep), texts.value)]),
    ...(key === undefined ? [] : [byKey(pattern('key', key), texts.key)]),
    ...header.map(byHeader),
  ]
  return filters.length === 0 ? undefined : (record) => filters.every((fits) => fits(record))
}

type TextTest = (text: string) => boolean

function pattern(option: string, text: string): TextTest {
  try {
    return compileMatcher(text, { shown: `--${option} ${text}` })
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UserError(`--${option}: ${error.message}`)
  }
}

const byValue =
  (fits: TextTest, textOf: PartTexts['value']): RecordFilter =>
  (record) => {
    const { body, valueStart, valueLength } = record
    return valueLength >= 0 && fits(textOf?.(record) ?? body.toString('utf8', valueStart, valueStart + valueLength))
  }

const byKey =
  (fits: TextTest, textOf: PartTexts['key']): RecordFilter =>
  (record) => {
    const { body, keyStart, keyLength } = record
    return keyLength >= 0 && fits(textOf?.(record) ?? body.toString('utf8', keyStart, keyStart + keyLength))
  }

/** `name`, or `name=REGEX` for a header of that name whose value fits; one of several of the same name is enough. */
function byHeader(text: string): RecordFilter {
  const [, name, expression] = /^([^=]+)(?:=(.*))?$/s.exec(text) ?? []
  if (name === undefined) throw new UserError(`--header takes NAME or NAME=REGEX, not "${text}"`)
  const fits = expression === undefined ? undefined : pattern('header', expression)
  return (record) =>
    record.headerCount > 0 &&
    record
      .headers()
      .some(({ key, value }) => key === name && (fits === undefined || (value !== null && fits(value.toString()))))
}
