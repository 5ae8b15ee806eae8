import { KafkaError, kafkaErrorOf } from '../../errors.ts'
import { CLUSTER_NAME } from '../../protocol/acl-types.ts'
import { Fetch, READ_COMMITTED, type FetchRequest, type FetchResponse } from '../../protocol/apis/fetch.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { endOffsetOf } from '../../protocol/records/index.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { awaitAppends } from '../state/delayed-fetch.ts'
import type { FollowerFetch } from '../state/leadership.ts'
import type { Partition } from '../state/partition.ts'
import { findPartition, findReplica, leaderError } from '../state/partition-lookup.ts'
import type { Isolation } from '../state/watchers.ts'
import { findTopic } from './shared/find-topic.ts'
import { leaderEndpoints } from './shared/leader-endpoints.ts'
import { throttleFetch, withinFetchQuota } from './shared/throttle.ts'

type Response = Input<FetchResponse>
type PartitionRequest = FetchRequest['topics'][number]['partitions'][number]
type PartitionAnswer = Input<FetchResponse['responses'][number]['partitions'][number]>

/** The first version whose consumers may read from followers (KIP-392). */
const FOLLOWERS_FROM = 11
/** The first version that names the leader to a reader that asked another node. */
const LEADER_FROM = 12
/** The first version that says where that leader is (KIP-951). */
const ENDPOINTS_FROM = 16
const CONSUMER = -1
const NOTHING = Buffer.alloc(0)
/** A request that names all of its partitions: the one that asks for a session, and the one that wants none. */
const FULL_EPOCHS = [0, -1]

/** Who reads: a consumer, or the broker of a follower. */
interface Reader {
  /** -1 for a consumer. */
  readonly replicaId: number
  readonly brokerEpoch: bigint
  readonly isolation: Isolation
}

/**
 * Sessions are declined: every answer has session id 0, so each request names all of its partitions (KIP-227). As in
 * FetchManager the id of a full request does not matter; only another epoch looks for a session.
 */
export const fetch = handle(Fetch, 'each', (asked, context) => {
  if (!FULL_EPOCHS.includes(asked.sessionEpoch)) return { errorCode: ERRORS.FETCH_SESSION_ID_NOT_FOUND, sessionId: 0 }
  const reader = readerOf(asked)
  const once = { ...asked, topics: eachOnce(asked.topics) }
  return isFollower(reader)
    ? counted(read(once, reader, context), context)
    : throttled(read(withinFetchQuota(once, context), reader, context), context)
})

const throttled = (response: Response | Promise<Response>, context: RequestContext): Response | Promise<Response> =>
  response instanceof Promise
    ? response.then((later) => throttleFetch(later, context))
    : throttleFetch(response, context)

const counted = (response: Response | Promise<Response>, context: RequestContext): Response | Promise<Response> =>
  response instanceof Promise
    ? response.then((later) => countThrottled(later, context))
    : countThrottled(response, context)

/** Counts what followers get of partitions that are throttled (KafkaApis.sizeOfThrottledPartitions). */
function countThrottled(response: Response, { broker }: RequestContext): Response {
  const { leader } = broker.quotas
  for (const { topic = '', partitions = [] } of response.responses ?? [])
    for (const { partitionIndex: partition = 0, records } of partitions)
      if (records && records.length > 0 && leader.isThrottled({ topic, partition })) leader.record(records.length)
  return response
}

function readerOf({ replicaId, replicaState, isolationLevel }: FetchRequest): Reader {
  const id = replicaId === CONSUMER ? replicaState.replicaId : replicaId
  const isolation = isolationLevel === READ_COMMITTED ? 'last-stable-offset' : 'high-watermark'
  return { replicaId: id, brokerEpoch: replicaState.replicaEpoch, isolation: id >= 0 ? 'log-end' : isolation }
}

const isFollower = ({ replicaId }: Reader): boolean => replicaId >= 0

function read(request: FetchRequest, reader: Reader, context: RequestContext): Response | Promise<Response> {
  const plan = planReads(request, reader, context)
  const first = readAll(request, plan, reader, context, { isFirst: true })
  const { maxWaitMs } = request
  // Where less is let through, waiting would bring no more.
  const minBytes = Math.min(request.minBytes, Math.max(1, first.limit / 2))
  const isDue = first.bytes >= minBytes || maxWaitMs <= 0 || first.hasErrors || plan.partitions.length === 0
  if (isDue) return first.response
  const wait = { maxWaitMs, minBytes: minBytes - first.bytes, isolation: reader.isolation }
  return awaitAppends(plan.partitions, wait, context.broker.clock).then(
    () => readAll(request, planReads(request, reader, context), reader, context, { isFirst: false }).response,
  )
}

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

