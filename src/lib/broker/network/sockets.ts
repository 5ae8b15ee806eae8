import { connect, createServer, type AddressInfo, type Server, Socket, type SocketConstructorOpts } from 'node:net'
import { formatAddress } from '../../address.ts'
import { EnvironmentError } from '../../errors.ts'
import type { DirectStream, Network, ReadTarget } from './network.ts'

const FIRST_READ_BYTES = 256

type Listen = Network['listen']

/** `localhost` has two addresses, and clients try either one first. */
const LOOPBACK = ['127.0.0.1', '::1'] as const
/** What a machine without IPv6 says of `::1`. */
const NO_SUCH_FAMILY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

export const sockets: Network = {
  async listen(options, onConnection) {
    const isLoopback = options.host === 'localhost'
    const first = await bind({ ...options, host: isLoopback ? LOOPBACK[0] : options.host }, onConnection)
    const { port } = first.address() as AddressInfo
    const servers = [first]
    if (isLoopback) {
      const second = await bind({ ...options, host: LOOPBACK[1], port }, onConnection).catch((error: unknown) => {
        if (error instanceof EnvironmentError && NO_SUCH_FAMILY.has(error.code ?? '')) return null
        first.close()
        throw error
      })
      if (second) servers.push(second)
    }
    return {
      port,
      async close() {
        await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
      },
    }
  },
  // Nagle's algorithm would hold small requests back.
  connect: (address) => connect({ ...address, noDelay: true }),
}

async function bind(...[options, onConnection]: Parameters<Listen>): Promise<Server> {
  const { host, port, idleMs, isReadDirectly = false } = options
  const server = createServer({ noDelay: true, pauseOnConnect: isReadDirectly }, (accepted) => {
    const socket = isReadDirectly ? directSocket(accepted) : accepted
    if (idleMs > 0) socket.setTimeout(idleMs, () => socket.destroy())
    const peer = { host: `${socket.remoteAddress?.replace(/^::ffff:/, '')}`, port: socket.remotePort ?? 0 }
    onConnection(socket, peer)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new EnvironmentError(bindProblem(cause, host, port), { cause, code: cause.code })),
    )
    server.listen({ port, ...(host && { host }) }, resolve)
  })
  return server
}

/**
 * Node lets sockets read into memory that they are given (`onread`), but not those that a server has accepted: the
 * handle of such a one goes on in another. Each read of 64 KiB would be memory of its own otherwise, and the garbage
 * collector of a broker under load would have as much to do as the broker.
 */
function directSocket(accepted: Socket): Socket & DirectStream {
  let target: ReadTarget | null = null
  // The first read comes to memory that has to be named before anybody is there to read.
  let first: Buffer | null = Buffer.allocUnsafe(FIRST_READ_BYTES)
  const held = accepted as unknown as { _handle: unknown }
  const socket = new Socket({
    handle: held._handle,
    pauseOnCreate: true,
    onread: {
      buffer: () => first ?? target!.space(),
      callback: (bytes: number) => {
        first?.copy(target!.space(), 0, 0, bytes)
        first = null
        target!.take(bytes)
        return true
      },
    },
  } as SocketConstructorOpts)
  held._handle = null
  // It is what the server counts.
  socket.once('close', () => accepted.destroy())
  return Object.assign(socket, {
    readInto(its: ReadTarget): void {
      target = its
      socket.resume()
    },
  })
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
