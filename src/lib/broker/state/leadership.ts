import type { Clock } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { PartitionRegistration } from './cluster/types.ts'

/** What a follower says of itself in a Fetch. */
export interface FollowerFetch {
  readonly nodeId: number
  /** -1 where it does not say. */
  readonly brokerEpoch: bigint
  /** Where its log ends: it asks for the records from there on. */
  readonly fetchOffset: bigint
  readonly logStartOffset: bigint
  /** The leader epoch that it knows, -1 where it does not say. */
  readonly currentLeaderEpoch: number
}

/** What the leader knows of a follower (ReplicaState). */
interface FollowerState {
  /** -1 until it has fetched. */
  endOffset: bigint
  logStartOffset: bigint
  /** Where the leader's log ended when the follower fetched last, and when that was. */
  leaderEndOffset: bigint
  lastFetchTimeMs: number
  /** When it last had all that the leader had. */
  lastCaughtUpTimeMs: number
  /** Null until it has fetched. */
  brokerEpoch: bigint | null
}

/** The ISR that the leader asks the controller for. */
export interface IsrProposal {
  readonly isr: readonly number[]
  readonly isExpansion: boolean
}

export interface LeadershipContext {
  readonly nodeId: number
  readonly clock: Clock
  readonly cluster: Cluster
  /** `replica.lag.time.max.ms` */
  readonly maxLagMs: () => number
}

/**
 * What the leader of a partition keeps while it leads in one epoch: how far its followers are, and who is in sync (the
 * leader's half of Partition).
 */
export class Leadership {
  /** What the controller has confirmed. */
  isr: readonly number[]
  partitionEpoch: number
  /** Waits for the controller's answer; null when nothing is asked. */
  proposal: IsrProposal | null = null
  private readonly followers = new Map<number, FollowerState>()

  constructor(
    registration: PartitionRegistration,
    /** Where the log ended when the epoch began. */
    readonly startOffset: bigint,
    private readonly context: LeadershipContext,
  ) {
    this.isr = registration.isr
    this.partitionEpoch = registration.partitionEpoch
    this.assign(registration)
  }

  /** Takes what the controller has decided since, unless its answer to AlterPartition came first with newer news. */
  update(registration: PartitionRegistration): void {
    if (registration.partitionEpoch < this.partitionEpoch) return
    this.isr = registration.isr
    this.partitionEpoch = registration.partitionEpoch
    this.proposal = null
    this.assign(registration)
  }

  private assign({ replicas }: PartitionRegistration): void {
    for (const nodeId of this.followers.keys()) if (!replicas.includes(nodeId)) this.followers.delete(nodeId)
    for (const nodeId of replicas)
      if (nodeId !== this.context.nodeId && !this.followers.has(nodeId))
        this.followers.set(nodeId, this.unheard(nodeId))
  }

  /** One that is in sync has its time to come; for another the high watermark does not wait. */
  private unheard(nodeId: number): FollowerState {
    return {
      endOffset: -1n,
      logStartOffset: -1n,
      leaderEndOffset: -1n,
      lastFetchTimeMs: 0,
      lastCaughtUpTimeMs: this.isr.includes(nodeId) ? this.context.clock.now() : 0,
      brokerEpoch: null,
    }
  }

  get replicaCount(): number {
    return this.followers.size + 1
  }

  /** Members that were asked for count already where that makes it harder to be committed (KIP-497). */
  get maximalIsr(): readonly number[] {
    return this.proposal?.isExpansion ? this.proposal.isr : this.isr
  }

  /** Throws KafkaError for a node that is no follower, as far as is known here (Partition.followerReplicaOrThrow). */
  requireFollower({ nodeId, currentLeaderEpoch }: FollowerFetch): void {
    if (!this.followers.has(nodeId))
      throw new KafkaError(currentLeaderEpoch === -1 ? 'NOT_LEADER_OR_FOLLOWER' : 'UNKNOWN_LEADER_EPOCH')
  }

