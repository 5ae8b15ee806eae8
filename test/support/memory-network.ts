import { Duplex } from 'node:stream'
import { formatAddress, type Address } from '../../src/lib/address.ts'
import type { Network } from '../../src/lib/broker/network/network.ts'

type OnConnection = Parameters<Network['listen']>[1]

const FIRST_FREE_PORT = 40_000

/** A network in which hosts mean nothing and ports everything. */
export class MemoryNetwork implements Network {
  private readonly servers = new Map<number, OnConnection>()
  private readonly streams = new Map<number, Set<MemoryStream>>()
  private nextPort = FIRST_FREE_PORT

  async listen(options: Parameters<Network['listen']>[0], onConnection: OnConnection) {
    const port = options.port || (this.nextPort += 1)
    if (this.servers.has(port)) throw new Error(`port ${port} is taken`)
    this.servers.set(port, onConnection)
    return {
      port,
      close: async () => {
        this.servers.delete(port)
      },
    }
  }

  connect(address: Address): Duplex {
    const [near, far] = MemoryStream.pair()
    const streams = this.streams.get(address.port) ?? new Set()
    this.streams.set(address.port, streams.add(near))
    const onConnection = this.servers.get(address.port)
    if (onConnection) onConnection(far, { host: '127.0.0.1', port: (this.nextPort += 1) })
    else near.destroy(Object.assign(new Error(`nobody at ${formatAddress(address)}`), { code: 'ECONNREFUSED' }))
    return near
  }

  /** Breaks the connections to a port; what listens there goes on. */
  cut(port: number): void {
    for (const stream of this.streams.get(port) ?? []) stream.destroy()
    this.streams.delete(port)
  }

  /** Nobody listens at a port any more, and its connections break: its process has died. */
  kill(port: number): void {
    this.servers.delete(port)
    this.cut(port)
  }
}

/** One end of a connection. */
class MemoryStream extends Duplex {
  private far!: MemoryStream

  static pair(): [MemoryStream, MemoryStream] {
    const [one, other] = [new MemoryStream(), new MemoryStream()]
    one.far = other
    other.far = one
    return [one, other]
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.far.push(chunk)
    done()
  }

  override _final(done: () => void): void {
    this.far.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.far.destroyed) this.far.destroy()
    done(error)
  }
}
