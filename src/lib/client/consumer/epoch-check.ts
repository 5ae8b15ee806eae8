import { OffsetForLeaderEpoch } from '../../protocol/apis/offset-for-leader-epoch.ts'
import { errorName } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { groupByTopic, partitionName } from '../topic-partition.ts'
import type { PartitionError } from './offset-lookup.ts'
import type { PartitionState } from './partition-state.ts'

/**
 * A position behind which the new leader's log is cut off; `endOffset` is -1 when the leader cannot say where they
 * part.
 */
export interface Truncation {
  readonly partition: PartitionState
  readonly endOffset: bigint
  readonly leaderEpoch: number
}

/**
 * Asks a new leader whether the records before each position are still those that were read (KIP-320). Positions that
 * hold are cleared for fetching.
 */
export async function checkEpochs(
  client: KafkaClient,
  nodeId: number,
  partitions: readonly PartitionState[],
): Promise<{ truncations: Truncation[]; errors: PartitionError[] }> {
  const asked = new Map(partitions.map((state) => [state.key, { state, version: state.version }]))
  const response = await client.send(
    OffsetForLeaderEpoch,
    {
      replicaId: -1,
      topics: groupByTopic(partitions).map(({ topic, items }) => ({
        topic,
        partitions: items.map(epochsOf),
      })),
    },
    { nodeId },
  )
  const truncations: Truncation[] = []
  const errors: PartitionError[] = []
  for (const topic of response.topics) {
    for (const { partition, errorCode, endOffset, leaderEpoch } of topic.partitions) {
      const question = asked.get(partitionName({ topic: topic.topic, partition }))
      if (!question || question.state.version !== question.version) continue
      const { state } = question
      if (errorCode !== 0) errors.push({ partition: state, error: errorName(errorCode) })
      else if (endOffset < 0n || leaderEpoch < 0 || endOffset < state.fetchOffset)
        truncations.push({ partition: state, endOffset, leaderEpoch })
      else state.needsEpochCheck = false
    }
  }
  return { truncations, errors }
}

function epochsOf({ partition, leaderEpoch, offsetEpoch }: PartitionState): {
  partition: number
  currentLeaderEpoch: number
  leaderEpoch: number
} {
  return { partition, currentLeaderEpoch: leaderEpoch, leaderEpoch: offsetEpoch }
}
