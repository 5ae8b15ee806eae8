import { COORDINATOR_TYPES } from '../../src/lib/protocol/apis/find-coordinator.ts'
import { CreateTopics } from '../../src/lib/protocol/apis/create-topics.ts'
import { READ_COMMITTED } from '../../src/lib/protocol/apis/fetch.ts'
import type { Cluster } from '../../src/lib/broker/state/cluster/cluster.ts'
import type { Partition } from '../../src/lib/broker/state/partition.ts'
import { CoordinatorChecks } from './checks/coordinators.ts'
import { Ledger } from './checks/ledger.ts'
import { MetadataChecks } from './checks/metadata.ts'
import { ReplicaChecks } from './checks/replicas.ts'
import { Violation } from './checks/violation.ts'
import { Client } from './clients/client.ts'
import { ClassicMember, committedOffset, ConsumerMember } from './clients/groups.ts'
import { producePlainly, produceOnce, type Target } from './clients/producers.ts'
import { consume, readFrom } from './clients/readers.ts'
import { groupOf, TransactionalProducer } from './clients/transactions.ts'
import { Faults } from './faults.ts'
import { SimulatedNetwork } from './network.ts'
import { SimulatedNode } from './node.ts'
import { nodeProperties, type Shape, shapeOf } from './shape.ts'
import { Actor, World } from './world.ts'

/** How long all may take to be well again when nothing goes wrong any more. */
const RECOVERY_MS = 120_000
const START_MS = 60_000

/** One run of a whole cluster with its clients, in which everything is settled by the seed. */
export class Simulation {
  readonly world: World
  readonly network: SimulatedNetwork
  readonly nodes: SimulatedNode[]
  readonly replicas: ReplicaChecks
  readonly metadataChecks: MetadataChecks
  readonly ledger: Ledger
  readonly shape: Shape
  /** Nothing new is begun. */
  isEnding = false
  private written = 0
  private metadata: Cluster | null = null
  private readonly clients: { readonly name: string; isDone: boolean }[] = []

  constructor(
    seed: number,
    private readonly log: (line: string) => void = () => {},
  ) {
    const world = (this.world = new World(seed))
    this.network = new SimulatedNetwork(world)
    this.shape = shapeOf(world)
    const { nodes: specs } = this.shape
    this.nodes = specs.map(
      ({ id, clockError }) =>
        new SimulatedNode({
          id,
          world,
          network: this.network,
          properties: nodeProperties(this.shape, id),
          clockError,
          log: (line) => this.say(line),
          look: (node, partition) => this.lookAt(node, partition),
        }),
    )
    const metadata = (): Cluster => this.truth
    const { isSafe } = this
    const coordinators = new CoordinatorChecks()
    this.replicas = new ReplicaChecks({ nodes: this.nodes, metadata, isSafe, coordinators })
    this.metadataChecks = new MetadataChecks({
      metadata,
      isSafe,
      onPartition: (topic, registration) => this.replicas.onPartition(topic, registration),
    })
    this.ledger = new Ledger(this.replicas, coordinators)
    world.onEvent = (actor) => this.check(actor)
  }

  get controller(): SimulatedNode {
    return this.nodes.find(({ id }) => id === this.shape.controllerId)!
  }

  get brokers(): readonly SimulatedNode[] {
    return this.nodes.filter(({ id }) => this.shape.brokerIds.includes(id))
  }

  /** The metadata as the controller has it, or had it last. */
  get truth(): Cluster {
    return this.metadata!
  }

  say(line: string): void {
    this.log(`${(this.world.nowMs / 1000).toFixed(3).padStart(8)} ${line}`)
  }

  readonly isSafe = (topicId: string): boolean =>
    this.truth.topicById(topicId)?.configs.get('unclean.leader.election.enable') !== 'true'

  target(topics: readonly string[]): Target {
    const topic = this.world.pick(topics)
    return { topic, partition: this.world.integer(0, this.shape.partitions - 1) }
  }

  /** Who leads a partition, as far as the controller knows. */
  leadership({ topic, partition }: Target): { readonly leader: number; readonly leaderEpoch: number } {
    return this.truth.topic(topic)!.partitions[partition]!
  }

  newValue(who: string): string {
    return `${who}/${(this.written += 1)}`
  }

