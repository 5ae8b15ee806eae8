import { KafkaError } from '../../errors.ts'
import { READ_COMMITTED } from '../../protocol/apis/fetch.ts'
import {
  ListOffsets,
  OFFSET_SPECS,
  offsetSpec,
  type ListOffsetsRequest,
  type ListOffsetsResponse,
} from '../../protocol/apis/list-offsets.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import type { TimestampAndOffset } from '../log/types.ts'
import { handle } from '../handle.ts'
import type { Partition } from '../state/partition.ts'
import { findPartition, findReplica } from '../state/partition-lookup.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'
import { requireRight } from './shared/rights.ts'
import type { Isolation } from '../state/watchers.ts'

type PartitionRequest = ListOffsetsRequest['topics'][number]['partitions'][number]
type PartitionAnswer = Input<ListOffsetsResponse['topics'][number]['partitions'][number]>

/** The first version whose answer has the leader epoch (KIP-320). */
const LEADER_EPOCH_FROM = 4
/** The first version whose clients know OFFSET_NOT_AVAILABLE. */
const NOT_AVAILABLE_FROM = 5
const CONSUMER = -1
/** Compares replicas, and so asks those who do not lead too (ListOffsetsRequest.DEBUGGING_REPLICA_ID). */
const DEBUGGING = -2

export const listOffsets = handle(ListOffsets, 'each', async (request, context) => {
  const { broker, header } = context
  const isolation = isolationOf(request)
  const topics = await inTurns(broker.turns, request.topics, async ({ name, partitions }) => {
    const seen = new Set<number>()
    const answer = (wanted: PartitionRequest): PartitionAnswer => {
      const { partitionIndex, timestamp, currentLeaderEpoch } = wanted
      try {
        requireRight(context, 'DESCRIBE', 'TOPIC', name)
        if (seen.has(partitionIndex)) throw new KafkaError('INVALID_REQUEST')
        seen.add(partitionIndex)
        const spec = offsetSpec(timestamp)
        if (spec && header.apiVersion < OFFSET_SPECS[spec].version) throw new KafkaError('UNSUPPORTED_VERSION')
        const look = request.replicaId === DEBUGGING ? findReplica : findPartition
        const partition = look(broker, name, partitionIndex, currentLeaderEpoch)
        const { leaderEpoch, ...found } = find(partition, timestamp, isolation)
        return {
          partitionIndex,
          ...found,
          ...(leaderEpoch !== undefined && header.apiVersion >= LEADER_EPOCH_FROM && { leaderEpoch }),
        }
      } catch (error) {
        return { partitionIndex, errorCode: codeOf(error, header.apiVersion), timestamp: -1n, offset: -1n }
      }
    }
    return { name, partitions: await inTurns(broker.turns, partitions, answer) }
  })
  return { topics }
})

/** Brokers see all that there is, of open transactions and what is not committed too. */
function isolationOf({ replicaId, isolationLevel }: ListOffsetsRequest): Isolation {
  if (replicaId !== CONSUMER) return 'log-end'
  return isolationLevel === READ_COMMITTED ? 'last-stable-offset' : 'high-watermark'
}

function codeOf(error: unknown, version: number): number {
  const { errorCode } = refusalOf(error)
  return errorCode === ERRORS.OFFSET_NOT_AVAILABLE && version < NOT_AVAILABLE_FROM
    ? ERRORS.LEADER_NOT_AVAILABLE
    : errorCode
}

/**
 * Fields left out mean "nothing found". Throws KafkaError UNSUPPORTED_VERSION for a negative time that means nothing,
 * and OFFSET_NOT_AVAILABLE while a new leader does not know yet how much is committed: the end would seem to go back
 * (KIP-207).
 */
function find(partition: Partition, timestamp: bigint, isolation: Isolation): Partial<TimestampAndOffset> {
  const { log } = partition
  const end = partition.endFor(isolation)
  const isBehind = isolation !== 'log-end' && partition.isCatchingUp
  const at = (offset: bigint): Partial<TimestampAndOffset> => ({
    offset,
    leaderEpoch: offset === end ? log.latestEpoch() : log.epochAt(offset),
  })
  const visible = (found: TimestampAndOffset | null): Partial<TimestampAndOffset> => {
    if (found && found.offset < end) return found
    if (isBehind) throw new KafkaError('OFFSET_NOT_AVAILABLE')
    return {}
  }
  switch (offsetSpec(timestamp)) {
    case 'latest':
      if (isBehind) throw new KafkaError('OFFSET_NOT_AVAILABLE')
      return at(end)
    case 'earliest':
    case 'earliest-local':
      return at(log.logStartOffset)
    // There is no tiered storage here, so nothing has been moved to it.
    case 'latest-tiered':
    case 'earliest-pending-upload':
      return {}
    case 'max-timestamp':
      return visible(log.maxTimestampOffset())
    default:
      if (timestamp < 0n) throw new KafkaError('UNSUPPORTED_VERSION')
      return visible(log.offsetForTimestamp(timestamp))
  }
}
