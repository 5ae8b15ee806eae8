import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { formatAddress } from '../../address.ts'
import { EnvironmentError } from '../../errors.ts'
import type { Network } from './network.ts'

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
  const { host, port, idleMs } = options
  const server = createServer({ noDelay: true }, (socket) => {
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

function bindProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  const place = formatAddress({ host: host || '*', port })
  if (error.code === 'EADDRINUSE')
    return `port ${port} is taken: something else listens on ${place}; choose another, or 0 for a free one`
  if (error.code === 'EACCES') return `listening on ${place} is not allowed; choose a port above 1023`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return `${host} is not an address of this machine; correct the listeners setting`
  return `cannot listen on ${place}: ${error.message}`
}
