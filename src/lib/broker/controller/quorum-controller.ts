import type { Clock, Timer } from '../../clock.ts'
import { KafkaError, kafkaErrorOf } from '../../errors.ts'
import type { AlterPartitionRequest } from '../../protocol/apis/alter-partition.ts'
import type { AssignReplicasToDirsRequest } from '../../protocol/apis/assign-replicas-to-dirs.ts'
import type { BrokerHeartbeatRequest } from '../../protocol/apis/broker-heartbeat.ts'
import type { BrokerRegistrationRequest } from '../../protocol/apis/broker-registration.ts'
import type { ControllerRegistrationRequest } from '../../protocol/apis/controller-registration.ts'
import type { NewMetadataRecord } from '../../protocol/internal-records/index.ts'
import { registrationRecord } from '../state/cluster/brokers.ts'
import type { BrokerRegistration } from '../state/cluster/types.ts'
import type { BrokerConfig } from '../state/configs/broker-config.ts'
import { alterPartitions } from './alter-partition.ts'
import { assignDirectories } from './assign-directories.ts'
import {
  beginControlledShutdown,
  brokerHasStopped,
  cordonDirectories,
  failDirectories,
  fenceBroker,
  leaderAndIsrChanges,
  unfenceBroker,
  unregisterBroker,
  withoutLeader,
} from './broker-changes.ts'
import { MOST_ELECTIONS, preferredElections, uncleanElections } from './elections.ts'
import { Heartbeats, type BrokerControlState } from './heartbeats.ts'
import { Observers } from './observers.ts'
import { registrationRecords } from './registration.ts'
import { DEATH_SEEN_MS, LOOKS_PER_SESSION, Sessions } from './sessions.ts'
import type { ControllerView } from './view.ts'

export interface QuorumControllerOptions extends ControllerView {
  readonly nodeId: number
  readonly clock: Clock
  readonly config: () => BrokerConfig
  /** One line on what becomes of brokers. */
  readonly info: (line: string) => void
  readonly warn: (line: string) => void
}

/** As many producer ids as a broker gets at a time (ProducerIdsBlock). */
export const PRODUCER_ID_BLOCK = 1000
/** As many records as are written together, and as many as one request may come to (QuorumController). */
const MOST_RECORDS = 10_000

/**
 * Decides who leads what: brokers register here and are heard of, leaders ask for other ISRs, admins for elections and
 * moves (QuorumController). Each decision is made from the metadata, written, and then holds: there is no other state
 * but what brokers report. One that is not started decides nothing by itself.
 */
export class QuorumController {
  readonly observers: Observers
  /** Those who wait for more of the metadata, to be called when they are to wait no longer. */
  readonly parked = new Set<() => void>()
  private readonly sessions: Sessions
  private readonly heartbeats = new Heartbeats()
  private readonly timers = new Set<Timer>()
  private isLooking = false

  constructor(private readonly options: QuorumControllerOptions) {
    this.observers = new Observers(options.clock)
    this.sessions = new Sessions(options.clock, options.config().number('broker.session.timeout.ms'))
  }

  /**
   * Takes over: brokers that were heard of by the controller before have time to show up. This node's own broker is not
   * waited for, since it lives as long as this.
   */
  start(): void {
    const { cluster, nodeId, config } = this.options
    for (const broker of cluster.registrations()) {
      if (broker.nodeId === nodeId) continue
      this.heartbeats.begin(broker.nodeId, cluster.metadataOffset - 1n)
      if (!broker.isFenced) this.sessions.begin(broker.nodeId, broker.epoch)
    }
    this.lookAtSessions()
    const settings = config()
    if (settings.boolean('auto.leader.rebalance.enable')) {
      const seconds = settings.number('leader.imbalance.check.interval.seconds')
      this.electAgainAndAgain(seconds * 1000, preferredElections)
    }
    this.electAgainAndAgain(settings.number('unclean.leader.election.interval.ms'), uncleanElections)
  }

