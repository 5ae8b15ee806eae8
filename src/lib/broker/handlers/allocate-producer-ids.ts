import { kafkaErrorOf } from '../../errors.ts'
import { AllocateProducerIds } from '../../protocol/apis/allocate-producer-ids.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { PRODUCER_ID_BLOCK } from '../controller/quorum-controller.ts'
import { handle, onCluster } from '../handle.ts'

export const allocateProducerIds = handle(
  AllocateProducerIds,
  onCluster('CLUSTER_ACTION'),
  (request, { broker: { quorumController } }) => {
    try {
      return { producerIdStart: quorumController.allocateProducerIds(request), producerIdLen: PRODUCER_ID_BLOCK }
    } catch (error) {
      return { errorCode: ERRORS[kafkaErrorOf(error).code] }
    }
  },
)
