import { AlterPartitionReassignments } from '../../src/lib/protocol/apis/alter-partition-reassignments.ts'
import { CreateTopics } from '../../src/lib/protocol/apis/create-topics.ts'
import { DeleteTopics } from '../../src/lib/protocol/apis/delete-topics.ts'
import { ELECTION_TYPES, ElectLeaders } from '../../src/lib/protocol/apis/elect-leaders.ts'
import { CONFIG_OPERATIONS, IncrementalAlterConfigs } from '../../src/lib/protocol/apis/incremental-alter-configs.ts'
import type { Client } from './clients/client.ts'
import type { SimulatedNode } from './node.ts'
import type { Simulation } from './simulation.ts'

type Action = readonly [weight: number, name: string, act: () => void | Promise<unknown>]

const TOPIC_RESOURCE = 2
/** How long the controller may take to see that a host has no power. */
const DEATH_SEEN_MS = 20_000
/** How long a broker may ask the controller for an admin, be its clock slow (CONTROLLER_TIMEOUT_MS). */
const ADMIN_ANSWER_MS = 35_000

/** What goes wrong, and what admins do meanwhile, one thing after the other. */
export class Faults {
  private readonly admin: Client
  /** Cut, slow, paused or broken: only a cluster without any of it bears that a host loses what it has not synced. */
  private isTroubled = false
  private passing = 0

  constructor(private readonly simulation: Simulation) {
    this.admin = simulation.client('admin')
  }

  async run(steps: number): Promise<void> {
    const { world, metadataChecks, nodes } = this.simulation
    for (let step = 0; step < steps; step += 1) {
      const [, name, act] = this.choose()
      this.simulation.say(name)
      await act()
      await world.pass(world.pick([0, 10, 50, 300, 1000, 3000, 6000]))
      metadataChecks.compare(nodes)
    }
    this.heal()
  }

  private choose(): Action {
    const { world } = this.simulation
    const actions = this.actions()
    let at = world.between(
      0,
      actions.reduce((sum, [weight]) => sum + weight, 0),
    )
    return actions.find(([weight]) => (at -= weight) < 0) ?? actions[0]!
  }

  private actions(): Action[] {
    return [[1, 'nothing', () => {}], ...this.processes(), ...this.surroundings(), ...this.administration()]
  }

  private processes(): Action[] {
    const { world, nodes, controller } = this.simulation
    const actions: Action[] = []
    const one = (
      weight: number,
      among: readonly SimulatedNode[],
      what: string,
      act: (node: SimulatedNode) => unknown,
    ) => {
      const node = world.pick(among)
      if (node) actions.push([weight, `${what} ${node.host}`, async () => void (await act(node))])
    }
    const up = this.working
    // Without a controller nothing much happens.
    const brokers = up.filter((node) => node !== controller || world.isLucky(0.3))
    const down = nodes.filter(({ state }) => state === 'down')
    const paused = nodes.filter(({ process, state }) => state !== 'down' && process.isPaused)
    one(3, brokers, 'kill', (node) => node.kill())
    one(2, brokers, 'kill in the middle of a write', (node) => node.killAtWrite(world.integer(1, 12)))
    one(2, brokers, 'stop', (node) => node.stop())
    one(2, brokers, 'pause', (node) => node.process.pause())
    one(4, paused, 'resume', (node) => node.process.resume())
    one(3 * down.length, down, 'start', (node) => node.start())
    one(
      3,
      up.filter((node) => this.bearsLossOf(node)),
      'cut the power of',
      (node) => this.cutPower(node),
    )
    return actions
  }

  private get working(): readonly SimulatedNode[] {
    return this.simulation.nodes.filter(({ state, process }) => state === 'up' && !process.isPaused)
  }

  /**
   * Every partition has another replica in sync, and all is well: then nothing may be lost with what this host has not
   * written to its disk. Kafka promises no more.
   */
  private bearsLossOf(node: SimulatedNode): boolean {
    const { nodes, truth, isSafe } = this.simulation
    if (this.isTroubled || this.working.length < nodes.length) return false
    for (const { topicId, partitions } of truth.topics())
      for (const { isr, elr, leader } of partitions) {
        if (!isSafe(topicId)) continue
        if ((isr.includes(node.id) || elr.includes(node.id)) && (isr.length < 2 || leader < 0)) return false
      }
    return true
  }

  /** Nothing else goes wrong before the controller has seen it: two at once are more than is promised. */
  private async cutPower(node: SimulatedNode): Promise<void> {
    const { world, truth, controller } = this.simulation
    const before = truth.registration(node.id)?.epoch
    node.cutPower()
    if (node === controller) node.start()
    if (before === undefined) return
    await world.until(() => {
      const registration = this.simulation.truth.registration(node.id)
      return node.running !== null || registration?.isFenced === true || registration?.epoch !== before
    }, DEATH_SEEN_MS)
  }

