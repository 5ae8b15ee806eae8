import { defineOptions, type Values } from '../../lib/command/define.ts'
import { asWord, chooseWord, forbidStrays, type BelongsTo } from '../../lib/command/rules.ts'
import { yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'

export const options = defineOptions([
  {
    name: 'status',
    argument: 'none',
    about: 'With describe: who leads, who votes, and how far they are. Under kts it is what is shown anyway.',
  },
  {
    name: 'replication',
    argument: 'none',
    about: 'With describe: how far each controller and broker has read the metadata.',
  },
  { name: 'human-readable', argument: 'none', about: 'With --replication: how long ago, in place of timestamps.' },
  {
    name: 'controller-id',
    short: 'i',
    argument: 'required',
    type: 'integer',
    value: 'ID',
    about: 'With remove-controller: the controller.',
  },
  {
    name: 'controller-directory-id',
    short: 'd',
    argument: 'required',
    value: 'UUID',
    about: 'With remove-controller: the directory.id of its metadata, as --replication shows it.',
  },
  {
    name: 'dry-run',
    argument: 'none',
    section: 'Safety',
    about: 'With add-controller and remove-controller: only say what would be done.',
  },
  ...yesOption(),
  ...connectionOptions,
  ...controllerOptions,
])

export type QuorumValues = Values<typeof options>

export const ACTIONS = ['describe', 'add-controller', 'remove-controller'] as const
export type Action = (typeof ACTIONS)[number]

const BELONGS: BelongsTo<QuorumValues, Action> = {
  status: ['describe'],
  replication: ['describe'],
  humanReadable: ['describe'],
  controllerId: ['remove-controller'],
  controllerDirectoryId: ['remove-controller'],
  yes: ['remove-controller'],
  dryRun: ['add-controller', 'remove-controller'],
}

/** What the words and options ask for; under kts to describe when they do not say. Throws UserError. */
export function chosenAction(values: QuorumValues, words: readonly string[], style: 'kts' | 'drop-in'): Action {
  const action = chooseWord(words, ACTIONS, style === 'kts' ? 'describe' : undefined)
  forbidStrays(values, action, BELONGS, asWord)
  RULES[action](values, style)
  return action
}

const RULES: Readonly<Record<Action, (values: QuorumValues, style: 'kts' | 'drop-in') => void>> = {
  describe({ status, replication, humanReadable }, style) {
    if (status && replication) throw new UserError('--status and --replication exclude each other')
    if (!status && !replication && style === 'drop-in') throw new UserError('describe needs --status or --replication')
    if (humanReadable && !replication) throw new UserError('--human-readable goes with --replication')
  },
  'add-controller'({ commandConfig }) {
    if (commandConfig === undefined)
      throw new UserError('add-controller needs --command-config: the settings of the controller to add')
  },
  'remove-controller'({ controllerId, controllerDirectoryId }) {
    if (controllerId === undefined || controllerDirectoryId === undefined)
      throw new UserError('remove-controller needs --controller-id and --controller-directory-id')
    if (controllerId < 0) throw new UserError(`--controller-id ${controllerId} is negative`)
    if (!/^[\w-]{22}$/.test(controllerDirectoryId))
      throw new UserError(
        `--controller-directory-id ${controllerDirectoryId} is no UUID in base64, as --replication shows them`,
      )
  },
}
