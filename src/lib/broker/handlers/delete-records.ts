import { KafkaError } from '../../errors.ts'
import { DeleteRecords } from '../../protocol/apis/delete-records.ts'
import { handle } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { isInternalTopic } from '../../protocol/topic-names.ts'
import { findPartition } from '../state/partition-lookup.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'

const TO_HIGH_WATERMARK = -1n

export const deleteRecords = handle(DeleteRecords, async (request, { broker }) => {
  const topics = await inTurns(broker.turns, request.topics, async ({ name, partitions }) => ({
    name,
    partitions: await inTurns(broker.turns, partitions, ({ partitionIndex, offset }) => {
      try {
        return { partitionIndex, lowWatermark: moveLogStart(broker, name, partitionIndex, offset) }
      } catch (error) {
        return { partitionIndex, lowWatermark: -1n, errorCode: refusalOf(error).errorCode }
      }
    }),
  }))
  return { topics }
})

/** What the coordinators keep is theirs to clean (ReplicaManager.deleteRecordsOnLocalLog). */
function moveLogStart(broker: Broker, topic: string, index: number, wanted: bigint): bigint {
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
  return partition.log.logStartOffset
}
