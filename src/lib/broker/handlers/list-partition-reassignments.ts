import { ListPartitionReassignments } from '../../protocol/apis/list-partition-reassignments.ts'
import { handle } from '../handle.ts'

/** Partitions do not move between brokers here, so there is never one on its way. */
export const listPartitionReassignments = handle(ListPartitionReassignments, () => ({ topics: [] }))
