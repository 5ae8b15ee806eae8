import { DeleteGroups } from '../../protocol/apis/delete-groups.ts'
import { OffsetDelete } from '../../protocol/apis/offset-delete.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import type { Patience } from './ask-nodes.ts'
import { askCoordinators } from './coordinators.ts'
import { itemError, type ItemError } from './item-error.ts'
import { byPartition, groupByTopic, partitionName, type TopicPartition } from '../topic-partition.ts'

export interface DeletedGroup {
  readonly groupId: string
  readonly error: ItemError | null
}

export interface DeletedOffset extends TopicPartition {
  readonly error: ItemError | null
}

const NO_ANSWER = itemError(ERRORS.UNKNOWN_SERVER_ERROR, 'The coordinator has not answered for this')!

/** Deletes groups without members, of whatever type; each has its own result, in the order asked. */
export async function deleteGroups(
  client: KafkaClient,
  groupIds: readonly string[],
  options: Patience = {},
): Promise<DeletedGroup[]> {
  const ask = async (nodeId: number, groups: readonly { groupId: string }[]): Promise<DeletedGroup[]> => {
    const { results } = await client.send(
      DeleteGroups,
      { groupsNames: groups.map(({ groupId }) => groupId) },
      { nodeId },
    )
    const codes = new Map(results.map(({ groupId, errorCode }) => [groupId, errorCode]))
    return groups.map(({ groupId }) => ({
      groupId,
      error: codes.has(groupId) ? itemError(codes.get(groupId)!) : NO_ANSWER,
    }))
  }
  return askCoordinators(
    client,
    groupIds.map((groupId) => ({ groupId })),
    { ask, fail: ({ groupId }, error) => ({ groupId, error }) },
    options,
  )
}

/** Deletes what one group has committed for some partitions. `error` is that of the group as a whole. */
export async function deleteGroupOffsets(
  client: KafkaClient,
  groupId: string,
  partitions: readonly TopicPartition[],
  options: Patience = {},
): Promise<{ error: ItemError | null; partitions: DeletedOffset[] }> {
  const request = {
    groupId,
    topics: groupByTopic(partitions).map(({ topic, items }) => ({
      name: topic,
      partitions: items.map(({ partition }) => ({ partitionIndex: partition })),
    })),
  }
  const ask = async (nodeId: number) => {
    const { errorCode, topics } = await client.send(OffsetDelete, request, { nodeId })
    const found = byPartition(topics)
    const error = itemError(errorCode)
    return [
      {
        error,
        partitions: partitions.map((item) => ({
          ...item,
          error: error ?? ofPartition(found.get(partitionName(item))),
        })),
      },
    ]
  }
  const fail = (_: unknown, error: ItemError) => ({ error, partitions: partitions.map((item) => ({ ...item, error })) })
  const [answer] = await askCoordinators(client, [{ groupId }], { ask, fail }, options)
  return answer!
}

const ofPartition = (answer: { errorCode: number } | undefined): ItemError | null =>
  answer ? itemError(answer.errorCode) : NO_ANSWER
