import { KafkaError } from '../../errors.ts'
import { ListOffsets, type ListOffsetsRequest, type ListOffsetsResponse } from '../../protocol/apis/list-offsets.ts'
import type { Input } from '../../protocol/schema.ts'
import type { TimestampAndOffset } from '../log/types.ts'
import { handle } from '../handle.ts'
import type { Partition } from '../state/partition.ts'
import { findPartition } from '../state/partition-lookup.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'

type PartitionRequest = ListOffsetsRequest['topics'][number]['partitions'][number]
type PartitionAnswer = Input<ListOffsetsResponse['topics'][number]['partitions'][number]>

const READ_COMMITTED = 1
/**
 * Timestamps that are not times (ListOffsetsRequest). There is no tiered storage here, so nothing has been moved to it.
 */
const LATEST = -1n
const EARLIEST = -2n
const MAX_TIMESTAMP = -3n
const EARLIEST_LOCAL = -4n
const LATEST_TIERED = -5n
const EARLIEST_PENDING_UPLOAD = -6n
/** The first version whose answer has the leader epoch (KIP-320). */
const LEADER_EPOCH_FROM = 4
/** The version that brought each of them. */
const SINCE = new Map([
  [MAX_TIMESTAMP, 7],
  [EARLIEST_LOCAL, 8],
  [LATEST_TIERED, 9],
  [EARLIEST_PENDING_UPLOAD, 11],
])

export const listOffsets = handle(ListOffsets, async (request, { broker, header }) => {
  const isCommitted = request.isolationLevel === READ_COMMITTED
  const topics = await inTurns(broker.turns, request.topics, async ({ name, partitions }) => {
    const seen = new Set<number>()
    const answer = (wanted: PartitionRequest): PartitionAnswer => {
      const { partitionIndex, timestamp, currentLeaderEpoch } = wanted
      try {
        if (seen.has(partitionIndex)) throw new KafkaError('INVALID_REQUEST')
        seen.add(partitionIndex)
        if (header.apiVersion < (SINCE.get(timestamp) ?? 0)) throw new KafkaError('UNSUPPORTED_VERSION')
        const partition = findPartition(broker, name, partitionIndex, currentLeaderEpoch)
        const { leaderEpoch, ...found } = find(partition, timestamp, isCommitted)
        return {
          partitionIndex,
          ...found,
          ...(leaderEpoch !== undefined && header.apiVersion >= LEADER_EPOCH_FROM && { leaderEpoch }),
        }
      } catch (error) {
        return { partitionIndex, errorCode: refusalOf(error).errorCode, timestamp: -1n, offset: -1n }
      }
    }
    return { name, partitions: await inTurns(broker.turns, partitions, answer) }
  })
  return { topics }
})

/**
 * Fields left out mean "nothing found". Throws KafkaError UNSUPPORTED_VERSION for a negative time that means nothing.
 */
function find(partition: Partition, timestamp: bigint, isCommitted: boolean): Partial<TimestampAndOffset> {
  const { log, highWatermark, lastStableOffset } = partition
  const end = isCommitted ? lastStableOffset : highWatermark
  const at = (offset: bigint): Partial<TimestampAndOffset> => ({
    offset,
    leaderEpoch: offset === end ? log.latestEpoch() : log.epochAt(offset),
  })
  switch (timestamp) {
    case LATEST:
      return at(end)
    case EARLIEST:
    case EARLIEST_LOCAL:
      return at(log.logStartOffset)
    case LATEST_TIERED:
    case EARLIEST_PENDING_UPLOAD:
      return {}
    case MAX_TIMESTAMP:
      return visible(log.maxTimestampOffset(), end)
    default:
      if (timestamp < 0n) throw new KafkaError('UNSUPPORTED_VERSION')
      return visible(log.offsetForTimestamp(timestamp), end)
  }
}

const visible = (found: TimestampAndOffset | null, end: bigint): Partial<TimestampAndOffset> =>
  found && found.offset < end ? found : {}
