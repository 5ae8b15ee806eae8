import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { isDirect, type NetworkServer, type ReadTarget } from '../../../../src/lib/broker/network/network.ts'
import { sockets } from '../../../../src/lib/broker/network/sockets.ts'

let server: NetworkServer
let client: Socket
afterEach(async () => {
  client.destroy()
  await server.close()
})

/** A client, and the stream of it that the server got. */
async function open({ idleMs = 0 } = {}): Promise<Duplex> {
  const accepted = new Promise<Duplex>((resolve) => {
    const options = { host: '127.0.0.1', port: 0, idleMs, isReadDirectly: true }
    void sockets
      .listen(options, (stream) => resolve(stream))
      .then((listening) => {
        server = listening
        client = connect(server.port, '127.0.0.1')
      })
  })
  return accepted
}

/** Gathers what comes, in memory of 1000 bytes that is used again and again. */
class Gatherer implements ReadTarget {
  private readonly memory = Buffer.alloc(1000)
  said = ''
  space = (): Buffer => this.memory
  take = (bytes: number): void => void (this.said += this.memory.toString('latin1', 0, bytes))
}

function gather(stream: Duplex): Gatherer {
  const gatherer = new Gatherer()
  if (!isDirect(stream)) throw new Error('it does not read into memory that it is given')
  stream.readInto(gatherer)
  return gatherer
}

test('what was accepted reads into the memory that it is given, and answers', async () => {
  const stream = await open()
  const text = Array.from({ length: 100_000 }, (_, n) => String.fromCharCode(97 + (n % 26))).join('')
  client.write(text)
  const gatherer = gather(stream)
  await vi.waitFor(() => expect(gatherer.said.length).toBe(text.length))
  expect(gatherer.said).toBe(text)
  stream.write('an answer')
  expect(String((await once(client, 'data'))[0])).toBe('an answer')
})

test('reads nothing before somebody wants it, nor while it is paused', async () => {
  const stream = await open()
  const gatherer = gather(stream)
  client.write('a')
  await vi.waitFor(() => expect(gatherer.said).toBe('a'))
  stream.pause()
  // More than the two systems hold for somebody who does not read.
  const isDone = vi.fn()
  client.write(Buffer.alloc(64 * 1024 * 1024, 'b'), isDone)
  stream.write('paused')
  await once(client, 'data')
  expect(isDone).not.toHaveBeenCalled()
  expect(gatherer.said).toBe('a')
  stream.resume()
  await vi.waitFor(() => expect(gatherer.said.length).toBe(1 + 64 * 1024 * 1024), { timeout: 15_000 })
})

test('tells of the end, and the server is closed when all have ended', async () => {
  const stream = await open()
  gather(stream)
  const isClosed = vi.fn()
  void server.close().then(isClosed)
  client.write('a')
  client.end()
  await once(stream, 'end')
  expect(isClosed).not.toHaveBeenCalled()
  stream.destroy()
  await vi.waitFor(() => expect(isClosed).toHaveBeenCalled())
})

test('a client that breaks off is an error, and closes', async () => {
  const stream = await open()
  const gatherer = gather(stream)
  const error = once(stream, 'error')
  client.write('a')
  await vi.waitFor(() => expect(gatherer.said).toBe('a'))
  client.resetAndDestroy()
  expect((await error)[0]).toMatchObject({ code: 'ECONNRESET' })
})

test('whoever is silent for too long is closed', async () => {
  const stream = await open({ idleMs: 50 })
  gather(stream)
  await Promise.all([once(stream, 'close'), once(client.resume(), 'close')])
})
