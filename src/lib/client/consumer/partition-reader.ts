import type { Clock } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import { isRetriable, type ErrorName } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { checkEpochs, type Truncation } from './epoch-check.ts'
import { FetchBuffer } from './fetch-buffer.ts'
import { fetchRecords, type Fetched, type FetchedRecords } from './fetch-request.ts'
import { lookUpOffsets, type PartitionError } from './offset-lookup.ts'
import { EARLIEST, PartitionState, type Start } from './partition-state.ts'
import { partitionName, type TopicPartition } from '../topic-partition.ts'
import { resetPosition } from './reset.ts'
import type { ConsumerSettings } from './settings.ts'
import { BACK, type Hinder, type KnownPartition, type TopicDirectory } from './topic-directory.ts'

interface Listener {
  /** Something has changed: records may have come, `pump` may have work. */
  onChange(): void
  onFailure(error: unknown): void
  /** Reading is held up, or goes on; subjects are brokers and partitions. */
  hinder: Hinder
  free(subject: unknown, word?: string): void
}

/**
 * Reads partitions: finds offsets, keeps one fetch in flight at each leader while what came before is handed out,
 * follows leaders. It runs when `pump` is called and remembers what is under way; nothing else holds its thread.
 */
export class PartitionReader {
  private readonly states = new Map<string, PartitionState>()
  /** What has come and is to be handed out. */
  readonly fetched: FetchBuffer
  private readonly fetching = new Set<number>()
  private readonly retryAtMs = new Map<number, number>()
  private readonly lookingUp = new Set<PartitionState>()
  /** Nodes that could not be asked when they were asked last. */
  private readonly lost = new Set<number>()

  constructor(
    private readonly client: KafkaClient,
    private readonly directory: TopicDirectory,
    private readonly settings: ConsumerSettings,
    private readonly clock: Clock,
    private readonly listener: Listener,
  ) {
    this.fetched = new FetchBuffer(settings.fetchMaxBytes)
  }

  partitions(): Iterable<PartitionState> {
    return this.states.values()
  }

  has(partition: TopicPartition): boolean {
    return this.states.has(partitionName(partition))
  }

  add({ topic, partition }: TopicPartition, start: Start, offsetEpoch?: number, end?: Start): void {
    const state = new PartitionState(topic, partition, start, offsetEpoch, end)
    const leader = this.directory.find(topic, partition)
    if (leader) state.follow(leader)
    this.states.set(state.key, state)
  }

  /** Stops reading a partition; what has been fetched of it is dropped. */
  remove(partition: TopicPartition): void {
    const key = partitionName(partition)
    const state = this.states.get(key)
    if (!state) return
    state.version += 1
    this.states.delete(key)
    this.listener.free(state)
    this.listener.free(leaderOf(state))
  }

  /** Takes over leaders from fresh metadata. */
  followLeaders(): void {
    for (const state of this.states.values()) {
      const leader = this.directory.find(state.topic, state.partition)
      if (leader) this.follow(state, leader)
      else this.clear(state)
    }
    this.forgetNodes()
  }

  private follow(state: PartitionState, leader: KnownPartition): void {
    if (state.isReplacedBy(leader)) this.meetReplacement(state)
    state.follow(leader)
    if (leader.leaderId >= 0) this.listener.free(leaderOf(state))
    else
      this.listener.hinder(leaderOf(state), `${state.key} has no leader at the moment`, {
        outlook: 'waiting for one',
        atOnce: false,
      })
  }

  /** Nothing holds the partition up any more, or what does is told by others. */
  private clear(state: PartitionState): void {
    state.lastError = undefined
    this.listener.free(state)
  }

  /** A topic of the same name is another one: all of it is newer than what was read of the first. */
  private meetReplacement(state: PartitionState): void {
    if (state.endOffset === undefined && state.wantedEnd === undefined) return state.start(EARLIEST)
    this.listener.onFailure(
      new KafkaError(
        'UNKNOWN_TOPIC_ID',
        `Topic "${state.topic}" was deleted while it was read, and is another one now (UNKNOWN_TOPIC_ID)`,
      ),
    )
  }

  /** A node from which nothing is read any more keeps nobody waiting. */
  private forgetNodes(): void {
    if (this.lost.size === 0) return
    const states = [...this.states.values()]
    for (const nodeId of this.lost)
      if (!states.some((state) => state.leaderId === nodeId || state.replica?.nodeId === nodeId))
        this.meetAnswer(nodeId)
  }

