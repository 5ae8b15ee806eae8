import { createServer, type Server, type Socket } from 'node:net'

/** A server that says that it is not ZooKeeper. */
export interface StandIn {
  close(): Promise<void>
}

const WORDS = 'This is not ZooKeeper: Kafka 4 needs none. Go on with the next step of your tutorial.\n'

/** ZooKeeper's four-letter words by which tutorials and scripts see that all is well. */
const ANSWERS: Readonly<Record<string, string>> = {
  ruok: 'imok',
  srvr: `${WORDS}Mode: standalone\n`,
  stat: `${WORDS}Mode: standalone\n`,
}

/** Whoever has connected and typed nothing is told after so long. */
const SILENCE_MS = 1000

/** Both addresses of localhost, where there are both. Null when the port cannot be had. */
export async function openStandIn(port: number): Promise<StandIn | null> {
  const sockets = new Set<Socket>()
  const servers = ['127.0.0.1', '::1'].map((host) => ({
    host,
    server: createServer((socket) => meet(socket, sockets)),
  }))
  const reasons = await Promise.all(servers.map(({ host, server }) => listen(server, host, port)))
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await Promise.all(servers.map(({ server }) => new Promise((resolve) => server.close(resolve))))
  }
  if (reasons[0] === null && reasons[1] !== 'EADDRINUSE') return { close }
  await close()
  return null
}

/** Null, or what the system calls the reason why not. */
function listen(server: Server, host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ host, port }, () => resolve(null))
  })
}

/** Answers the first thing that is said, and closes the connection. */
function meet(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket)
  socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  socket.setTimeout(SILENCE_MS, () => socket.end(WORDS))
  socket.once('data', (said) => {
    socket.resume()
    // A client of ZooKeeper speaks in binary, length first, and would take words for a length.
    socket.end(said[0] === 0 ? '' : (ANSWERS[said.toString('latin1').trim()] ?? WORDS))
  })
}
