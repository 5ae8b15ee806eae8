import { wait, type Clock } from '../../clock.ts'
import { EnvironmentError, isExpected } from '../../errors.ts'
import { BrokerHeartbeat, type BrokerHeartbeatResponse } from '../../protocol/apis/broker-heartbeat.ts'
import { BrokerRegistration } from '../../protocol/apis/broker-registration.ts'
import { errorName, type ErrorName } from '../../protocol/errors.ts'
import type { ControllerChannel } from '../network/controller-channel.ts'
import type { Endpoint } from '../state/cluster/types.ts'
import type { BrokerConfig } from '../state/configs/broker-config.ts'
import { OWN_FEATURES } from '../state/features.ts'
import type { LogDirectories } from '../state/storage/log-directories.ts'
import { featureProblem } from './features.ts'

export interface LifecycleOptions {
  readonly channel: ControllerChannel
  /** Where the controllers are, for people. */
  readonly controllers: string
  readonly clock: Clock
  readonly config: BrokerConfig
  readonly nodeId: number
  readonly clusterId: string
  /** UUID of this run. */
  readonly incarnationId: string
  /** What clients and other brokers are told, by listener. */
  readonly endpoints: ReadonlyMap<string, Endpoint>
  /** Ids of the log directories that work, and of those that have failed since. */
  readonly directories: Pick<LogDirectories, 'directoryIds' | 'failedIds'>
  /** Of the run that stopped here well; -1 when there was none. */
  readonly previousEpoch: bigint
  /** How far this broker has come with the metadata: offset of the last record that is in force here. */
  readonly metadataOffset: () => bigint
  readonly featureLevels: () => ReadonlyMap<string, number>
  readonly warn: (line: string) => void
  /** Told, once, why this broker cannot go on. */
  readonly fail: (reason: string) => void
}

/** Between heartbeats of a broker that wants something: to be unfenced, or to stop. */
const EAGER_MS = 100
/** Before a registration that was refused is sent again. */
const RETRY_MS = 100
/** The controller looks for sessions that are over every eighth of one; and a heartbeat may be under way. */
const SESSION_SLACK = 1.25
/** A broker that was told to stop waits no longer for others to take its partitions over. */
const SHUTDOWN_MS = 10_000
/** Nor for a controller that does not answer. */
const LAST_BEAT_MS = 1000

/**
 * The life of a broker under a controller (BrokerLifecycleManager): registered, unfenced once it has caught up with the
 * metadata, then kept in session by heartbeats, until it asks to be let go.
 */
export class BrokerLifecycle {
  /** Offset of this run's registration; -1 before. */
  epoch = -1n
  isFenced = true
  private isStopping = false
  private readonly stopped = new AbortController()
  private wake = new AbortController()
  private resolveUnfenced = (): void => {}

  constructor(private readonly options: LifecycleOptions) {}

  /**
   * Resolves when the controller has taken the broker in. Rejects with EnvironmentError when it never will, with what
   * is to be done.
   */
  async register(): Promise<void> {
    const { clock, config, warn, nodeId } = this.options
    const begun = clock.now()
    const until = begun + config.number('initial.broker.registration.timeout.ms')
    const sessionMs = config.number('broker.session.timeout.ms') * SESSION_SLACK
    for (let isFirst = true; !this.stopped.signal.aborted; isFirst = false) {
      const refusal = await this.tryToRegister(until - clock.now())
      if (refusal === null) return
      const waitedMs = clock.now() - begun
      const problem = this.problemOf(refusal, waitedMs > sessionMs)
      if (problem !== null) throw new EnvironmentError(problem, { code: refusal })
      if (clock.now() >= until)
        throw new EnvironmentError(`the controller does not register broker ${nodeId}: ${refusal}`, { code: refusal })
      if (isFirst && refusal === 'DUPLICATE_BROKER_REGISTRATION')
        warn(`broker ${nodeId} is registered already: waiting for the end of its session`)
      await wait(clock, RETRY_MS, this.stopped.signal)
    }
    throw new EnvironmentError('this node stops', { code: 'ECANCELED' })
  }

  /** Begins to send heartbeats. Resolves when the controller first says that this broker serves. */
  async unfence(): Promise<void> {
    const unfenced = new Promise<void>((resolve) => (this.resolveUnfenced = resolve))
    void this.beat()
    await unfenced
  }

  /** To be called when the metadata has gone on: a broker that is fenced asks at once. */
  onMetadata(): void {
    if (this.isFenced) this.beatNow()
  }

  /** The controller is to hear something at once. */
  beatNow(): void {
    this.wake.abort()
  }

