import { PassThrough, type Duplex } from 'node:stream'
import type { Address } from '../address.ts'
import { systemClock, type Clock, type Timer } from '../clock.ts'
import type { Network, NetworkServer } from './network/network.ts'
import { sockets } from './network/sockets.ts'
import type { Processes } from './state/storage/lock.ts'

let runs = 0
const living = new Set<number>()

/**
 * One run of a node of this process: all that can wake it goes through here. After `end` nothing does any more, as if
 * its process had been killed.
 */
export class Run {
  readonly clock: Clock
  readonly network: Network
  /** Each run holds its folders as a process of its own would. */
  readonly processes: Processes
  private readonly timers = new Set<Timer>()
  private readonly servers = new Set<NetworkServer>()
  private readonly incoming = new Set<Duplex>()
  private readonly outgoing = new Map<Duplex, Address>()
  private hasEnded = false

  constructor(private readonly mayReach: (address: Address) => boolean) {
    const pid = (runs += 1)
    living.add(pid)
    this.processes = { pid, identity: (other) => (living.has(other) ? `run ${other}` : null) }
    this.clock = {
      now: () => systemClock.now(),
      after: (delayMs, action) => this.timer('after', delayMs, action),
      inBackground: (delayMs, action) => this.timer('inBackground', delayMs, action),
    }
    this.network = {
      listen: (options, onConnection) => this.listen(options, onConnection),
      connect: (address) => this.connect(address),
    }
  }

  end(): void {
    this.hasEnded = true
    living.delete(this.processes.pid)
    for (const timer of this.timers) timer.cancel()
    for (const server of this.servers) void server.close()
    for (const stream of [...this.incoming, ...this.outgoing.keys()]) stream.destroy()
  }

  /** Breaks the connections to whom must not be reached any more. */
  cutOff(): void {
    for (const [stream, address] of this.outgoing) if (!this.mayReach(address)) stream.destroy()
  }

  private timer(kind: 'after' | 'inBackground', delayMs: number, action: () => void): Timer {
    if (this.hasEnded) return { cancel: () => {} }
    const timer = systemClock[kind](delayMs, () => {
      this.timers.delete(timer)
      action()
    })
    this.timers.add(timer)
    return {
      cancel: () => {
        this.timers.delete(timer)
        timer.cancel()
      },
    }
  }

  private async listen(...[options, onConnection]: Parameters<Network['listen']>): Promise<NetworkServer> {
    const server = await sockets.listen(options, (stream, peer) => {
      if (this.hasEnded) return void stream.destroy()
      this.incoming.add(stream)
      stream.once('close', () => this.incoming.delete(stream))
      onConnection(stream, peer)
    })
    this.servers.add(server)
    return server
  }

  private connect(address: Address): Duplex {
    if (this.hasEnded || !this.mayReach(address)) return refused()
    const stream = sockets.connect(address)
    this.outgoing.set(stream, address)
    stream.once('close', () => this.outgoing.delete(stream))
    return stream
  }
}

function refused(): Duplex {
  const stream = new PassThrough()
  process.nextTick(() => stream.destroy(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })))
  return stream
}
