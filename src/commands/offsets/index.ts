import { itemSentence } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import { listOffsets, type FoundOffset } from '../../lib/client/admin/list-offsets.ts'
import { OFFSET_SPECS } from '../../lib/protocol/apis/list-offsets.ts'
import { topicChoice } from '../../lib/client/topic-filter.ts'
import { isInternalTopic } from '../../lib/protocol/topic-names.ts'
import { defineOptions, optionGroup, type Result, type Values } from '../../lib/command/define.ts'
import { defineCommand, type Job, type Work } from '../../lib/work/command.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { MOMENTS } from '../../lib/config/moment.ts'
import { NearNames } from '../../lib/work/near-names.ts'
import { KafkaError, UserError } from '../../lib/errors.ts'
import { renderTable } from '../../lib/output/table.ts'
import { partitionFilter, type PartitionFilter } from './select.ts'
import { parseTime } from './time.ts'

const options = defineOptions([
  ...optionGroup({ section: 'What to look up' }, [
    {
      name: 'topic',
      short: 't',
      value: 'TOPIC',
      completes: 'topics',
      isList: true,
      about:
        'Topics, with commas between them; what cannot be a name, such as retail.*, is a regular expression for whole names. All by default.',
    },
    {
      name: 'partitions',
      short: 'p',
      value: 'NUMBERS',
      about: 'Partitions, with commas between them. All by default.',
    },
    {
      name: 'topic-partitions',
      value: 'TOPIC:PARTITIONS,…',
      completes: 'topics',
      isList: true,
      about:
        'Both in one: retail:0, retail:1-3 (1 and 2), retail:3- (from 3 on), retail:-2 (0 and 1), or a topic alone.',
    },
    {
      name: 'time',
      value: 'TIME',
      completes: Object.keys(OFFSET_SPECS),
      about:
        'latest (the default), earliest, max-timestamp, earliest-local, latest-tiered, earliest-pending-upload, or a time, for the first record at or after it: ' +
        `${MOMENTS}.`,
    },
    { name: 'exclude-internal-topics', about: 'Leave out the topics that Kafka keeps for itself.' },
  ]),
  ...connectionOptions,
])

type OffsetsValues = Values<typeof options>

interface Input {
  readonly timestamp: bigint
  readonly isPicked: PartitionFilter
}

const lookUp: Job<OffsetsValues, Input> = {
  check({ values: { topic, partitions, topicPartitions } }) {
    if (topicPartitions !== undefined && (topic ?? partitions) !== undefined) {
      throw new UserError('--topic-partitions stands alone, without --topic and --partitions')
    }
  },
  read: ({ values, context: { style, clock } }) => ({
    timestamp: parseTime(values.time ?? 'latest', style === 'kts' ? clock.now() : undefined),
    isPicked: partitionFilter(values, style),
  }),
  async run(work) {
    const { client, context, input } = work
    const queries = (await findPartitions(work)).map((place) => ({ ...place, timestamp: input.timestamp }))
    const found = await listOffsets(client, queries, { clock: context.clock })
    return show(found.sort(context.style === 'kts' ? byNumber : byText), work)
  },
}

export const offsets = defineCommand({
  examples: [
    { command: 'kts offsets retail', about: 'The end of each partition.' },
    { command: 'kts offsets retail --time -2h', about: 'Where the records of the last two hours begin.' },
  ],
  options,
  words: [{ name: 'TOPIC', about: 'The topics.', into: 'topic', isRepeatable: true, isOptional: true }],
  ...lookUp,
  dropInFailure: (error) => ({ stderr: `Error occurred: ${error.message}\n`, exitCode: 1 }),
})

async function findPartitions({
  client,
  values,
  context,
  input,
}: Work<OffsetsValues, Input>): Promise<TopicPartition[]> {
  const { topics } = await client.metadata(null)
  const visible = topics.filter(
    ({ name, isInternal }) => !(values.excludeInternalTopics && (isInternal || isInternalTopic(name ?? ''))),
  )
  const partitions = visible.flatMap((topic) =>
    topic.partitions.map(({ partitionIndex }) => ({ topic: topic.name ?? '', partition: partitionIndex })),
  )
  const picked = partitions.filter(({ topic, partition }) => input.isPicked(topic, partition))
  if (picked.length > 0) return picked
  const { topic } = values
  const isMissing =
    topic !== undefined && context.style === 'kts' && !visible.some(({ name }) => topicChoice(topic).fits(name ?? ''))
  const hint = topic === undefined ? '' : await new NearNames(client, context).hint('topic', topic)
  throw new KafkaError(
    'UNKNOWN_TOPIC_OR_PARTITION',
    `${isMissing ? `There is no topic ${topic}` : 'No partition fits the options'} (UNKNOWN_TOPIC_OR_PARTITION)${hint}`,
  )
}

/** A partition whose offset cannot be had is named on stderr; one that has no such offset is left out. */
function show(found: readonly FoundOffset[], { voice, context: { style } }: Work<unknown>): Result {
  const failed = found.filter(({ error }) => error)
  for (const item of failed) voice.say(itemSentence(`Cannot look up partition ${partitionName(item)}`, item.error!))
  const known = found.filter(({ error, offset }) => !error && offset >= 0n)
  return {
    data: known.map(({ topic, partition, offset, timestamp }) => ({
      topic,
      partition,
      offset,
      timestamp: timestamp < 0n ? null : timestamp,
    })),
    text: () => known.map(({ topic, partition, offset }) => `${topic}:${partition}:${offset}\n`).join(''),
    table: () =>
      renderTable(
        ['TOPIC', 'PARTITION', 'OFFSET'],
        known.map(({ topic, partition, offset }) => [topic, `${partition}`, `${offset}`]),
        { right: [1, 2] },
      ),
    exitCode: failed.length > 0 && style === 'kts' ? 1 : 0,
  }
}

const byNumber = (a: FoundOffset, b: FoundOffset): number =>
  a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition

/** Apache's tool puts partition 10 before partition 2. */
const byText = (a: FoundOffset, b: FoundOffset): number => (partitionName(a) < partitionName(b) ? -1 : 1)
