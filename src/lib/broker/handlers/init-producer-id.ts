import { KafkaError } from '../../errors.ts'
import { InitProducerId } from '../../protocol/apis/init-producer-id.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'

/** An idempotent producer gets a fresh id with epoch 0 each time it asks; a transactional one needs a coordinator. */
export const initProducerId = handle(InitProducerId, ({ transactionalId }, { broker }) => {
  if (transactionalId === '') return { errorCode: ERRORS.INVALID_REQUEST }
  if (transactionalId !== null) return { errorCode: ERRORS.COORDINATOR_NOT_AVAILABLE }
  try {
    return { producerId: broker.producerIds.generate(), producerEpoch: 0 }
  } catch (error) {
    if (error instanceof KafkaError) return { errorCode: ERRORS[error.code as ErrorName] }
    throw error
  }
})
