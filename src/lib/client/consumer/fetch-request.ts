import type { RequestInput } from '../../protocol/api.ts'
import { Fetch, type FetchResponse } from '../../protocol/apis/fetch.ts'
import { errorName, type ErrorName } from '../../protocol/errors.ts'
import { AT, BATCH_OVERHEAD, LOG_OVERHEAD } from '../../protocol/records/index.ts'
import type { KafkaClient } from '../types.ts'
import { byTopic } from './by-topic.ts'
import type { PartitionError } from './offset-lookup.ts'
import { partitionKey, type PartitionState } from './partition-state.ts'
import type { ConsumerSettings } from './settings.ts'

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

/** Records of one partition out of one response. Stale when the partition has jumped since (`version`). */
export interface FetchedRecords {
  readonly partition: PartitionState
  readonly version: number
  /** Record batches; the last may be cut off. */
  readonly records: Buffer
  readonly abortedTransactions: readonly AbortedTransaction[]
}

export interface Fetched {
  readonly records: FetchedRecords[]
  /** OFFSET_OUT_OF_RANGE and others, for the offset that was asked for. */
  readonly errors: (PartitionError & { readonly fetchOffset: bigint })[]
  /** Partitions that a nearer replica should be asked for (KIP-392). */
  readonly replicas: { readonly partition: PartitionState; readonly nodeId: number }[]
  /** Partitions that nothing has come for. */
  readonly empty: {
    readonly partition: PartitionState
    readonly highWatermark: bigint
    readonly lastStableOffset: bigint
  }[]
  /** Partitions of which records have come that lie before the offset that was asked for. */
  readonly stale: PartitionState[]
  /** Error of the response as a whole. */
  readonly error: ErrorName
}

/** KIP-227: "no session", every request names every partition. */
const FINAL_EPOCH = -1

/**
 * Fetches from one node, all partitions in one request, and moves their `fetchOffset` behind what has come.
 * Errors are returned, not acted on. What came for a partition that has jumped meanwhile is dropped.
 */
export async function fetchRecords(
  client: KafkaClient,
  nodeId: number,
  partitions: readonly PartitionState[],
  settings: ConsumerSettings,
): Promise<Fetched> {
  const asked = new Map(
    partitions.map((state) => [state.key, { state, version: state.version, fetchOffset: state.fetchOffset }]),
  )
  const topicNames = new Map(partitions.map(({ topicId, topic }) => [topicId, topic]))
  const response = await client.send(Fetch, request(partitions, settings), { nodeId, lane: 'fetch' })
  const fetched: Fetched = {
    records: [],
    errors: [],
    replicas: [],
    empty: [],
    stale: [],
    error: errorName(response.errorCode),
  }
  for (const topic of response.responses) {
    // Version 13 and up name topics by id only (KIP-516).
    const name = topic.topic || topicNames.get(topic.topicId)
    for (const answer of topic.partitions) {
      const question = asked.get(partitionKey(name ?? '', answer.partitionIndex))
      if (question && question.state.version === question.version)
        take(answer, question.state, question.fetchOffset, fetched)
    }
  }
  if (response.throttleTimeMs === 0) skipToEnds(fetched, settings)
  return fetched
}

type Answer = FetchResponse['responses'][number]['partitions'][number]

function take(answer: Answer, partition: PartitionState, fetchOffset: bigint, fetched: Fetched): void {
  if (answer.errorCode !== 0) {
    fetched.errors.push({ partition, error: errorName(answer.errorCode), fetchOffset })
    return
  }
  const { records, preferredReadReplica, highWatermark, lastStableOffset } = answer
  if (preferredReadReplica >= 0) fetched.replicas.push({ partition, nodeId: preferredReadReplica })
  else if (!records?.length) fetched.empty.push({ partition, highWatermark, lastStableOffset })
  const moved = records && advance(partition, records)
  if (moved === 'back') fetched.stale.push(partition)
  if (!records || moved !== 'on') return
  fetched.records.push({
    partition,
    version: partition.version,
    records,
    abortedTransactions: answer.abortedTransactions ?? [],
  })
}

/**
 * Compaction may leave no record in front of an end: where a whole answer is empty, and reaches that far, nothing will
 * come. One that has records of other partitions may only have been full.
 */
function skipToEnds({ records, empty }: Fetched, { isReadCommitted }: ConsumerSettings): void {
  if (records.length > 0) return
  for (const { partition, highWatermark, lastStableOffset } of empty) {
    const { endOffset } = partition
    if (endOffset !== undefined && (isReadCommitted ? lastStableOffset : highWatermark) >= endOffset)
      partition.fetchOffset = endOffset
  }
}

/**
 * Moves the fetch offset past the last whole batch, where there is one and it lies further on. Reads no more of the
 * headers than it must.
 */
function advance(partition: PartitionState, records: Buffer): 'on' | 'back' | undefined {
  let last = -1
  for (let at = 0; records.length - at >= BATCH_OVERHEAD; ) {
    const end = at + LOG_OVERHEAD + records.readInt32BE(at + AT.batchLength)
    if (end > records.length || end <= at) break
    last = at
    at = end
  }
  if (last < 0) return undefined
  const next =
    records.readBigInt64BE(last + AT.baseOffset) + BigInt(records.readInt32BE(last + AT.lastOffsetDelta)) + 1n
  if (next <= partition.fetchOffset) return 'back'
  partition.fetchOffset = next
  partition.offsetEpoch = records.readInt32BE(last + AT.partitionLeaderEpoch)
  return 'on'
}

function request(partitions: readonly PartitionState[], settings: ConsumerSettings): RequestInput<typeof Fetch> {
  return {
    maxWaitMs: settings.fetchMaxWaitMs,
    minBytes: settings.fetchMinBytes,
    maxBytes: settings.fetchMaxBytes,
    isolationLevel: settings.isReadCommitted ? 1 : 0,
    sessionEpoch: FINAL_EPOCH,
    rackId: settings.clientRack,
    topics: byTopic(partitions).map(({ topic, partitions: ofTopic }) => ({
      topic,
      topicId: ofTopic[0]!.topicId,
      partitions: ofTopic.map(({ partition, leaderEpoch, fetchOffset }) => ({
        partition,
        currentLeaderEpoch: leaderEpoch,
        fetchOffset,
        partitionMaxBytes: settings.maxPartitionFetchBytes,
      })),
    })),
  }
}
