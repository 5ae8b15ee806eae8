import { KafkaError } from '../../errors.ts'
import type { AlterPartitionReassignmentsRequest } from '../../protocol/apis/alter-partition-reassignments.ts'
import type { NewMetadataRecord } from '../../protocol/internal-records/index.ts'
import type { PartitionRegistration } from '../state/cluster/types.ts'
import { checkReplicas } from '../state/cluster/placement.ts'
import { isReassigning, reassign, revert, without } from './reassignment.ts'
import { changeOf, mayElectUncleanly, type ControllerView, type TopicPartition } from './view.ts'

type Wanted = AlterPartitionReassignmentsRequest['topics'][number]['partitions'][number]

/**
 * The record that begins to move a partition, or takes it back; null where it is there already
 * (ReplicationControlManager.alterPartitionReassignment). Throws KafkaError UNKNOWN_TOPIC_OR_PARTITION,
 * NO_REASSIGNMENT_IN_PROGRESS, INVALID_REPLICA_ASSIGNMENT, INVALID_REPLICATION_FACTOR.
 */
export function alterReassignment(
  view: ControllerView,
  name: string,
  { partitionIndex, replicas }: Wanted,
  mayChangeFactor: boolean,
): NewMetadataRecord | null {
  const topic = view.cluster.topic(name)
  if (!topic) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find a topic named ${name}.`)
  const partition = topic.partitions[partitionIndex]
  if (!partition)
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find partition ${name}:${partitionIndex}.`)
  if (replicas === null) return cancel(view, { topic, partition })
  checkReplicas(view.cluster, replicas)
  if (!mayChangeFactor) checkFactor(partition, replicas)
  const { replicas: all, addingReplicas, removingReplicas } = reassign(partition.replicas, replicas)
  return changeOf(
    view,
    { topic, partition },
    {
      replicas: all,
      ...(removingReplicas.length > 0 && { removingReplicas }),
      ...(addingReplicas.length > 0 && { addingReplicas }),
    },
  )
}

function cancel(view: ControllerView, { topic, partition }: TopicPartition): NewMetadataRecord | null {
  if (!isReassigning(partition))
    throw new KafkaError('NO_REASSIGNMENT_IN_PROGRESS', 'No partition reassignment is in progress.')
  const { replicas, isr, isUnclean } = revert(partition)
  const isAllowed = mayElectUncleanly(view, topic)
  if (isUnclean && !isAllowed)
    throw new KafkaError(
      'INVALID_REPLICA_ASSIGNMENT',
      `Unable to revert partition assignment for ${topic.name}:${partition.partition} because it would require an ` +
        'unclean leader election.',
    )
  return changeOf(
    view,
    { topic, partition },
    { isr, replicas, removingReplicas: [], addingReplicas: [], ...(isAllowed && { election: 'unclean' }) },
  )
}

/** KIP-860. */
function checkFactor(partition: PartitionRegistration, replicas: readonly number[]): void {
  const { length } = isReassigning(partition)
    ? without([...new Set([...partition.replicas, ...partition.addingReplicas])], partition.removingReplicas)
    : partition.replicas
  if (length !== replicas.length)
    throw new KafkaError(
      'INVALID_REPLICATION_FACTOR',
      `The replication factor is changed from ${length} to ${replicas.length}`,
    )
}
