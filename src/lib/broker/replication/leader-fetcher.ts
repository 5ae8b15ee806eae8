import { wait } from '../../clock.ts'
import type { Address } from '../../address.ts'
import { EnvironmentError, KafkaError, MalformedError } from '../../errors.ts'
import { Fetch, type FetchResponse } from '../../protocol/apis/fetch.ts'
import { ListOffsets, OFFSET_SPECS } from '../../protocol/apis/list-offsets.ts'
import { ERRORS, errorName, type ErrorName } from '../../protocol/errors.ts'
import { AT, BATCH_OVERHEAD } from '../../protocol/records/index.ts'
import { Requester } from '../network/requester.ts'
import type { Partition } from '../state/partition.ts'
import type { ReplicationContext } from './context.ts'
import { truncationOffset } from './truncation.ts'

type Answer = FetchResponse['responses'][number]['partitions'][number]

/** One that is followed, and when it is asked for again after a failure. */
interface Followed {
  readonly partition: Partition
  failures: number
  askedFrom: number
  /** What was said of it last. */
  problem: string | null
  /** The leader knows of a newer epoch than the metadata here: it begins again when that has come. */
  isFenced: boolean
  /** Has all that the leader had when it answered last: then no throttle holds it back. */
  isCaughtUp: boolean
}

/** What was asked for, to know whether the answer still fits. */
interface Asked {
  readonly followed: Followed
  readonly fetchOffset: bigint
  readonly leaderEpoch: number
}

const FIRST_BACKOFF_MS = 50
const NO_SESSION = { sessionId: 0, sessionEpoch: -1 }
/** Asked for everything that it has, committed or not. */
const LOG_END = -1n
const LOG_START = OFFSET_SPECS['earliest-local'].timestamp
/** What goes by when both sides know the same metadata. */
const EXPECTED = new Set([
  'NOT_LEADER_OR_FOLLOWER',
  'UNKNOWN_LEADER_EPOCH',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
])

/** Fetches from one leader, one request after the other, what this node follows of it (ReplicaFetcherThread). */
export class LeaderFetcher {
  private readonly followed = new Map<string, Followed>()
  private readonly ending = new AbortController()
  private requester: Requester | null = null
  private wakeUp = new AbortController()
  private failures = 0
  /** What was said of the leader last, so that it is said once. */
  private problem: string | null = null

  constructor(
    private readonly leader: number,
    private readonly context: ReplicationContext,
  ) {
    void this.run()
  }

  get isEmpty(): boolean {
    return this.followed.size === 0
  }

  add(partition: Partition): void {
    this.followed.set(keyOf(partition), {
      partition,
      failures: 0,
      askedFrom: 0,
      problem: null,
      isFenced: false,
      isCaughtUp: false,
    })
    this.wake()
    this.interrupt()
  }

  /**
   * The request under way does not name what is new, and the leader may hold it for as long as nothing happens: it is
   * given up for one that does.
   */
  private interrupt(): void {
    this.requester?.close()
    this.requester = null
  }

  remove(partition: Partition): void {
    this.followed.delete(keyOf(partition))
  }

  /** Lets it look again for what there is to do. */
  wake(): void {
    this.wakeUp.abort()
    this.wakeUp = new AbortController()
  }

  stop(): void {
    this.ending.abort()
    this.wake()
    this.interrupt()
  }

