import type { Result } from '../../lib/command/define.ts'
import { defineCommand, type Work } from '../../lib/work/command.ts'
import { alter } from './alter.ts'
import { readAlter, readDelete, readSet } from './changes.ts'
import { checkAlter, checkDescribe } from './check.ts'
import { describeQuotas } from './describe-quotas.ts'
import { describeResources } from './describe-resources.ts'
import { areNamed, chosenEntities, isResource, type Entities } from './entities.ts'
import { options, toDelete, toFill, topicOr, type ConfigsValues } from './options.ts'

const TOPIC = { name: 'TOPIC', about: 'The topic.', isOptional: true } as const

export const configs = defineCommand({
  examples: [
    { command: 'kts configs describe retail --all', about: 'Every setting of a topic, and where it comes from.' },
    { command: 'kts configs set retail retention.ms=7d segment.bytes=1GiB', about: 'Change settings of a topic.' },
    { command: 'kts configs delete retail retention.ms', about: 'Go back to the default.' },
    { command: 'kts configs list --entity-type brokers', about: 'What is set for each broker.' },
    {
      command: 'kts configs set --client reports consumer_byte_rate=1MiB',
      about: 'Let a client read one MiB a second.',
    },
    { command: 'kts configs set --user alice SCRAM-SHA-256=password=secret', about: 'Give a user a password.' },
  ],
  options,
  actionsBy: 'option',
  actions: {
    list: {
      about: 'Show what is set for all topics, or all of a type.',
      only: 'kts',
      check: (order) => areNamed(order.values) && checkDescribe(order),
      run: (work) =>
        describe(work, areNamed(work.values) ? chosenEntities(work.values) : { kinds: ['topics'], names: [] }),
    },
    describe: {
      about: 'Show what is set.',
      words: [{ ...TOPIC, into: 'topic' }],
      check: checkDescribe,
      run: (work) => describe(work, chosenEntities(work.values)),
    },
    set: {
      about: 'Change settings; of a topic, unless an option names something else.',
      only: 'kts',
      words: [
        { ...TOPIC, isOptional: true, completes: topicOr(toFill) },
        { name: 'NAME=VALUE', about: 'What to set.', completes: toFill, isRepeatable: true },
      ],
      check: readSet,
      read: readSet,
      run: alter,
    },
    delete: {
      about: 'Go back to defaults; of a topic, unless an option names something else.',
      only: 'kts',
      words: [
        { ...TOPIC, isOptional: true, completes: topicOr(toDelete) },
        { name: 'NAME', about: 'The settings to delete.', completes: toDelete, isRepeatable: true },
      ],
      check: readDelete,
      read: readDelete,
      run: alter,
    },
    alter: {
      about: 'Set and delete settings in one go.',
      words: [{ ...TOPIC, into: 'topic' }],
      check: checkAlter,
      read: readAlter,
      run: alter,
    },
  },
})

function describe(work: Work<ConfigsValues>, { kinds, names }: Entities): Promise<Result> {
  const [kind] = kinds
  return isResource(kind!)
    ? describeResources(work, { kind: kind!, name: names[0], all: work.values.all })
    : describeQuotas(work.client, { kinds, names })
}
