import { javaRegex } from '../../lib/java/pattern.ts'
import type { Context } from '../../lib/command/define.ts'
import { forbidTogether } from '../../lib/command/rules.ts'
import { UserError } from '../../lib/errors.ts'
import type { Order } from '../../lib/work/command.ts'
import { recordFilter } from './filter.ts'
import { checkLook } from './look.ts'
import type { ConsumeValues } from './options.ts'
import { parseOffset, parsePartitions, parseTime } from './start-position.ts'

/** They are held in memory. */
const MOST_LAST = 1_000_000

/**
 * Rules between the options, and the form of those that are more than text (ConsoleConsumerOptions). Throws UserError.
 */
export function check(order: Order<ConsumeValues>): void {
  const { values, context } = order
  const { style, clock } = context
  const { topic, include, partition, offset, since, until, toEnd, fromBeginning } = values
  if (style === 'kts' && topic === undefined && include === undefined)
    throw new UserError('name the topics to read: kts consume TOPIC, or --include REGEX')
  if ((topic === undefined) === (include === undefined)) throw new UserError('Give either --topic or --include')
  // Java's consumer subscribes to no empty name.
  if (topicsOf(values, style).includes('')) throw new UserError('--topic is empty')
  if (include !== undefined) javaRegex(include)
  if (partition !== undefined && topic === undefined) throw new UserError('--partition needs --topic')
  // Under kts an offset without a partition means all of them.
  if (offset !== undefined && partition === undefined && style === 'drop-in')
    throw new UserError('--offset needs --partition')
  const starts = [
    ['from-beginning', fromBeginning],
    ['offset', offset !== undefined],
    ['since', since !== undefined],
  ] as const
  const given = starts.filter(([, isGiven]) => isGiven).map(([name]) => `--${name}`)
  if (given.length > 1) throw new UserError(`${given.join(' and ')} contradict each other: reading begins in one place`)
  if (partition !== undefined) parsePartitions(partition, style)
  if (offset !== undefined) parseOffset(offset, style)
  const nowMs = clock.now()
  const from = since === undefined ? undefined : parseTime('since', since, nowMs)
  const to = until === undefined ? undefined : parseTime('until', until, nowMs)
  if (from && to && from.timestamp >= to.timestamp)
    throw new UserError(`--until ${until} is not later than --since ${since}`)
  if (to && toEnd) throw new UserError('--until and --to-end contradict each other: reading ends in one place')
  forbidTogether(values, ['count', 'maxMessages'])
  if (values.last !== undefined) checkLast(values.last, values)
  recordFilter(values)
  checkLook(order)
}

function checkLast(last: number, values: ConsumeValues): void {
  if (last < 1 || last > MOST_LAST) throw new UserError(`--last takes a number from 1 to ${MOST_LAST}, not ${last}`)
  forbidTogether(values, ['last', 'fromBeginning'])
  for (const other of [
    'offset',
    'since',
    'until',
    'toEnd',
    'count',
    'maxMessages',
    'timeoutMs',
    'group',
    'progress',
  ] as const)
    forbidTogether(values, ['last', other])
}

/** Under kts several stand with commas between them. */
export const topicsOf = ({ topic }: ConsumeValues, style: Context['style']): readonly string[] =>
  topic === undefined ? [] : style === 'kts' ? topic.split(',').map((name) => name.trim()) : [topic]