  /** Answers those who wait. */
  release(): void {
    for (const finish of this.parked) finish()
  }

  close(): void {
    for (const timer of this.timers) timer.cancel()
    this.timers.clear()
    this.isLooking = false
  }

  /**
   * Registers this node's own broker, which serves at once: it lives as long as its controller does. Where there are
   * others it leaves ISRs first, and after a crash the ELR too, as any broker does; alone it has nobody to be behind.
   * `previousEpoch` is what the folder says of the last run, if that has stopped in good order: -1n where it does not.
   */
  registerOwn(
    broker: Pick<BrokerRegistration, 'incarnationId' | 'rack' | 'endpoints' | 'features' | 'directories'>,
    previousEpoch = -1n,
  ): void {
    const { cluster, nodeId } = this.options
    const isAlone = cluster.registrations().every((other) => other.nodeId === nodeId)
    const isClean = cluster.registration(nodeId)?.epoch === previousEpoch
    if (!isAlone) this.commit(brokerHasStopped(this.options, nodeId, isClean))
    const epoch = cluster.metadataOffset
    const fresh = { isFenced: false, isInControlledShutdown: false, cordonedDirectories: null }
    const registration = { ...broker, nodeId, epoch, ...fresh }
    this.commit([registrationRecord(registration)])
    this.commit(leaderAndIsrChanges(this.options, withoutLeader(this.options), { added: nodeId }))
  }

  /** Folders of this node's own broker have failed: others take over what it leads there. */
  failOwnDirectories(failed: readonly string[]): void {
    const { cluster, nodeId } = this.options
    const broker = cluster.registration(nodeId)
    if (broker) this.commitInBackground(failDirectories(this.options, broker, failed))
  }

  /** This node's own broker is about to stop: others take over what it leads, where there are any. */
  handOver(): void {
    const { cluster, nodeId } = this.options
    const broker = cluster.registration(nodeId)
    if (cluster.controllerId !== nodeId) return
    if (broker && cluster.brokers().some((other) => other.nodeId !== nodeId))
      this.commitInBackground(fenceBroker(this.options, broker))
  }

  /**
   * Returns the epoch of a broker that makes itself known. Throws KafkaError INCONSISTENT_CLUSTER_ID,
   * DUPLICATE_BROKER_REGISTRATION, and what `registrationRecords` throws.
   */
  registerBroker(request: BrokerRegistrationRequest, apiVersion: number): bigint {
    const { cluster } = this.options
    const { brokerId, clusterId, incarnationId, isMigratingZkBroker } = request
    if (clusterId !== cluster.clusterId)
      throw new KafkaError(
        'INCONSISTENT_CLUSTER_ID',
        `Expected cluster ID ${cluster.clusterId}, but got cluster ID ${clusterId}`,
      )
    const before = cluster.registration(brokerId)
    const isNewRun = before?.incarnationId !== incarnationId
    if (before && isNewRun && this.sessions.isValid(brokerId, before.epoch, this.seesDeath)) throw duplicate()
    if (isMigratingZkBroker)
      throw new KafkaError('BROKER_ID_NOT_REGISTERED', 'Controller does not support registering ZK brokers.')
    const { records, epoch } = registrationRecords(this.options, request, apiVersion)
    const offset = this.commit(records)
    if (isNewRun) this.sessions.end(brokerId)
    this.heartbeats.begin(brokerId, offset)
    this.options.info(`broker ${brokerId} registered with epoch ${epoch}`)
    return epoch
  }

