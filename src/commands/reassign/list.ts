import { partitionName } from '../../lib/client/topic-partition.ts'
import {
  listPartitionReassignments,
  type PartitionReassignment,
} from '../../lib/client/admin/list-partition-reassignments.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { renderTable } from '../../lib/output/table.ts'
import { sortPartitions } from './plan-file.ts'

/** What is under way in the whole cluster. Throws KafkaError. */
export async function list(client: KafkaClient): Promise<Result> {
  const data = sortPartitions(await listPartitionReassignments(client))
  const none = 'No partition reassignments found.\n'
  return {
    data,
    text: () => (data.length === 0 ? none : `Current partition reassignments:\n${data.map(asLine).join('')}`),
    table: () =>
      data.length === 0
        ? none
        : renderTable(
            ['TOPIC', 'PARTITION', 'REPLICAS', 'ADDING', 'REMOVING'],
            data.map(({ topic, partition, replicas, addingReplicas, removingReplicas }) => [
              topic,
              `${partition}`,
              replicas.join(','),
              addingReplicas.join(','),
              removingReplicas.join(','),
            ]),
            { right: [1] },
          ),
  }
}

function asLine({ topic, partition, replicas, addingReplicas, removingReplicas }: PartitionReassignment): string {
  const part = (label: string, ids: readonly number[]): string =>
    ids.length === 0 ? '' : ` ${label}: ${ids.join(',')}.`
  return `${partitionName({ topic, partition })}: replicas: ${replicas.join(',')}.${part('adding', addingReplicas)}${part('removing', removingReplicas)}\n`
}