  private async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      const requester = this.findRequester()
      const asked = this.ready()
      if (requester && asked.length > 0) await this.fetch(requester, asked)
      else await this.rest()
    }
  }

  /** Null while nobody knows where the leader is. */
  private findRequester(): Requester | null {
    const { state, listenerName, network } = this.context
    const address = state.cluster.registration(this.leader)?.endpoints.get(listenerName)
    if (!address) return null
    if (this.requester && isSame(this.requester.address, address)) return this.requester
    this.requester?.close()
    const clientId = `broker-${state.nodeId}-fetcher-0`
    return (this.requester = new Requester({ network, clock: state.clock, address, clientId }))
  }

  private ready(): Asked[] {
    const now = this.context.state.clock.now()
    return [...this.followed.values()].flatMap((followed) => {
      const { partition, askedFrom, isFenced } = followed
      if (isFenced || askedFrom > now || this.isHeldBack(followed)) return []
      return [{ followed, fetchOffset: partition.log.logEndOffset, leaderEpoch: partition.leaderEpoch }]
    })
  }

  /** ReplicaFetcherThread.shouldFollowerThrottle */
  private isHeldBack({ partition, isCaughtUp }: Followed): boolean {
    const { follower } = this.context.state.quotas
    return !isCaughtUp && follower.isThrottled(partition) && follower.isExceeded
  }

  private async rest(): Promise<void> {
    const { clock, config } = this.context.state
    const moments = [...this.followed.values()].filter(({ isFenced }) => !isFenced).map(({ askedFrom }) => askedFrom)
    const next = Math.min(clock.now() + config.number('replica.fetch.backoff.ms'), ...moments)
    await wait(clock, Math.max(next - clock.now(), FIRST_BACKOFF_MS), this.wakeUp.signal)
  }

  private async fetch(requester: Requester, asked: readonly Asked[]): Promise<void> {
    const { clock, config } = this.context.state
    try {
      const response = await requester.ask(Fetch, this.requestFor(asked), config.number('replica.socket.timeout.ms'))
      if (response.errorCode !== ERRORS.NONE) throw new KafkaError(errorName(response.errorCode) as ErrorName)
      this.failures = 0
      if (this.problem !== null) this.context.warn(`copies from broker ${this.leader} again`)
      this.problem = null
      await this.takeIn(requester, asked, response)
    } catch (error) {
      // It was given up on purpose.
      if (requester !== this.requester || this.ending.signal.aborted) return
      this.reportOnce(reasonOf(error))
      await wait(clock, this.backoff((this.failures += 1)), this.wakeUp.signal)
    }
  }

  private requestFor(asked: readonly Asked[]) {
    const { state, brokerEpoch } = this.context
    const { config, nodeId } = state
    const topics = new Map<string, Asked[]>()
    for (const each of asked) {
      const { topicId } = each.followed.partition
      const ofTopic = topics.get(topicId)
      if (ofTopic) ofTopic.push(each)
      else topics.set(topicId, [each])
    }
    return {
      ...NO_SESSION,
      replicaState: { replicaId: nodeId, replicaEpoch: brokerEpoch() },
      maxWaitMs: config.number('replica.fetch.wait.max.ms'),
      minBytes: config.number('replica.fetch.min.bytes'),
      maxBytes: config.number('replica.fetch.response.max.bytes'),
      isolationLevel: 0,
      topics: [...topics].map(([topicId, ofTopic]) => ({
        topicId,
        partitions: ofTopic.map(({ followed: { partition }, fetchOffset, leaderEpoch }) => ({
          partition: partition.partition,
          currentLeaderEpoch: leaderEpoch,
          fetchOffset,
          lastFetchedEpoch: partition.log.latestEpoch(),
          logStartOffset: partition.log.logStartOffset,
          partitionMaxBytes: config.number('replica.fetch.max.bytes'),
        })),
      })),
    }
  }

  private async takeIn(requester: Requester, asked: readonly Asked[], { responses }: FetchResponse): Promise<void> {
    const byKey = new Map(asked.map((each) => [keyOf(each.followed.partition), each]))
    const outOfRange: Asked[] = []
    for (const { topicId, partitions } of responses) {
      for (const answer of partitions) {
        const each = byKey.get(`${topicId} ${answer.partitionIndex}`)
        // It may have another leader by now, or have been begun anew.
        if (!each || !this.isCurrent(each)) continue
        if (answer.errorCode === ERRORS.OFFSET_OUT_OF_RANGE) outOfRange.push(each)
        else this.attempt(each.followed, () => this.apply(each.followed, answer))
      }
    }
    for (const each of outOfRange) await this.reposition(requester, each)
  }

  private isCurrent({ followed, fetchOffset }: Asked): boolean {
    const { partition } = followed
    return this.followed.get(keyOf(partition)) === followed && partition.log.logEndOffset === fetchOffset
  }

  /** Throws KafkaError for what the leader, the log or the disk refuses. */
  private apply(followed: Followed, { errorCode, divergingEpoch, ...fetched }: Answer): void {
    const { partition } = followed
    if (errorCode !== ERRORS.NONE) throw new KafkaError(errorName(errorCode) as ErrorName)
    if (divergingEpoch.epoch >= 0) return this.truncate(partition, divergingEpoch)
    const records = fetched.records ?? Buffer.alloc(0)
    restartWithin(partition, records)
    partition.appendAsFollower({ ...fetched, records })
    followed.isCaughtUp = partition.log.logEndOffset >= fetched.highWatermark
    const { follower } = this.context.state.quotas
    if (follower.isThrottled(partition)) follower.record(records.length)
    if (records.length > 0) this.moveToEnd(followed)
  }

  /** The next answer begins with those that had nothing in this one. */
  private moveToEnd(followed: Followed): void {
    const key = keyOf(followed.partition)
    this.followed.delete(key)
    this.followed.set(key, followed)
  }

  private truncate(partition: Partition, diverging: { epoch: number; endOffset: bigint }): void {
    const { topic, partition: index, log, highWatermark } = partition
    const offset = truncationOffset(log, diverging)
    if (offset < highWatermark)
      this.context.warn(
        `${topic}-${index} is cut to offset ${offset}, below what was committed (${highWatermark}): the leader, broker ${this.leader}, does not have it`,
      )
    const before = log.latestEpoch()
    const isCut = offset < log.logEndOffset
    partition.truncateTo(offset)
    // To ask again would be answered in the same way, at once.
    if (!isCut && log.latestEpoch() === before)
      throw new KafkaError('UNKNOWN_SERVER_ERROR', 'the leader says that the logs differ, but not where')
  }

  /** The leader does not have the offset: it has less than is here, or its log begins later by now. */
  private async reposition(requester: Requester, asked: Asked): Promise<void> {
    const { followed, leaderEpoch } = asked
    const { partition } = followed
    const leaderEnd = await this.leaderOffset(requester, partition, leaderEpoch, LOG_END)
    const leaderStart = await this.leaderOffset(requester, partition, leaderEpoch, LOG_START)
    if (!this.isCurrent(asked)) return
    this.attempt(followed, () => {
      if (typeof leaderEnd === 'string') throw new KafkaError(leaderEnd)
      if (typeof leaderStart === 'string') throw new KafkaError(leaderStart)
      const ownEnd = partition.log.logEndOffset
      if (leaderEnd < ownEnd) this.truncate(partition, { epoch: -1, endOffset: leaderEnd })
      else if (leaderStart > ownEnd) partition.restartAt(leaderStart)
    })
  }

  /** An offset of the leader's log, or the name of the error. */
  private async leaderOffset(
    requester: Requester,
    { topic, partition }: Partition,
    currentLeaderEpoch: number,
    timestamp: bigint,
  ): Promise<bigint | ErrorName> {
    const { nodeId, config } = this.context.state
    const wanted = { partitionIndex: partition, currentLeaderEpoch, timestamp }
    const { topics } = await requester.ask(
      ListOffsets,
      { replicaId: nodeId, isolationLevel: 0, topics: [{ name: topic, partitions: [wanted] }] },
      config.number('replica.socket.timeout.ms'),
    )
    const { errorCode, offset } = topics[0]!.partitions[0]!
    return errorCode === ERRORS.NONE ? offset : (errorName(errorCode) as ErrorName)
  }

  /** What fails for one partition is tried again later; the others go on. */
  private attempt(followed: Followed, action: () => void): void {
    const { clock } = this.context.state
    try {
      action()
      followed.failures = 0
      followed.problem = null
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      followed.failures += 1
      followed.askedFrom = clock.now() + this.backoff(followed.failures)
      followed.isFenced = error.code === 'FENCED_LEADER_EPOCH'
      this.reportPartition(followed, error)
    }
  }

  private backoff(failures: number): number {
    return Math.min(
      FIRST_BACKOFF_MS * 2 ** (failures - 1),
      this.context.state.config.number('replica.fetch.backoff.ms'),
    )
  }

  /** A disk that refuses has been reported by the partition. */
  private reportPartition(followed: Followed, { code, message }: KafkaError): void {
    if (EXPECTED.has(code) || followed.problem === message) return
    followed.problem = message
    const { topic, partition } = followed.partition
    this.context.warn(`${topic}-${partition} cannot be copied from broker ${this.leader}: ${message}`)
  }

  /** Until it is over: what fails next, a new connection for example, has the same cause. */
  private reportOnce(problem: string): void {
    if (this.problem === null) this.context.warn(`cannot copy from broker ${this.leader}: ${problem}`)
    this.problem = problem
  }
}

const keyOf = ({ topicId, partition }: Partition): string => `${topicId} ${partition}`

const isSame = (one: Address, other: Address): boolean => one.host === other.host && one.port === other.port

/**
 * The leader's log may begin in the middle of a batch, and this one was begun there: with the whole batch it begins
 * where that does (Partition.appendRecordsToFollowerOrFutureReplica).
 */
function restartWithin(partition: Partition, records: Buffer): void {
  const { logStartOffset, logEndOffset } = partition.log
  if (records.length < BATCH_OVERHEAD || logStartOffset !== logEndOffset) return
  const baseOffset = records.readBigInt64BE(AT.baseOffset)
  if (baseOffset < logEndOffset) partition.restartAt(baseOffset)
}

function reasonOf(error: unknown): string {
  if (error instanceof EnvironmentError || error instanceof KafkaError || error instanceof MalformedError)
    return error.message
  throw error
}
