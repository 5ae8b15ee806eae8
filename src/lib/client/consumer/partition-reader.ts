import type { Clock } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import { isRetriable } from '../../protocol/errors.ts'
import type { KafkaClient } from '../types.ts'
import { checkEpochs, type Truncation } from './epoch-check.ts'
import { fetchRecords, type Fetched, type FetchedRecords } from './fetch-request.ts'
import { lookUpOffsets, type PartitionError } from './offset-lookup.ts'
import { PartitionState, partitionKey, type Start, type TopicPartition } from './partition-state.ts'
import { resetPosition } from './reset.ts'
import type { ConsumerSettings } from './settings.ts'
import type { TopicDirectory } from './topic-directory.ts'

interface Listener {
  /** Something has changed: `take` may have records, `pump` may have work. */
  onChange(): void
  onFailure(error: unknown): void
  /** Something that a person should know, and that may pass; it may come again and again. */
  notice(line: string): void
}

/** Responses of one node that may be held at a time: one being handed out, and the next. */
const HELD_RESPONSES = 2
/** No further fetch starts while so many bytes wait to be handed out, however many nodes there are. */
const HELD_BYTES = 64 * 1024 * 1024

interface NodeWork {
  isBusy: boolean
  /** Responses that have not been handed out to the end. */
  held: number
  retryAtMs: number
}

/**
 * Reads partitions: finds offsets, keeps one fetch in flight at each leader while what came before is handed out, follows
 * leaders. It runs when `pump` is called and remembers what is under way; nothing else holds its thread.
 */
export class PartitionReader {
  private readonly states = new Map<string, PartitionState>()
  private readonly ready: (FetchedRecords & { node: NodeWork; rest: { chunks: number } })[] = []
  private readonly nodes = new Map<number, NodeWork>()
  private readonly lookingUp = new Set<PartitionState>()
  private heldBytes = 0
  private isClosed = false

  constructor(
    private readonly client: KafkaClient,
    private readonly directory: TopicDirectory,
    private readonly settings: ConsumerSettings,
    private readonly clock: Clock,
    private readonly listener: Listener,
  ) {}

  partitions(): Iterable<PartitionState> {
    return this.states.values()
  }

  has(topic: string, partition: number): boolean {
    return this.states.has(partitionKey(topic, partition))
  }

  add({ topic, partition }: TopicPartition, start: Start, offsetEpoch?: number): void {
    const state = new PartitionState(topic, partition, start, offsetEpoch)
    const leader = this.directory.find(topic, partition)
    if (leader) state.follow(leader)
    this.states.set(state.key, state)
  }

  /** Stops reading a partition; what has been fetched of it is dropped. */
  remove({ topic, partition }: TopicPartition): void {
    const key = partitionKey(topic, partition)
    const state = this.states.get(key)
    if (!state) return
    state.version += 1
    this.states.delete(key)
  }

  /** From now on requests may fail without a word: the connections are being closed. */
  close(): void {
    this.isClosed = true
  }

  /** Takes over leaders from fresh metadata. */
  followLeaders(): void {
    for (const state of this.states.values()) {
      const leader = this.directory.find(state.topic, state.partition)
      if (leader) state.follow(leader)
    }
  }

  get hasRecords(): boolean {
    return this.ready.length > 0
  }

  /** The next records to hand out. They must be given back with `release` when that is done. */
  take(): FetchedRecords | undefined {
    for (let chunk = this.ready.shift(); chunk; chunk = this.ready.shift()) {
      if (chunk.version === chunk.partition.version) return chunk
      this.release(chunk)
    }
    return undefined
  }

  release(records: FetchedRecords): void {
    const { node, rest } = records as (typeof this.ready)[number]
    this.heldBytes -= records.records.length
    rest.chunks -= 1
    if (rest.chunks === 0) node.held -= 1
  }

  /** Starts whatever can be started; returns when to come back. */
  pump(nowMs: number): number {
    let nextMs = Infinity
    const lookUps = new Map<number, PartitionState[]>()
    const checks = new Map<number, PartitionState[]>()
    const fetches = new Map<number, PartitionState[]>()
    for (const state of this.states.values()) {
      if (state.retryAtMs > nowMs) nextMs = Math.min(nextMs, state.retryAtMs)
      else if (state.leaderId < 0) this.directory.refresh()
      else if (state.isFetchable(nowMs)) put(fetches, state.fetchNode(nowMs), state)
      else if (!this.lookingUp.has(state)) put(state.wanted ? lookUps : checks, state.leaderId, state)
    }
    for (const [nodeId, states] of lookUps) this.run(nodeId, states, () => this.lookUp(nodeId, states))
    for (const [nodeId, states] of checks) this.run(nodeId, states, () => this.check(nodeId, states))
    for (const [nodeId, states] of fetches) nextMs = Math.min(nextMs, this.pumpNode(nodeId, states, nowMs))
    return nextMs
  }