  private meetAnswer(nodeId: number, word?: string): void {
    if (this.lost.delete(nodeId)) this.listener.free(subjectOf(nodeId), word)
  }

  /** Whether everything has been handed out, and no more is wanted of any partition. */
  get isAtEnd(): boolean {
    // What a fetch brings has moved its offset before it is here to be taken.
    return (
      this.fetching.size === 0 && !this.fetched.hasRecords && [...this.states.values()].every(({ isAtEnd }) => isAtEnd)
    )
  }

  /** Starts whatever can be started; returns when to come back. */
  pump(nowMs: number): number {
    let nextMs = Infinity
    const lookUps = new Map<number, PartitionState[]>()
    const checks = new Map<number, PartitionState[]>()
    const fetches = new Map<number, PartitionState[]>()
    for (const state of this.states.values()) {
      if (state.isAtEnd) continue
      if (state.retryAtMs > nowMs) nextMs = Math.min(nextMs, state.retryAtMs)
      else if (state.leaderId < 0) this.directory.refresh()
      else if (state.isFetchable(nowMs)) put(fetches, state.fetchNode(nowMs), state)
      else if (!this.lookingUp.has(state))
        put((state.wanted ?? state.wantedEnd) ? lookUps : checks, state.leaderId, state)
    }
    for (const [nodeId, states] of lookUps) this.run(nodeId, states, () => this.lookUp(nodeId, states))
    for (const [nodeId, states] of checks) this.run(nodeId, states, () => this.check(nodeId, states))
    for (const [nodeId, states] of fetches) nextMs = Math.min(nextMs, this.fetch(nodeId, states, nowMs))
    return nextMs
  }

  private fetch(nodeId: number, states: PartitionState[], nowMs: number): number {
    const retryAtMs = this.retryAtMs.get(nodeId) ?? 0
    if (retryAtMs > nowMs) return retryAtMs
    const mostBytes = Math.min(this.settings.fetchMaxBytes, states.length * this.settings.maxPartitionFetchBytes)
    if (this.fetching.has(nodeId) || !this.fetched.reserve(nodeId, mostBytes)) return Infinity
    this.fetching.add(nodeId)
    this.guard(nodeId, states, async () => {
      let records: readonly FetchedRecords[] = []
      try {
        const fetched = await fetchRecords(this.client, nodeId, states, this.settings)
        records = fetched.records
        this.meetNews(nodeId, fetched, states)
      } finally {
        this.fetching.delete(nodeId)
        this.fetched.put(nodeId, mostBytes, records)
      }
    })
    return Infinity
  }

  /** A look-up for partitions that are then left alone until it has ended. */
  private run(nodeId: number, states: PartitionState[], task: () => Promise<void>): void {
    for (const state of states) this.lookingUp.add(state)
    this.guard(nodeId, states, async () => {
      try {
        await task()
      } finally {
        for (const state of states) this.lookingUp.delete(state)
      }
    })
  }

  /** A node that cannot be reached may be gone or have been replaced: metadata tells, after the back-off. */
  private guard(nodeId: number, states: readonly PartitionState[], task: () => Promise<void>): void {
    task()
      .catch((error: unknown) => {
        if (!(error instanceof EnvironmentError)) return this.listener.onFailure(error)
        this.lost.add(nodeId)
        this.listener.hinder(subjectOf(nodeId), error.message)
        this.retryAtMs.set(nodeId, this.clock.now() + this.settings.retryBackoffMs)
        for (const state of states) this.askForLeader(state)
      })
      .finally(() => this.listener.onChange())
  }

  private async lookUp(nodeId: number, states: readonly PartitionState[]): Promise<void> {
    const errors = await lookUpOffsets(this.client, nodeId, states, this.settings.isReadCommitted)
    this.meetAnswer(nodeId, BACK)
    for (const error of errors) this.retryLater(error)
    this.settle(states, errors)
  }

  private async check(nodeId: number, states: readonly PartitionState[]): Promise<void> {
    const { truncations, errors } = await checkEpochs(this.client, nodeId, states)
    this.meetAnswer(nodeId, BACK)
    for (const truncation of truncations) this.meetTruncation(truncation)
    for (const error of errors) this.retryLater(error)
  }

