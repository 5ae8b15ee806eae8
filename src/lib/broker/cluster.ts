import { formatAddress } from '../address.ts'
import { UserError } from '../errors.ts'
import { accessTo, secureInMemory } from './client-access.ts'
import { choosePorts, clusterSettings, type NodeSettings } from './cluster-settings.ts'
import { MemoryDisk } from './log/memory-disk.ts'
import { Run } from './node-run.ts'
import { checkClusterOptions, written, type ClientAccess, type ClusterOptions } from './options.ts'
import type { Secured } from './secured.ts'
import { startNode, type RunningNode } from './start.ts'
import { checkProperties, parseBrokerConfig } from './state/configs/parse-broker-config.ts'
import { createMissingTopics } from './topic-seeds.ts'
import { createUsers } from './user-seeds.ts'

/** Several brokers of this process, with ids from 1 on, and their controller, which always runs. */
export interface RunningCluster extends ClientAccess {
  readonly clusterId: string
  /** `host:port` of every broker, whether it runs or not, with commas between them. */
  readonly bootstrapServers: string
  /** Drops a broker as kill -9 does: nobody hears a goodbye, and what it has written stays. */
  kill(nodeId: number): Promise<void>
  /** Stops a broker in good order, its leaderships handed over; without an id all that run. */
  stop(nodeId?: number): Promise<void>
  /** Starts one again that was killed or stopped, with what it had written. Resolves when it serves. */
  start(nodeId: number): Promise<void>
  /** Cuts the network between these brokers and the others, not that of clients. With none it is whole again. */
  isolate(nodeIds: readonly number[]): void
  /** The leader of a partition as the controller has it; null without one. */
  leaderOf(topic: string, partition: number): number | null
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a cluster in this process, for tests of what happens when a broker dies. Everything is kept in memory, and
 * topics have as many copies as there are brokers, up to three, unless `properties` says otherwise.
 * Throws UserError for a bad option, setting or topic, EnvironmentError for ports that cannot be had.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<RunningCluster> {
  checkClusterOptions(options)
  const { brokers = 3, properties = {}, topics = [], onWarning = () => {} } = options
  checkProperties(properties)
  const ports = await choosePorts(brokers, 0)
  const given = new Map([
    ['default.replication.factor', String(Math.min(3, brokers))],
    ['group.initial.rebalance.delay.ms', '0'],
    ...written(properties),
  ])
  const secured = secureInMemory(options, true)
  const settings = clusterSettings(given, ports, '/kafka-logs', secured)
  const all = [settings.controller, ...settings.brokers]
  // On either side of a cut brokers reach each other.
  const isolated = new Set<number>()
  const owners = new Map(all.flatMap((node) => node.ports.map((port) => [port, node.nodeId])))
  const [controller, ...nodes] = all.map(
    (node) =>
      new Node(node, ({ port }) => isolated.has(owners.get(port) ?? 0) === isolated.has(node.nodeId), onWarning),
  )
  const cluster = new LocalCluster(controller!, nodes, isolated, secured)
  try {
    await cluster.startAll()
    createMissingTopics(controller!.running.broker, topics)
    if (secured) createUsers(controller!.running.broker, secured.users)
  } catch (error) {
    await cluster.stop()
    throw error
  }
  return cluster
}

/** A node, and what it keeps from run to run. */
class Node {
  private readonly disk = new MemoryDisk()
  private current: { readonly node: RunningNode; readonly run: Run } | null = null

  constructor(
    private readonly settings: NodeSettings,
    private readonly mayReach: ConstructorParameters<typeof Run>[0],
    private readonly onWarning: (line: string) => void,
  ) {}

  get nodeId(): number {
    return this.settings.nodeId
  }

  get port(): number {
    return this.settings.port
  }

  get isRunning(): boolean {
    return this.current !== null
  }

  /** Throws UserError for one that does not run. */
  get running(): RunningNode {
    if (!this.current) throw new UserError(`broker ${this.nodeId} does not run`)
    return this.current.node
  }

  async start(): Promise<void> {
    if (this.current) throw new UserError(`broker ${this.nodeId} runs already`)
    const warn = (line: string): void => this.onWarning(`broker ${this.nodeId}: ${line}`)
    const { config, warnings } = parseBrokerConfig(this.settings.texts)
    warnings.forEach(warn)
    const run = new Run(this.mayReach)
    const { clock, network, processes } = run
    try {
      const node = await startNode({ config, fileSystem: this.disk, processes, clock, network, warn })
      this.current = { node, run }
    } catch (error) {
      run.end()
      throw error
    }
  }

  async stop(): Promise<void> {
    await this.running.stop()
    this.kill()
  }

  kill(): void {
    this.current?.run.end()
    this.current = null
  }

  cutOff(): void {
    this.current?.run.cutOff()
  }
}

class LocalCluster implements RunningCluster {
  readonly bootstrapServers: string
  readonly clientProperties: ClientAccess['clientProperties']
  readonly kafkaJsConfig: ClientAccess['kafkaJsConfig']
  clusterId = ''

  constructor(
    private readonly controller: Node,
    private readonly nodes: readonly Node[],
    private readonly isolated: Set<number>,
    secured: Secured | null,
  ) {
    this.bootstrapServers = nodes.map(({ port }) => formatAddress({ host: 'localhost', port })).join(',')
    const { clientProperties, kafkaJsConfig } = accessTo(secured, this.bootstrapServers)
    this.clientProperties = clientProperties
    this.kafkaJsConfig = kafkaJsConfig
  }

  /** The controller first: the others wait for it. */
  async startAll(): Promise<void> {
    await this.controller.start()
    this.clusterId = this.controller.running.clusterId
    await Promise.all(this.nodes.map((node) => node.start()))
  }

  async kill(nodeId: number): Promise<void> {
    const node = this.node(nodeId)
    if (node.running) node.kill()
  }

  async stop(nodeId?: number): Promise<void> {
    if (nodeId !== undefined) return this.node(nodeId).stop()
    // The controller last: without it the others could not hand anything over.
    await Promise.all(this.nodes.filter(({ isRunning }) => isRunning).map((node) => node.stop()))
    if (this.controller.isRunning) await this.controller.stop()
  }

  async start(nodeId: number): Promise<void> {
    await this.node(nodeId).start()
  }

  isolate(nodeIds: readonly number[]): void {
    this.isolated.clear()
    for (const nodeId of nodeIds) this.isolated.add(this.node(nodeId).nodeId)
    for (const node of [this.controller, ...this.nodes]) node.cutOff()
  }

  leaderOf(topic: string, partition: number): number | null {
    const registration = this.controller.running.broker.cluster.topic(topic)?.partitions[partition]
    if (!registration) throw new UserError(`there is no partition ${topic}-${partition}`)
    return registration.leader < 0 ? null : registration.leader
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  private node(nodeId: number): Node {
    const found = this.nodes.find((node) => node.nodeId === nodeId)
    if (!found) throw new UserError(`there is no broker ${nodeId}; there are 1 to ${this.nodes.length}`)
    return found
  }
}
