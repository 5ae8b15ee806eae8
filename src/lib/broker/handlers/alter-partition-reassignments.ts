import { KafkaError } from '../../errors.ts'
import {
  AlterPartitionReassignments,
  type AlterPartitionReassignmentsRequest,
} from '../../protocol/apis/alter-partition-reassignments.ts'
import { handle } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { refusalOf } from '../state/refusal.ts'
import { checkReplicas } from '../state/topic-creation.ts'
import { inTurns } from '../state/turns.ts'

type Wanted = AlterPartitionReassignmentsRequest['topics'][number]['partitions'][number]

/** With one broker a partition can only be told to stay where it is, which is done at once. */
export const alterPartitionReassignments = handle(
  AlterPartitionReassignments,
  async ({ topics, allowReplicationFactorChange }, { broker }) => ({
    errorMessage: null,
    allowReplicationFactorChange,
    responses: await inTurns(broker.turns, topics, async ({ name, partitions }) => ({
      name,
      partitions: await inTurns(broker.turns, partitions, (wanted) => {
        try {
          reassign(broker, name, wanted, allowReplicationFactorChange)
          return { partitionIndex: wanted.partitionIndex, errorMessage: null }
        } catch (error) {
          return { partitionIndex: wanted.partitionIndex, ...refusalOf(error) }
        }
      }),
    })),
  }),
)

/** Throws KafkaError with Kafka's own sentences (ReplicationControlManager.alterPartitionReassignment). */
function reassign(broker: Broker, name: string, { partitionIndex, replicas }: Wanted, mayChangeFactor: boolean): void {
  const topic = broker.cluster.topic(name)
  if (!topic) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find a topic named ${name}.`)
  const partition = topic.partitions[partitionIndex]
  if (!partition)
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find partition ${name}:${partitionIndex}.`)
  if (replicas === null)
    throw new KafkaError('NO_REASSIGNMENT_IN_PROGRESS', 'No partition reassignment is in progress.')
  checkReplicas(broker, replicas)
  if (!mayChangeFactor && replicas.length !== partition.replicas.length) {
    throw new KafkaError(
      'INVALID_REPLICATION_FACTOR',
      `The replication factor is changed from ${partition.replicas.length} to ${replicas.length}`,
    )
  }
}
