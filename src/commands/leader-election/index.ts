import { ELECTION_TYPES, electLeaders, type ElectionType } from '../../lib/client/admin/elect-leaders.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { changing } from '../../lib/work/changing.ts'
import { defineCommand, type Job, type Work } from '../../lib/work/command.ts'
import { dryRunOption, yesOption, type Question } from '../../lib/work/confirm.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { readPartitionsFile } from '../../lib/config/json-file.ts'
import { UserError } from '../../lib/errors.ts'
import { planElections } from './plan.ts'
import { show, showElections } from './view.ts'

const TYPES = Object.keys(ELECTION_TYPES) as ElectionType[]

const options = defineOptions([
  {
    name: 'election-type',
    value: 'TYPE',
    values: TYPES,
    ignoresCase: true,
    about:
      'preferred: let the first replica lead again, which is the default under kts. unclean: let any replica lead where there is no leader, though records may be lost.',
    ktsAbout:
      'preferred, the default: let the first replica lead again. unclean: let any replica lead where there is no leader, though records may be lost.',
  },
  ...optionGroup({ section: 'Which partitions' }, [
    { name: 'topic', short: 't', value: 'TOPIC', completes: 'topics', about: 'The topic, together with --partition.' },
    { name: 'partition', short: 'p', type: 'integer', value: 'NUMBER', about: 'A partition of --topic.' },
    { name: 'all-topic-partitions', about: 'Every partition that needs it.' },
    {
      name: 'path-to-json-file',
      value: 'FILE',
      about: 'A file: {"partitions": [{"topic": "retail", "partition": 0}]}.',
    },
  ]),
  ...dryRunOption(),
  ...yesOption(),
  ...connectionOptions,
  { name: 'admin.config', value: 'FILE', deprecatedFor: 'command-config', about: 'The old name of --command-config.' },
])

type ElectionValues = Values<typeof options>

interface Input {
  readonly type: ElectionType
  readonly partitions: Wanted
}

/** Null for all. */
type Wanted = readonly TopicPartition[] | null

const election: Job<ElectionValues, Input> = {
  check({ values, context }) {
    checkScope(values)
    readType(values, context.style)
  },
  read: ({ values, context }) => ({
    type: readType(values, context.style),
    partitions: readPartitions(values, context.cwd),
  }),
  run: changing<Work<ElectionValues, Input>, Input>({
    plan: async ({ input }) => input,
    preview: async (work, { type, partitions }) =>
      showElections(work, await planElections(work.client, type, partitions)),
    question: ({ type, partitions }) => (type === 'unclean' ? loss(partitions) : undefined),
    apply: async (work, { type, partitions }) => show(work, await electLeaders(work.client, type, partitions), type),
  }),
}

export const leaderElection = defineCommand({
  examples: [
    { command: 'kts leader-election --all-topic-partitions', about: 'Spread the leaders as they were meant to be.' },
    { command: 'kts leader-election retail -p 0', about: 'One partition.' },
    {
      command: 'kts leader-election retail -p 0 --election-type unclean',
      about: 'Let any replica lead where there is no leader, though records may be lost.',
    },
  ],
  options,
  words: [{ name: 'TOPIC', about: 'The topic.', into: 'topic', isOptional: true }],
  ...election,
})

/** A preferred election can be had back; an unclean one throws away what the new leader does not have. */
function loss(partitions: Wanted): Question {
  const though = 'though records may be lost,'
  if (partitions === null) return { question: `Let any replica lead every partition that has no leader, ${though}` }
  if (partitions.length === 1) return { question: `Let any replica lead ${partitionName(partitions[0]!)}, ${though}` }
  return {
    question: `Let any replica lead these ${partitions.length} partitions, ${though}`,
    items: partitions.map((item) => `${partitionName(item)}\n`).join(''),
  }
}

/** Throws UserError under Apache's name, where there is no default. */
function readType({ electionType }: ElectionValues, style: string): ElectionType {
  if (electionType === undefined && style === 'kts') return 'preferred'
  if (electionType === undefined) throw new UserError(`--election-type is missing: ${TYPES.join(' or ')}`)
  return electionType
}

function checkScope(values: ElectionValues): void {
  const { topic, partition, allTopicPartitions, pathToJsonFile } = values
  const given = [topic !== undefined, allTopicPartitions, pathToJsonFile !== undefined].filter(Boolean).length
  if (given !== 1)
    throw new UserError('give one of --topic with --partition, --all-topic-partitions and --path-to-json-file')
  if ((topic === undefined) !== (partition === undefined)) throw new UserError('--topic and --partition go together')
}

function readPartitions({ topic, partition, pathToJsonFile }: ElectionValues, cwd: string): Wanted {
  if (topic !== undefined) return [{ topic, partition: partition! }]
  return pathToJsonFile === undefined
    ? null
    : readPartitionsFile({ file: pathToJsonFile, cwd, option: '--path-to-json-file' }, () => ({}))
}