  newUuid(): string {
    return this.world.bytes(16).toString('base64url')
  }

  async run(): Promise<void> {
    await this.start()
    await new Faults(this).run(this.shape.steps)
    await this.recover()
    await this.settle()
  }

  /** After each event: what it has changed is looked at, and nothing else. */
  private check(actor: Actor): void {
    const node = this.nodes.find(({ process }) => process === actor)
    if (!node) return
    if (node.id === this.shape.controllerId && node.running) {
      const { cluster } = node.running.broker
      this.metadata = cluster
      for (const each of this.nodes)
        if (each.noteRegistration(cluster.registration(each.id)?.incarnationId)) this.replicas.onRegistered(each)
      this.metadataChecks.onController()
    }
    if (this.metadata) this.replicas.onNode(node)
  }

  /** In the middle of an event: what is thrown here must not reach the node. */
  private lookAt(node: SimulatedNode, partition: Partition): void {
    try {
      if (this.metadata) this.replicas.onReplica(node, partition)
    } catch (error) {
      this.world.fail(error)
    }
  }

  private async start(): Promise<void> {
    const { world } = this
    for (const node of this.nodes) {
      node.start()
      // The controller comes first; it has the metadata that the others are checked by.
      if (node === this.controller) await this.must(() => node.running !== null, START_MS, 'the controller starts')
    }
    await this.must(() => this.nodes.every(({ state }) => state === 'up'), START_MS, 'all nodes start')
    const admin = this.client('admin')
    let isCreated = false
    void this.createTopics(admin).then(
      () => (isCreated = true),
      (error: unknown) => world.fail(error),
    )
    await this.must(() => isCreated, START_MS, 'topics are created')
    this.startClients()
  }

  private async createTopics(admin: Client): Promise<void> {
    for (;;) {
      const answer = await admin.ask(admin.anyone(), CreateTopics, {
        topics: this.shape.topics.map(({ name, configs }) => ({
          name,
          numPartitions: this.shape.partitions,
          replicationFactor: 3,
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        })),
      })
      if (answer?.topics.every(({ errorCode }) => errorCode === 0 || errorCode === TOPIC_ALREADY_EXISTS)) return
      await admin.pauseABit()
    }
  }

  private startClients(): void {
    const names = this.shape.topics.map(({ name }) => name)
    const safe = this.shape.topics.filter(({ isSafe }) => isSafe).map(({ name }) => name)
    this.launch('plain', (client) => producePlainly(client, this, names))
    this.launch('once', (client) => produceOnce(client, this, safe))
    this.launch('reader', (client) => consume(client, this, safe))
    for (const name of ['txn-1', 'txn-2'])
      this.launch(name, (client) => new TransactionalProducer(client, this, safe).run())
    for (const name of ['classic-1', 'classic-2'])
      this.launch(name, (client) => new ClassicMember(client, this, 'classic', 'source').run())
    for (const name of ['modern-1', 'modern-2'])
      this.launch(name, (client) => new ConsumerMember(client, this, 'modern', 'source').run())
  }

  client(name: string): Client {
    const actor = new Actor(name, this.world)
    const ports = new Map(this.shape.brokerIds.map((id) => [id, this.shape.portOf(id)]))
    return new Client({ actor, network: this.network.of(name, actor), ports })
  }

  private launch(name: string, run: (client: Client) => Promise<void>): void {
    const entry = { name, isDone: false }
    this.clients.push(entry)
    const client = this.client(name)
    this.world.schedule(client.actor, 0, () => {
      run(client).then(
        () => (entry.isDone = true),
        (error: unknown) => this.world.fail(error),
      )
    })
  }

  /** Nothing goes wrong any more: all must become well again. */
  private async recover(): Promise<void> {
    this.say('all is healed')
    this.isEnding = true
    const isWell = (): boolean => {
      for (const node of this.nodes) if (node.state === 'down') node.start()
      return this.problem() === null
    }
    let nextLookMs = 0
    const isWellNow = (): boolean => {
      if (this.world.nowMs < nextLookMs) return false
      nextLookMs = this.world.nowMs + 100
      return isWell()
    }
    if (!(await this.world.until(isWellNow, RECOVERY_MS)) && !isWell())
      throw new Violation(`after ${RECOVERY_MS / 1000} s without faults ${this.problem()}`)
  }

