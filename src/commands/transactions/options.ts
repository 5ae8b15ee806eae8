import { argparse4j } from '../../lib/command/argparse4j.ts'
import { defineOptions, type Dialect, type Values } from '../../lib/command/define.ts'
import { dryRunOption, yesOption } from '../../lib/work/confirm.ts'
import type { Order } from '../../lib/work/command.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'

const ENDING = ['abort', 'forceTerminateTransaction']

export const options = defineOptions([
  {
    name: 'duration-filter',
    goesWith: ['list'],
    type: 'integer',
    unit: 'ms',
    value: 'MS',
    about: 'With list: only transactions that have been open for longer; below 0 for all.',
  },
  {
    name: 'transactional-id-pattern',
    goesWith: ['list'],
    value: 'REGEX',
    about: 'With list: only ids that fit this regular expression.',
  },
  {
    name: 'transactional-id',
    goesWith: ['describe', 'forceTerminateTransaction'],
    value: 'ID',
    about: 'With describe and terminate (force-terminate-transaction): the name of the producer.',
  },
  {
    name: 'topic',
    goesWith: ['describeProducers', 'abort', 'findHanging'],
    short: 't',
    value: 'TOPIC',
    completes: 'topics',
    about: 'The topic.',
  },
  {
    name: 'partition',
    goesWith: ['describeProducers', 'abort', 'findHanging'],
    short: 'p',
    type: 'integer',
    value: 'PARTITION',
    about: 'The partition; with find-hanging all of the topic when it is not given.',
  },
  {
    name: 'broker-id',
    goesWith: ['describeProducers', 'findHanging'],
    type: 'integer',
    value: 'ID',
    about:
      'With describe-producers: ask this replica in place of the leader. With find-hanging: only partitions that this broker has.',
  },
  {
    name: 'max-transaction-timeout',
    goesWith: ['findHanging'],
    type: 'integer',
    unit: 'min',
    value: 'MINUTES',
    about: 'With find-hanging: pass over transactions younger than this. Default 15.',
  },
  {
    name: 'start-offset',
    goesWith: ['abort'],
    type: 'integer',
    value: 'OFFSET',
    about: 'With abort: where the transaction begins, as find-hanging shows it.',
  },
  {
    name: 'producer-id',
    goesWith: ['abort'],
    type: 'integer',
    value: 'ID',
    about: 'With abort, for brokers before 3.0, together with the next two.',
  },
  {
    name: 'producer-epoch',
    goesWith: ['abort'],
    type: 'integer',
    value: 'EPOCH',
    about: 'With abort and --producer-id.',
  },
  {
    name: 'coordinator-epoch',
    goesWith: ['abort'],
    type: 'integer',
    value: 'EPOCH',
    about: 'With abort and --producer-id.',
  },
  ...dryRunOption(ENDING),
  ...yesOption(ENDING),
  ...connectionOptions,
])

export type TransactionsValues = Values<typeof options>

/** What the words of an action name. */
export const ID = { name: 'ID', about: 'The name of the producer.', into: 'transactional-id' } as const
export const TOPIC = { name: 'TOPIC', about: 'The topic.', into: 'topic' } as const

/** The rules of kafka-transactions, for one action. Each throws UserError. */
export function checkId({ values: { transactionalId } }: Order<TransactionsValues>): void {
  if (!transactionalId) throw new UserError('--transactional-id is missing: it names the producer')
}

export function checkPartition({ values: { topic, partition } }: Order<TransactionsValues>): void {
  if (!topic) throw new UserError('--topic is missing')
  if (partition === undefined) throw new UserError('--partition is missing')
}

export function checkAbort(order: Order<TransactionsValues>): void {
  checkPartition(order)
  const { startOffset, producerId, producerEpoch, coordinatorEpoch } = order.values
  if (startOffset !== undefined) return
  if (producerId === undefined)
    throw new UserError(
      'abort needs --start-offset, or for brokers before 3.0 --producer-id, --producer-epoch and --coordinator-epoch: they say which transaction',
    )
  if (producerEpoch === undefined || coordinatorEpoch === undefined)
    throw new UserError(
      `--producer-id needs ${producerEpoch === undefined ? '--producer-epoch' : '--coordinator-epoch'}`,
    )
}

export function checkSearch({ values: { topic, brokerId, partition } }: Order<TransactionsValues>): void {
  if (!topic && brokerId === undefined)
    throw new UserError('find-hanging needs --topic or --broker-id: one of them says where to look')
  if (partition !== undefined && !topic) throw new UserError('--partition needs --topic')
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
