import { defineOptions, type Values } from '../../lib/command/define.ts'
import { chooseWord } from '../../lib/command/rules.ts'
import { dryRunOption, yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'

export const options = defineOptions([
  {
    name: 'describe',
    argument: 'none',
    only: 'kts',
    about: 'Show the brokers, the controller, racks and releases; what is done when nothing else is asked for.',
  },
  {
    name: 'id',
    short: 'i',
    argument: 'required',
    type: 'integer',
    value: 'ID',
    about: 'With unregister: the broker that is gone for good.',
  },
  {
    name: 'include-fenced-brokers',
    argument: 'none',
    about: 'With list-endpoints: brokers too that the controller keeps away from clients.',
  },
  ...dryRunOption(),
  ...yesOption(),
  ...connectionOptions,
  ...controllerOptions,
  {
    name: 'config',
    argument: 'required',
    value: 'FILE',
    deprecatedFor: 'command-config',
    section: 'Connection',
    about: 'The old name of --command-config.',
  },
])

export type ClusterValues = Values<typeof options>

export const ACTIONS = ['describe', 'cluster-id', 'list-endpoints', 'unregister'] as const
export type Action = (typeof ACTIONS)[number]

/** What the words and options ask for. Throws UserError. */
export function chosenAction(values: ClusterValues, words: readonly string[], style: 'kts' | 'drop-in'): Action {
  const named = ACTIONS.filter((action) => style === 'kts' || action !== 'describe')
  const action = chooseWord(words, named, style === 'kts' ? 'describe' : undefined)
  if (values.describe && action !== 'describe') throw new UserError(`--describe and ${action} exclude each other`)
  checkUse(values, action)
  return action
}

function checkUse({ id, includeFencedBrokers, bootstrapController, dryRun, yes }: ClusterValues, action: Action): void {
  if (action === 'unregister' && id === undefined) throw new UserError('unregister needs --id')
  if (action !== 'unregister' && id !== undefined) throw new UserError(`--id goes with unregister, not with ${action}`)
  if (action !== 'unregister' && (dryRun || yes))
    throw new UserError(`--${dryRun ? 'dry-run' : 'yes'} goes with unregister, not with ${action}`)
  if (action !== 'list-endpoints' && includeFencedBrokers)
    throw new UserError(`--include-fenced-brokers goes with list-endpoints, not with ${action}`)
  if (includeFencedBrokers && bootstrapController !== undefined)
    throw new UserError('--include-fenced-brokers goes with --bootstrap-server only')
  if (action === 'describe' && bootstrapController !== undefined)
    throw new UserError('--describe asks brokers: name them with --bootstrap-server')
}
