import { forbidTogether, needOneOf } from '../../lib/command/rules.ts'
import { UserError } from '../../lib/errors.ts'
import type { Order } from '../../lib/work/command.ts'
import { checkKinds } from './kinds.ts'
import { readFilter } from './list.ts'
import type { GroupsValues } from './options.ts'
import { readTopicScope } from './topic-scope.ts'

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

type Check = (order: Order<GroupsValues>) => void

/** The rules of kafka-consumer-groups: those of every action about those of one. Each throws UserError. */
const among =
  (check: Check): Check =>
  (order) => {
    forbidTogether(order.values, ['group', 'allGroups'])
    check(order)
    order.values.topic.forEach(readTopicScope)
  }

export const checkAny: Check = among(() => {})

export const checkList: Check = among(({ values, context }) => {
  readFilter(values, context.style)
  checkKinds(values)
})

export const checkDescribe: Check = among(({ values, action }) => {
  needOneOf(values, action, ['group', 'allGroups'])
  forbidTogether(values, REPORTS)
  if (typeof values.state === 'string')
    throw new UserError(
      `--state takes states with ${action.startsWith('--') ? '--list' : 'list'} only; with ${action} it stands alone`,
    )
  forbidTogether(values, ['watch', 'members'])
  forbidTogether(values, ['watch', 'state'])
  if (typeof values.watch === 'number' && values.watch < 1)
    throw new UserError('--watch takes a number of seconds from 1 on')
})

export const checkDelete: Check = among(({ values, action }) => needOneOf(values, action, ['group', 'allGroups']))

export const checkDeleteOffsets: Check = among(({ values, action }) => {
  needOneOf(values, action, ['group'])
  needOneOf(values, action, ['topic'])
})

/** A file may name its groups itself; Apache's tool wants them on the command line all the same. */
export const checkReset: Check = among(({ values, action, context: { style } }) => {
  needOneOf(values, action, style === 'kts' ? ['group', 'allGroups', 'fromFile'] : ['group', 'allGroups'])
  needOneOf(values, action, STRATEGIES)
  needOneOf(values, action, SCOPES)
  forbidTogether(values, ['dryRun', 'execute'])
  forbidTogether(values, STRATEGIES)
  if (style === 'kts') forbidTogether(values, SCOPES)
})
