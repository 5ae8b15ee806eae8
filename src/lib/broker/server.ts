import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { formatAddress } from '../address.ts'
import type { Clock } from '../clock.ts'
import { EnvironmentError } from '../errors.ts'
import { ClientReport } from './client-report.ts'
import { ClientConnection } from './connection.ts'
import type { Dispatcher } from './dispatch.ts'

export interface ListenerOptions {
  readonly name: string
  /** Empty for every interface. */
  readonly host: string
  readonly port: number
  /** A connection that is silent for so long is closed; 0 for never. */
  readonly idleMs: number
  readonly maxRequestBytes: number
  readonly maxConnections: number
  readonly clock: Clock
  readonly warn: (line: string) => void
  /** Told of clients that come and go. */
  readonly info?: (line: string) => void
}

/** `localhost` has two addresses, and clients try either one first. */
const LOOPBACK = ['127.0.0.1', '::1']
/** What a machine without IPv6 says of `::1`. */
const NO_SUCH_FAMILY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

/** One listener of the broker's settings and the connections that came in by it. */
export class Listener {
  private readonly servers: Server[] = []
  private readonly connections = new Map<Socket, ClientConnection>()
  private dispatcher: Dispatcher | null = null

  constructor(private readonly options: ListenerOptions) {}

  get name(): string {
    return this.options.name
  }

  /** Takes the port; returns the one that it got, where 0 was asked for. Throws EnvironmentError when it cannot. */
  async bind(): Promise<number> {
    const { host, port } = this.options
    if (host !== 'localhost') return this.bindAddress(host, port)
    const bound = await this.bindAddress(LOOPBACK[0]!, port)
    await this.bindAddress(LOOPBACK[1]!, bound).catch((error: EnvironmentError) => {
      if (!NO_SUCH_FAMILY.has(error.code ?? '')) throw error
    })
    return bound
  }

  private async bindAddress(host: string, port: number): Promise<number> {
    // Nagle's algorithm would hold small answers back.
    const server = createServer({ noDelay: true }, (socket) => this.accept(socket))
    server.maxConnections = this.options.maxConnections
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) =>
        reject(new EnvironmentError(bindProblem(cause, host, port), { cause, code: cause.code })),
      )
      server.listen({ port, ...(host && { host }) }, resolve)
    })
    this.servers.push(server)
    return (server.address() as AddressInfo).port
  }

  /** Begins to answer; until then connections are turned away, and clients come again. */
  serve(dispatcher: Dispatcher): void {
    this.dispatcher = dispatcher
  }

  /**
   * Refuses new connections, lets each one finish the request under way, and ends those that do not within `graceMs`.
   */
  async close(graceMs: number): Promise<void> {
    const closed = this.servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    for (const connection of this.connections.values()) connection.stop()
    const timer = this.options.clock.inBackground(graceMs, () => this.destroyAll())
    await Promise.all(closed)
    timer.cancel()
  }

  private destroyAll(): void {
    for (const socket of this.connections.keys()) socket.destroy()
  }

  private accept(socket: Socket): void {
    const { dispatcher } = this
    if (!dispatcher) {
      socket.destroy()
      return
    }
    const { name, idleMs, maxRequestBytes, clock, warn, info } = this.options
    if (idleMs > 0) socket.setTimeout(idleMs, () => socket.destroy())
    const host = socket.remoteAddress?.replace(/^::ffff:/, '')
    const report = info && new ClientReport(formatAddress({ host: `${host}`, port: socket.remotePort ?? 0 }), info)
    socket.once('close', () => {
      this.connections.delete(socket)
      report?.onClose()
    })
    const connection = {
      listener: name,
      principal: 'User:ANONYMOUS',
      clientHost: `/${host}`,
      onRequest: report?.onRequest,
    }
    this.connections.set(socket, new ClientConnection(socket, { connection, dispatcher, maxRequestBytes, clock, warn }))
  }
}

function bindProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  const place = formatAddress({ host: host || '*', port })
  if (error.code === 'EADDRINUSE')
    return `port ${port} is taken: something else listens on ${place}; choose another, or 0 for a free one`
  if (error.code === 'EACCES') return `listening on ${place} is not allowed; choose a port above 1023`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return `${host} is not an address of this machine; correct the listeners setting`
  return `cannot listen on ${place}: ${error.message}`
}
