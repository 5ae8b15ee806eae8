import type { Clock } from '../../clock.ts'
import { ListOffsets, OFFSET_SPECS, offsetSpec, type ListOffsetsResponse } from '../../protocol/apis/list-offsets.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { itemError, type ItemError } from './item-error.ts'
import { askLeaders } from './leaders.ts'
import { byPartition, groupByTopic, partitionName, type TopicPartition } from '../topic-partition.ts'

export interface OffsetQuery extends TopicPartition {
  /** Milliseconds since the epoch, or one of OFFSET_SPECS. */
  readonly timestamp: bigint
}

export interface FoundOffset extends TopicPartition {
  /** -1 when there is no such offset: nothing at or after the time, nothing tiered. */
  readonly offset: bigint
  /** Timestamp of the record found; -1 when none was looked for. */
  readonly timestamp: bigint
  readonly leaderEpoch: number
  readonly error: ItemError | null
}

/**
 * Looks offsets up at the leaders of the partitions; each partition has its own result, in the order of the queries.
 */
export async function listOffsets(
  client: KafkaClient,
  queries: readonly OffsetQuery[],
  options: { isolationLevel?: 0 | 1; clock?: Clock } = {},
): Promise<FoundOffset[]> {
  const { isolationLevel = 0, clock } = options
  return askLeaders(
    client,
    queries,
    { ask: (nodeId, group) => askLeader(client, nodeId, group, isolationLevel), fail: notFound },
    clock && { clock },
  )
}

async function askLeader(
  client: KafkaClient,
  nodeId: number,
  queries: readonly OffsetQuery[],
  isolationLevel: 0 | 1,
): Promise<FoundOffset[]> {
  const version = await client.version(ListOffsets, nodeId)
  const fitting = queries.filter((query) => neededVersion(query) <= version)
  const found =
    fitting.length > 0
      ? await sendListOffsets(client, nodeId, fitting, { isolationLevel, timeoutMs: 30_000 })
      : new Map<string, never>()
  return queries.map((query) => {
    const answer = found.get(partitionName(query))
    if (!answer)
      return notFound(query, itemError(ERRORS.UNSUPPORTED_VERSION, 'The broker is too old for this kind of look-up')!)
    const { offset, timestamp, leaderEpoch, errorCode } = answer
    return {
      topic: query.topic,
      partition: query.partition,
      offset,
      timestamp,
      leaderEpoch,
      error: itemError(errorCode, reasonFor(query, errorCode)),
    }
  })
}

/** Asks one leader, which may know better than `currentLeaderEpoch`; answers by partitionName. */
export async function sendListOffsets(
  client: KafkaClient,
  nodeId: number,
  queries: readonly (OffsetQuery & { readonly currentLeaderEpoch?: number })[],
  options: { isolationLevel: 0 | 1; timeoutMs?: number },
): Promise<ReadonlyMap<string, ListOffsetsResponse['topics'][number]['partitions'][number]>> {
  const topics = groupByTopic(queries).map(({ topic, items }) => ({
    name: topic,
    partitions: items.map(({ partition, ...query }) => ({ partitionIndex: partition, ...query })),
  }))
  return byPartition((await client.send(ListOffsets, { replicaId: -1, topics, ...options }, { nodeId })).topics)
}

/** Brokers take a time before 1970 for a place of a kind that they do not know. */
const reasonFor = ({ timestamp }: OffsetQuery, errorCode: number): string | null =>
  errorCode === ERRORS.UNSUPPORTED_VERSION && timestamp < -6n ? 'Brokers look up no time before 1970' : null

const neededVersion = ({ timestamp }: OffsetQuery): number => OFFSET_SPECS[offsetSpec(timestamp) ?? 'latest'].version

const notFound = ({ topic, partition }: TopicPartition, error: ItemError): FoundOffset => ({
  topic,
  partition,
  offset: -1n,
  timestamp: -1n,
  leaderEpoch: -1,
  error,
})
