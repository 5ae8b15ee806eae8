import { describeConfigs } from '../../lib/client/admin/describe-configs.ts'
import type { DeletedRecords, RecordsToDelete } from '../../lib/client/admin/delete-records.ts'
import { namedError, type ItemError } from '../../lib/client/admin/item-error.ts'
import { listOffsets, type FoundOffset } from '../../lib/client/admin/list-offsets.ts'
import { OFFSET_SPECS } from '../../lib/protocol/apis/list-offsets.ts'
import { isInternalTopic } from '../../lib/protocol/topic-names.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { TO_THE_END } from './options.ts'

export interface PlannedDeletion extends DeletedRecords {
  /** How many offsets would go. */
  readonly count: bigint
}

/** What deleteRecords would answer, by the rules of Partition.deleteRecordsOnLeader. */
export async function planDeletion(
  client: KafkaClient,
  items: readonly RecordsToDelete[],
  clock: Clock,
): Promise<PlannedDeletion[]> {
  const lookUp = ({ timestamp }: { timestamp: bigint }): Promise<FoundOffset[]> =>
    listOffsets(
      client,
      items.map(({ topic, partition }) => ({ topic, partition, timestamp })),
      { clock },
    )
  const [starts, ends] = await Promise.all([lookUp(OFFSET_SPECS.earliest), lookUp(OFFSET_SPECS.latest)])
  const there = [...new Set(starts.filter(({ error }) => !error).map(({ topic }) => topic))]
  const keepers = await compactedAmong(client, there)
  return items.map(({ topic, partition, offset: wanted }, index) => {
    const [start, end] = [starts[index]!, ends[index]!]
    const offset = wanted === TO_THE_END ? end.offset : wanted
    const error =
      start.error ??
      end.error ??
      refusalOf(topic, keepers) ??
      (offset < 0n || offset > end.offset ? namedError('OFFSET_OUT_OF_RANGE') : null)
    if (error) return { topic, partition, lowWatermark: -1n, count: 0n, error }
    const lowWatermark = offset > start.offset ? offset : start.offset
    return { topic, partition, lowWatermark, count: lowWatermark - start.offset, error }
  })
}

function refusalOf(topic: string, keepers: ReadonlySet<string>): ItemError | null {
  if (isInternalTopic(topic))
    return namedError('INVALID_TOPIC_EXCEPTION', 'Records of a topic that Kafka keeps for itself are not deleted')
  return keepers.has(topic) ? namedError('POLICY_VIOLATION', 'The cleanup.policy of the topic is compact alone') : null
}

/** Topics whose records go by their keys only. */
async function compactedAmong(client: KafkaClient, topics: readonly string[]): Promise<ReadonlySet<string>> {
  if (topics.length === 0) return new Set()
  const described = await describeConfigs(
    client,
    topics.map((name) => ({ type: 'topic', name })),
    { names: ['cleanup.policy'] },
  )
  return new Set(
    described.filter(({ configs }) => configs.some(({ value }) => value?.trim() === 'compact')).map(({ name }) => name),
  )
}
