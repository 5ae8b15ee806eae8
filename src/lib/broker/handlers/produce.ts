import { KafkaError, kafkaErrorOf, MalformedError } from '../../errors.ts'
import { Produce, type ProduceRequest, type ProduceResponse } from '../../protocol/apis/produce.ts'
import { ERRORS, errorName } from '../../protocol/errors.ts'
import { AT, CODECS, codecName, readBatchHeader } from '../../protocol/records/index.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import { RecordValidationError, TooMuchAtOnceError, UnpackRoom, type CheckedBatch } from '../log/index.ts'
import type { Broker } from '../state/broker.ts'
import { isInternalTopic } from '../../protocol/topic-names.ts'
import type { Partition } from '../state/partition.ts'
import { findPartition, leaderError } from '../state/partition-lookup.ts'
import { findTopic } from './shared/find-topic.ts'
import { leaderEndpoints, type NodeEndpoint } from './shared/leader-endpoints.ts'
import { transactionOf, type WriteTransaction } from './shared/produce-transaction.ts'
import { ALONE, inTurns, whenDone } from '../state/turns.ts'
import { throttleProduce } from './shared/throttle.ts'

type TopicData = ProduceRequest['topicData'][number]
type PartitionData = TopicData['partitionData'][number]
type TopicAnswer = {
  readonly name: string
  readonly topicId: string
  readonly partitionResponses: readonly PartitionAnswer[]
}
type PartitionAnswer = Input<ProduceResponse['responses'][number]['partitionResponses'][number]> & {
  readonly index: number
}
/** Null where no answer is sent. */
type Answered = Input<ProduceResponse> | null
/** Waits for followers. */
interface Uncommitted {
  readonly topic: string
  readonly partition: Partition
  readonly committed: Promise<void>
}

const ACKS = new Set([-1, 0, 1])
/** The first version that names the leader to a client that asked another node (KIP-951). */
const LEADER_FROM = 10
/** The first version whose clients know zstd (KIP-110). */
const ZSTD_FROM = 7
/** What Kafka's own admin client calls itself: it alone may write to internal topics (AdminUtils.ADMIN_CLIENT_ID). */
const ADMIN_CLIENT_ID = '__admin_client'

export const produce = handle(Produce, 'each', (request, context) =>
  whenDone(transactionOf(request, context), (transaction) => writeAll(request, context, transaction)),
)

function writeAll(
  request: ProduceRequest,
  context: RequestContext,
  transaction: WriteTransaction,
): Answered | Promise<Answered> {
  const { broker, header, sizeInBytes } = context
  const { acks } = request
  const write: Write = {
    broker,
    acks,
    version: header.apiVersion,
    transaction,
    room: new UnpackRoom(sizeInBytes),
    timeoutMs: request.timeoutMs,
    uncommitted: new Map(),
  }
  const mayWriteInternal = header.clientId === ADMIN_CLIENT_ID
  const answerTopic = ({ name, topicId, partitionData }: TopicData): TopicAnswer | Promise<TopicAnswer> => {
    const topic = findTopic(context, 'WRITE', name, topicId)
    const answer = (data: PartitionData): PartitionAnswer | Promise<PartitionAnswer> => {
      if (transaction.refusal) return failed(data.index, new KafkaError(transaction.refusal))
      if (typeof topic === 'string') return failed(data.index, new KafkaError(topic))
      if (!ACKS.has(acks)) return failed(data.index, new KafkaError('INVALID_REQUIRED_ACKS'))
      if (isInternalTopic(topic.name) && !mayWriteInternal) return failed(data.index, internalTopicRefused(topic.name))
      return append(topic.name, data, write)
    }
    const answers = inTurns(broker.turns, partitionData, answer)
    const whole = (partitionResponses: PartitionAnswer[]): TopicAnswer => ({ name, topicId, partitionResponses })
    return answers instanceof Promise ? answers.then(whole) : whole(answers)
  }
  const finish = (responses: readonly TopicAnswer[]): Answered => {
    const throttleTimeMs = throttleProduce(context)
    if (acks !== 0) return { responses, throttleTimeMs, nodeEndpoints: endpointsIn(responses, context) }
    refuseUnseen(responses)
    return null
  }
  const answers = inTurns(broker.turns, request.topicData, answerTopic)
  if (answers instanceof Promise) return answers.then((responses) => whenCommitted(responses, write)).then(finish)
  return write.uncommitted.size === 0 ? finish(answers) : whenCommitted(answers, write).then(finish)
}

/** All partitions are written first, and then waited for together. */
async function whenCommitted(responses: readonly TopicAnswer[], write: Write): Promise<TopicAnswer[]> {
  const settled = async (answer: PartitionAnswer): Promise<PartitionAnswer> => {
    const waiting = write.uncommitted.get(answer)
    if (!waiting) return answer
    try {
      await waiting.committed
      waiting.partition.requireMinIsrAfterAppend()
      return answer
    } catch (error) {
      return refused(waiting.topic, answer.index, error, write)
    }
  }
  return Promise.all(
    responses.map(async (topic) => ({
      ...topic,
      partitionResponses: await Promise.all(topic.partitionResponses.map(settled)),
    })),
  )
}

