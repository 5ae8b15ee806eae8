import { vi } from 'vitest'
import { systemClock } from '../../../src/lib/clock.ts'
import { Requester } from '../../../src/lib/broker/network/requester.ts'
import { sockets } from '../../../src/lib/broker/network/sockets.ts'
import type { Api } from '../../../src/lib/protocol/api.ts'
import { CreateTopics } from '../../../src/lib/protocol/apis/create-topics.ts'
import { Metadata, type MetadataResponse } from '../../../src/lib/protocol/apis/metadata.ts'
import type { Fields, Input, Message } from '../../../src/lib/protocol/schema.ts'
import { runTool } from '../../support/kts.ts'
import { freePort, LifeBroker, type LifeBrokerOptions } from './broker.ts'
import { Gate } from './gate.ts'

export const CONTROLLER = 3000
/** As many brokers as can be told apart on their way to the controller: it has a listener for each. */
const MOST_BROKERS = 4
const IDS = Array.from({ length: MOST_BROKERS }, (_, index) => index + 1)
const PROTOCOLS = {
  'listener.security.protocol.map': ['PLAINTEXT', 'REPLICATION', 'CONTROLLER', ...IDS.map((id) => `FOR_${id}`)]
    .map((name) => `${name}:PLAINTEXT`)
    .join(','),
}

type Settings = Readonly<Record<string, string>>
type NodeOptions = Omit<LifeBrokerOptions, 'port'>

/** A broker, and the ways that go through a gate: from the others to it, and from it to the controller. */
export interface ClusterNode {
  readonly id: number
  readonly broker: LifeBroker
  readonly fromOthers: Gate
  readonly toController: Gate
}

/** Brokers 1, 2, … and their controller, each a process of its own. */
export class LifeCluster {
  readonly nodes = new Map<number, ClusterNode>()

  private constructor(
    readonly controller: LifeBroker,
    readonly controllerPort: number,
    private readonly toController: readonly Gate[],
    private readonly settings: Settings,
  ) {}

  /** `settings` are of all nodes. */
  static async start(count: number, settings: Settings = {}, ofController: NodeOptions = {}): Promise<LifeCluster> {
    const port = await freePort()
    const ports = await Promise.all(IDS.map(freePort))
    const gates = await Promise.all(ports.map((each) => Gate.open(each)))
    const addresses = (of: (index: number) => string): string =>
      [`CONTROLLER://127.0.0.1:${port}`, ...IDS.map((id, index) => `FOR_${id}://${of(index)}`)].join(',')
    const controller = await LifeBroker.start({
      ...ofController,
      port,
      settings: {
        'process.roles': 'controller',
        'node.id': String(CONTROLLER),
        listeners: addresses((index) => `127.0.0.1:${ports[index]}`),
        'advertised.listeners': addresses((index) => gates[index]!.address),
        'controller.listener.names': ['CONTROLLER', ...IDS.map((id) => `FOR_${id}`)].join(','),
        'controller.quorum.voters': `${CONTROLLER}@127.0.0.1:${port}`,
        ...PROTOCOLS,
        ...settings,
        ...ofController.settings,
      },
    })
    const cluster = new LifeCluster(controller, port, gates, settings)
    try {
      await Promise.all(Array.from({ length: count }, (_, index) => cluster.add(index + 1)))
    } catch (error) {
      await cluster.close()
      throw error
    }
    return cluster
  }

