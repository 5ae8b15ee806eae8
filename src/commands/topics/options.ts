import { defineOptions, type Values } from '../../lib/command/define.ts'
import { chooseAction, forbidStrays, forbidTogether } from '../../lib/command/rules.ts'
import { dryRunOption, yesOption } from '../../lib/config/confirm.ts'
import { connectionOptions, zookeeperOptions } from '../../lib/config/connection.ts'
import { UserError } from '../../lib/errors.ts'

const actions = 'Actions'
const creation = 'Creating and altering'
const selection = 'Choosing topics'

export const options = defineOptions([
  { name: 'list', argument: 'none', section: actions, about: 'List the topics.' },
  { name: 'describe', argument: 'none', section: actions, about: 'Show partitions, leaders, replicas and settings.' },
  { name: 'create', argument: 'none', section: actions, about: 'Create a topic.' },
  { name: 'alter', argument: 'none', section: actions, about: 'Raise the number of partitions.' },
  { name: 'delete', argument: 'none', section: actions, about: 'Delete topics, with all that is in them.' },
  {
    name: 'topic',
    short: 't',
    argument: 'required',
    value: 'TOPIC',
    completes: 'topics',
    isList: true,
    section: selection,
    about:
      "The topic, or several with commas between them. What cannot be a name, such as retail.*, is a regular expression for whole names, except with --create; under Apache's name anything is.",
  },
  {
    name: 'topic-id',
    argument: 'required',
    value: 'ID',
    section: selection,
    about: 'With --describe: the topic with this id, whatever --topic says.',
  },
  {
    name: 'exclude-internal',
    argument: 'none',
    section: selection,
    about: 'Leave out the topics that Kafka keeps for itself.',
  },
  {
    name: 'if-exists',
    argument: 'none',
    section: selection,
    about: 'Do nothing, and call it done, when there is no such topic.',
  },
  {
    name: 'if-not-exists',
    argument: 'none',
    section: creation,
    about: 'Do nothing, and call it done, when the topic is there already.',
  },
  {
    name: 'partitions',
    argument: 'required',
    type: 'integer',
    value: 'COUNT',
    section: creation,
    about: 'How many partitions the topic gets; with --create the broker has a default.',
  },
  {
    name: 'replication-factor',
    argument: 'required',
    type: 'integer',
    value: 'COUNT',
    section: creation,
    about: 'How many copies of each partition; the broker has a default.',
  },
  {
    name: 'replica-assignment',
    argument: 'required',
    value: 'IDS',
    section: creation,
    about:
      'The brokers of each partition, in place of the counts: replicas joined by ":", partitions by ",", e.g. 1:2,2:3.',
  },
  {
    name: 'config',
    argument: 'required',
    repeatable: true,
    value: 'NAME=VALUE',
    section: creation,
    about: 'A setting of the new topic, e.g. retention.ms=86400000.',
  },
  {
    name: 'delete-config',
    argument: 'required',
    repeatable: true,
    value: 'NAME',
    section: creation,
    only: 'drop-in',
    about: 'Without effect since Kafka 4; kafka-configs deletes settings.',
  },
  {
    name: 'under-replicated-partitions',
    argument: 'none',
    section: 'Describing',
    about: 'Only partitions that lack replicas in sync.',
  },
  {
    name: 'unavailable-partitions',
    argument: 'none',
    section: 'Describing',
    about: 'Only partitions whose leader is not available.',
  },
  {
    name: 'under-min-isr-partitions',
    argument: 'none',
    section: 'Describing',
    about: 'Only partitions with fewer replicas in sync than min.insync.replicas.',
  },
  {
    name: 'at-min-isr-partitions',
    argument: 'none',
    section: 'Describing',
    about: 'Only partitions with just min.insync.replicas in sync.',
  },
  {
    name: 'topics-with-overrides',
    argument: 'none',
    section: 'Describing',
    about: 'Only topics with settings of their own, without their partitions.',
  },
  {
    name: 'partition-size-limit-per-response',
    argument: 'required',
    type: 'integer',
    value: 'COUNT',
    section: 'Describing',
    about: 'How many partitions the broker puts into one answer; 2000 by default.',
  },
  ...dryRunOption,
  ...yesOption,
  ...connectionOptions,
  ...zookeeperOptions,
])

export type TopicsValues = Values<typeof options>

export const ACTIONS = ['list', 'describe', 'create', 'alter', 'delete'] as const
export type Action = (typeof ACTIONS)[number]

type Key = keyof TopicsValues

const HEALTH_FILTERS: readonly Key[] = [
  'underReplicatedPartitions',
  'unavailablePartitions',
  'underMinIsrPartitions',
  'atMinIsrPartitions',
]

/** Which actions an option goes with; the rest go with all. */
const BELONGS_TO: Readonly<Partial<Record<Key, readonly Action[]>>> = {
  config: ['create'],
  partitions: ['create', 'alter'],
  replicationFactor: ['create'],
  replicaAssignment: ['create', 'alter'],
  ifExists: ['alter', 'delete', 'describe'],
  ifNotExists: ['create'],
  excludeInternal: ['list', 'describe'],
  topicsWithOverrides: ['describe'],
  underReplicatedPartitions: ['describe'],
  unavailablePartitions: ['describe'],
  underMinIsrPartitions: ['describe'],
  atMinIsrPartitions: ['describe'],
  yes: ['delete'],
  dryRun: ['create', 'alter', 'delete'],
}

/** Apache's tool takes these with any action; kts refuses what would have no effect. */
const BELONGS_TO_UNDER_KTS: typeof BELONGS_TO = { topicId: ['describe'], partitionSizeLimitPerResponse: ['describe'] }

/** The rules between options, as kafka-topics has them. Throws UserError. */
export function checkOptions(values: TopicsValues, { style }: { style: 'kts' | 'drop-in' }): void {
  const action = chosenAction(values)
  forbidStrays(values, action, style === 'kts' ? { ...BELONGS_TO, ...BELONGS_TO_UNDER_KTS } : BELONGS_TO)
  checkRequired(values, action)
  if (action === 'create') forbidPairs(values, 'replicaAssignment', ['partitions', 'replicationFactor'])
  forbidPairs(values, 'topicsWithOverrides', HEALTH_FILTERS)
}

/** Throws UserError unless there is exactly one. */
export const chosenAction = (values: TopicsValues): Action => chooseAction(values, ACTIONS)

function checkRequired(values: TopicsValues, action: Action): void {
  const needsTopic = action === 'create' || action === 'alter' || action === 'delete'
  if (needsTopic && values.topic === undefined) throw new UserError(`--${action} needs --topic`)
  if (action === 'alter' && values.partitions === undefined) {
    throw new UserError('--alter needs --partitions; settings are changed with kafka-configs')
  }
  if (action === 'describe' && values.ifExists && values.topic === undefined && values.topicId === undefined) {
    throw new UserError('--describe --if-exists needs --topic or --topic-id')
  }
}

const forbidPairs = (values: TopicsValues, key: Key, others: readonly Key[]): void =>
  others.forEach((other) => forbidTogether(values, [key, other]))
