import type { Duplex } from 'node:stream'
import { formatAddress, type Address } from '../address.ts'
import type { Clock } from '../clock.ts'
import { ClientReport } from './client-report.ts'
import { ClientConnection } from './connection.ts'
import type { Dispatcher } from './dispatch.ts'
import type { ListenOptions, Network, NetworkServer } from './network/network.ts'

export interface ListenerOptions extends ListenOptions {
  readonly network: Network
  readonly name: string
  readonly maxRequestBytes: number
  readonly clock: Clock
  readonly warn: (line: string) => void
  /** Told of clients that come and go. */
  readonly info?: (line: string) => void
}

/** One listener of the broker's settings and the connections that came in by it. */
export class Listener {
  private server: NetworkServer | null = null
  private readonly connections = new Map<Duplex, ClientConnection>()
  private dispatcher: Dispatcher | null = null

  constructor(private readonly options: ListenerOptions) {}

  get name(): string {
    return this.options.name
  }

  /** Takes the port; returns the one that it got, where 0 was asked for. Throws EnvironmentError when it cannot. */
  async bind(): Promise<number> {
    this.server = await this.options.network.listen(this.options, (stream, peer) => this.accept(stream, peer))
    return this.server.port
  }

  /** Begins to answer; until then connections are turned away, and clients come again. */
  serve(dispatcher: Dispatcher): void {
    this.dispatcher = dispatcher
  }

  /**
   * Refuses new connections, lets each one finish the request under way, and ends those that do not within `graceMs`.
   */
  async close(graceMs: number): Promise<void> {
    const closed = this.server?.close()
    for (const connection of this.connections.values()) connection.stop()
    const timer = this.options.clock.inBackground(graceMs, () => this.destroyAll())
    await closed
    timer.cancel()
  }

  private destroyAll(): void {
    for (const stream of this.connections.keys()) stream.destroy()
  }

  private accept(stream: Duplex, peer: Address): void {
    const { dispatcher } = this
    if (!dispatcher) {
      stream.destroy()
      return
    }
    const { name, maxRequestBytes, clock, warn, info } = this.options
    const report = info && new ClientReport(formatAddress(peer), info)
    stream.once('close', () => {
      this.connections.delete(stream)
      report?.onClose()
    })
    const connection = {
      listener: name,
      principal: 'User:ANONYMOUS',
      clientHost: `/${peer.host}`,
      onClose: (action: () => void) => void stream.once('close', action),
      onRequest: report?.onRequest,
    }
    this.connections.set(stream, new ClientConnection(stream, { connection, dispatcher, maxRequestBytes, clock, warn }))
  }
}