  /**
   * A follower has fetched. Throws KafkaError NOT_LEADER_OR_FOLLOWER for a request of a run of its that is over
   * (KIP-903).
   */
  onFetch(fetch: FollowerFetch, logEndOffset: bigint): void {
    const { cluster, clock } = this.context
    const { nodeId, brokerEpoch, fetchOffset } = fetch
    const registration = cluster.registration(nodeId)
    if (brokerEpoch !== -1n && registration && !registration.isFenced && registration.epoch > brokerEpoch)
      throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
    const state = this.followers.get(nodeId)!
    const now = clock.now()
    // One that has got what there was when it asked before was caught up then: it may never be faster than the writers.
    if (fetchOffset >= logEndOffset) state.lastCaughtUpTimeMs = now
    else if (fetchOffset >= state.leaderEndOffset)
      state.lastCaughtUpTimeMs = Math.max(state.lastCaughtUpTimeMs, state.lastFetchTimeMs)
    state.endOffset = fetchOffset
    state.logStartOffset = fetch.logStartOffset
    if (logEndOffset > state.leaderEndOffset) state.leaderEndOffset = logEndOffset
    state.lastFetchTimeMs = now
    state.brokerEpoch = brokerEpoch
  }

  /**
   * What all that are in sync have, and those who are about to be: they would never get there if it ran ahead of them.
   * -1 while one of them has not been heard of.
   */
  committedOffset(logEndOffset: bigint): bigint {
    const { maximalIsr } = this
    let committed = logEndOffset
    for (const [nodeId, state] of this.followers) {
      if (state.endOffset >= committed) continue
      if (maximalIsr.includes(nodeId) || (this.isCaughtUp(state, logEndOffset) && this.isEligible(nodeId)))
        committed = state.endOffset
    }
    return committed
  }

  /** What nobody has any more that is alive. */
  lowWatermark(logStartOffset: bigint): bigint {
    let lowest = logStartOffset
    for (const [nodeId, state] of this.followers)
      if (state.logStartOffset < lowest && this.context.cluster.isAlive(nodeId)) lowest = state.logStartOffset
    return lowest
  }

  /** Whether a follower is to be asked into the ISR: it has all that is committed, and all from before this epoch. */
  proposeExpansion(nodeId: number, highWatermark: bigint): boolean {
    const { endOffset } = this.followers.get(nodeId)!
    const isBehind = endOffset < highWatermark || endOffset < this.startOffset
    if (this.proposal || isBehind || this.isr.includes(nodeId) || !this.isEligible(nodeId)) return false
    this.proposal = { isr: [...this.isr, nodeId], isExpansion: true }
    return true
  }

  /** The same of all followers; one proposal at a time. */
  proposeAnyExpansion(highWatermark: bigint): boolean {
    return [...this.followers.keys()].some((nodeId) => this.proposeExpansion(nodeId, highWatermark))
  }

  /** Whether some are to leave the ISR who have not had all for too long. */
  proposeShrink(logEndOffset: bigint): boolean {
    if (this.proposal) return false
    const inSync = this.isr.filter((nodeId) => {
      const state = this.followers.get(nodeId)
      return nodeId === this.context.nodeId || (state !== undefined && this.isCaughtUp(state, logEndOffset))
    })
    if (inSync.length === this.isr.length) return false
    this.proposal = { isr: inSync, isExpansion: false }
    return true
  }

  /** The controller's answer to the proposal; null where it refused, and the ISR stays as it is. */
  settle(confirmed: { readonly isr: readonly number[]; readonly partitionEpoch: number } | null): void {
    if (confirmed && confirmed.partitionEpoch < this.partitionEpoch) return
    this.proposal = null
    if (!confirmed) return
    this.isr = confirmed.isr
    this.partitionEpoch = confirmed.partitionEpoch
  }

  /** The epoch of the run of a follower that has fetched, -1 where that is not known. */
  brokerEpochOf(nodeId: number): bigint {
    return this.followers.get(nodeId)?.brokerEpoch ?? -1n
  }

  private isCaughtUp({ endOffset, lastCaughtUpTimeMs }: FollowerState, logEndOffset: bigint): boolean {
    const { clock, maxLagMs } = this.context
    return endOffset === logEndOffset || clock.now() - lastCaughtUpTimeMs <= maxLagMs()
  }

  /** Brokers that are fenced or about to go may not join the ISR (KIP-841), nor those that have restarted (KIP-903). */
  private isEligible(nodeId: number): boolean {
    const registration = this.context.cluster.registration(nodeId)
    const brokerEpoch = this.followers.get(nodeId)?.brokerEpoch ?? null
    return (
      registration !== undefined &&
      !registration.isFenced &&
      !registration.isInControlledShutdown &&
      (brokerEpoch === -1n || brokerEpoch === registration.epoch)
    )
  }
}
