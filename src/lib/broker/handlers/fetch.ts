import { KafkaError, kafkaErrorOf } from '../../errors.ts'
import { Fetch, READ_COMMITTED, type FetchRequest, type FetchResponse } from '../../protocol/apis/fetch.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { endOffsetOf } from '../../protocol/records/index.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { awaitAppends } from '../state/delayed-fetch.ts'
import type { Partition } from '../state/partition.ts'
import { findPartition, leaderError } from '../state/partition-lookup.ts'
import { findTopic } from './shared/find-topic.ts'
import { throttleFetch, withinFetchQuota } from './shared/throttle.ts'

type Response = Input<FetchResponse>
type PartitionRequest = FetchRequest['topics'][number]['partitions'][number]
type PartitionAnswer = Input<FetchResponse['responses'][number]['partitions'][number]>

/** The first version that names the leader to a reader that asked another node. */
const LEADER_FROM = 12
/** A request that names all of its partitions: the one that asks for a session, and the one that wants none. */
const FULL_EPOCHS = [0, -1]

/**
 * Sessions are declined: every answer has session id 0, so each request names all of its partitions (KIP-227). As in
 * FetchManager the id of a full request does not matter; only another epoch looks for a session.
 */
export const fetch = handle(Fetch, (asked, context) => {
  if (!FULL_EPOCHS.includes(asked.sessionEpoch)) return { errorCode: ERRORS.FETCH_SESSION_ID_NOT_FOUND, sessionId: 0 }
  const request = withinFetchQuota({ ...asked, topics: eachOnce(asked.topics) }, context)
  const plan = planReads(request, context)
  const first = readAll(request, plan, context)
  const available = first.bytes
  const isDue =
    available >= request.minBytes || request.maxWaitMs <= 0 || first.hasErrors || plan.partitions.length === 0
  if (isDue) return throttleFetch(first.response, context)
  const { maxWaitMs, isolationLevel } = request
  const wait = { maxWaitMs, minBytes: request.minBytes - available, isCommittedOnly: isolationLevel === READ_COMMITTED }
  return awaitAppends(plan.partitions, wait, context.broker.clock).then(() =>
    throttleFetch(readAll(request, planReads(request, context), context).response, context),
  )
})

/**
 * What a request names twice is read once, as in Kafka: who waits for partitions holds no more of them than there are.
 */
function eachOnce(topics: FetchRequest['topics']): FetchRequest['topics'] {
  if (topics.length === 1 && topics[0]!.partitions.length === 1) return topics
  const seen = new Set<string>()
  const isNew = ({ topic, topicId }: FetchRequest['topics'][number], partition: number): boolean =>
    seen.size < seen.add(`${topicId} ${topic} ${partition}`).size
  return topics.map((topic) => ({
    ...topic,
    partitions: topic.partitions.filter(({ partition }) => isNew(topic, partition)),
  }))
}

interface PlannedTopic {
  readonly topic: string
  readonly topicId: string
  readonly reads: readonly { readonly wanted: PartitionRequest; readonly partition: Partition | KafkaError }[]
}

interface Plan {
  readonly topics: readonly PlannedTopic[]
  /** Those that can be waited for. */
  readonly partitions: readonly Partition[]
}

function planReads(request: FetchRequest, context: RequestContext): Plan {
  const topics = request.topics.map(({ topic: name, topicId, partitions }): PlannedTopic => {
    const topic = findTopic(context, name, topicId)
    if (typeof topic === 'string') {
      const unknown = new KafkaError(topic)
      return { topic: name, topicId, reads: partitions.map((wanted) => ({ wanted, partition: unknown })) }
    }
    const find = ({ partition, currentLeaderEpoch }: PartitionRequest): Partition | KafkaError =>
      attempt(() => findPartition(context.broker, topic.name, partition, currentLeaderEpoch))
    return { topic: topic.name, topicId, reads: partitions.map((wanted) => ({ wanted, partition: find(wanted) })) }
  })
  const partitions = topics.flatMap(({ reads }) =>
    reads.flatMap(({ partition }) => (partition instanceof KafkaError ? [] : [partition])),
  )
  return { topics, partitions }
}

