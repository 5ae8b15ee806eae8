import { AlterPartitionReassignments } from '../../protocol/apis/alter-partition-reassignments.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { alterReassignment } from '../controller/reassign-partitions.ts'
import { handle, onCluster } from '../handle.ts'
import { refusalOf } from '../state/refusal.ts'
import { decideInTurns } from './shared/decide.ts'

const DONE = { errorCode: ERRORS.NONE, errorMessage: null }

export const alterPartitionReassignments = handle(
  AlterPartitionReassignments,
  onCluster('ALTER'),
  async ({ topics, allowReplicationFactorChange }, { broker }) => {
    const results = await decideInTurns(
      broker,
      topics.flatMap(({ name, partitions }) => partitions.map((wanted) => ({ name, wanted }))),
      ({ name, wanted }) => alterReassignment(broker, name, wanted, allowReplicationFactorChange),
      ({ wanted: { partitionIndex } }, error) => ({
        partitionIndex,
        ...(error === undefined ? DONE : refusalOf(error)),
      }),
    )
    let first = 0
    return {
      errorMessage: null,
      allowReplicationFactorChange,
      responses: topics.map(({ name, partitions }) => ({
        name,
        partitions: results.slice(first, (first += partitions.length)),
      })),
    }
  },
  ({ topics }, refused) => ({
    ...refused,
    responses: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, ...refused })),
    })),
  }),
)
