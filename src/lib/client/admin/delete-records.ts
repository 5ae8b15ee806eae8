import type { Clock } from '../../clock.ts'
import { DeleteRecords } from '../../protocol/apis/delete-records.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { itemError, type ItemError } from './item-error.ts'
import { askLeaders } from './leaders.ts'
import { byPartition, groupByTopic, partitionName, type TopicPartition } from '../topic-partition.ts'

export interface RecordsToDelete extends TopicPartition {
  /** The first offset to keep; -1 deletes everything up to the high watermark. */
  readonly offset: bigint
}

export interface DeletedRecords extends TopicPartition {
  /** The new start of the partition; -1 with an error. */
  readonly lowWatermark: bigint
  readonly error: ItemError | null
}

/** Deletes the records below an offset; each partition has its own result, in the order asked. */
export async function deleteRecords(
  client: KafkaClient,
  items: readonly RecordsToDelete[],
  options: { timeoutMs?: number; clock?: Clock } = {},
): Promise<DeletedRecords[]> {
  const { timeoutMs = 30_000, clock } = options
  return askLeaders(
    client,
    items,
    { ask: (nodeId, group) => askLeader(client, nodeId, group, timeoutMs), fail: notDeleted },
    clock && { clock },
  )
}

async function askLeader(
  client: KafkaClient,
  nodeId: number,
  items: readonly RecordsToDelete[],
  timeoutMs: number,
): Promise<DeletedRecords[]> {
  const topics = groupByTopic(items).map(({ topic, items: group }) => ({
    name: topic,
    partitions: group.map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
  }))
  const response = await client.send(DeleteRecords, { topics, timeoutMs }, { nodeId })
  const found = byPartition(response.topics)
  return items.map(({ topic, partition }) => {
    const answer = found.get(partitionName({ topic, partition }))
    if (!answer) return notDeleted({ topic, partition }, NO_ANSWER)
    return { topic, partition, lowWatermark: answer.lowWatermark, error: itemError(answer.errorCode) }
  })
}

const NO_ANSWER = itemError(ERRORS.UNKNOWN_SERVER_ERROR, 'The broker has not answered for this partition')!

const notDeleted = ({ topic, partition }: TopicPartition, error: ItemError): DeletedRecords => ({
  topic,
  partition,
  lowWatermark: -1n,
  error,
})
