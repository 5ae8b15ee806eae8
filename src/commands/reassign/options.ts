import { defineOptions, type Values } from '../../lib/command/define.ts'
import { chooseAction, forbidStrays, needOneOf, type BelongsTo } from '../../lib/command/rules.ts'
import { optionName } from '../../lib/command/names.ts'
import { dryRunOption } from '../../lib/work/confirm.ts'
import { connectionOptions, controllerOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'

const action = 'What to do'

export const options = defineOptions([
  {
    name: 'generate',
    argument: 'none',
    section: action,
    about: 'Propose where the replicas of some topics could lie; nothing is changed.',
  },
  {
    name: 'execute',
    argument: 'none',
    section: action,
    about: 'Begin to move replicas as a plan says; shows how they lie now, for the way back.',
  },
  {
    name: 'verify',
    argument: 'none',
    section: action,
    about: 'Show how far a plan is, and take its throttles away when it is done.',
  },
  { name: 'list', argument: 'none', section: action, about: 'Show what is under way.' },
  { name: 'cancel', argument: 'none', section: action, about: 'Call off what is under way of a plan.' },

  {
    name: 'topics-to-move-json-file',
    argument: 'required',
    value: 'FILE',
    section: 'With --generate',
    about: 'The topics: {"topics": [{"topic": "retail"}], "version": 1}.',
  },
  {
    name: 'broker-list',
    argument: 'required',
    value: 'IDS',
    section: 'With --generate',
    about: 'The brokers that may have replicas, e.g. 1,2,3.',
  },
  { name: 'disable-rack-aware', argument: 'none', section: 'With --generate', about: 'Do not care about racks.' },

  {
    name: 'reassignment-json-file',
    argument: 'required',
    value: 'FILE',
    about:
      'The plan: {"version": 1, "partitions": [{"topic": "retail", "partition": 0, "replicas": [1, 2], "log_dirs": ["any", "any"]}]}; log_dirs may be missing.',
  },
  {
    name: 'throttle',
    argument: 'required',
    type: 'integer',
    value: 'BYTES',
    about: 'With --execute: bytes a second between brokers.',
  },
  {
    name: 'replica-alter-log-dirs-throttle',
    argument: 'required',
    type: 'integer',
    value: 'BYTES',
    about: 'With --execute: bytes a second between directories of a broker.',
  },
  {
    name: 'additional',
    argument: 'none',
    about: 'With --execute: though others are under way; also changes the throttle.',
  },
  {
    name: 'disallow-replication-factor-change',
    argument: 'none',
    about: 'With --execute: refuse to change how many replicas there are.',
  },
  {
    name: 'timeout',
    argument: 'required',
    type: 'integer',
    unit: 'ms',
    value: 'MS',
    about: 'How long to wait for moves between directories to begin (default 10000).',
  },
  { name: 'preserve-throttles', argument: 'none', about: 'With --verify and --cancel: leave the throttles alone.' },
  ...dryRunOption(),
  ...connectionOptions,
  ...controllerOptions,
])

export type ReassignValues = Values<typeof options>

const ACTIONS = ['generate', 'execute', 'verify', 'list', 'cancel'] as const
export type Action = (typeof ACTIONS)[number]

const BELONGS: BelongsTo<ReassignValues, Action> = {
  topicsToMoveJsonFile: ['generate'],
  brokerList: ['generate'],
  disableRackAware: ['generate'],
  reassignmentJsonFile: ['execute', 'verify', 'cancel'],
  throttle: ['execute'],
  replicaAlterLogDirsThrottle: ['execute'],
  additional: ['execute'],
  disallowReplicationFactorChange: ['execute'],
  timeout: ['execute', 'cancel'],
  preserveThrottles: ['verify', 'cancel'],
  dryRun: ['execute', 'cancel'],
  bootstrapController: ['list', 'cancel'],
}

/** Throws UserError. */
export function chosenAction(values: ReassignValues): Action {
  const chosen = chooseAction(values, ACTIONS)
  forbidStrays(values, chosen, BELONGS)
  if (chosen === 'generate')
    for (const key of ['topicsToMoveJsonFile', 'brokerList'] as const) needOneOf(values, optionName(chosen), [key])
  else if (chosen !== 'list') needOneOf(values, optionName(chosen), ['reassignmentJsonFile'])
  for (const limit of [values.throttle, values.replicaAlterLogDirsThrottle])
    if (limit !== undefined && limit < 0) throw new UserError('a throttle cannot be negative')
  return chosen
}
