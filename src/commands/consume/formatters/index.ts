import { UserError } from '../../../lib/errors.ts'
import { coordinatorFormatter } from './coordinator-formatter.ts'
import { defaultFormatter, type FormatterOptions } from './default-formatter.ts'
import type { Formatter } from './formatter.ts'
import { loggingFormatter } from './logging-formatter.ts'

export type { Formatter } from './formatter.ts'
export { jsonFormatter } from './json-formatter.ts'

const PACKAGE = 'org.apache.kafka.tools.consumer.'

type Maker = (options: FormatterOptions) => Formatter

const MAKERS: Readonly<Record<string, Maker>> = {
  DefaultMessageFormatter: (options) => defaultFormatter(options),
  LoggingMessageFormatter: (options) => loggingFormatter(defaultFormatter(options), options.log),
  NoOpMessageFormatter: () => ({ write() {} }),
  OffsetsMessageFormatter: () => coordinatorFormatter('offsets'),
  GroupMetadataMessageFormatter: () => coordinatorFormatter('groups'),
  TransactionLogMessageFormatter: () => coordinatorFormatter('transactions'),
}

/**
 * A formatter by the name of its Java class. Throws UserError for one that kts does not have, or for its properties.
 */
export function makeFormatter(className: string, options: FormatterOptions): Formatter {
  const name = className.startsWith(PACKAGE) ? className.slice(PACKAGE.length) : ''
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined
  if (make) return make(options)
  throw new UserError(
    `Unknown formatter ${className}; known are ${Object.keys(MAKERS)
      .map((known) => PACKAGE + known)
      .join(', ')}`,
  )
}
