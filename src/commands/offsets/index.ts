import { itemSentence } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import { listOffsets, OFFSET_SPECS, type FoundOffset } from '../../lib/client/admin/list-offsets.ts'
import { isInternalTopic } from '../../lib/client/topic-filter.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import { defineOptions, type Context, type Result, type Values } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/old.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { MOMENTS } from '../../lib/config/moment.ts'
import { NearNames } from '../../lib/work/near-names.ts'
import { withCluster } from '../../lib/work/with-cluster.ts'
import { KafkaError, UserError } from '../../lib/errors.ts'
import { say } from '../../lib/output/say.ts'
import { renderTable } from '../../lib/output/table.ts'
import { partitionFilter, type PartitionFilter } from './select.ts'
import { parseTime } from './time.ts'

const what = 'What to look up'

const options = defineOptions([
  {
    name: 'topic',
    short: 't',
    argument: 'required',
    value: 'TOPIC',
    completes: 'topics',
    isList: true,
    section: what,
    about:
      'Topics, with commas between them; what cannot be a name, such as retail.*, is a regular expression for whole names. All by default.',
  },
  {
    name: 'partitions',
    short: 'p',
    argument: 'required',
    value: 'NUMBERS',
    section: what,
    about: 'Partitions, with commas between them. All by default.',
  },
  {
    name: 'topic-partitions',
    argument: 'required',
    value: 'TOPIC:PARTITIONS,…',
    completes: 'topics',
    isList: true,
    section: what,
    about: 'Both in one: retail:0, retail:1-3 (1 and 2), retail:3- (from 3 on), retail:-2 (0 and 1), or a topic alone.',
  },
  {
    name: 'time',
    argument: 'required',
    value: 'TIME',
    completes: Object.keys(OFFSET_SPECS),
    section: what,
    about:
      'latest (the default), earliest, max-timestamp, earliest-local, latest-tiered, earliest-pending-upload, or a time, for the first record at or after it: ' +
      `${MOMENTS}.`,
  },
  {
    name: 'exclude-internal-topics',
    argument: 'none',
    section: what,
    about: 'Leave out the topics that Kafka keeps for itself.',
  },
  ...connectionOptions,
])

type OffsetsValues = Values<typeof options>

export const offsets = defineCommand({
  name: 'offsets',
  dropIns: ['kafka-get-offsets'],
  about: 'Show the first, the last, or another offset of partitions.',
  examples: [
    { command: 'kts offsets --topic retail', about: 'The end of each partition.' },
    {
      command: 'kts offsets --topic retail --time 2026-01-31T12:00:00Z',
      about: 'Where the records of a moment begin.',
    },
  ],
  options,
  check({ topic, partitions, topicPartitions }) {
    if (topicPartitions !== undefined && (topic ?? partitions) !== undefined) {
      throw new UserError('--topic-partitions stands alone, without --topic and --partitions')
    }
  },
  async run(values, context) {
    const timestamp = parseTime(values.time ?? 'latest', context.style === 'kts' ? context.clock.now() : undefined)
    const isPicked = partitionFilter(values, context.style)
    return withCluster(values, context, async (client) => {
      const partitions = await findPartitions(client, isPicked, values, context)
      const queries = partitions.map((partition) => ({ ...partition, timestamp }))
      const found = await listOffsets(client, queries, { clock: context.clock })
      return show(found.sort(context.style === 'kts' ? byNumber : byText), context)
    })
  },
  dropInFailure: (error) => ({ stderr: `Error occurred: ${error.message}\n`, exitCode: 1 }),
})

async function findPartitions(
  client: KafkaClient,
  isPicked: PartitionFilter,
  values: OffsetsValues,
  context: Context,
): Promise<TopicPartition[]> {
  const { topics } = await client.metadata(null)
  const visible = topics.filter(
    ({ name, isInternal }) => !(values.excludeInternalTopics && (isInternal || isInternalTopic(name ?? ''))),
  )
  const partitions = visible.flatMap((topic) =>
    topic.partitions.map(({ partitionIndex }) => ({ topic: topic.name ?? '', partition: partitionIndex })),
  )
  const picked = partitions.filter(({ topic, partition }) => isPicked(topic, partition))
  if (picked.length === 0) {
    const hint = values.topic === undefined ? '' : await new NearNames(client, context).hint('topic', values.topic)
    throw new KafkaError(
      'UNKNOWN_TOPIC_OR_PARTITION',
      `No partition fits the options (UNKNOWN_TOPIC_OR_PARTITION)${hint}`,
    )
  }
  return picked
}

/** A partition whose offset cannot be had is named on stderr; one that has no such offset is left out. */
async function show(found: readonly FoundOffset[], { style, stderr, program }: Context): Promise<Result> {
  const failed = found.filter(({ error }) => error)
  for (const item of failed) {
    await say({ stderr, program }, itemSentence(`Cannot look up partition ${partitionName(item)}`, item.error!))
  }
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
