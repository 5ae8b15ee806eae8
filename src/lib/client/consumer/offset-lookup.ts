import { ListOffsets } from '../../protocol/apis/list-offsets.ts'
import { errorName, type ErrorName } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { byTopic } from './by-topic.ts'
import { isTimestamp, LATEST, partitionKey, type PartitionState, type Start } from './partition-state.ts'

/** An error of one partition, in Kafka's words, for the caller to act on. */
export interface PartitionError {
  readonly partition: PartitionState
  readonly error: ErrorName
}

/**
 * Turns the wanted moments of partitions that one node leads into positions, or into the offsets that they are read up
 * to where positions are known. A moment after the last record becomes the end of the log, at the next look-up.
 * Partitions that have jumped meanwhile are left alone.
 */
export async function lookUpOffsets(
  client: KafkaClient,
  nodeId: number,
  partitions: readonly PartitionState[],
  isReadCommitted: boolean,
): Promise<PartitionError[]> {
  const asked = new Map(
    partitions.map((state) => [
      state.key,
      { state, version: state.version, isStart: state.wanted !== undefined, wanted: state.wanted ?? state.wantedEnd },
    ]),
  )
  const response = await client.send(
    ListOffsets,
    {
      replicaId: -1,
      isolationLevel: isReadCommitted ? 1 : 0,
      topics: byTopic(partitions).map(({ topic, partitions: ofTopic }) => ({
        name: topic,
        partitions: ofTopic.map(timestampOf),
      })),
    },
    { nodeId },
  )
  const errors: PartitionError[] = []
  for (const topic of response.topics) {
    for (const { partitionIndex, errorCode, offset, leaderEpoch } of topic.partitions) {
      const question = asked.get(partitionKey(topic.name, partitionIndex))
      if (!question || question.state.version !== question.version) continue
      const { state, wanted, isStart } = question
      if (errorCode !== 0) errors.push({ partition: state, error: errorName(errorCode) })
      else if (isStart) state.start(found(offset, wanted), leaderEpoch)
      else state.endAt(found(offset, wanted))
    }
  }
  return errors
}

function found(offset: bigint, wanted: Start | undefined): Start {
  if (offset >= 0n) return { offset }
  return wanted === LATEST ? { offset: 0n } : LATEST
}

function timestampOf({ partition, leaderEpoch, wanted, wantedEnd }: PartitionState): {
  partitionIndex: number
  currentLeaderEpoch: number
  timestamp: bigint
} {
  const moment = wanted ?? wantedEnd
  return {
    partitionIndex: partition,
    currentLeaderEpoch: leaderEpoch,
    timestamp: moment && isTimestamp(moment) ? moment.timestamp : -1n,
  }
}
