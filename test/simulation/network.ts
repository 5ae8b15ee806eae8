import { Duplex } from 'node:stream'
import { formatAddress, type Address } from '../../src/lib/address.ts'
import type { Network, NetworkServer } from '../../src/lib/broker/network/network.ts'
import { EnvironmentError } from '../../src/lib/errors.ts'
import type { Actor, World } from './world.ts'

type OnConnection = Parameters<Network['listen']>[1]

/** Who takes connections at a port. */
interface Listening {
  readonly host: string
  readonly actor: Actor
  readonly onConnection: OnConnection
  readonly streams: Set<SimulatedStream>
}

/** A network of hosts with a name each. Ports tell them apart, as on one machine. */
export class SimulatedNetwork {
  private readonly listening = new Map<number, Listening>()
  private readonly cuts = new Set<string>()
  private readonly pipes = new Set<Pipe>()
  /** How long most messages take. */
  slownessMs = 1
  private nextPort = 40_000

  constructor(readonly world: World) {}

  /** The network as a process sees it. */
  of(host: string, actor: Actor): Network {
    return {
      listen: async ({ port }, onConnection) => this.listen(port, { host, actor, onConnection, streams: new Set() }),
      connect: (address) => this.connect(address, host, actor),
    }
  }

  private listen(port: number, listening: Listening): NetworkServer {
    const former = this.listening.get(port)
    if (former && !former.actor.isDead) throw new EnvironmentError(`port ${port} is taken`, { code: 'EADDRINUSE' })
    this.listening.set(port, listening)
    return {
      port,
      close: () => {
        if (this.listening.get(port) === listening) this.listening.delete(port)
        const open = [...listening.streams].filter((stream) => !stream.destroyed)
        const ended = open.map((stream) => new Promise<void>((resolve) => void stream.once('close', resolve)))
        return Promise.all(ended).then(() => {})
      },
    }
  }

  private connect(address: Address, host: string, actor: Actor): Duplex {
    const near = new SimulatedStream()
    const kernel = this.world.self
    // Who is asked is known when the question arrives; until then it goes wherever the port was.
    const toHost = this.listening.get(address.port)?.host ?? host
    const peer = { host: '127.0.0.1', port: (this.nextPort += 1) }
    this.pipe({ host, actor }, { host: toHost, actor: kernel }).send(() => {
      const listener = this.listening.get(address.port)
      if (!listener || listener.actor.isDead) {
        this.pipe({ host: toHost, actor: kernel }, { host, actor }).send(() => near.destroy(refused(address)))
        return
      }
      const far = new SimulatedStream()
      const there = this.pipe({ host, actor }, listener, far)
      const back = this.pipe(listener, { host, actor }, near)
      back.send(() => near.open(there))
      listener.streams.add(far)
      far.once('close', () => listener.streams.delete(far))
      far.open(back)
      this.world.schedule(listener.actor, 0, () => listener.onConnection(far, peer))
    })
    return near
  }

  private pipe(from: End, to: End, reader: SimulatedStream | null = null): Pipe {
    const pipe = new Pipe(this, from, to, reader)
    this.pipes.add(pipe)
    return pipe
  }

  /** What goes from one host to the other waits, until it heals. */
  cut(from: string, to: string): void {
    this.cuts.add(`${from}>${to}`)
  }

  heal(): void {
    this.cuts.clear()
    for (const pipe of this.pipes) pipe.flow()
  }

  isCut({ from, to }: Pipe): boolean {
    return this.cuts.has(`${from.host}>${to.host}`)
  }

  /** Breaks connections: both ends hear of it, and what was under way is lost. */
  drop(probability: number): void {
    for (const pipe of [...this.pipes]) if (this.world.isLucky(probability)) pipe.break()
  }

  /** The connections of a process that has died end; of a host without power nobody hears until it is back. */
  onDeath(actor: Actor, isHostUp: boolean): void {
    for (const pipe of [...this.pipes]) {
      if (pipe.from.actor === actor && isHostUp) pipe.sendEnd()
      if (pipe.to.actor === actor) this.forget(pipe)
    }
  }

  /** A host is up again: it knows of none of the connections that others still have to it. */
  onHostUp(host: string): void {
    for (const pipe of [...this.pipes]) if (pipe.from.host === host && pipe.from.actor.isDead) pipe.sendEnd()
  }

  forget(pipe: Pipe): void {
    this.pipes.delete(pipe)
  }

  latencyMs(): number {
    const { world } = this
    return world.isLucky(0.02) ? world.between(0, 50 * this.slownessMs) : world.between(0.1, this.slownessMs)
  }
}

interface End {
  readonly host: string
  readonly actor: Actor
}

/** One direction of a connection: what goes in comes out in order. */
class Pipe {
  private readonly waiting: (() => void)[] = []
  private lastArrivalMs = 0
  private isEnded = false
  private isBroken = false

  constructor(
    private readonly network: SimulatedNetwork,
    readonly from: End,
    readonly to: End,
    readonly reader: SimulatedStream | null,
  ) {}

  send(arrive: () => void): void {
    if (this.isEnded || this.from.actor.isDead) return
    this.waiting.push(arrive)
    this.flow()
  }

  /** The last thing that goes in: the reader's stream closes. */
  sendEnd(): void {
    if (this.isEnded) return
    this.isEnded = true
    this.waiting.push(() => {
      this.network.forget(this)
      this.reader?.destroy(reset())
    })
    this.flow()
  }

  flow(): void {
    if (this.waiting.length === 0 || this.network.isCut(this)) return
    const { world } = this.network
    for (const arrive of this.waiting.splice(0)) {
      this.lastArrivalMs = Math.max(this.lastArrivalMs, world.nowMs + this.network.latencyMs())
      world.schedule(this.to.actor, this.lastArrivalMs - world.nowMs, () => {
        if (!this.isBroken) arrive()
      })
    }
  }

  break(): void {
    this.isBroken = true
    this.isEnded = true
    this.network.forget(this)
    const { world } = this.network
    world.schedule(this.to.actor, 0, () => this.reader?.destroy(reset()))
  }
}

class SimulatedStream extends Duplex {
  private way: Pipe | null = null
  /** What is written before the connection stands. */
  private early: Buffer[] = []

  open(pipe: Pipe): void {
    this.way = pipe
    if (this.destroyed) return pipe.sendEnd()
    this.emit('connect')
    for (const chunk of this.early.splice(0)) this.send(chunk)
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    // The writer may use its memory again.
    this.send(Buffer.from(chunk))
    done()
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: () => void): void {
    this.send(Buffer.concat(chunks.map(({ chunk }) => chunk)))
    done()
  }

  override _final(done: () => void): void {
    this.send(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.way?.sendEnd()
    done(error)
  }

  private send(chunk: Buffer | null): void {
    const { way: pipe } = this
    if (!pipe) {
      if (chunk) this.early.push(chunk)
      return
    }
    pipe.send(() => {
      if (pipe.reader?.destroyed === false) pipe.reader.push(chunk)
    })
  }
}

const reset = (): Error => Object.assign(new Error('reset'), { code: 'ECONNRESET' })

const refused = (address: Address): Error =>
  Object.assign(new Error(`nobody at ${formatAddress(address)}`), { code: 'ECONNREFUSED' })