  /** Starts another broker; rejects with what it says when it does not come up. */
  async add(id: number, options: NodeOptions = {}): Promise<LifeBroker> {
    const [port, replication] = [await freePort(), await freePort()]
    const fromOthers = await Gate.open(replication)
    const toController = this.toController[id - 1]!
    try {
      const broker = await LifeBroker.start({
        ...options,
        port,
        settings: {
          'process.roles': 'broker',
          'node.id': String(id),
          listeners: `PLAINTEXT://127.0.0.1:${port},REPLICATION://127.0.0.1:${replication}`,
          'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},REPLICATION://${fromOthers.address}`,
          'inter.broker.listener.name': 'REPLICATION',
          'controller.quorum.bootstrap.servers': toController.address,
          'controller.listener.names': `FOR_${id}`,
          ...PROTOCOLS,
          ...this.settings,
          ...options.settings,
        },
      })
      this.nodes.set(id, { id, broker, fromOthers, toController })
      return broker
    } catch (error) {
      await fromOthers.close()
      throw error
    }
  }

  node(id: number): ClusterNode {
    return this.nodes.get(id)!
  }

  get bootstrap(): string {
    return [...this.nodes.values()].map(({ broker }) => broker.bootstrap).join(',')
  }

  run(...args: readonly string[]) {
    return runTool('kts', [...args, '-b', this.bootstrap])
  }

  /** All that a node has said beside its results, line by line. */
  said(id: number): string[] {
    const { running } = id === CONTROLLER ? this.controller : this.node(id).broker
    return running
      .output()
      .stderr.split('\n')
      .filter((line) => line !== '')
  }

  /** Asks one node once, as a client. */
  async ask<Q extends Fields, S extends Fields>(
    id: number,
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    timeoutMs = 5000,
  ): Promise<Message<S>> {
    const address = { host: '127.0.0.1', port: this.node(id).broker.port }
    const requester = new Requester({ network: sockets, clock: systemClock, address, clientId: 'test' })
    try {
      return await requester.ask(api, request, timeoutMs)
    } finally {
      requester.close()
    }
  }

  /** A topic of one partition for each list of replicas. */
  async createTopic(
    name: string,
    assignments: readonly (readonly number[])[],
    configs: Settings = {},
    knownTo: Iterable<number> = this.nodes.keys(),
  ): Promise<void> {
    const { topics } = await this.ask(1, CreateTopics, {
      topics: [
        {
          name,
          numPartitions: -1,
          replicationFactor: -1,
          assignments: assignments.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds: [...brokerIds] })),
          configs: Object.entries(configs).map(([setting, value]) => ({ name: setting, value })),
        },
      ],
    })
    if (topics[0]!.errorCode !== 0) throw new Error(`${name} is not made: ${topics[0]!.errorMessage}`)
    for (const id of knownTo)
      await vi.waitFor(async () => {
        if ((await this.topic(name, id)).errorCode !== 0) throw new Error(`broker ${id} does not know ${name}`)
      }, WITHIN)
  }

  /** What a broker says of a topic. */
  async topic(name: string, askedOf: number): Promise<MetadataResponse['topics'][number]> {
    const { topics } = await this.ask(askedOf, Metadata, { topics: [{ name }], allowAutoTopicCreation: false })
    return topics[0]!
  }

  /** Resolves once a broker says of a partition what is expected. */
  async until(
    name: string,
    askedOf: number,
    expected: { leaderId?: number; isrNodes?: readonly number[]; offlineReplicas?: readonly number[] },
    index = 0,
  ): Promise<void> {
    await vi.waitFor(async () => {
      const { partitions } = await this.topic(name, askedOf)
      const { leaderId, isrNodes, offlineReplicas } = partitions[index]!
      const found = { leaderId, isrNodes: [...isrNodes].sort(), offlineReplicas }
      for (const [field, value] of Object.entries(expected))
        if (String(found[field as keyof typeof found]) !== String(value))
          throw new Error(`broker ${askedOf} says ${JSON.stringify(found)} of ${name}-${index}`)
    }, WITHIN)
  }

  async close(): Promise<void> {
    for (const { broker, fromOthers } of this.nodes.values()) {
      await broker.close()
      await fromOthers.close()
    }
    await this.controller.close()
    for (const gate of this.toController) await gate.close()
  }
}

/** How long anything may take on a busy machine. */
export const WITHIN = { timeout: 30_000, interval: 20 }