  /**
   * SubscriptionState.maybeCompleteValidation: go on where the logs part, or by auto.offset.reset when nobody knows
   * where that is.
   */
  private meetTruncation({ partition, endOffset, leaderEpoch }: Truncation): void {
    if (this.settings.autoOffsetReset === 'none') {
      throw new KafkaError(
        'OFFSET_OUT_OF_RANGE',
        `The log of ${partition.key} was cut off below offset ${partition.fetchOffset} and auto.offset.reset is none`,
      )
    }
    if (endOffset < 0n || leaderEpoch < 0) return resetPosition(partition, this.settings, this.clock.now())
    partition.start({ offset: endOffset < partition.position ? endOffset : partition.position }, leaderEpoch)
  }

  /** Everything in a response but the records. */
  private meetNews(
    nodeId: number,
    { error, errors, records, replicas, stale }: Fetched,
    states: readonly PartitionState[],
  ): void {
    if (error !== 'NONE') throw responseError(nodeId, error)
    this.meetAnswer(nodeId, BACK)
    for (const { partition } of records) this.moveToEnd(partition)
    for (const partitionError of errors) this.meetFetchError(nodeId, partitionError)
    for (const partition of stale) this.meetStale(nodeId, partition)
    this.settle(states, [...errors, ...stale.map((partition) => ({ partition }))])
    const untilMs = this.clock.now() + this.settings.metadataMaxAgeMs
    for (const replica of replicas) replica.partition.replica = { nodeId: replica.nodeId, untilMs }
  }

  /** Nothing holds up the partitions of an answer but those that it names. */
  private settle(states: readonly PartitionState[], held: readonly { readonly partition: PartitionState }[]): void {
    const isHeld = new Set(held.map(({ partition }) => partition))
    for (const state of states) {
      if (state.lastError !== undefined && !isHeld.has(state)) this.clear(state)
    }
  }

  /**
   * A broker that answers with what lies before the offset that it was asked for has nothing to give, whatever it
   * sends.
   */
  private meetStale(nodeId: number, partition: PartitionState): void {
    this.hold(
      partition,
      `Broker ${nodeId} answers with records of ${partition.key} that lie before offset ${partition.fetchOffset}, which it was asked for`,
    )
    this.postpone(partition)
  }

  private hold(partition: PartitionState, cause: string): void {
    partition.lastError = cause
    this.listener.hinder(partition, cause, { atOnce: false })
  }

  private meetFetchError(nodeId: number, { partition, error, fetchOffset }: Fetched['errors'][number]): void {
    if (partition.replica?.nodeId === nodeId) {
      // The leader may know better.
      partition.replica = undefined
      return this.postpone(partition)
    }
    if (error !== 'OFFSET_OUT_OF_RANGE') return this.retryLater({ partition, error })
    // What was fetched before the gap is still to be handed out.
    if (partition.position < fetchOffset) return this.postpone(partition)
    resetPosition(partition, this.settings, this.clock.now())
  }

  private retryLater({ partition, error }: PartitionError): void {
    if (!isRetriable(error) && error !== 'UNKNOWN_SERVER_ERROR')
      throw new KafkaError(error, `Cannot read ${partition.key}: ${error}`)
    if (error === 'CORRUPT_MESSAGE')
      throw new KafkaError(
        error,
        `The broker finds ${partition.key} damaged at offset ${partition.fetchOffset} (${error})`,
      )
    this.hold(partition, `${partition.key} cannot be read at the moment: ${error}`)
    this.askForLeader(partition)
  }

  /** Nothing is asked of the partition before metadata has named its leader again. */
  private askForLeader(partition: PartitionState): void {
    this.postpone(partition)
    partition.leaderId = -1
    this.directory.refresh()
  }

  private postpone(partition: PartitionState): void {
    partition.retryAtMs = this.clock.now() + this.settings.retryBackoffMs
  }

  /** A broker fills its answer in the order of the request: whoever got something goes to the back. */
  private moveToEnd(partition: PartitionState): void {
    if (!this.states.delete(partition.key)) return
    this.states.set(partition.key, partition)
  }
}

const leaderOf = ({ key }: PartitionState): string => `leader of ${key}`

const subjectOf = (nodeId: number): string => `reading from broker ${nodeId}`

function responseError(nodeId: number, error: ErrorName): Error {
  const message = `Broker ${nodeId} refuses to be fetched from: ${error}`
  return isRetriable(error) || error === 'UNKNOWN_SERVER_ERROR'
    ? new EnvironmentError(message)
    : new KafkaError(error, message)
}

function put(map: Map<number, PartitionState[]>, nodeId: number, state: PartitionState): void {
  const list = map.get(nodeId)
  if (list) list.push(state)
  else map.set(nodeId, [state])
}