  private pumpNode(nodeId: number, states: PartitionState[], nowMs: number): number {
    const node = this.node(nodeId)
    if (node.isBusy || node.held >= HELD_RESPONSES || (node.held > 0 && this.heldBytes > HELD_BYTES)) return Infinity
    if (node.retryAtMs > nowMs) return node.retryAtMs
    node.isBusy = true
    this.guard(nodeId, states, async () => {
      try {
        this.takeFetched(nodeId, await fetchRecords(this.client, nodeId, states, this.settings))
      } finally {
        node.isBusy = false
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
    task().catch((error: unknown) => {
      if (!(error instanceof EnvironmentError)) return this.listener.onFailure(error)
      if (!this.isClosed) this.listener.notice(`${error.message}; trying again`)
      this.node(nodeId).retryAtMs = this.clock.now() + this.settings.retryBackoffMs
      for (const state of states) this.askForLeader(state)
    }).finally(() => this.listener.onChange())
  }

  private async lookUp(nodeId: number, states: readonly PartitionState[]): Promise<void> {
    for (const { partition, error } of await lookUpOffsets(this.client, nodeId, states, this.settings.isReadCommitted)) {
      this.retryLater({ partition, error })
    }
  }

  private async check(nodeId: number, states: readonly PartitionState[]): Promise<void> {
    const { truncations, errors } = await checkEpochs(this.client, nodeId, states)
    for (const truncation of truncations) this.meetTruncation(truncation)
    for (const error of errors) this.retryLater(error)
  }

  /** SubscriptionState.maybeCompleteValidation: go on where the logs part, or by auto.offset.reset when nobody knows where that is. */
  private meetTruncation({ partition, endOffset, leaderEpoch }: Truncation): void {
    if (this.settings.autoOffsetReset === 'none') {
      throw new KafkaError('OFFSET_OUT_OF_RANGE',
        `The log of ${partition.key} was cut off below offset ${partition.fetchOffset} and auto.offset.reset is none`)
    }
    if (endOffset < 0n || leaderEpoch < 0) return resetPosition(partition, this.settings, this.clock.now())
    partition.start({ offset: endOffset < partition.position ? endOffset : partition.position }, leaderEpoch)
  }

  private takeFetched(nodeId: number, fetched: Fetched): void {
    if (fetched.error !== 'NONE') throw responseError(nodeId, fetched.error)
    const node = this.node(nodeId)
    if (fetched.records.length > 0) node.held += 1
    const rest = { chunks: fetched.records.length }
    for (const chunk of fetched.records) {
      this.heldBytes += chunk.records.length
      this.ready.push({ ...chunk, node, rest })
      this.moveToEnd(chunk.partition)
    }
    for (const error of fetched.errors) this.meetFetchError(nodeId, error)
    const untilMs = this.clock.now() + this.settings.metadataMaxAgeMs
    for (const replica of fetched.replicas) replica.partition.replica = { nodeId: replica.nodeId, untilMs }
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
    if (!isRetriable(error) && error !== 'UNKNOWN_SERVER_ERROR') throw new KafkaError(error, `Cannot read ${partition.key}: ${error}`)
    if (error === 'CORRUPT_MESSAGE') throw new KafkaError(error, `The broker finds ${partition.key} damaged at offset ${partition.fetchOffset} (${error})`)
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
    this.states.delete(partition.key)
    this.states.set(partition.key, partition)
  }

  private node(nodeId: number): NodeWork {
    let node = this.nodes.get(nodeId)
    if (!node) this.nodes.set(nodeId, node = { isBusy: false, held: 0, retryAtMs: 0 })
    return node
  }
}

function responseError(nodeId: number, error: string): Error {
  const message = `Broker ${nodeId} refuses to be fetched from: ${error}`
  return isRetriable(error) || error === 'UNKNOWN_SERVER_ERROR' ? new EnvironmentError(message) : new KafkaError(error, message)
}

function put(map: Map<number, PartitionState[]>, nodeId: number, state: PartitionState): void {
  const list = map.get(nodeId)
  if (list) list.push(state)
  else map.set(nodeId, [state])
}
