import { once } from 'node:events'
import { createServer } from 'node:net'

/** Where systems begin to take ports for connections at the latest; the lowest that is looked at. */
const EPHEMERAL_PORT = 32_768
const LOWEST_PORT = 16_384

/**
 * Ports that are free now, and that no connection will be given while a node is down; all are held until all are found,
 * so that no two are the same.
 */
export async function freePorts(count) {
  const servers = []
  while (servers.length < count) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (EPHEMERAL_PORT - LOWEST_PORT))
    const server = createServer()
    const isFree = await new Promise((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
    })
    if (isFree) servers.push(server)
  }
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