  /** What is not well, null when all is. */
  private problem(): string | null {
    const down = this.nodes.find(({ state }) => state !== 'up')
    if (down) return `${down.host} is ${down.state}`
    const busy = this.clients.find(({ isDone }) => !isDone)
    if (busy) return `${busy.name} is not done`
    for (const topic of this.truth.topics())
      for (const { partition, leader, isr, replicas, addingReplicas, removingReplicas } of topic.partitions) {
        const name = `${topic.name}-${partition}`
        if (leader < 0) return `${name} has no leader`
        if (isr.length < replicas.length || addingReplicas.length + removingReplicas.length > 0)
          return `${name} has the ISR ${isr.join(', ')} of ${replicas.join(', ')}`
        const ends = replicas.map((id) => {
          const held = this.nodes.find((node) => node.id === id)!.running!.broker.partitions.get(topic.name, partition)
          return held ? `${held.log.logEndOffset} ${held.highWatermark} ${held.lastStableOffset}` : 'nothing'
        })
        const end = this.nodes.find((node) => node.id === leader)!.running!.broker.partitions.get(topic.name, partition)
        if (
          !end ||
          ends.some((each) => each !== `${end.log.logEndOffset} ${end.log.logEndOffset} ${end.log.logEndOffset}`)
        )
          return `${name} has ends, high watermarks and last stable offsets that differ: ${ends.join('; ')}`
      }
    return null
  }

  /** When all is well again, everything must be there: once, whole, and the same everywhere. */
  private async settle(): Promise<void> {
    this.metadataChecks.compare(this.nodes)
    this.replicas.compareAll(this.truth)
    let isDone = false
    const auditor = this.client('auditor')
    void this.audit(auditor).then(
      () => (isDone = true),
      (error: unknown) => this.world.fail(error),
    )
    await this.must(() => isDone, RECOVERY_MS, 'all is read')
  }

  private async audit(auditor: Client): Promise<void> {
    const values: string[] = []
    for (const { name, isSafe } of this.shape.topics)
      for (let partition = 0; partition < this.shape.partitions; partition += 1) {
        const read = await readAll(auditor, name, partition)
        if (isSafe) values.push(...read)
      }
    this.ledger.settle(values)
    for (const producer of ['txn-1', 'txn-2'])
      await this.auditOffset(auditor, groupOf(producer), { topic: 'source', partition: 0 }, (offset) => {
        const expected = this.ledger.lastOffset(producer)
        if (offset !== expected)
          throw new Violation(`${producer} has committed offset ${expected} last, ${offset} is there`)
      })
    for (const group of ['classic', 'modern'])
      for (let partition = 0; partition < this.shape.partitions; partition += 1) {
        const target = { topic: 'source', partition }
        await this.auditOffset(auditor, group, target, (offset) =>
          this.ledger.offsetFetched(group, target, offset, this.ledger.committedOffset(group, target)),
        )
      }
  }

  private async auditOffset(
    auditor: Client,
    group: string,
    target: Target,
    check: (offset: bigint) => void,
  ): Promise<void> {
    for (;;) {
      const coordinator = await auditor.coordinator(COORDINATOR_TYPES.group, group)
      const offset = coordinator === null ? null : await committedOffset(auditor, coordinator, group, target)
      if (offset !== null) return check(offset)
      await auditor.pauseABit()
    }
  }

  private async must(isSo: () => boolean, withinMs: number, what: string): Promise<void> {
    if (!(await this.world.until(isSo, withinMs))) throw new Violation(`not within ${withinMs / 1000} s: ${what}`)
  }
}

async function readAll(client: Client, topic: string, partition: number): Promise<string[]> {
  const values: string[] = []
  for (let offset = 0n; ; ) {
    const known = await client.topic(topic)
    const leader = known?.leaders[partition] ?? -1
    const read =
      known && leader >= 0 ? await readFrom(client, leader, known.topicId, partition, offset, READ_COMMITTED) : null
    if (!read) {
      await client.pauseABit()
      await client.refresh(topic)
      continue
    }
    values.push(...read.values)
    if (read.nextOffset >= read.highWatermark) return values
    offset = read.nextOffset
  }
}

const TOPIC_ALREADY_EXISTS = 36
