import { KafkaError } from '../../errors.ts'
import {
  InitProducerId,
  type InitProducerIdResponse,
  type InitProducerIdRequest,
} from '../../protocol/apis/init-producer-id.ts'
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../../protocol/records/index.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { refusalOf } from '../state/refusal.ts'
import { coordinated, fencedCode } from './shared/coordinated.ts'

/** The first version whose clients know PRODUCER_FENCED. */
const FENCED_FROM = 4

/** An idempotent producer gets a fresh id with epoch 0 each time it asks; a transactional one asks its coordinator. */
export const initProducerId = handle(InitProducerId, (request, { broker, header }) =>
  coordinated(
    (): Input<InitProducerIdResponse> => init(broker, request),
    ({ error }) => refused(fencedCode(error, header.apiVersion >= FENCED_FROM)),
    () => (request.transactionalId === null ? undefined : broker.transactions.awaitCommit(request.transactionalId)),
  ),
)

function init(
  broker: Broker,
  { transactionalId, transactionTimeoutMs, producerId, producerEpoch }: InitProducerIdRequest,
): Input<InitProducerIdResponse> {
  if ((producerId === NO_PRODUCER_ID) !== (producerEpoch === NO_PRODUCER_EPOCH)) throw new KafkaError('INVALID_REQUEST')
  if (transactionalId === null) return initIdempotent(broker)
  return broker.transactions.initProducerId({
    transactionalId,
    timeoutMs: transactionTimeoutMs,
    producerId,
    producerEpoch,
  })
}

/** No coordinator takes part in this, so an error of the disk is told as it is. */
function initIdempotent({ producerIds }: Broker): Input<InitProducerIdResponse> {
  try {
    return { producerId: producerIds.generate(), producerEpoch: 0 }
  } catch (error) {
    return refused(refusalOf(error).errorCode)
  }
}

const refused = (errorCode: number): Input<InitProducerIdResponse> => ({ errorCode, producerEpoch: NO_PRODUCER_EPOCH })