  /**
   * Hands leaderships over: resolves when this broker leads nothing any more, when nobody can tell, or after ten
   * seconds (controlled shutdown).
   */
  async shutDown(): Promise<void> {
    const { clock, config } = this.options
    if (this.isFenced || !config.boolean('controlled.shutdown.enable')) return
    this.isStopping = true
    this.beatNow()
    const until = clock.now() + SHUTDOWN_MS
    while (clock.now() < until && !this.stopped.signal.aborted) {
      const answer = await this.sendHeartbeat(LAST_BEAT_MS)
      // Without a controller nobody takes anything over.
      if (answer === null || answer.errorCode !== 0 || answer.shouldShutDown) return
      await wait(clock, EAGER_MS, this.stopped.signal)
    }
  }

  stop(): void {
    this.stopped.abort()
    this.resolveUnfenced()
  }

  /** Null, or the controller's reason. */
  private async tryToRegister(timeoutMs: number): Promise<ErrorName | null> {
    const { channel, config, nodeId, clusterId, incarnationId, endpoints, directories, previousEpoch } = this.options
    const { errorCode, brokerEpoch } = await channel.ask(
      BrokerRegistration,
      {
        brokerId: nodeId,
        clusterId,
        incarnationId,
        listeners: [...endpoints].map(([name, endpoint]) => ({ name, ...endpoint })),
        features: OWN_FEATURES.map(({ name, minVersion, maxVersion }) => ({
          name,
          minSupportedVersion: minVersion,
          maxSupportedVersion: maxVersion,
        })),
        rack: config.string('broker.rack') || null,
        logDirs: [...directories.directoryIds],
        previousBrokerEpoch: previousEpoch,
      },
      timeoutMs,
    )
    if (errorCode !== 0) return errorName(errorCode)
    this.epoch = brokerEpoch
    return null
  }

  /** What a person is told of a refusal that lasts; null for one that may pass. */
  private problemOf(refusal: ErrorName, isSessionOver: boolean): string | null {
    const { nodeId, clusterId, controllers } = this.options
    switch (refusal) {
      case 'INCONSISTENT_CLUSTER_ID':
        return foreignCluster(clusterId, controllers)
      case 'DUPLICATE_BROKER_REGISTRATION':
        if (!isSessionOver) return null
        return `another broker ${nodeId} is running in this cluster: give this one a node.id of its own`
      case 'UNSUPPORTED_VERSION':
        return (
          featureProblem(this.options.featureLevels(), controllers) ??
          `the controller at ${controllers} does not take brokers of this version: ${refusal}`
        )
      default:
        return null
    }
  }

  private async beat(): Promise<void> {
    const { clock, config } = this.options
    while (!this.isStopping && !this.stopped.signal.aborted) {
      this.wake = new AbortController()
      const answer = await this.sendHeartbeat(config.number('broker.session.timeout.ms'))
      if (answer) this.hear(answer)
      const ms = this.isFenced ? EAGER_MS : config.number('broker.heartbeat.interval.ms')
      await wait(clock, ms, AbortSignal.any([this.wake.signal, this.stopped.signal]))
    }
  }

  /** Null when there was no answer: the session goes on until the controller ends it. */
  private async sendHeartbeat(timeoutMs: number): Promise<BrokerHeartbeatResponse | null> {
    const { channel, nodeId, metadataOffset, directories } = this.options
    const currentMetadataOffset = metadataOffset()
    const request = {
      brokerId: nodeId,
      brokerEpoch: this.epoch,
      currentMetadataOffset,
      wantFence: currentMetadataOffset < this.epoch,
      wantShutDown: this.isStopping,
      offlineLogDirs: [...directories.failedIds],
    }
    try {
      return await channel.ask(BrokerHeartbeat, request, timeoutMs)
    } catch (error) {
      if (!isExpected(error)) throw error
      return null
    }
  }

  private hear({ errorCode, isFenced }: BrokerHeartbeatResponse): void {
    const { nodeId, fail } = this.options
    const name = errorName(errorCode)
    if (name === 'STALE_BROKER_EPOCH') return fail(`another node has registered as broker ${nodeId}: this one stops`)
    if (name === 'BROKER_ID_NOT_REGISTERED') return fail(`broker ${nodeId} has been unregistered: it stops`)
    if (name !== 'NONE') return
    this.isFenced = isFenced
    if (!isFenced) this.resolveUnfenced()
  }
}

export const foreignCluster = (clusterId: string, controllers: string): string =>
  `this broker's folder belongs to cluster ${clusterId}, the controller at ${controllers} to another: choose another ` +
  'folder, or another controller'
