import { MemoryDisk } from '../../../../src/lib/broker/log/index.ts'
import { Requester } from '../../../../src/lib/broker/network/requester.ts'
import { startNode, type RunningNode } from '../../../../src/lib/broker/start.ts'
import { parseBrokerConfig } from '../../../../src/lib/broker/state/configs/parse-broker-config.ts'
import type { Api } from '../../../../src/lib/protocol/api.ts'
import type { Fields, Input, Message } from '../../../../src/lib/protocol/schema.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { MemoryNetwork } from '../../../support/memory-network.ts'
import { settle } from '../log/support.ts'
// What a node loads when it needs it is here before the clock goes on: that would not wait for the disk.
import '../../../../src/lib/broker/handlers/controller-handlers.ts'
import '../../../../src/lib/broker/handlers/forwarding-handlers.ts'
import '../../../../src/lib/broker/lifecycle/join.ts'
import '../../../../src/lib/broker/lifecycle/zookeeper.ts'
import '../../../../src/lib/broker/replication/index.ts'

export const CONTROLLER_PORT = 9093
const STEP_MS = 10
const LIMIT_MS = 120_000

/** A controller and brokers under it, in memory, by a clock that goes on while somebody waits. */
export class JoinedCluster {
  readonly network = new MemoryNetwork()
  readonly clock = new FakeClock()
  readonly warnings: string[] = []
  readonly running: RunningNode[] = []
  private pids = 0

  /** Node 1 is the controller, and a broker besides. */
  startController(disk = new MemoryDisk()): Promise<RunningNode> {
    return this.start(disk, {
      'process.roles': 'broker,controller',
      'node.id': '1',
      listeners: `PLAINTEXT://localhost:9092,CONTROLLER://localhost:${CONTROLLER_PORT}`,
      'controller.quorum.voters': `1@localhost:${CONTROLLER_PORT}`,
    })
  }

  startBroker(nodeId: number, disk = new MemoryDisk(), properties: Record<string, string> = {}): Promise<RunningNode> {
    return this.start(disk, {
      'process.roles': 'broker',
      'node.id': String(nodeId),
      listeners: `PLAINTEXT://localhost:0`,
      'controller.quorum.bootstrap.servers': `localhost:${CONTROLLER_PORT}`,
      ...properties,
    })
  }

  /** A file of the time of ZooKeeper. */
  startOld(nodeId: number, disk = new MemoryDisk()): Promise<RunningNode> {
    return this.start(disk, {
      'broker.id': String(nodeId),
      listeners: `PLAINTEXT://localhost:0`,
      'zookeeper.connect': `localhost:${CONTROLLER_PORT}/kafka`,
    })
  }

  async start(disk: MemoryDisk, properties: Record<string, string>, signal?: AbortSignal): Promise<RunningNode> {
    const { config } = parseBrokerConfig(
      new Map(Object.entries({ 'log.dirs': '/data', 'controller.listener.names': 'CONTROLLER', ...properties })),
    )
    const pid = (this.pids += 1)
    const node = await this.until(
      startNode({
        config,
        fileSystem: disk,
        processes: { pid, identity: (asked) => (asked === pid ? 'alive' : null) },
        clock: this.clock,
        network: this.network,
        warn: (line) => this.warnings.push(line),
        ...(signal && { signal }),
      }),
    )
    this.running.push(node)
    return node
  }

  /** Lets time pass until it is settled. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isSettled = false
    const end = (): void => void (isSettled = true)
    work.then(end, end)
    for (let ms = 0; !isSettled; ms += STEP_MS) {
      for (let turn = 0; turn < 5; turn += 1) await settle()
      if (ms > LIMIT_MS) throw new Error('nothing came of it in two minutes')
      if (!isSettled) this.clock.advance(STEP_MS)
    }
    return await work
  }

  async pass(ms: number): Promise<void> {
    await this.until(new Promise<void>((resolve) => void this.clock.after(ms, resolve)))
  }

  /** Asks a node on the listener for clients. */
  async ask<Q extends Fields, S extends Fields>(
    node: RunningNode,
    api: Api<Q, S>,
    request: Input<Message<Q>>,
  ): Promise<Message<S>> {
    const address = node.addresses.get('PLAINTEXT')!
    const requester = new Requester({ network: this.network, clock: this.clock, address, clientId: 'client' })
    try {
      return await this.until(requester.ask(api, request, 60_000))
    } finally {
      requester.close()
    }
  }

  async stop(node: RunningNode): Promise<void> {
    this.running.splice(this.running.indexOf(node), 1)
    await this.until(node.stop())
  }

  async close(): Promise<void> {
    for (const node of [...this.running].reverse()) await this.stop(node)
  }
}
