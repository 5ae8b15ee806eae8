import { partitionName } from '../../lib/client/topic-partition.ts'
import {
  listPartitionReassignments,
  type PartitionReassignment,
} from '../../lib/client/admin/list-partition-reassignments.ts'
import { tableOf, type Column } from '../../lib/output/rows.ts'
import type { Action } from '../../lib/work/command.ts'
import type { ReassignValues } from './options.ts'
import { sortPartitions } from './plan-file.ts'

export const list: Action<ReassignValues> = {
  about: 'Show what is under way.',
  async run({ client }) {
    const data = sortPartitions(await listPartitionReassignments(client))
    return {
      data,
      text: () => (data.length === 0 ? `${NONE}\n` : `Current partition reassignments:\n${data.map(asLine).join('')}`),
      table: () => tableOf(data, COLUMNS, { none: NONE }),
    }
  },
}

const NONE = 'No partition reassignments found.'

const COLUMNS: readonly Column<PartitionReassignment>[] = [
  { title: 'TOPIC', value: ({ topic }) => topic },
  { title: 'PARTITION', value: ({ partition }) => partition, isNumber: true },
  { title: 'REPLICAS', value: ({ replicas }) => replicas.join(',') },
  { title: 'ADDING', value: ({ addingReplicas }) => addingReplicas.join(',') },
  { title: 'REMOVING', value: ({ removingReplicas }) => removingReplicas.join(',') },
]

function asLine({ topic, partition, replicas, addingReplicas, removingReplicas }: PartitionReassignment): string {
  const part = (label: string, ids: readonly number[]): string =>
    ids.length === 0 ? '' : ` ${label}: ${ids.join(',')}.`
  return `${partitionName({ topic, partition })}: replicas: ${replicas.join(',')}.${part('adding', addingReplicas)}${part('removing', removingReplicas)}\n`
}
