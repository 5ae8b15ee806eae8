import { InitProducerId } from '../../protocol/apis/init-producer-id.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'

/** An idempotent producer gets a fresh id with epoch 0 each time it asks; a transactional one needs a coordinator. */
export const initProducerId = handle(InitProducerId, ({ transactionalId }, { broker }) => {
  if (transactionalId === '') return { errorCode: ERRORS.INVALID_REQUEST }
  if (transactionalId !== null) return { errorCode: ERRORS.COORDINATOR_NOT_AVAILABLE }
  return { producerId: broker.producerIds.generate(), producerEpoch: 0 }
})
