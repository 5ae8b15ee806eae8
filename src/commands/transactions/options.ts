import { argparse4j } from '../../lib/command/argparse4j.ts'
import { defineOptions, type Dialect, type Values } from '../../lib/command/define.ts'
import { asWord, chooseWord, forbidStrays, type BelongsTo } from '../../lib/command/rules.ts'
import { dryRunOption, yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'

export const options = defineOptions([
  {
    name: 'duration-filter',
    argument: 'required',
    type: 'integer',
    unit: 'ms',
    value: 'MS',
    about: 'With list: only transactions that have been open for longer; below 0 for all.',
  },
  {
    name: 'transactional-id-pattern',
    argument: 'required',
    value: 'REGEX',
    about: 'With list: only ids that fit this regular expression.',
  },
  {
    name: 'transactional-id',
    argument: 'required',
    value: 'ID',
    about: 'With describe and force-terminate-transaction: the name of the producer.',
  },
  { name: 'topic', short: 't', argument: 'required', value: 'TOPIC', completes: 'topics', about: 'The topic.' },
  {
    name: 'partition',
    short: 'p',
    argument: 'required',
    type: 'integer',
    value: 'PARTITION',
    about: 'The partition; with find-hanging all of the topic when it is not given.',
  },
  {
    name: 'broker-id',
    argument: 'required',
    type: 'integer',
    value: 'ID',
    about:
      'With describe-producers: ask this replica in place of the leader. With find-hanging: only partitions that this broker has.',
  },
  {
    name: 'max-transaction-timeout',
    argument: 'required',
    type: 'integer',
    unit: 'min',
    value: 'MINUTES',
    about: 'With find-hanging: pass over transactions younger than this. Default 15.',
  },
  {
    name: 'start-offset',
    argument: 'required',
    type: 'integer',
    value: 'OFFSET',
    about: 'With abort: where the transaction begins, as find-hanging shows it.',
  },
  {
    name: 'producer-id',
    argument: 'required',
    type: 'integer',
    value: 'ID',
    about: 'With abort, for brokers before 3.0, together with the next two.',
  },
  {
    name: 'producer-epoch',
    argument: 'required',
    type: 'integer',
    value: 'EPOCH',
    about: 'With abort and --producer-id.',
  },
  {
    name: 'coordinator-epoch',
    argument: 'required',
    type: 'integer',
    value: 'EPOCH',
    about: 'With abort and --producer-id.',
  },
  ...dryRunOption(),
  ...yesOption(),
  ...connectionOptions,
])

export type TransactionsValues = Values<typeof options>

export const ACTIONS = [
  'list',
  'describe',
  'describe-producers',
  'abort',
  'find-hanging',
  'force-terminate-transaction',
] as const
export type Action = (typeof ACTIONS)[number]

/** What Apache's tool calls it. */
const FORCE_TERMINATE = 'forceTerminateTransaction'

const BELONGS: BelongsTo<TransactionsValues, Action> = {
  durationFilter: ['list'],
  transactionalIdPattern: ['list'],
  transactionalId: ['describe', 'force-terminate-transaction'],
  topic: ['describe-producers', 'abort', 'find-hanging'],
  partition: ['describe-producers', 'abort', 'find-hanging'],
  brokerId: ['describe-producers', 'find-hanging'],
  maxTransactionTimeout: ['find-hanging'],
  startOffset: ['abort'],
  producerId: ['abort'],
  producerEpoch: ['abort'],
  coordinatorEpoch: ['abort'],
  dryRun: ['abort', 'force-terminate-transaction'],
  yes: ['abort', 'force-terminate-transaction'],
}

/** What the words and options ask for; under kts to list when they do not say. Throws UserError. */
export function chosenAction(values: TransactionsValues, words: readonly string[], style: 'kts' | 'drop-in'): Action {
  const [word, ...rest] = words
  const named = word === FORCE_TERMINATE ? ['force-terminate-transaction', ...rest] : words
  const action = chooseWord(named, ACTIONS, style === 'kts' ? 'list' : undefined)
  forbidStrays(values, action, BELONGS, asWord)
  RULES[action](values)
  return action
}

const needsId = ({ transactionalId }: TransactionsValues): void => {
  if (!transactionalId) throw new UserError('--transactional-id is missing: it names the producer')
}

const needsPartition = ({ topic, partition }: TransactionsValues): void => {
  if (!topic) throw new UserError('--topic is missing')
  if (partition === undefined) throw new UserError('--partition is missing')
}

const RULES: Readonly<Record<Action, (values: TransactionsValues) => void>> = {
  list: () => {},
  describe: needsId,
  'force-terminate-transaction': needsId,
  'describe-producers': needsPartition,
  abort(values) {
    needsPartition(values)
    const { startOffset, producerId, producerEpoch, coordinatorEpoch } = values
    if (startOffset !== undefined) return
    if (producerId === undefined)
      throw new UserError(
        'abort needs --start-offset, or for brokers before 3.0 --producer-id, --producer-epoch and --coordinator-epoch: they say which transaction',
      )
    if (producerEpoch === undefined || coordinatorEpoch === undefined)
      throw new UserError(
        `--producer-id needs ${producerEpoch === undefined ? '--producer-epoch' : '--coordinator-epoch'}`,
      )
  },
  'find-hanging'({ topic, brokerId, partition }) {
    if (!topic && brokerId === undefined)
      throw new UserError('find-hanging needs --topic or --broker-id: one of them says where to look')
    if (partition !== undefined && !topic) throw new UserError('--partition needs --topic')
  },
}

/** One of the tool's options is spelled unlike all others, beside another that differs in nothing else. */
export const dialect: Dialect = {
  ...argparse4j,
  rewrite: (args, known) =>
    argparse4j.rewrite(
      args.map((arg) => arg.replace(/^--transactionalId(?==|$)/, '--transactional-id')),
      known,
    ),
}
