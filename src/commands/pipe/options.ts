import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'
import type { Order } from '../../lib/work/command.ts'

export const options = defineOptions([
  ...connectionOptions,
  ...optionGroup({ section: 'What goes where' }, [
    { name: 'from', value: 'TOPIC', completes: 'topics', about: 'The topic to read; committed records only.' },
    { name: 'to', value: 'TOPIC', completes: 'topics', about: 'The topic to write to.' },
    {
      name: 'group',
      short: 'g',
      value: 'GROUP',
      completes: 'groups',
      about:
        'The consumer group that remembers how far the topic has been read. Several pipes of one group share its partitions.',
    },
    {
      name: 'transactional-id',
      value: 'ID',
      about:
        'The name of this pipe, the same at each start, and another one for each pipe that runs at the same time: a later one of the same name shuts the earlier out.',
    },
  ]),
  ...optionGroup({ section: 'How' }, [
    {
      name: 'keep-key',
      about:
        'The first line that the command prints gets key, headers and timestamp of the first record, the second line those of the second, and so on. More or fewer lines than records are an error.',
    },
    {
      name: 'batch-size',
      type: 'integer',
      value: 'COUNT',
      about: 'The most records of one transaction; it takes fewer rather than wait. Default 1000.',
    },
    { name: 'max-messages', short: 'c', type: 'integer', value: 'COUNT', about: 'End after so many records.' },
    { name: 'timeout-ms', type: 'integer', unit: 'ms', value: 'MS', about: 'End when no record has come for so long.' },
    {
      name: 'progress',
      about: 'Show on stderr how far it is; on a terminal that is the default, unless stdout is a pipe.',
    },
  ]),
  {
    name: 'command-property',
    value: 'KEY=VALUE',
    repeatable: true,
    section: 'Settings',
    about: "A setting of Java's producer or consumer; goes before --command-config.",
  },
])

export type PipeValues = Values<typeof options>

/** From where to where, and through which command; none for records as they are. */
export interface Route {
  readonly from: string | undefined
  readonly to: string | undefined
  readonly command: readonly string[]
}

/** Words before `--` are the topics that no option names; all others are the command. */
export function routeOf({ values, words, context: { args = [] } }: Order<PipeValues>): Route {
  const end = args.indexOf('--')
  const before = end < 0 ? words.length : words.length - (args.length - end - 1)
  const [topics, command] = [words.slice(0, before), words.slice(before)]
  const from = values.from ?? topics.shift()
  const to = values.to ?? topics.shift()
  return { from, to, command: [...topics, ...command] }
}

/** Rules between the options. Throws UserError. */
export function check(order: Order<PipeValues>): void {
  const { values } = order
  const { from, to, command } = routeOf(order)
  const given = { ...values, from, to }
  const needed = {
    from: 'the topic to read',
    to: 'the topic to write to',
    group: 'the group that remembers how far it has got',
    transactionalId: 'the name of this pipe',
  }
  for (const [name, meaning] of Object.entries(needed)) {
    if (!given[name as keyof typeof needed])
      throw new UserError(`--${name === 'transactionalId' ? 'transactional-id' : name} is missing: it gives ${meaning}`)
  }
  if (from === to) throw new UserError(`--from and --to are both "${from}": the pipe would never come to an end`)
  if (values.keepKey && command.length === 0)
    throw new UserError('--keep-key needs a command: without one keys are kept anyway')
  for (const [name, value, least] of [
    ['batch-size', values.batchSize, 1],
    ['max-messages', values.maxMessages, 0],
    ['timeout-ms', values.timeoutMs, 0],
  ] as const) {
    if (value !== undefined && value < least) throw new UserError(`--${name} must be ${least} or more, not ${value}`)
  }
}
