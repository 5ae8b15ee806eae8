import { ListPartitionReassignments } from '../../protocol/apis/list-partition-reassignments.ts'
import { isReassigning } from '../controller/reassignment.ts'
import { handle, onCluster } from '../handle.ts'
import type { Topic } from '../state/cluster/types.ts'
import { inTurns } from '../state/turns.ts'

/** What is on its way to other brokers; of topics that are not there nothing is said. */
export const listPartitionReassignments = handle(
  ListPartitionReassignments,
  onCluster('DESCRIBE'),
  async ({ topics }, { broker: { cluster, turns } }) => {
    const wanted: readonly { readonly name: string; readonly partitionIndexes?: readonly number[] }[] = topics ?? [
      ...cluster.topics(),
    ]
    const moving = await inTurns(turns, wanted, ({ name, partitionIndexes }) => {
      const topic = cluster.topic(name)
      return { name, partitions: topic ? reassignments(topic, partitionIndexes) : [] }
    })
    return { errorMessage: null, topics: moving.filter(({ partitions }) => partitions.length > 0) }
  },
)

function reassignments({ partitions }: Topic, indexes: readonly number[] = [...partitions.keys()]) {
  return indexes.flatMap((partitionIndex) => {
    const partition = partitions[partitionIndex]
    if (!partition || !isReassigning(partition)) return []
    const { replicas, addingReplicas, removingReplicas } = partition
    return [{ partitionIndex, replicas, addingReplicas, removingReplicas }]
  })
}
