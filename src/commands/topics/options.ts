import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { forbidTogether, needOneOf } from '../../lib/command/rules.ts'
import { dryRunOption, yesOption } from '../../lib/work/confirm.ts'
import { connectionOptions, zookeeperOptions } from '../../lib/config/connection.ts'
import { settingsToFill } from '../../lib/config/setting-names.ts'
import { UserError } from '../../lib/errors.ts'
import type { Order } from '../../lib/work/command.ts'

export const options = defineOptions([
  ...optionGroup({ section: 'Choosing topics' }, [
    {
      name: 'topic',
      short: 't',
      value: 'TOPIC',
      completes: 'topics',
      isList: true,
      about:
        "The topic, or several with commas between them. What cannot be a name, such as retail.*, is a regular expression for whole names, except where topics are created; under Apache's name anything is.",
      ktsAbout:
        'The topic, or several with commas between them. What cannot be a name, such as retail.*, is a regular expression for whole names, except where topics are created.',
    },
    {
      name: 'topic-id',
      goesWith: ['describe'],
      isFreeUnderApache: true,
      value: 'ID',
      about: 'The topic with this id, whatever --topic says.',
    },
    {
      name: 'exclude-internal',
      goesWith: ['list', 'describe'],
      about: 'Leave out the topics that Kafka keeps for itself.',
    },
    {
      name: 'if-exists',
      goesWith: ['alter', 'delete', 'describe'],
      about: 'Succeed without doing anything if the topic does not exist.',
    },
  ]),
  ...optionGroup({ section: 'Creating and altering' }, [
    { name: 'if-not-exists', goesWith: ['create'], about: 'Succeed without doing anything if the topic exists.' },
    {
      name: 'partitions',
      short: 'p',
      goesWith: ['create', 'alter'],
      type: 'integer',
      value: 'COUNT',
      about: "How many partitions the topic gets; a new topic gets the broker's default.",
    },
    {
      name: 'replication-factor',
      short: 'r',
      goesWith: ['create'],
      type: 'integer',
      value: 'COUNT',
      about: 'How many copies of each partition; the broker has a default.',
    },
    {
      name: 'replica-assignment',
      goesWith: ['create', 'alter'],
      value: 'IDS',
      about:
        'The brokers of each partition, in place of the counts: replicas joined by ":", partitions by ",", e.g. 1:2,2:3.',
    },
    {
      name: 'config',
      goesWith: ['create'],
      repeatable: true,
      value: 'NAME=VALUE',
      completes: settingsToFill('topics'),
      about:
        'A setting of the new topic, e.g. retention.ms=86400000; under kts retention.ms=1d and segment.bytes=64MiB too.',
      ktsAbout: 'A setting of the new topic, e.g. retention.ms=1d or segment.bytes=64MiB.',
    },
    {
      name: 'delete-config',
      repeatable: true,
      value: 'NAME',
      only: 'drop-in',
      about: 'Without effect since Kafka 4; kafka-configs deletes settings.',
    },
  ]),
  ...optionGroup({ section: 'Describing', goesWith: ['describe'] }, [
    { name: 'under-replicated-partitions', about: 'Only partitions that lack replicas in sync.' },
    { name: 'unavailable-partitions', about: 'Only partitions whose leader is not available.' },
    {
      name: 'under-min-isr-partitions',
      about: 'Only partitions with fewer replicas in sync than min.insync.replicas.',
    },
    { name: 'at-min-isr-partitions', about: 'Only partitions with just min.insync.replicas in sync.' },
    { name: 'topics-with-overrides', about: 'Only topics with settings of their own, without their partitions.' },
    {
      name: 'watch',
      argument: 'optional',
      type: 'integer',
      unit: 's',
      value: 'SECONDS',
      only: 'kts',
      about: 'Show leaders and ISRs again every second, or as many as given, those that lack a replica first.',
    },
    {
      name: 'partition-size-limit-per-response',
      isFreeUnderApache: true,
      type: 'integer',
      value: 'COUNT',
      about: 'How many partitions the broker puts into one answer; 2000 by default.',
    },
  ]),
  ...dryRunOption(['create', 'alter', 'delete']),
  ...yesOption(['delete']),
  ...connectionOptions,
  ...zookeeperOptions,
])

export type TopicsValues = Values<typeof options>

/** What the words of an action name; all topics, where they may be left out. */
export const TOPICS = [{ name: 'TOPIC', about: 'The topics.', into: 'topic', isRepeatable: true }] as const
export const ANY_TOPICS = [{ ...TOPICS[0], isOptional: true }] as const

type Key = keyof TopicsValues

const HEALTH_FILTERS: readonly Key[] = [
  'underReplicatedPartitions',
  'unavailablePartitions',
  'underMinIsrPartitions',
  'atMinIsrPartitions',
]

/** The rules of kafka-topics, for one action. Each throws UserError. */
export const checkTopic = ({ values, action }: Order<TopicsValues>): void => needOneOf(values, action, ['topic'])

export function checkCreate(order: Order<TopicsValues>): void {
  checkTopic(order)
  forbidPairs(order.values, 'replicaAssignment', ['partitions', 'replicationFactor'])
}

export function checkAlter(order: Order<TopicsValues>): void {
  checkTopic(order)
  if (order.values.partitions === undefined)
    throw new UserError(
      `${order.action} needs --partitions; settings are changed with ${order.context.style === 'kts' ? 'kts configs set' : 'kafka-configs'}`,
    )
}

export function checkDescribe({ values, action }: Order<TopicsValues>): void {
  if (values.ifExists && values.topic === undefined && values.topicId === undefined)
    throw new UserError(`${action} --if-exists needs --topic or --topic-id`)
  forbidPairs(values, 'topicsWithOverrides', HEALTH_FILTERS)
  forbidPairs(values, 'watch', [...HEALTH_FILTERS, 'topicsWithOverrides'])
  if (typeof values.watch === 'number' && values.watch < 1)
    throw new UserError('--watch takes a number of seconds from 1 on')
}

const forbidPairs = (values: TopicsValues, key: Key, others: readonly Key[]): void =>
  others.forEach((other) => forbidTogether(values, [key, other]))