  private surroundings(): Action[] {
    const { world, network, nodes } = this.simulation
    const from = world.pick(nodes)
    const to = world.pick(nodes.filter((node) => node !== from))
    const upset = (act: () => void) => (): void => {
      this.isTroubled = true
      act()
    }
    const broken = world.pick(nodes)
    return [
      [2, `cut ${from.host} > ${to.host}`, upset(() => network.cut(from.host, to.host))],
      [
        2,
        `cut ${from.host} <> ${to.host}`,
        upset(() => {
          network.cut(from.host, to.host)
          network.cut(to.host, from.host)
        }),
      ],
      [2, `isolate ${from.host}`, upset(() => this.isolate(from))],
      [2, 'break connections', () => network.drop(0.2)],
      [1, 'slow network', upset(() => (network.slownessMs = world.pick([20, 100])))],
      [1, `full disk at ${broken.host}`, upset(() => (broken.disk.fault = 'ENOSPC'))],
      [1, `broken disk at ${broken.host}`, upset(() => (broken.disk.fault = 'EIO'))],
      [this.isTroubled ? 6 : 0, 'heal', () => this.heal()],
    ]
  }

  private isolate({ host }: SimulatedNode): void {
    const { nodes, network } = this.simulation
    for (const other of nodes) {
      network.cut(host, other.host)
      network.cut(other.host, host)
    }
  }

  private heal(): void {
    const { network, nodes } = this.simulation
    for (const node of nodes) {
      const { process, disk } = node
      if (process.isPaused) process.resume()
      // A node gives a disk up that is broken, until it starts again, as Kafka does; a full one it asks again.
      if (disk.fault === 'EIO') node.kill()
      disk.fault = null
    }
    network.slownessMs = 1
    network.heal()
    this.isTroubled = false
  }

  private administration(): Action[] {
    const { world, shape } = this.simulation
    const { name, isSafe } = world.pick(shape.topics)
    const partition = world.integer(0, shape.partitions - 1)
    const topicPartitions = [{ topic: name, partitions: [partition] }]
    const ask = (act: (nodeId: number) => Promise<unknown>) => (): void => this.background(act(this.admin.anyone()))
    return [
      [
        1,
        `preferred leader of ${name}-${partition}`,
        ask((id) => this.admin.ask(id, ElectLeaders, { electionType: ELECTION_TYPES.preferred, topicPartitions })),
      ],
      [
        isSafe ? 0 : 2,
        `unclean leader of ${name}-${partition}`,
        ask((id) => this.admin.ask(id, ElectLeaders, { electionType: ELECTION_TYPES.unclean, topicPartitions })),
      ],
      [2, `move ${name}-${partition}`, ask((id) => this.move(id, name, partition))],
      [this.isLed(name) ? 1 : 0, `min.insync.replicas of ${name}`, () => this.alterMinIsr(name)],
      [1, 'topics come and go', ask((id) => this.passTopic(id))],
    ]
  }

  private move(nodeId: number, name: string, partitionIndex: number): Promise<unknown> {
    const { world, shape } = this.simulation
    const left = [...shape.brokerIds]
    const replicas = Array.from({ length: 3 }, () => left.splice(world.integer(0, left.length - 1), 1)[0]!)
    return this.admin.ask(nodeId, AlterPartitionReassignments, {
      topics: [{ name, partitions: [{ partitionIndex, replicas }] }],
    })
  }

  /** Every partition has a leader, and nothing is about to take it away. */
  private isLed(name: string): boolean {
    const { truth, controller } = this.simulation
    const working = this.working.map(({ id }) => id)
    const partitions = truth.topic(name)?.partitions ?? []
    return (
      !this.isTroubled && working.includes(controller.id) && partitions.every(({ leader }) => working.includes(leader))
    )
  }

  /**
   * With it the controller clears the ELR (KIP-966, ConfigurationControlManager.createClearElrRecordsAsNeeded). While a
   * partition has no leader that takes away all who may lead it, and only an unclean election helps: so nothing else
   * goes wrong until it is done.
   */
  private async alterMinIsr(resourceName: string): Promise<void> {
    const { world, brokers } = this.simulation
    const value = world.pick(['1', '2'])
    const config = { name: 'min.insync.replicas', configOperation: CONFIG_OPERATIONS.SET, value }
    const { id } = world.pick(this.working.filter((node) => brokers.includes(node)))
    const resources = [{ resourceType: TOPIC_RESOURCE, resourceName, configs: [config] }]
    let isAnswered = false
    const answer = this.admin.ask(id, IncrementalAlterConfigs, { resources }, ADMIN_ANSWER_MS)
    this.background(answer.then(() => (isAnswered = true)))
    await world.until(() => isAnswered, ADMIN_ANSWER_MS)
  }

  private async passTopic(nodeId: number): Promise<void> {
    const name = `passing-${(this.passing += 1)}`
    await this.admin.ask(nodeId, CreateTopics, {
      topics: [{ name, numPartitions: 1, replicationFactor: 3 }],
    })
    await this.admin.pause(this.simulation.world.between(0, 5000))
    await this.admin.ask(this.admin.anyone(), DeleteTopics, { topics: [{ name }] })
  }

  private background(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.simulation.world.fail(error))
  }
}
