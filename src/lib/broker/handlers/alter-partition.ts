import { kafkaErrorOf } from '../../errors.ts'
import { AlterPartition } from '../../protocol/apis/alter-partition.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'

export const alterPartition = handle(
  AlterPartition,
  onCluster('CLUSTER_ACTION'),
  (request, { broker: { quorumController } }) => {
    try {
      return { topics: quorumController.alterPartition(request) }
    } catch (error) {
      return { errorCode: ERRORS[kafkaErrorOf(error).code] }
    }
  },
)
