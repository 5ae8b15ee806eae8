import { formatAddress, type Address } from '../../address.ts'
import { wait, type Clock } from '../../clock.ts'
import { EnvironmentError, isExpected } from '../../errors.ts'
import { Fetch } from '../../protocol/apis/fetch.ts'
import { FetchSnapshot } from '../../protocol/apis/fetch-snapshot.ts'
import { errorName } from '../../protocol/errors.ts'
import { CLUSTER_METADATA_TOPIC } from '../../protocol/topic-names.ts'
import type { Network } from '../network/network.ts'
import { Requester } from '../network/requester.ts'
import { METADATA_TOPIC_ID, type Committed, type MetadataFollower, type NextFetch } from '../raft/index.ts'
import type { ActiveController } from './active-controller.ts'
import { foreignCluster } from './registration.ts'

export interface LoaderOptions {
  readonly network: Network
  readonly clock: Clock
  readonly nodeId: number
  readonly clusterId: string
  /** Id of the directory that the metadata lies in. */
  readonly directoryId: string
  readonly active: ActiveController
  readonly follower: MetadataFollower
  /** Takes what the controller has committed, in order. */
  readonly apply: (committed: Committed) => void
  readonly warn: (line: string) => void
  /** Told, once, why the metadata cannot be followed any more. */
  readonly fail: (reason: string) => void
}

/** Takes what an answer holds, and returns what became committed by it. */
type Take = () => readonly Committed[]
type FetchPosition = Extract<NextFetch, { readonly kind: 'fetch' }>
type SnapshotPosition = Extract<NextFetch, { readonly kind: 'snapshot' }>

/** What both kinds of answers say of the quorum. */
interface QuorumAnswer {
  readonly errorCode: number
  readonly currentLeader?: { readonly leaderId: number; readonly leaderEpoch: number } | undefined
  readonly nodeEndpoints: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[]
}

/** How long the controller may wait for something new (KafkaRaftClient.MAX_FETCH_WAIT_MS). */
const WAIT_MS = 500
/** `controller.quorum.request.timeout.ms` */
const TIMEOUT_MS = 2000
/** `controller.quorum.fetch.max.bytes` and `controller.quorum.fetch.snapshot.max.bytes` */
const MOST_BYTES = 1024 * 1024
/** Before a controller is asked again that did not answer well. */
const RETRY_MS = 50
/** When somebody is told that there is no controller. */
const SILENCE_MS = 3000

/** What no other try changes. */
const LASTING = new Set<unknown>(['INCONSISTENT_CLUSTER_ID', 'KAFKA_STORAGE_ERROR'])
const ARRIVED_BROKEN = new Set<unknown>(['CORRUPT_MESSAGE', 'OFFSET_OUT_OF_RANGE'])

/** Follows the metadata of the active controller, as an observer of the quorum (KIP-595, KIP-630). */
export class MetadataLoader {
  /** Resolves when everything is in force that was committed when the controller was first heard of. */
  readonly caughtUp: Promise<void>
  private resolveCaughtUp = (): void => {}
  private goal: bigint | null = null
  private heardAt: number
  /** Somebody was told that no controller answers. */
  private isSilent = false
  private readonly stopped = new AbortController()
  private requester: Requester | null = null

  constructor(private readonly options: LoaderOptions) {
    this.caughtUp = new Promise((resolve) => (this.resolveCaughtUp = resolve))
    this.heardAt = options.clock.now()
  }

  start(): void {
    void this.run()
  }

  stop(): void {
    this.stopped.abort()
    this.requester?.close()
  }

  /** Offset of the last record that is in force here. */
  get appliedOffset(): bigint {
    return this.options.follower.endOffset - 1n
  }

  private async run(): Promise<void> {
    const { network, clock, nodeId, active } = this.options
    const { signal } = this.stopped
    while (!signal.aborted) {
      const address = active.next()
      this.requester = new Requester({ network, clock, address, clientId: `raft-client-${nodeId}` })
      while (!signal.aborted && (await this.step(this.requester)));
      this.requester.close()
      this.warnOfSilence()
      await wait(clock, RETRY_MS, signal)
    }
  }

  private warnOfSilence(): void {
    const { clock, active, warn } = this.options
    if (clock.now() - this.heardAt < SILENCE_MS || this.stopped.signal.aborted) return
    if (this.isSilent) return
    this.isSilent = true
    warn(`no active controller answers at ${active.names}: still trying`)
  }

  /** One request and its answer. False when it was of no use: then the same or another controller is asked anew. */
  private async step(requester: Requester): Promise<boolean> {
    const { follower, active } = this.options
    const { epoch } = follower
    const position = follower.next()
    try {
      const committed = await (position.kind === 'fetch'
        ? this.fetch(requester, position)
        : this.fetchSnapshot(requester, position))
      if (committed !== null) return this.take(committed)
      // One whose epoch was news is asked again at once.
      return follower.epoch > epoch && isSame(active.address, requester.address)
    } catch (error) {
      if (!isExpected(error)) throw error
      // What was given up here says nothing of the controller.
      if (this.stopped.signal.aborted) return false
      if ('code' in error && LASTING.has(error.code)) this.fail(error.message)
      active.lost(requester.address)
      return false
    }
  }

