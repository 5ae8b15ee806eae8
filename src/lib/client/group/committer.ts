import { EnvironmentError, KafkaError } from '../../errors.ts'
import type { ConsumerParts } from '../consumer/consumer.ts'
import type { PartitionState } from '../consumer/partition-state.ts'
import type { Coordinator } from '../coordinator.ts'
import { reactionTo } from './errors.ts'
import { commitPositions, type Position, type TopicIds } from './offsets.ts'
import type { Membership } from './membership.ts'
import type { GroupSettings } from './settings.ts'

/** How often the last commits are tried: at the end, and before partitions are given up. */
const TRIES = 3

/**
 * Commits how far each partition has been printed: in intervals, before partitions are given up, and at the end
 * (enable.auto.commit).
 */
export class Committer {
  readonly topicIds: TopicIds
  private dueAtMs: number
  private isCommitting = false
  /** What has been committed, by partition, so that the same is not sent again and again. */
  private readonly committed = new Map<PartitionState, bigint>()

  constructor(
    private readonly coordinator: Coordinator,
    private readonly membership: Membership,
    private readonly settings: GroupSettings,
    private readonly parts: ConsumerParts,
    private readonly printed: () => Promise<boolean>,
  ) {
    this.topicIds = (topic) => parts.directory.topics.get(topic)?.partitions.values().next().value?.topicId
    this.dueAtMs = parts.clock.now() + settings.autoCommitIntervalMs
  }

  /** Commits when it is time to; returns when to come back. */
  pump(nowMs: number): number {
    if (!this.settings.isAutoCommit || this.isCommitting) return Infinity
    if (nowMs < this.dueAtMs) return this.dueAtMs
    this.dueAtMs = nowMs + this.settings.autoCommitIntervalMs
    if (this.membership.generation < 0) return this.dueAtMs
    this.commitInTheBackground(this.snapshot()).catch((error: unknown) => this.parts.onFailure(error))
    return this.dueAtMs
  }

  /** Positions behind the last record handed out, of partitions that have one. */
  snapshot(states: Iterable<PartitionState> = this.parts.reader.partitions()): Snapshot {
    const known = [...states].filter(({ wanted, position }) => wanted === undefined && position >= 0n)
    return known.map((state) => ({
      state,
      topic: state.topic,
      partition: state.partition,
      offset: state.position,
      leaderEpoch: state.positionEpoch,
    }))
  }

  /** What cannot be committed will be read again by whoever gets the partition: that is not worth ending for. */
  async commitBeforeRebalance(snapshot: Snapshot): Promise<void> {
    if (!this.settings.isAutoCommit || this.news(snapshot).length === 0 || !(await this.printed())) return
    await this.commitNow(snapshot).catch(forgive)
  }

  /** Throws KafkaError or EnvironmentError when the positions could not be committed. Everything has been printed. */
  async commitLast(timeoutMs: number): Promise<void> {
    if (this.settings.isAutoCommit) await this.commitNow(this.snapshot().map(withoutEpochAhead), timeoutMs)
  }

  private async commitInTheBackground(snapshot: Snapshot): Promise<void> {
    if (this.news(snapshot).length === 0) return
    this.isCommitting = true
    try {
      if (await this.printed()) await this.send(snapshot)
    } catch (error) {
      forgive(error)
      this.dueAtMs = this.parts.clock.now() + this.settings.retryBackoffMs
    } finally {
      this.isCommitting = false
      this.parts.onChange()
    }
  }

  private async commitNow(snapshot: Snapshot, timeoutMs?: number): Promise<void> {
    if (this.membership.generation < 0 || this.news(snapshot).length === 0) return
    for (let tries = TRIES; ; tries -= 1) {
      try {
        return await this.send(snapshot, timeoutMs)
      } catch (error) {
        if (
          tries === 1 ||
          !(error instanceof KafkaError) ||
          !['retry', 'find-coordinator'].includes(reactionTo(error.code))
        )
          throw error
      }
    }
  }

  private async send(snapshot: Snapshot, timeoutMs?: number): Promise<void> {
    const news = this.news(snapshot)
    try {
      await commitPositions(
        this.coordinator,
        this.membership,
        this.settings,
        news,
        this.topicIds,
        timeoutMs === undefined ? {} : { timeoutMs },
      )
    } catch (error) {
      if (error instanceof KafkaError && reactionTo(error.code) === 'find-coordinator') this.coordinator.forget()
      throw error
    }
    for (const { state, offset } of news) this.committed.set(state, offset)
  }

  private news(snapshot: Snapshot): Snapshot {
    return snapshot.filter(({ state, offset }) => this.committed.get(state) !== offset)
  }
}

type Snapshot = readonly (Position & { readonly state: PartitionState })[]

/** Java's console consumer seeks back to what it has not printed, and a position that was sought has no epoch. */
const withoutEpochAhead = (position: Snapshot[number]): Snapshot[number] =>
  position.state.fetchOffset > position.offset ? { ...position, leaderEpoch: -1 } : position

/** A broker that is away, or a membership that is lost: heartbeats tell what to do about it. */
function forgive(error: unknown): void {
  if (error instanceof EnvironmentError) return
  if (error instanceof KafkaError && reactionTo(error.code) !== 'give-up') return
  throw error
}
