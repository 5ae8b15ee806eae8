import type { Dialect } from '../../../lib/command/define.ts'
import { jopt } from '../../../lib/command/jopt.ts'
import { UserError } from '../../../lib/errors.ts'

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
