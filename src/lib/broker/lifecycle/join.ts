import { wait } from '../../clock.ts'
import type { Address } from '../../address.ts'
import { EnvironmentError, isExpected } from '../../errors.ts'
import { randomUuid } from '../../protocol/uuid.ts'
import type { Network } from '../network/network.ts'
import { MetadataFollower } from '../raft/index.ts'
import { Cluster } from '../state/cluster/cluster.ts'
import { prepareNode, type NodeOptions, type OpenNode, type PreparedNode } from '../state/node.ts'
import { ActiveController } from './active-controller.ts'
import { findCluster } from './find-cluster.ts'
import { MetadataLoader } from './metadata-loader.ts'
import { BrokerLifecycle, foreignCluster } from './registration.ts'
import { RemoteChannel } from './remote-channel.ts'
import { topicRequests } from './topic-requests.ts'

export interface JoinOptions extends Omit<NodeOptions, 'controller' | 'clusterId' | 'createTopic'> {
  readonly network: Network
  /** How controllers are reached. */
  readonly controllerNetwork: Network
  /** Where controllers may be. */
  readonly controllers: readonly Address[]
  /** Raised when the node is to stop before it serves. */
  readonly signal: AbortSignal
}

/** A broker under the controller of another process. */
export interface JoinedNode extends OpenNode {
  /** Epoch of this run's registration. */
  readonly brokerEpoch: bigint
  /** Resolves when the controller lets this broker serve. */
  unfence(): Promise<void>
  /** Hands leaderships over to others; to be called before it stops to serve. */
  shutDown(): Promise<void>
}

/** How long one controller has to say which cluster it is of. */
const ASK_MS = 2000
const RETRY_MS = 100
/** When somebody is told that there is none. */
const SILENCE_MS = 3000

/**
 * Opens a broker over the metadata of another process's controller, and registers it there: it has caught up with the
 * metadata before it opens a log. Rejects with EnvironmentError when the cluster cannot be joined, and says why.
 */
export async function joinCluster(options: JoinOptions): Promise<JoinedNode> {
  const clusterId = await awaitCluster(options)
  const joining = new Joining(options, clusterId)
  try {
    return await joining.finish()
  } catch (error) {
    joining.giveUp()
    throw error
  }
}

/** The id of the cluster, as soon as one of its controllers answers. */
async function awaitCluster(options: JoinOptions): Promise<string> {
  const { controllerNetwork: network, clock, config, controllers, warn, signal } = options
  const { names } = new ActiveController(controllers)
  const begun = clock.now()
  const limitMs = config.number('initial.broker.registration.timeout.ms')
  let hasWarned = false
  for (let tried = 0; !signal.aborted; tried += 1) {
    const address = controllers[tried % controllers.length]!
    const found = await findCluster({ network, clock, address, nodeId: config.number('node.id') }, ASK_MS).catch(
      (error: unknown) => {
        if (!isExpected(error)) throw error
        return null
      },
    )
    if (found !== null) return found
    const waitedMs = clock.now() - begun
    if (waitedMs >= limitMs)
      throw new EnvironmentError(`no controller answers at ${names} within ${limitMs} ms: start it first`, {
        code: 'ETIMEDOUT',
      })
    if (waitedMs >= SILENCE_MS && !hasWarned) {
      hasWarned = true
      warn(`no controller answers at ${names}: still trying`)
    }
    await wait(clock, RETRY_MS, signal)
  }
  throw new EnvironmentError('this node stops', { code: 'ECANCELED' })
}

/** What there is of a broker that joins. */
class Joining {
  private readonly active: ActiveController
  /** One for all that must not wait for an answer to something else. */
  private readonly heartbeats: RemoteChannel
  private readonly channel: RemoteChannel
  private readonly prepared: PreparedNode
  private readonly loader: MetadataLoader
  private readonly lifecycle: BrokerLifecycle
  private readonly failed: Promise<string>
  private fail: (reason: string) => void = () => {}
  private isOpen = false

  constructor(
    private readonly options: JoinOptions,
    clusterId: string,
  ) {
    const { controllerNetwork: network, clock, config, warn, endpoints, controllers } = options
    const nodeId = config.number('node.id')
    this.failed = new Promise((resolve) => (this.fail = resolve))
    const fail = (reason: string): void => this.fail(reason)
    this.active = new ActiveController(controllers)
    this.channel = new RemoteChannel({ network, clock, nodeId, active: this.active })
    this.heartbeats = new RemoteChannel({ network, clock, nodeId, active: this.active })
    let follower!: MetadataFollower
    const createTopic = topicRequests(this.channel, config, warn)
    this.prepared = prepareNode({ ...options, clusterId, controller: this.channel, createTopic }, (directories) => {
      if (directories.clusterId !== clusterId)
        throw new EnvironmentError(foreignCluster(directories.clusterId, this.active.names))
      follower = new MetadataFollower({ ...options, directory: directories.metadataDirectory, nodeId })
      return { cluster: new Cluster(clusterId, follower), metadataLog: null }
    })
    const { cluster, directories, partitions } = this.prepared.state
    this.loader = new MetadataLoader({
      network,
      clock,
      nodeId,
      clusterId,
      directoryId: directories.metadataDirectoryId,
      active: this.active,
      follower,
      apply: ({ records, isSnapshot }) => {
        if (isSnapshot) cluster.restore(records)
        else cluster.replay(records)
        this.lifecycle.onMetadata()
      },
      warn,
      fail,
    })
    this.lifecycle = new BrokerLifecycle({
      channel: this.heartbeats,
      controllers: this.active.names,
      clock,
      config,
      nodeId,
      clusterId,
      incarnationId: randomUuid(),
      endpoints,
      directories,
      previousEpoch: directories.previousBrokerEpoch,
      metadataOffset: () => this.loader.appliedOffset,
      featureLevels: () => cluster.featureLevels(),
      warn,
      fail,
    })
    partitions.listen({ onDirectoryFailed: () => this.lifecycle.beatNow() })
  }

  async finish(): Promise<JoinedNode> {
    const { loader, lifecycle, prepared } = this
    loader.start()
    await this.unlessFailed(loader.caughtUp)
    this.isOpen = true
    const node = prepared.open()
    try {
      await this.unlessFailed(lifecycle.register())
    } catch (error) {
      node.close()
      throw error
    }
    return {
      ...node,
      failed: Promise.race([node.failed, this.failed]),
      get brokerEpoch() {
        return lifecycle.epoch
      },
      unfence: () => this.unlessFailed(lifecycle.unfence()).then(() => prepared.state.producerIds.prepare()),
      shutDown: () => lifecycle.shutDown(),
      close: (flushing) => {
        this.disconnect()
        node.close(flushing)
      },
    }
  }

  giveUp(): void {
    this.disconnect()
    if (!this.isOpen) this.prepared.close()
  }

  private disconnect(): void {
    this.lifecycle.stop()
    this.loader.stop()
    this.channel.close()
    this.heartbeats.close()
  }

  private async unlessFailed(work: Promise<void>): Promise<void> {
    const { signal } = this.options
    const stopped = new Promise<string>((resolve) =>
      signal.addEventListener('abort', () => resolve('this node stops'), { once: true }),
    )
    const reason = await Promise.race([work.then(() => null), this.failed, stopped])
    if (reason !== null) throw new EnvironmentError(reason)
  }
}