  /** Throws KafkaError STALE_BROKER_EPOCH. */
  heartbeat(request: BrokerHeartbeatRequest): {
    readonly isCaughtUp: boolean
    readonly isFenced: boolean
    readonly shouldShutDown: boolean
  } {
    const { cluster } = this.options
    const broker = this.checkEpoch(request)
    const { nodeId, epoch } = broker
    if (!this.heartbeats.has(nodeId)) this.heartbeats.begin(nodeId, cluster.metadataOffset - 1n)
    this.sessions.touch(nodeId, epoch)
    this.lookAtSessions()
    const state = this.heartbeats.state(broker)
    const leadsAny = (): boolean => {
      for (const { partitions } of cluster.topics()) if (partitions.some(({ leader }) => leader === nodeId)) return true
      return false
    }
    const active = cluster.brokers().filter((other) => other.nodeId !== nodeId)
    const next = this.heartbeats.nextState(broker, request, leadsAny, active)
    const records = next === state ? [] : this.transition(broker, next)
    this.commit([
      ...records,
      ...failDirectories(this.options, broker, request.offlineLogDirs),
      ...cordonDirectories(this.options, broker, request.cordonedLogDirs),
    ])
    this.heartbeats.note(request, next, cluster.metadataOffset - 1n)
    return {
      isCaughtUp: this.heartbeats.isCaughtUp(request),
      isFenced: next === 'fenced' || next === 'shutdown now',
      shouldShutDown: next === 'shutdown now',
    }
  }

  /**
   * To be called when a broker's connection has broken and its port refuses: its session is over soon, unless it is
   * heard of again. With `kts.failure.detection=session` it goes on.
   */
  connectionLost(nodeId: number): void {
    if (!this.seesDeath) return
    this.sessions.shorten(nodeId)
    this.later(DEATH_SEEN_MS + 1, () => this.fenceStaleBrokers())
  }

  /** Throws KafkaError STALE_BROKER_EPOCH. */
  alterPartition(request: AlterPartitionRequest): ReturnType<typeof alterPartitions>['topics'] {
    this.checkEpoch(request)
    const { records, topics } = alterPartitions(this.options, request)
    this.commit(records)
    return topics
  }

  /** Returns the first of PRODUCER_ID_BLOCK ids that nobody else gets. Throws KafkaError STALE_BROKER_EPOCH. */
  allocateProducerIds(request: { readonly brokerId: number; readonly brokerEpoch: bigint }): bigint {
    const { nodeId } = this.checkEpoch(request)
    return this.options.cluster.allocateProducerIds(BigInt(PRODUCER_ID_BLOCK), nodeId)
  }

  /** Throws KafkaError STALE_BROKER_EPOCH. */
  assignReplicasToDirs(request: AssignReplicasToDirsRequest): ReturnType<typeof assignDirectories>['directories'] {
    const { records, directories } = assignDirectories(this.options, this.checkEpoch(request), request)
    this.commit(records)
    return directories
  }

  registerController({ controllerId, incarnationId, listeners, features }: ControllerRegistrationRequest): void {
    this.commit([{ type: 'REGISTER_CONTROLLER_RECORD', controllerId, incarnationId, endPoints: listeners, features }])
  }

  /** Throws KafkaError BROKER_ID_NOT_REGISTERED. */
  unregisterBroker(brokerId: number): void {
    const broker = this.options.cluster.registration(brokerId)
    if (!broker) throw new KafkaError('BROKER_ID_NOT_REGISTERED', `Broker ID ${brokerId} is not currently registered`)
    this.commitTogether(unregisterBroker(this.options, broker))
    this.sessions.end(brokerId)
    this.heartbeats.end(brokerId)
    this.options.info(`broker ${brokerId} unregistered`)
  }

  /**
   * Makes the changes of one request: all of them or none. Throws KafkaError POLICY_VIOLATION for too many,
   * KAFKA_STORAGE_ERROR.
   */
  commitTogether(records: readonly NewMetadataRecord[]): void {
    if (records.length > MOST_RECORDS)
      throw new KafkaError('POLICY_VIOLATION', 'Unable to perform excessively large batch operation.')
    this.commit(records)
  }

  /** Makes changes in batches that a follower can take; returns the offset of the last record. */
  private commit(records: readonly NewMetadataRecord[]): bigint {
    const { cluster } = this.options
    for (let first = 0; first < records.length; first += MOST_RECORDS)
      cluster.commit(records.slice(first, first + MOST_RECORDS))
    return cluster.metadataOffset - 1n
  }

