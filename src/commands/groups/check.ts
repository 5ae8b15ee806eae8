import { chooseAction, forbidStrays, forbidTogether, needOneOf } from '../../lib/command/rules.ts'
import { UserError } from '../../lib/errors.ts'
import { readFilter } from './list.ts'
import type { GroupsValues } from './options.ts'
import { readTopicScope } from './topic-scope.ts'

export const ACTIONS = ['list', 'describe', 'delete', 'resetOffsets', 'deleteOffsets', 'validateRegex'] as const
export type Action = (typeof ACTIONS)[number]

type Key = keyof GroupsValues

export const STRATEGIES = [
  'toOffset',
  'toDatetime',
  'byDuration',
  'toEarliest',
  'toLatest',
  'toCurrent',
  'shiftBy',
  'fromFile',
] as const
const REPORTS: readonly Key[] = ['members', 'offsets', 'state']
const SCOPES: readonly Key[] = ['topic', 'allTopics', 'fromFile']

/** Which actions an option goes with; the rest go with all. As ConsumerGroupCommandOptions has it. */
const BELONGS_TO: Readonly<Partial<Record<Key, readonly Action[]>>> = {
  group: ['describe', 'delete', 'resetOffsets', 'deleteOffsets'],
  topic: ['resetOffsets', 'deleteOffsets'],
  state: ['list', 'describe'],
  type: ['list'],
  offsets: ['describe'],
  members: ['describe'],
  verbose: ['describe'],
}

/** Apache's tool takes these with any action; kts refuses what would have no effect. */
const BELONGS_TO_UNDER_KTS: typeof BELONGS_TO = {
  allGroups: ['describe', 'delete', 'resetOffsets'],
  watch: ['describe'],
  dryRun: ['delete', 'deleteOffsets', 'resetOffsets'],
  yes: ['delete', 'deleteOffsets', 'resetOffsets'],
  ...Object.fromEntries(
    [...STRATEGIES, 'allTopics', 'execute', 'export', 'newGroup'].map((key) => [key, ['resetOffsets']]),
  ),
}

/** The rules between options that kafka-consumer-groups looks at first. Throws UserError. */
export function checkOptions(values: GroupsValues, { style }: { style: 'kts' | 'drop-in' }): void {
  const action = chosenAction(values)
  forbidStrays(values, action, style === 'kts' ? { ...BELONGS_TO, ...BELONGS_TO_UNDER_KTS } : BELONGS_TO)
  forbidTogether(values, ['group', 'allGroups'])
  if (action === 'describe') checkDescribe(values)
  if (action === 'delete') needOneOf(values, action, ['group', 'allGroups'])
  if (action === 'deleteOffsets') checkDeleteOffsets(values)
  if (action === 'resetOffsets') checkReset(values, style)
  if (action === 'list') readFilter(values, style)
  values.topic.forEach(readTopicScope)
}

/** Throws UserError unless there is exactly one. */
export const chosenAction = (values: GroupsValues): Action => chooseAction(values, ACTIONS)

function checkDescribe(values: GroupsValues): void {
  needOneOf(values, 'describe', ['group', 'allGroups'])
  forbidTogether(values, REPORTS)
  if (typeof values.state === 'string')
    throw new UserError('--state takes states with --list only; with --describe it stands alone')
  forbidTogether(values, ['watch', 'members'])
  forbidTogether(values, ['watch', 'state'])
  if (typeof values.watch === 'number' && values.watch < 1)
    throw new UserError('--watch takes a number of seconds from 1 on')
}

function checkDeleteOffsets(values: GroupsValues): void {
  needOneOf(values, 'deleteOffsets', ['group'])
  needOneOf(values, 'deleteOffsets', ['topic'])
}

/** A file may name its groups itself; Apache's tool wants them on the command line all the same. */
function checkReset(values: GroupsValues, style: 'kts' | 'drop-in'): void {
  needOneOf(values, 'resetOffsets', style === 'kts' ? ['group', 'allGroups', 'fromFile'] : ['group', 'allGroups'])
  needOneOf(values, 'resetOffsets', STRATEGIES)
  needOneOf(values, 'resetOffsets', SCOPES)
  forbidTogether(values, ['dryRun', 'execute'])
  forbidTogether(values, STRATEGIES)
  if (style === 'kts') forbidTogether(values, SCOPES)
}
