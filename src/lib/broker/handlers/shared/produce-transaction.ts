import type { ProduceRequest } from '../../../protocol/apis/produce.ts'
import type { ErrorName } from '../../../protocol/errors.ts'
import { ATTRIBUTES, AT, BATCH_OVERHEAD } from '../../../protocol/records/index.ts'
import type { RequestContext } from '../../handle.ts'
import { joinTransaction } from '../../state/coordinators/join-transaction.ts'
import { EPOCH_BUMP_VERSION } from '../../state/transactions/transaction.ts'
import { whenDone } from '../../state/turns.ts'
import { findTopic } from './find-topic.ts'

/** From this version on a write makes its partition part of the transaction (KIP-890). */
const JOINS_FROM = 12
/** The first version whose clients know TRANSACTION_ABORTABLE. */
const ABORTABLE_FROM = 11

/** The transaction that a Produce request writes in, if it writes in one. */
export interface WriteTransaction {
  /** Why nothing of the request can be written, null when it can. */
  readonly refusal: ErrorName | null
  readonly transactionVersion: number
  /** Throws KafkaError for a partition that is not part of the transaction. */
  requireJoined(topic: string, partition: number): void
}

/** A batch of the request that is part of a transaction. */
interface Write {
  readonly topic: string
  readonly partition: number
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** Asks the coordinator once for all partitions of the request, before the first is written. */
export function transactionOf(
  request: ProduceRequest,
  context: RequestContext,
): WriteTransaction | Promise<WriteTransaction> {
  const { apiVersion } = context.header
  const transactionVersion = apiVersion >= JOINS_FROM ? EPOCH_BUMP_VERSION : 0
  if (!isTransactional(request)) return { refusal: null, transactionVersion, requireJoined() {} }
  const writes = transactionalWrites(request, context)
  const refusal = refusalOf(request, writes, context)
  const [first] = writes
  if (refusal || !first) return { refusal, transactionVersion, requireJoined() {} }
  const { producerId, producerEpoch } = first
  const producer = { transactionalId: request.transactionalId!, producerId, producerEpoch }
  const client = { joins: apiVersion >= JOINS_FROM, knowsAbortable: apiVersion >= ABORTABLE_FROM }
  const partitions = writes.map(({ topic, partition }) => [topic, partition] as const)
  return whenDone(joinTransaction(context.broker, producer, partitions, client), (refusals) => {
    const errors = new Map(
      writes.map(({ topic, partition }, index) => [keyOf(topic, partition), refusals[index]] as const),
    )
    return {
      refusal: null,
      transactionVersion,
      requireJoined(topic, partition) {
        const error = errors.get(keyOf(topic, partition))
        if (error) throw error
      },
    }
  })
}

const isTransactional = ({ topicData }: ProduceRequest): boolean =>
  topicData.some(({ partitionData }) => partitionData.some(({ records }) => isTransactionalBatch(records)))

/** A transaction needs a name, and the right to use it, and has one producer. */
function refusalOf(
  { transactionalId }: ProduceRequest,
  [first, ...others]: readonly Write[],
  context: RequestContext,
): ErrorName | null {
  if (transactionalId === null || !context.isAllowed('WRITE', 'TRANSACTIONAL_ID', transactionalId))
    return 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'
  const isMixed = others.some(
    ({ producerId, producerEpoch }) => producerId !== first!.producerId || producerEpoch !== first!.producerEpoch,
  )
  return isMixed ? 'INVALID_PRODUCER_ID_MAPPING' : null
}

/** Batches that cannot be what they claim are left to be refused by those who read them whole. */
function transactionalWrites({ topicData }: ProduceRequest, context: RequestContext): Write[] {
  return topicData.flatMap(({ name, topicId, partitionData }) => {
    const topic = findTopic(context, 'WRITE', name, topicId)
    if (typeof topic === 'string') return []
    return partitionData.flatMap(({ index, records }): Write[] => {
      if (!topic.partitions[index] || !isTransactionalBatch(records)) return []
      return [
        {
          topic: topic.name,
          partition: index,
          producerId: records.readBigInt64BE(AT.producerId),
          producerEpoch: records.readInt16BE(AT.producerEpoch),
        },
      ]
    })
  })
}

const isTransactionalBatch = (records: Buffer | null): records is Buffer =>
  records !== null &&
  records.length >= BATCH_OVERHEAD &&
  (records.readInt16BE(AT.attributes) & ATTRIBUTES.TRANSACTIONAL) !== 0

const keyOf = (topic: string, partition: number): string => `${topic}-${partition}`