function endpointsIn(responses: readonly TopicAnswer[], context: RequestContext): NodeEndpoint[] {
  if (context.header.apiVersion < LEADER_FROM) return []
  const misled = responses.flatMap(({ partitionResponses }) =>
    partitionResponses.filter(({ currentLeader }) => currentLeader !== undefined),
  )
  return misled.length === 0 ? [] : leaderEndpoints(context, misled)
}

/** What the coordinators keep is theirs to write (ReplicaManager.appendRecordsToLeader). */
function internalTopicRefused(name: string): KafkaError {
  return new KafkaError('INVALID_TOPIC_EXCEPTION', `Cannot append to internal topic ${name}`)
}

/**
 * With acks=0 there is no answer to hold an error, so the connection is closed: the client then looks for the leader
 * anew.
 */
function refuseUnseen(responses: readonly { partitionResponses: readonly PartitionAnswer[] }[]): void {
  const code = responses
    .flatMap(({ partitionResponses }) => partitionResponses)
    .find(({ errorCode }) => errorCode)?.errorCode
  if (code !== undefined) throw new MalformedError(`records sent with acks=0 were refused: ${errorName(code)}`)
}

/** What all partitions of a request are written with. */
interface Write {
  readonly broker: Broker
  readonly acks: number
  readonly version: number
  readonly transaction: WriteTransaction
  readonly room: UnpackRoom
  readonly timeoutMs: number
  /** By the answer that they will get. */
  readonly uncommitted: Map<PartitionAnswer, Uncommitted>
}

function append(topic: string, data: PartitionData, write: Write): PartitionAnswer | Promise<PartitionAnswer> {
  try {
    return appendNow(topic, data, write)
  } catch (error) {
    if (error instanceof TooMuchAtOnceError)
      return appendLater(topic, data, write).catch((failure: unknown) => refused(topic, data.index, failure, write))
    return refused(topic, data.index, error, write)
  }
}

/** Throws TooMuchAtOnceError for a batch that takes longer. */
function appendNow(
  topic: string,
  { index, records }: PartitionData,
  write: Write,
  checked?: CheckedBatch,
): PartitionAnswer {
  const { broker, acks, version, transaction, room, timeoutMs } = write
  const partition = findPartition(broker, topic, index)
  const batch = singleBatch(records, version)
  if (acks === -1) partition.requireMinIsr()
  transaction.requireJoined(topic, index)
  const { transactionVersion } = transaction
  const options = { origin: 'client', transactionVersion, ...(checked ? { checked } : { room }) } as const
  const { baseOffset, logAppendTimeMs, logStartOffset } = partition.append(batch, options)
  const answer = { index, baseOffset, logAppendTimeMs, logStartOffset }
  if (acks === -1) {
    const endOffset = baseOffset + BigInt(batch.readInt32BE(AT.lastOffsetDelta)) + 1n
    const committed = partition.awaitCommit(endOffset, timeoutMs)
    if (committed) write.uncommitted.set(answer, { topic, partition, committed })
  }
  return answer
}

/** One such batch at a time: what it unpacks to may be a hundred megabytes. */
async function appendLater(topic: string, data: PartitionData, write: Write): Promise<PartitionAnswer> {
  const {
    broker: { turns },
    room,
  } = write
  const { log } = findPartition(write.broker, topic, data.index)
  const checked = await turns.admit(ALONE, () => log.checkAside(data.records!, room, turns.pause))
  return appendNow(topic, data, write, checked)
}

function refused(topic: string, index: number, error: unknown, { broker, version }: Write): PartitionAnswer {
  const refusal = kafkaErrorOf(error)
  return { ...failed(index, refusal), ...(version >= LEADER_FROM && leaderError(broker, topic, index, refusal)) }
}

/**
 * Since version 3 a request holds exactly one batch of format v2 for each partition (ProduceRequest.validateRecords).
 */
function singleBatch(records: Buffer | null, version: number): Buffer {
  if (records === null || records.length === 0)
    throw new KafkaError(
      'INVALID_RECORD',
      `Produce requests with version ${version} must have at least one record batch per partition`,
    )
  if (records.length > 16 && records.readInt8(16) !== 2) {
    throw new KafkaError(
      'INVALID_RECORD',
      `Produce requests with version ${version} are only allowed to contain record batches with magic version 2`,
    )
  }
  try {
    const header = readBatchHeader(records)
    if (header.sizeInBytes < records.length)
      throw new KafkaError(
        'INVALID_RECORD',
        `Produce requests with version ${version} are only allowed to contain exactly one record batch per partition`,
      )
    if (codecName(header.codec) === undefined)
      throw new KafkaError('INVALID_RECORD', `there is no compression type ${header.codec}`)
    if (header.codec === CODECS.zstd && version < ZSTD_FROM)
      throw new KafkaError(
        'UNSUPPORTED_COMPRESSION_TYPE',
        `Produce requests with version ${version} are not allowed to use ZStandard compression`,
      )
  } catch (error) {
    throw error instanceof MalformedError ? new KafkaError('CORRUPT_MESSAGE', error.message) : error
  }
  return records
}

const failed = (index: number, error: KafkaError): PartitionAnswer => ({
  index,
  errorCode: ERRORS[error.code],
  baseOffset: -1n,
  logStartOffset: -1n,
  ...(error.message !== error.code && { errorMessage: error.message }),
  ...(error instanceof RecordValidationError && {
    recordErrors: error.recordErrors.map(({ batchIndex, message }) => ({
      batchIndex,
      batchIndexErrorMessage: message,
    })),
  }),
})
