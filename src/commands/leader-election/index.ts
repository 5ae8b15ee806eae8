import { ELECTION_TYPES, electLeaders, type ElectionType } from '../../lib/client/admin/elect-leaders.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import { defineOptions, type Values } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/old.ts'
import { confirm, dryRunOption, yesOption, type Question } from '../../lib/work/confirm.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { readPartitionsFile } from '../../lib/config/json-file.ts'
import { NOTHING_DONE } from '../../lib/work/outcomes.ts'
import { withCluster } from '../../lib/work/with-cluster.ts'
import { UserError } from '../../lib/errors.ts'
import { planElections } from './plan.ts'
import { show, showElections } from './view.ts'

const which = 'Which partitions'
const TYPES = Object.keys(ELECTION_TYPES) as ElectionType[]

const options = defineOptions([
  {
    name: 'election-type',
    argument: 'required',
    value: 'TYPE',
    values: TYPES,
    ignoresCase: true,
    about:
      'preferred: let the first replica lead again. unclean: let any replica lead where there is no leader, though records may be lost.',
  },
  {
    name: 'topic',
    short: 't',
    argument: 'required',
    value: 'TOPIC',
    completes: 'topics',
    section: which,
    about: 'The topic, together with --partition.',
  },
  {
    name: 'partition',
    short: 'p',
    argument: 'required',
    type: 'integer',
    value: 'NUMBER',
    section: which,
    about: 'A partition of --topic.',
  },
  { name: 'all-topic-partitions', argument: 'none', section: which, about: 'Every partition that needs it.' },
  {
    name: 'path-to-json-file',
    argument: 'required',
    value: 'FILE',
    section: which,
    about: 'A file: {"partitions": [{"topic": "retail", "partition": 0}]}.',
  },
  ...dryRunOption(),
  ...yesOption(),
  ...connectionOptions,
  {
    name: 'admin.config',
    argument: 'required',
    value: 'FILE',
    deprecatedFor: 'command-config',
    section: 'Connection',
    about: 'The old name of --command-config.',
  },
])

type ElectionValues = Values<typeof options>

export const leaderElection = defineCommand({
  name: 'leader-election',
  dropIns: ['kafka-leader-election'],
  about: 'Have leaders of partitions elected.',
  examples: [
    {
      command: 'kts leader-election --election-type preferred --all-topic-partitions',
      about: 'Spread the leaders as they were meant to be.',
    },
    { command: 'kts leader-election --election-type preferred --topic retail --partition 0', about: 'One partition.' },
  ],
  options,
  check: (values) => void readType(checkScope(values)),
  run(values, context) {
    const type = readType(values)
    const partitions = readPartitions(values, context.cwd)
    const connection = { ...values, commandConfig: values.commandConfig ?? values.adminConfig }
    return withCluster(connection, context, async (client, found) => {
      if (values.dryRun) return showElections(client, await planElections(client, type, partitions), context)
      if (type === 'unclean' && !(await confirm(deed(partitions), { values, context, connection: found })))
        return NOTHING_DONE
      return show(client, await electLeaders(client, type, partitions), type, context)
    })
  },
})

/** A preferred election can be had back; an unclean one throws away what the new leader does not have. */
function deed(partitions: readonly TopicPartition[] | null): Question {
  const loss = 'though records may be lost,'
  if (partitions === null) return { question: `Let any replica lead every partition that has no leader, ${loss}` }
  if (partitions.length === 1) return { question: `Let any replica lead ${partitionName(partitions[0]!)}, ${loss}` }
  return {
    question: `Let any replica lead these ${partitions.length} partitions, ${loss}`,
    items: partitions.map((item) => `${partitionName(item)}\n`).join(''),
  }
}

function readType({ electionType }: ElectionValues): ElectionType {
  if (electionType === undefined) throw new UserError(`--election-type is missing: ${TYPES.join(' or ')}`)
  return electionType
}

function checkScope(values: ElectionValues): ElectionValues {
  const { topic, partition, allTopicPartitions, pathToJsonFile } = values
  const given = [topic !== undefined, allTopicPartitions, pathToJsonFile !== undefined].filter(Boolean).length
  if (given !== 1)
    throw new UserError('give one of --topic with --partition, --all-topic-partitions and --path-to-json-file')
  if ((topic === undefined) !== (partition === undefined)) throw new UserError('--topic and --partition go together')
  return values
}

/** Null for all. */
function readPartitions({ topic, partition, pathToJsonFile }: ElectionValues, cwd: string): TopicPartition[] | null {
  if (topic !== undefined) return [{ topic, partition: partition! }]
  return pathToJsonFile === undefined
    ? null
    : readPartitionsFile({ file: pathToJsonFile, cwd, option: '--path-to-json-file' }, () => ({}))
}
