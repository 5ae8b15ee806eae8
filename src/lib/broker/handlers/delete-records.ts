import { KafkaError, kafkaErrorOf } from '../../errors.ts'
import { DeleteRecords, type DeleteRecordsResponse } from '../../protocol/apis/delete-records.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { isInternalTopic } from '../../protocol/topic-names.ts'
import type { Partition } from '../state/partition.ts'
import { findPartition } from '../state/partition-lookup.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'
import { requireRight } from './shared/rights.ts'

type PartitionAnswer = Input<DeleteRecordsResponse['topics'][number]['partitions'][number]>

const TO_HIGH_WATERMARK = -1n

export const deleteRecords = handle(DeleteRecords, 'each', async (request, context) => {
  const { broker } = context
  const topics = await inTurns(broker.turns, request.topics, async ({ name, partitions }) => ({
    name,
    partitions: await inTurns(broker.turns, partitions, ({ partitionIndex, offset }) => ({
      partitionIndex,
      moved: attempt(() => {
        requireRight(context, 'DELETE', 'TOPIC', name)
        return moveLogStart(broker, name, partitionIndex, offset)
      }),
    })),
  }))
  // All log starts have moved before the first follower is waited for.
  return {
    topics: await Promise.all(
      topics.map(async ({ name, partitions }) => ({
        name,
        partitions: await Promise.all(
          partitions.map(({ partitionIndex, moved }) => answer(partitionIndex, moved, request.timeoutMs)),
        ),
      })),
    ),
  }
})

interface Moved {
  readonly partition: Partition
  readonly offset: bigint
}

function attempt<T>(action: () => T): T | KafkaError {
  try {
    return action()
  } catch (error) {
    return kafkaErrorOf(error)
  }
}

/** Deleted is what no replica has any more that is alive. */
async function answer(partitionIndex: number, moved: Moved | KafkaError, timeoutMs: number): Promise<PartitionAnswer> {
  try {
    if (moved instanceof KafkaError) throw moved
    await moved.partition.awaitDeletion(moved.offset, timeoutMs)
    return { partitionIndex, lowWatermark: moved.partition.lowWatermark }
  } catch (error) {
    return { partitionIndex, lowWatermark: -1n, errorCode: refusalOf(error).errorCode }
  }
}

/** What the coordinators keep is theirs to clean (ReplicaManager.deleteRecordsOnLocalLog). */
function moveLogStart(broker: Broker, topic: string, index: number, wanted: bigint): Moved {
  if (isInternalTopic(topic)) throw new KafkaError('INVALID_TOPIC_EXCEPTION')
  const partition = findPartition(broker, topic, index)
  const policy = broker.topicConfigs.logConfig(broker.cluster.topic(topic)!.configs).cleanupPolicy
  if (!policy.has('delete'))
    throw new KafkaError(
      'POLICY_VIOLATION',
      `records of ${topic} cannot be deleted: its cleanup.policy is compact alone`,
    )
  const offset = wanted === TO_HIGH_WATERMARK ? partition.highWatermark : wanted
  if (offset < 0n || offset > partition.highWatermark) throw new KafkaError('OFFSET_OUT_OF_RANGE')
  if (offset > partition.log.logStartOffset) {
    partition.log.deleteRecordsBefore(offset)
    broker.partitions.saveLogStartOffsets()
  }
  return { partition, offset }
}
