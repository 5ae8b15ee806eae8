import { DescribeShareGroupOffsets } from '../../protocol/apis/describe-share-group-offsets.ts'
import { OffsetFetch, type OffsetFetchResponse } from '../../protocol/apis/offset-fetch.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { comparePartitions } from '../group/consumer-protocol.ts'
import type { Patience } from './ask-nodes.ts'
import { askCoordinators } from './coordinators.ts'
import { itemError, type ItemError } from './item-error.ts'
import type { TopicPartition } from '../topic-partition.ts'

export interface GroupOffset extends TopicPartition {
  readonly offset: bigint
  /** -1 when it is not known. */
  readonly leaderEpoch: number
}

export interface GroupOffsets {
  readonly groupId: string
  /** What the group has committed, sorted by topic and partition. */
  readonly offsets: readonly GroupOffset[]
  readonly error: ItemError | null
}

/** Later versions tell topics by their ids alone (KIP-848), and who shows them to people has to ask for the names. */
const LAST_WITH_NAMES = 9

interface Group {
  readonly groupId: string
}

/**
 * What groups have committed, all of it; one request a coordinator for all of its groups. Each group has its own
 * result.
 */
export async function fetchGroupOffsets(
  client: KafkaClient,
  groupIds: readonly string[],
  options: Patience = {},
): Promise<GroupOffsets[]> {
  const ask = (nodeId: number, groups: readonly Group[]): Promise<GroupOffsets[]> =>
    askCoordinator(client, nodeId, groups)
  return askCoordinators(
    client,
    groupIds.map((groupId) => ({ groupId })),
    { ask, fail },
    options,
  )
}

/** The first offsets that share groups have not done with (KIP-932). Each group has its own result. */
export async function fetchShareGroupOffsets(
  client: KafkaClient,
  groupIds: readonly string[],
  options: Patience = {},
): Promise<GroupOffsets[]> {
  const ask = async (nodeId: number, groups: readonly Group[]): Promise<GroupOffsets[]> => {
    const request = { groups: groups.map(({ groupId }) => ({ groupId, topics: null })) }
    const response = await client.send(DescribeShareGroupOffsets, request, { nodeId })
    return inOrder(
      groups,
      response.groups.map(({ groupId, errorCode, errorMessage, topics }) => ({
        groupId,
        error: itemError(errorCode, errorMessage),
        offsets: topics
          .flatMap(({ topicName, partitions }) =>
            partitions.map(({ partitionIndex, startOffset, leaderEpoch }) => ({
              topic: topicName,
              partition: partitionIndex,
              offset: startOffset,
              leaderEpoch,
            })),
          )
          .filter(isCommitted)
          .sort(comparePartitions),
      })),
    )
  }
  return askCoordinators(
    client,
    groupIds.map((groupId) => ({ groupId })),
    { ask, fail },
    options,
  )
}

type Topic = OffsetFetchResponse['topics'][number] | OffsetFetchResponse['groups'][number]['topics'][number]
type Answer = Pick<OffsetFetchResponse['groups'][number], 'groupId' | 'errorCode'> & {
  readonly topics: readonly Topic[]
}

async function askCoordinator(client: KafkaClient, nodeId: number, groups: readonly Group[]): Promise<GroupOffsets[]> {
  const answers = await sendFetch(client, nodeId, groups)
  return inOrder(
    groups,
    answers.map(({ groupId, errorCode, topics }) => {
      const offsets = topics.flatMap(readTopic)
      const error = itemError(errorCode) ?? offsets.find((offset) => offset.error)?.error ?? null
      return { groupId, offsets: error ? [] : offsets.filter(isCommitted).sort(comparePartitions), error }
    }),
  )
}

/** All groups at once from version 8 on (KIP-709), one request each before. */
async function sendFetch(client: KafkaClient, nodeId: number, groups: readonly Group[]): Promise<readonly Answer[]> {
  if ((await client.version(OffsetFetch, nodeId)) >= 8) {
    const request = { groups: groups.map(({ groupId }) => ({ groupId, topics: null })) }
    return (await client.send(OffsetFetch, request, { nodeId, maxVersion: LAST_WITH_NAMES })).groups
  }
  return Promise.all(
    groups.map(async ({ groupId }) => {
      const { errorCode, topics } = await client.send(OffsetFetch, { groupId, topics: null }, { nodeId })
      return { groupId, errorCode, topics }
    }),
  )
}

function readTopic({ name, partitions }: Topic): (GroupOffset & { error: ItemError | null })[] {
  return partitions.map(({ partitionIndex, committedOffset, committedLeaderEpoch, errorCode }) => ({
    topic: name,
    partition: partitionIndex,
    offset: committedOffset,
    leaderEpoch: committedLeaderEpoch,
    error: itemError(errorCode),
  }))
}

function inOrder(groups: readonly Group[], answers: readonly GroupOffsets[]): GroupOffsets[] {
  const found = new Map(answers.map((answer) => [answer.groupId, answer]))
  return groups.map((group) => found.get(group.groupId) ?? fail(group, NO_ANSWER))
}

const NO_ANSWER = itemError(ERRORS.UNKNOWN_SERVER_ERROR, 'The coordinator has not answered for this group')!

const fail = ({ groupId }: Group, error: ItemError): GroupOffsets => ({ groupId, offsets: [], error })

const isCommitted = ({ offset }: GroupOffset): boolean => offset >= 0n