function attempt<T>(action: () => T): T | KafkaError {
  try {
    return action()
  } catch (error) {
    return kafkaErrorOf(error)
  }
}

/**
 * Reads partition by partition until the limit is reached; the first that has something gets a whole batch through
 * whatever its size.
 */
function readAll(
  request: FetchRequest,
  plan: Plan,
  { broker, header }: RequestContext,
): { response: Response; bytes: number; hasErrors: boolean } {
  const limit = Math.min(request.maxBytes, broker.config.number('fetch.max.bytes'), broker.outgoing.room)
  let bytes = 0
  let hasErrors = false
  const responses = plan.topics.map(({ topic, topicId, reads }) => ({
    topic,
    topicId,
    partitions: reads.map(({ wanted, partition }) => {
      const room = Math.max(0, Math.min(wanted.partitionMaxBytes, limit - bytes))
      const answer = readPartition(broker, topic, wanted, partition, {
        maxBytes: room,
        minOneMessage: bytes === 0,
        isolationLevel: request.isolationLevel,
        version: header.apiVersion,
      })
      bytes += answer.records?.length ?? 0
      hasErrors ||= answer.errorCode !== ERRORS.NONE || answer.divergingEpoch !== undefined
      return answer
    }),
  }))
  return { response: { responses }, bytes, hasErrors }
}

interface PartitionLimits {
  readonly maxBytes: number
  readonly minOneMessage: boolean
  readonly isolationLevel: number
  readonly version: number
}

function readPartition(
  broker: Broker,
  topic: string,
  wanted: PartitionRequest,
  partition: Partition | KafkaError,
  limits: PartitionLimits,
): PartitionAnswer {
  const partitionIndex = wanted.partition
  if (partition instanceof KafkaError)
    return {
      ...failed(partitionIndex, partition),
      ...(limits.version >= LEADER_FROM && leaderError(broker, topic, partitionIndex, partition)),
    }
  const isCommitted = limits.isolationLevel === READ_COMMITTED
  const { highWatermark, lastStableOffset, log } = partition
  const known = {
    partitionIndex,
    highWatermark,
    lastStableOffset,
    logStartOffset: log.logStartOffset,
    abortedTransactions: isCommitted ? [] : null,
  }
  const diverging = divergence(partition, wanted)
  if (diverging) return { ...known, errorCode: ERRORS.NONE, divergingEpoch: diverging, records: Buffer.alloc(0) }
  const records = attempt(() =>
    log.read(wanted.fetchOffset, { ...limits, upTo: isCommitted ? lastStableOffset : highWatermark }),
  )
  if (records instanceof KafkaError) return { ...failed(partitionIndex, records), logStartOffset: log.logStartOffset }
  const abortedTransactions = isCommitted ? abortedWithin(partition, wanted.fetchOffset, records) : null
  return { ...known, errorCode: ERRORS.NONE, records, abortedTransactions }
}

/** Those whose records are among these, so that the reader can leave them out. */
function abortedWithin(
  { log }: Partition,
  from: bigint,
  records: Buffer,
): { producerId: bigint; firstOffset: bigint }[] {
  const aborted = records.length === 0 ? [] : log.abortedTransactions(from, endOffsetOf(records))
  return aborted.map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
}

/** Where the reader's log and this one part, when the reader says what it has (KIP-595). */
function divergence(
  { log }: Partition,
  { lastFetchedEpoch, fetchOffset }: PartitionRequest,
): { epoch: number; endOffset: bigint } | null {
  if (lastFetchedEpoch < 0) return null
  const { leaderEpoch, endOffset } = log.endOffsetForEpoch(lastFetchedEpoch)
  return leaderEpoch < lastFetchedEpoch || endOffset < fetchOffset ? { epoch: leaderEpoch, endOffset } : null
}

const failed = (partitionIndex: number, { code }: KafkaError): PartitionAnswer => ({
  partitionIndex,
  errorCode: ERRORS[code],
  highWatermark: -1n,
  records: Buffer.alloc(0),
  abortedTransactions: null,
})
