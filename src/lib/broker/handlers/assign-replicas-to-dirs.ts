import { kafkaErrorOf } from '../../errors.ts'
import { AssignReplicasToDirs } from '../../protocol/apis/assign-replicas-to-dirs.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle, onCluster } from '../handle.ts'

export const assignReplicasToDirs = handle(
  AssignReplicasToDirs,
  onCluster('CLUSTER_ACTION'),
  (request, { broker: { quorumController } }) => {
    try {
      return { directories: quorumController.assignReplicasToDirs(request) }
    } catch (error) {
      return { errorCode: ERRORS[kafkaErrorOf(error).code] }
    }
  },
)
