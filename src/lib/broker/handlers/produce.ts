import { KafkaError, MalformedError } from '../../errors.ts'
import { Produce, type ProduceRequest, type ProduceResponse } from '../../protocol/apis/produce.ts'
import { ERRORS, errorName, type ErrorName } from '../../protocol/errors.ts'
import { CODECS, codecName, readBatchHeader } from '../../protocol/records/index.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import { RecordValidationError } from '../log/index.ts'
import type { Broker } from '../state/broker.ts'
import { isInternalTopic } from '../state/cluster/topic-name.ts'
import { findPartition, leaderError } from '../state/partition-lookup.ts'
import { transactionOf, type WriteTransaction } from './produce-transaction.ts'
import { throttleProduce } from './throttle.ts'

type PartitionData = ProduceRequest['topicData'][number]['partitionData'][number]
type PartitionAnswer = Input<ProduceResponse['responses'][number]['partitionResponses'][number]>

const ACKS = new Set([-1, 0, 1])
/** The first version that names the leader to a client that asked another node (KIP-951). */
const LEADER_FROM = 10
/** The first version whose clients know zstd (KIP-110). */
const ZSTD_FROM = 7
/** What Kafka's own admin client calls itself: it alone may write to internal topics (AdminUtils.ADMIN_CLIENT_ID). */
const ADMIN_CLIENT_ID = '__admin_client'

export const produce = handle(Produce, (request, context) => {
  const { broker, header } = context
  const { acks } = request
  const transaction = transactionOf(request, broker, header.apiVersion)
  const refusal = ACKS.has(acks) ? transaction.refusal : 'INVALID_REQUIRED_ACKS'
  const mayWriteInternal = header.clientId === ADMIN_CLIENT_ID
  const responses = request.topicData.map(({ name, topicId, partitionData }) => {
    const topic = header.apiVersion >= 13 ? broker.cluster.topicById(topicId) : broker.cluster.topic(name)
    const unknown: ErrorName = header.apiVersion >= 13 ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION'
    const answer = (data: PartitionData): PartitionAnswer => {
      if (refusal) return failed(data.index, new KafkaError(refusal))
      if (!topic) return failed(data.index, new KafkaError(unknown))
      if (isInternalTopic(topic.name) && !mayWriteInternal) return failed(data.index, internalTopicRefused(topic.name))
      return append(broker, topic.name, data, acks, header.apiVersion, transaction)
    }
    return { name, topicId, partitionResponses: partitionData.map(answer) }
  })
  const throttleTimeMs = throttleProduce(context)
  if (acks !== 0) return { responses, throttleTimeMs }
  refuseUnseen(responses)
  return null
})

/** What the coordinators keep is theirs to write (ReplicaManager.appendRecordsToLeader). */
function internalTopicRefused(name: string): KafkaError {
  return new KafkaError('INVALID_TOPIC_EXCEPTION', `Cannot append to internal topic ${name}`)
}

/** With acks=0 there is no answer to hold an error, so the connection is closed: the client then looks for the leader anew. */
function refuseUnseen(responses: readonly { partitionResponses: readonly PartitionAnswer[] }[]): void {
  const code = responses.flatMap(({ partitionResponses }) => partitionResponses).find(({ errorCode }) => errorCode)?.errorCode
  if (code !== undefined) throw new MalformedError(`records sent with acks=0 were refused: ${errorName(code)}`)
}

function append(broker: Broker, topic: string, { index, records }: PartitionData, acks: number, version: number, transaction: WriteTransaction): PartitionAnswer {
  try {
    const partition = findPartition(broker, topic, index)
    const batch = singleBatch(records, version)
    if (acks === -1) checkInSyncReplicas(broker, topic, index)
    transaction.requireJoined(topic, index)
    const { transactionVersion } = transaction
    const { baseOffset, logAppendTimeMs, logStartOffset } = partition.append(batch, { origin: 'client', transactionVersion })
    return { index, baseOffset, logAppendTimeMs, logStartOffset }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return { ...failed(index, error), ...(version >= LEADER_FROM && leaderError(broker, topic, index, error)) }
  }
}

/** Since version 3 a request holds exactly one batch of format v2 for each partition (ProduceRequest.validateRecords). */
function singleBatch(records: Buffer | null, version: number): Buffer {
  if (records === null || records.length === 0) throw new KafkaError('INVALID_RECORD', `Produce requests with version ${version} must have at least one record batch per partition`)
  if (records.length > 16 && records.readInt8(16) !== 2) {
    throw new KafkaError('INVALID_RECORD', `Produce requests with version ${version} are only allowed to contain record batches with magic version 2`)
  }
  try {
    const header = readBatchHeader(records)
    if (header.sizeInBytes < records.length) throw new KafkaError('INVALID_RECORD', `Produce requests with version ${version} are only allowed to contain exactly one record batch per partition`)
    if (codecName(header.codec) === undefined) throw new KafkaError('INVALID_RECORD', `there is no compression type ${header.codec}`)
    if (header.codec === CODECS.zstd && version < ZSTD_FROM) throw new KafkaError('UNSUPPORTED_COMPRESSION_TYPE', `Produce requests with version ${version} are not allowed to use ZStandard compression`)
  } catch (error) {
    throw error instanceof KafkaError ? error : new KafkaError('CORRUPT_MESSAGE', (error as Error).message)
  }
  return records
}

function checkInSyncReplicas(broker: Broker, topic: string, index: number): void {
  const { partitions, configs } = broker.cluster.topic(topic)!
  const wanted = broker.topicConfigs.minInsyncReplicas(configs)
  const { isr } = partitions[index]!
  if (isr.length < wanted) {
    throw new KafkaError('NOT_ENOUGH_REPLICAS', `The size of the current ISR Set(${isr.join(', ')}) is insufficient to satisfy the min.isr requirement of ${wanted} for partition ${topic}-${index}`)
  }
}

const failed = (index: number, error: KafkaError): PartitionAnswer => ({
  index, errorCode: ERRORS[error.code as ErrorName], baseOffset: -1n, logStartOffset: -1n,
  ...(error.message !== error.code && { errorMessage: error.message }),
  ...(error instanceof RecordValidationError && {
    recordErrors: error.recordErrors.map(({ batchIndex, message }) => ({ batchIndex, batchIndexErrorMessage: message })),
  }),
})