  private transition(broker: BrokerRegistration, next: BrokerControlState): NewMetadataRecord[] {
    const { info } = this.options
    switch (next) {
      case 'unfenced':
        info(`broker ${broker.nodeId} is up`)
        return unfenceBroker(this.options, broker)
      case 'controlled shutdown':
        info(`broker ${broker.nodeId} stops: others take over what it leads`)
        return beginControlledShutdown(this.options, broker)
      default:
        info(`broker ${broker.nodeId} is fenced: it asked for it`)
        return fenceBroker(this.options, broker)
    }
  }

  /** Goes on for as long as there are sessions: a node that is alone has none. */
  private lookAtSessions(): void {
    if (this.isLooking || this.sessions.isEmpty) return
    this.isLooking = true
    const sessionMs = this.options.config().number('broker.session.timeout.ms')
    this.later(Math.max(1, sessionMs / LOOKS_PER_SESSION), () => {
      this.isLooking = false
      this.fenceStaleBrokers()
      this.lookAtSessions()
    })
  }

  /** One after the other, so that each sees what became of the one before (maybeFenceOneStaleBroker). */
  private fenceStaleBrokers(): void {
    const { cluster, warn } = this.options
    for (let expired = this.sessions.takeExpired(); expired; expired = this.sessions.takeExpired()) {
      const { nodeId, epoch, hasDied } = expired
      const broker = cluster.registration(nodeId)
      // One that has stopped in good order is fenced already.
      if (broker?.epoch !== epoch || broker.isFenced) continue
      const why = hasDied ? 'its connection broke and its port is closed' : 'it was not heard of in time'
      warn(`broker ${nodeId} is fenced: ${why}`)
      // What the disk refuses it may take later.
      if (this.commitInBackground(fenceBroker(this.options, broker))) this.heartbeats.fence(nodeId)
      else this.sessions.begin(nodeId, epoch)
    }
  }

  /** The next elections come at once where there are more than one look finds. */
  private electAgainAndAgain(intervalMs: number, elections: (view: ControllerView) => NewMetadataRecord[]): void {
    const elect = (): void => {
      const records = elections(this.options)
      const isMore = this.commitInBackground(records) && records.length >= MOST_ELECTIONS
      this.later(isMore ? 0 : intervalMs, elect)
    }
    this.later(intervalMs, elect)
  }

  /** Whether the disk took them. */
  private commitInBackground(records: readonly NewMetadataRecord[]): boolean {
    try {
      this.commit(records)
      return true
    } catch (error) {
      this.options.warn(`the metadata cannot be changed: ${kafkaErrorOf(error).message}`)
      return false
    }
  }

  private later(delayMs: number, action: () => void): void {
    const timer = this.options.clock.inBackground(delayMs, () => {
      this.timers.delete(timer)
      action()
    })
    this.timers.add(timer)
  }

  private get seesDeath(): boolean {
    return this.options.config().value('kts.failure.detection') !== 'session'
  }

  /** Throws KafkaError STALE_BROKER_EPOCH for a broker in another run than the one that has registered last. */
  private checkEpoch({ brokerId, brokerEpoch }: { brokerId: number; brokerEpoch: bigint }): BrokerRegistration {
    const broker = this.options.cluster.registration(brokerId)
    if (!broker) throw new KafkaError('STALE_BROKER_EPOCH', `No broker registration found for broker id ${brokerId}`)
    if (broker.epoch !== brokerEpoch)
      throw new KafkaError(
        'STALE_BROKER_EPOCH',
        `Expected broker epoch ${broker.epoch}, but got broker epoch ${brokerEpoch}`,
      )
    return broker
  }
}

const duplicate = (): KafkaError =>
  new KafkaError(
    'DUPLICATE_BROKER_REGISTRATION',
    'Another broker is registered with that broker id. If the broker was recently restarted this should self-resolve ' +
      "once the heartbeat manager expires the broker's session.",
  )
