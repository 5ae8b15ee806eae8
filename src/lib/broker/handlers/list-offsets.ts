import { KafkaError } from '../../errors.ts'
import { READ_COMMITTED } from '../../protocol/apis/fetch.ts'
import {
  ListOffsets,
  OFFSET_SPECS,
  offsetSpec,
  type ListOffsetsRequest,
  type ListOffsetsResponse,
} from '../../protocol/apis/list-offsets.ts'
import type { Input } from '../../protocol/schema.ts'
import type { TimestampAndOffset } from '../log/types.ts'
import { handle } from '../handle.ts'
import type { Partition } from '../state/partition.ts'
import { findPartition } from '../state/partition-lookup.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'

type PartitionRequest = ListOffsetsRequest['topics'][number]['partitions'][number]
type PartitionAnswer = Input<ListOffsetsResponse['topics'][number]['partitions'][number]>

/** The first version whose answer has the leader epoch (KIP-320). */
const LEADER_EPOCH_FROM = 4

export const listOffsets = handle(ListOffsets, async (request, { broker, header }) => {
  const isCommitted = request.isolationLevel === READ_COMMITTED
  const topics = await inTurns(broker.turns, request.topics, async ({ name, partitions }) => {
    const seen = new Set<number>()
    const answer = (wanted: PartitionRequest): PartitionAnswer => {
      const { partitionIndex, timestamp, currentLeaderEpoch } = wanted
      try {
        if (seen.has(partitionIndex)) throw new KafkaError('INVALID_REQUEST')
        seen.add(partitionIndex)
        const spec = offsetSpec(timestamp)
        if (spec && header.apiVersion < OFFSET_SPECS[spec].version) throw new KafkaError('UNSUPPORTED_VERSION')
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
  switch (offsetSpec(timestamp)) {
    case 'latest':
      return at(end)
    case 'earliest':
    case 'earliest-local':
      return at(log.logStartOffset)
    // There is no tiered storage here, so nothing has been moved to it.
    case 'latest-tiered':
    case 'earliest-pending-upload':
      return {}
    case 'max-timestamp':
      return visible(log.maxTimestampOffset(), end)
    default:
      if (timestamp < 0n) throw new KafkaError('UNSUPPORTED_VERSION')
      return visible(log.offsetForTimestamp(timestamp), end)
  }
}

const visible = (found: TimestampAndOffset | null, end: bigint): Partial<TimestampAndOffset> =>
  found && found.offset < end ? found : {}
