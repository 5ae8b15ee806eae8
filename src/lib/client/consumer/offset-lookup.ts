import { OFFSET_SPECS } from '../../protocol/apis/list-offsets.ts'
import { errorName, type ErrorName } from '../../protocol/errors.ts'
import { sendListOffsets } from '../admin/list-offsets.ts'
import type { KafkaClient } from '../types.ts'
import { isTimestamp, LATEST, type PartitionState, type Start } from './partition-state.ts'

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
  const asked = partitions.map((state) => {
    const isStart = state.wanted !== undefined
    return { state, version: state.version, isStart, wanted: state.wanted ?? state.wantedEnd }
  })
  const queries = asked.map(({ state, wanted }) => ({
    topic: state.topic,
    partition: state.partition,
    currentLeaderEpoch: state.leaderEpoch,
    timestamp: wanted && isTimestamp(wanted) ? wanted.timestamp : OFFSET_SPECS.latest.timestamp,
  }))
  const answers = await sendListOffsets(client, nodeId, queries, { isolationLevel: isReadCommitted ? 1 : 0 })
  const errors: PartitionError[] = []
  for (const { state, version, isStart, wanted } of asked) {
    const answer = answers.get(state.key)
    if (!answer || state.version !== version) continue
    const { errorCode, offset, leaderEpoch } = answer
    if (errorCode !== 0) errors.push({ partition: state, error: errorName(errorCode) })
    else if (isStart) state.start(found(offset, wanted), leaderEpoch)
    else state.endAt(found(offset, wanted))
  }
  return errors
}

function found(offset: bigint, wanted: Start | undefined): Start {
  if (offset >= 0n) return { offset }
  return wanted === LATEST ? { offset: 0n } : LATEST
}
