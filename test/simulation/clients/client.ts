import type { Network } from '../../../src/lib/broker/network/network.ts'
import { Requester } from '../../../src/lib/broker/network/requester.ts'
import { wait } from '../../../src/lib/clock.ts'
import { EnvironmentError } from '../../../src/lib/errors.ts'
import type { Api } from '../../../src/lib/protocol/api.ts'
import { FindCoordinator } from '../../../src/lib/protocol/apis/find-coordinator.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { errorName, type ErrorName } from '../../../src/lib/protocol/errors.ts'
import type { Fields, Input, Message } from '../../../src/lib/protocol/schema.ts'
import type { Actor } from '../world.ts'

export interface ClientOptions {
  readonly actor: Actor
  readonly network: Network
  /** Ports of the brokers by node id. */
  readonly ports: ReadonlyMap<number, number>
}

export interface KnownTopic {
  readonly topicId: string
  /** Leaders by partition, -1 for none. */
  readonly leaders: readonly number[]
}

const REQUEST_MS = 5000

/** Speaks to a cluster as clients do: finds leaders and coordinators, and asks again. */
export class Client {
  private readonly requesters = new Map<number, Requester>()
  private readonly topics = new Map<string, KnownTopic>()

  constructor(private readonly options: ClientOptions) {}

  get actor(): Actor {
    return this.options.actor
  }

  /** Null when no answer came. */
  async ask<Q extends Fields, S extends Fields>(
    nodeId: number,
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    timeoutMs = REQUEST_MS,
  ): Promise<Message<S> | null> {
    try {
      return await this.requester(nodeId).ask(api, request, timeoutMs)
    } catch (error) {
      if (error instanceof EnvironmentError) return null
      throw error
    }
  }

  anyone(): number {
    return this.actor.world.pick([...this.options.ports.keys()])
  }

  pause(ms: number): Promise<void> {
    return wait(this.actor.clock, ms)
  }

  /** After something went wrong. */
  pauseABit(): Promise<void> {
    return this.pause(this.actor.world.between(20, 200))
  }

  /** Null while the topic is not known. */
  async topic(name: string): Promise<KnownTopic | null> {
    if (!this.topics.has(name)) await this.refresh(name)
    return this.topics.get(name) ?? null
  }

  async refresh(name: string): Promise<void> {
    const answer = await this.ask(this.anyone(), Metadata, { topics: [{ name }], allowAutoTopicCreation: false })
    const found = answer?.topics[0]
    if (!found || found.errorCode !== 0) return
    const leaders = [...found.partitions]
      .sort((a, b) => a.partitionIndex - b.partitionIndex)
      .map(({ leaderId }) => leaderId)
    this.topics.set(name, { topicId: found.topicId, leaders })
  }

  /** Null when nobody knows. */
  async coordinator(keyType: number, key: string): Promise<number | null> {
    const answer = await this.ask(this.anyone(), FindCoordinator, { keyType, coordinatorKeys: [key] })
    const found = answer?.coordinators[0]
    return found?.errorCode === 0 ? found.nodeId : null
  }

  private requester(nodeId: number): Requester {
    const { network, ports, actor } = this.options
    const known = this.requesters.get(nodeId)
    if (known) return known
    const address = { host: '127.0.0.1', port: ports.get(nodeId)! }
    const requester = new Requester({ network, clock: actor.clock, address, clientId: actor.name })
    this.requesters.set(nodeId, requester)
    return requester
  }
}

/** The name of an error code, `null` where no answer came. */
export const nameOf = (errorCode: number | undefined): ErrorName | null =>
  errorCode === undefined ? null : (errorName(errorCode) as ErrorName)