function planReads(request: FetchRequest, reader: Reader, context: RequestContext): Plan {
  const refusal =
    isFollower(reader) && !context.isAllowed('CLUSTER_ACTION', 'CLUSTER', CLUSTER_NAME)
      ? 'TOPIC_AUTHORIZATION_FAILED'
      : null
  const topics = request.topics.map(({ topic: name, topicId, partitions }): PlannedTopic => {
    const topic = refusal ?? findTopic(context, isFollower(reader) ? null : 'READ', name, topicId)
    if (typeof topic === 'string') {
      const unknown = new KafkaError(topic)
      return { topic: name, topicId, reads: partitions.map((wanted) => ({ wanted, partition: unknown })) }
    }
    const find = (wanted: PartitionRequest): Partition | KafkaError =>
      attempt(() => {
        const mayFollow = !isFollower(reader) && context.header.apiVersion >= FOLLOWERS_FROM
        const look = mayFollow ? findReplica : findPartition
        const partition = look(context.broker, topic.name, wanted.partition, wanted.currentLeaderEpoch)
        if (isFollower(reader)) partition.requireFollower(followerFetch(reader, wanted))
        return partition
      })
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

const followerFetch = (
  { replicaId, brokerEpoch }: Reader,
  { fetchOffset, logStartOffset, currentLeaderEpoch }: PartitionRequest,
): FollowerFetch => ({ nodeId: replicaId, brokerEpoch, fetchOffset, logStartOffset, currentLeaderEpoch })

/**
 * Reads partition by partition until the limit is reached; the first that has something gets a whole batch through
 * whatever its size.
 */
function readAll(
  request: FetchRequest,
  plan: Plan,
  reader: Reader,
  context: RequestContext,
  { isFirst }: { isFirst: boolean },
): { response: Response; bytes: number; limit: number; hasErrors: boolean } {
  const { broker, header } = context
  const limit = Math.min(request.maxBytes, broker.config.number('fetch.max.bytes'), broker.outgoing.room)
  let bytes = 0
  let hasErrors = false
  const responses = plan.topics.map(({ topic, topicId, reads }) => ({
    topic,
    topicId,
    partitions: reads.map(({ wanted, partition }) => {
      const room = Math.max(0, Math.min(wanted.partitionMaxBytes, limit - bytes))
      const answer = readPartition(broker, topic, wanted, partition, reader, {
        maxBytes: room,
        minOneMessage: bytes === 0,
        version: header.apiVersion,
        isFirst,
      })
      bytes += answer.records?.length ?? 0
      hasErrors ||= answer.errorCode !== ERRORS.NONE || answer.divergingEpoch !== undefined
      return answer
    }),
  }))
  const nodeEndpoints =
    hasErrors && header.apiVersion >= ENDPOINTS_FROM
      ? leaderEndpoints(
          context,
          responses.flatMap(({ partitions }) => partitions),
        )
      : []
  return { response: { responses, nodeEndpoints }, bytes, limit, hasErrors }
}

interface PartitionLimits {
  readonly maxBytes: number
  readonly minOneMessage: boolean
  readonly version: number
  /** What a follower has is noted when it asks, not once more when it has waited. */
  readonly isFirst: boolean
}

function readPartition(
  broker: Broker,
  topic: string,
  wanted: PartitionRequest,
  partition: Partition | KafkaError,
  reader: Reader,
  { version, isFirst, ...limits }: PartitionLimits,
): PartitionAnswer {
  const partitionIndex = wanted.partition
  if (partition instanceof KafkaError)
    return {
      ...failed(partitionIndex, partition),
      ...(version >= LEADER_FROM && leaderError(broker, topic, partitionIndex, partition)),
    }
  const { log } = partition
  const found = attempt(() => {
    const divergingEpoch = divergence(partition, wanted)
    if (divergingEpoch) return { divergingEpoch, records: NOTHING }
    const isHeld = isFollower(reader) && isHeldBack(broker, partition, reader)
    const upTo = isHeld ? wanted.fetchOffset : partition.endFor(reader.isolation)
    const records = partition.read(wanted.fetchOffset, { ...limits, upTo })
    if (isFollower(reader) && isFirst) partition.onFollowerFetch(followerFetch(reader, wanted))
    return { records }
  })
  if (found instanceof KafkaError) return { ...failed(partitionIndex, found), logStartOffset: log.logStartOffset }
  const isCommitted = reader.isolation === 'last-stable-offset'
  return {
    partitionIndex,
    errorCode: ERRORS.NONE,
    highWatermark: partition.highWatermark,
    lastStableOffset: partition.lastStableOffset,
    logStartOffset: log.logStartOffset,
    abortedTransactions: isCommitted ? abortedWithin(partition, wanted.fetchOffset, found.records) : null,
    ...found,
  }
}

/** ReplicaManager.shouldLeaderThrottle: those in sync are never held back. */
const isHeldBack = ({ quotas: { leader } }: Broker, partition: Partition, { replicaId }: Reader): boolean =>
  leader.isThrottled(partition) && leader.isExceeded && !partition.leadership?.isr.includes(replicaId)

/** Those whose records are among these, so that the reader can leave them out. */
function abortedWithin(
  { log }: Partition,
  from: bigint,
  records: Buffer,
): { producerId: bigint; firstOffset: bigint }[] {
  const aborted = records.length === 0 ? [] : log.abortedTransactions(from, endOffsetOf(records))
  return aborted.map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
}

/**
 * Where the reader's log and this one part, when the reader says what it has (KIP-595). Throws KafkaError
 * OFFSET_OUT_OF_RANGE where that cannot be told (Partition.readRecords).
 */
function divergence(
  { log }: Partition,
  { lastFetchedEpoch, fetchOffset }: PartitionRequest,
): { epoch: number; endOffset: bigint } | null {
  if (lastFetchedEpoch < 0) return null
  const { leaderEpoch, endOffset } = log.endOffsetForEpoch(lastFetchedEpoch)
  if (leaderEpoch < 0 || fetchOffset < log.logStartOffset) throw new KafkaError('OFFSET_OUT_OF_RANGE')
  return leaderEpoch < lastFetchedEpoch || endOffset < fetchOffset ? { epoch: leaderEpoch, endOffset } : null
}

const failed = (partitionIndex: number, { code }: KafkaError): PartitionAnswer => ({
  partitionIndex,
  errorCode: ERRORS[code],
  highWatermark: -1n,
  records: NOTHING,
  abortedTransactions: null,
})
