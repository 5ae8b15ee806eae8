import { KafkaError } from '../../errors.ts'
import { CLUSTER_NAME } from '../../protocol/acl-types.ts'
import {
  InitProducerId,
  type InitProducerIdResponse,
  type InitProducerIdRequest,
} from '../../protocol/apis/init-producer-id.ts'
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../../protocol/records/index.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { refusalOf } from '../state/refusal.ts'
import { coordinated, fencedCode } from './shared/coordinated.ts'
import { requireRight } from './shared/rights.ts'

/** The first version whose clients know PRODUCER_FENCED. */
const FENCED_FROM = 4

/** An idempotent producer gets a fresh id with epoch 0 each time it asks; a transactional one asks its coordinator. */
export const initProducerId = handle(InitProducerId, 'each', (request, context) => {
  const { broker, header } = context
  return coordinated(
    (): Input<InitProducerIdResponse> => {
      requireProducerRight(request, context)
      return init(broker, request)
    },
    ({ error }) => refused(fencedCode(error, header.apiVersion >= FENCED_FROM)),
    () => (request.transactionalId === null ? undefined : broker.transactions.awaitCommit(request.transactionalId)),
  )
})

/** Who may write to any topic may do so idempotently (KIP-679). */
function requireProducerRight({ transactionalId }: InitProducerIdRequest, context: RequestContext): void {
  if (transactionalId !== null) requireRight(context, 'WRITE', 'TRANSACTIONAL_ID', transactionalId)
  else if (!context.isAllowedByAnyResource('WRITE', 'TOPIC'))
    requireRight(context, 'IDEMPOTENT_WRITE', 'CLUSTER', CLUSTER_NAME)
}

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