  private take(committed: Take): boolean {
    const { clock, active, apply, follower, warn } = this.options
    this.heardAt = clock.now()
    if (this.isSilent) warn(`the active controller at ${active.names} answers again`)
    this.isSilent = false
    try {
      for (const each of committed()) apply(each)
    } catch (error) {
      if (!isExpected(error)) throw error
      // What arrived broken is asked for again; a record that is not known must not be passed over.
      if ('code' in error && ARRIVED_BROKEN.has(error.code))
        warn(`the metadata that the controller sends: ${error.message}`)
      else this.fail(error.message)
      return false
    }
    if (this.goal !== null && follower.endOffset >= this.goal) this.resolveCaughtUp()
    return true
  }

  private fail(reason: string): void {
    if (this.stopped.signal.aborted) return
    this.stop()
    this.options.fail(reason)
  }

  private async fetch(requester: Requester, position: FetchPosition): Promise<Take | null> {
    const { clusterId, directoryId, follower, nodeId } = this.options
    const { fetchOffset, lastFetchedEpoch, currentLeaderEpoch, highWatermark } = position
    const partition = {
      currentLeaderEpoch,
      fetchOffset,
      lastFetchedEpoch,
      partitionMaxBytes: MOST_BYTES,
      replicaDirectoryId: directoryId,
      highWatermark,
    }
    const request = {
      clusterId,
      replicaState: { replicaId: nodeId },
      maxWaitMs: WAIT_MS,
      maxBytes: MOST_BYTES,
      topics: [{ topicId: METADATA_TOPIC_ID, partitions: [partition] }],
    }
    const { errorCode, responses, nodeEndpoints } = await requester.ask(Fetch, request, TIMEOUT_MS)
    const answer = responses[0]?.partitions[0]
    const { currentLeader } = answer ?? {}
    const isActive = this.noteLeader(requester, {
      errorCode: errorCode || (answer?.errorCode ?? 0),
      currentLeader,
      nodeEndpoints,
    })
    if (!isActive) return null
    if (this.goal === null && answer!.highWatermark >= 0n) this.goal = answer!.highWatermark
    return () => follower.fetched(answer!)
  }

  private async fetchSnapshot(requester: Requester, position: SnapshotPosition): Promise<Take | null> {
    const { clusterId, directoryId, follower, nodeId } = this.options
    const { id, currentLeaderEpoch } = position
    const partition = {
      currentLeaderEpoch,
      snapshotId: id,
      position: BigInt(position.position),
      replicaDirectoryId: directoryId,
    }
    const request = {
      clusterId,
      replicaId: nodeId,
      maxBytes: MOST_BYTES,
      topics: [{ name: CLUSTER_METADATA_TOPIC, partitions: [partition] }],
    }
    const { errorCode, topics, nodeEndpoints } = await requester.ask(FetchSnapshot, request, TIMEOUT_MS)
    const answer = topics[0]?.partitions[0]
    const name = errorName(answer?.errorCode ?? 0)
    // It was replaced by a newer one meanwhile.
    if (name === 'SNAPSHOT_NOT_FOUND' || name === 'POSITION_OUT_OF_RANGE') follower.snapshotGone()
    const { currentLeader } = answer ?? {}
    const isActive = this.noteLeader(requester, {
      errorCode: errorCode || (answer?.errorCode ?? 0),
      currentLeader,
      nodeEndpoints,
    })
    if (!isActive) return null
    const { size, position: at, unalignedRecords } = answer!
    return () =>
      follower.snapshotPart({
        id,
        size: Number(size),
        position: Number(at),
        bytes: unalignedRecords ?? Buffer.alloc(0),
      })
  }

  /**
   * Notes who is the active controller; returns whether it is the one that has answered, and has answered well. Throws
   * EnvironmentError for a controller of another cluster.
   */
  private noteLeader({ address }: Requester, { errorCode, currentLeader, nodeEndpoints }: QuorumAnswer): boolean {
    const { follower, active, clusterId } = this.options
    const name = errorName(errorCode)
    if (name === 'INCONSISTENT_CLUSTER_ID')
      throw new EnvironmentError(foreignCluster(clusterId, active.names), { code: name })
    const { leaderId = -1, leaderEpoch = -1 } = currentLeader ?? {}
    if (leaderId >= 0 || leaderEpoch > follower.epoch) follower.leaderSeen(leaderId, leaderEpoch)
    if (name === 'NONE') {
      active.found(address)
      return true
    }
    active.lost(address)
    const leader = nodeEndpoints.find(({ nodeId }) => nodeId === leaderId)
    if (leader) active.found({ host: leader.host, port: leader.port })
    return false
  }
}

const isSame = (one: Address | null, other: Address): boolean =>
  one !== null && formatAddress(one) === formatAddress(other)
