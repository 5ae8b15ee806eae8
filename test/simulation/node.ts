import type { Clock } from '../../src/lib/clock.ts'
import { EnvironmentError } from '../../src/lib/errors.ts'
import { startNode, type RunningNode } from '../../src/lib/broker/start.ts'
import { parseBrokerConfig } from '../../src/lib/broker/state/configs/parse-broker-config.ts'
import type { Partition } from '../../src/lib/broker/state/partition.ts'
import { Partitions } from '../../src/lib/broker/state/partitions.ts'
import { SimulatedDisk } from './disk.ts'
import type { SimulatedNetwork } from './network.ts'
import { Actor, type ClockError, type World } from './world.ts'

export type NodeState = 'down' | 'starting' | 'up' | 'stopping'

export interface NodeOptions {
  readonly id: number
  readonly world: World
  readonly network: SimulatedNetwork
  readonly properties: Readonly<Record<string, string>>
  readonly clockError: ClockError
  readonly log: (line: string) => void
  /**
   * Looks at a replica in the middle of a turn: when its role has changed, and before it is closed. It may have
   * committed something, of which nothing is to be seen at the end of the turn.
   */
  readonly look: (node: SimulatedNode, partition: Partition) => void
}

interface Onlooker {
  readonly onOpening: (partitions: Partitions) => void
  readonly look: (partition: Partition) => void
}

/** A node has no seam for whoever looks at its replicas: it is known by its clock. */
const onlookers = new WeakMap<Clock, Onlooker>()
const onlookerOf = (partitions: Partitions): Onlooker =>
  onlookers.get((partitions as unknown as { readonly options: { readonly clock: Clock } }).options.clock)!
const { start, close } = Partitions.prototype
Partitions.prototype.start = function () {
  const { onOpening, look } = onlookerOf(this)
  onOpening(this)
  this.listen({ onRoleChanged: look, onPartitionRemoved: look })
  start.call(this)
}
Partitions.prototype.close = function (options) {
  for (const partition of this.all()) onlookerOf(this).look(partition)
  return close.call(this, options)
}

/** A host with a disk, on which the process of one node runs now and then: the real one, from `startNode` on. */
export class SimulatedNode {
  readonly disk = new SimulatedDisk('/data')
  state: NodeState = 'down'
  running: RunningNode | null = null
  /** The replicas of the process that runs, from the moment on at which it opens them. */
  partitions: Partitions | null = null
  /** The process that runs, or ran last. */
  process: Actor
  /** The power was cut, and it has not registered since: what the controller knows of its log is no longer true. */
  hasLostData = false
  private registeredAs: string | undefined
  /** How often it has begun. */
  runs = 0

  constructor(private readonly options: NodeOptions) {
    this.process = options.world.self
  }

  get id(): number {
    return this.options.id
  }

  get host(): string {
    return `node-${this.id}`
  }

  start(): void {
    const { world, network, properties, clockError, log, id } = this.options
    const process = (this.process = new Actor(this.host, world, clockError))
    onlookers.set(process.clock, {
      onOpening: (partitions) => (this.partitions = partitions),
      look: (partition) => this.options.look(this, partition),
    })
    const pid = id * 1000 + (this.runs += 1)
    this.state = 'starting'
    network.onHostUp(this.host)
    world.schedule(process, 0, () => {
      const { config } = parseBrokerConfig(new Map(Object.entries(properties)))
      startNode({
        config,
        fileSystem: this.disk,
        processes: { pid, identity: (asked) => (asked === pid && !process.isDead ? 'alive' : null) },
        clock: process.clock,
        network: network.of(this.host, process),
        warn: (line) => log(`${this.host} ${line}`),
      }).then(
        (node) => this.onStarted(node),
        (error: unknown) => this.onEnd(process, error),
      )
    })
  }

  private onStarted(node: RunningNode): void {
    this.running = node
    this.state = 'up'
    void node.failed.then((reason) => {
      this.options.log(`${this.host} cannot go on: ${reason}`)
      this.stop()
    })
  }

  /** It could not start; what is not the surroundings' fault is a bug. */
  private onEnd(process: Actor, error: unknown): void {
    if (process.isDead) return
    this.options.log(`${this.host} did not start: ${(error as Error).message}`)
    this.state = 'down'
    this.end(true)
    if (!(error instanceof EnvironmentError)) this.options.world.fail(error)
  }

  /** What is thrown in a process that has died in the middle of something nobody hears. */
  private onFailure(process: Actor, error: unknown): void {
    if (!process.isDead) this.options.world.fail(error)
  }

  /** To be called with each change of the metadata: which run of its the controller knows. True for another one. */
  noteRegistration(incarnationId: string | undefined): boolean {
    if (incarnationId === this.registeredAs) return false
    this.registeredAs = incarnationId
    this.hasLostData = false
    return true
  }

  /** SIGTERM. */
  stop(): void {
    const { running, process } = this
    if (this.state !== 'up' || !running) return
    this.state = 'stopping'
    this.options.world.schedule(process, 0, () => {
      running.stop().then(
        () => {
          this.state = 'down'
          this.end(true)
        },
        (error: unknown) => this.onFailure(process, error),
      )
    })
  }

  /** SIGKILL: what has been written stays. */
  kill(): void {
    this.state = 'down'
    this.end(true)
    this.disk.restart({ keepUnsynced: true })
  }

  /** SIGKILL in the middle of what it does: with the n-th write from now on, or after some time. */
  killAtWrite(nth: number): void {
    const { process } = this
    this.disk.killAtWrite(nth, () => {
      process.die()
      this.options.world.schedule(this.options.world.self, 0, () => this.kill())
    })
  }

  /** What was not synced is gone, all of it or some blocks of it. */
  cutPower(): void {
    const { world } = this.options
    this.state = 'down'
    this.hasLostData = true
    this.end(false)
    this.disk.restart(world.isLucky(0.5) ? {} : { survives: () => world.isLucky(0.5) })
  }

  private end(isHostUp: boolean): void {
    const { process } = this
    this.running = null
    this.partitions = null
    process.die()
    this.disk.spareNext()
    this.options.network.onDeath(process, isHostUp)
  }
}
