import type { Duplex } from 'node:stream'
import { beforeEach, expect, test } from 'vitest'
import { Requester } from '../../../../src/lib/broker/network/requester.ts'
import { ApiVersions } from '../../../../src/lib/protocol/apis/api-versions.ts'
import { DescribeCluster } from '../../../../src/lib/protocol/apis/describe-cluster.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { Reader } from '../../../../src/lib/protocol/bytes.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { encodeResponse, readRequestHeader } from '../../../../src/lib/protocol/frame.ts'
import { FrameReader } from '../../../../src/lib/protocol/frame-reader.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { MemoryNetwork } from '../../../support/memory-network.ts'
import { settle } from '../log/support.ts'

const PORT = 9093

/** A node that answers ApiVersions by itself, and everything else when it is told to. */
class Peer {
  connections = 0
  readonly asked: { apiKey: number; apiVersion: number; correlationId: number; stream: Duplex }[] = []
  apiKeys = [{ apiKey: DescribeCluster.key, minVersion: 0, maxVersion: 1 }]
  isSilent = false

  constructor(network: MemoryNetwork) {
    void network.listen({ host: '', port: PORT, idleMs: 0 }, (stream) => this.accept(stream))
  }

  answer(clusterId: string, { apiVersion, correlationId, stream } = this.asked.shift()!): void {
    stream.write(Buffer.concat(encodeResponse(DescribeCluster, apiVersion, correlationId, { clusterId })))
  }

  private accept(stream: Duplex): void {
    const splitter = new FrameReader(1 << 20)
    this.connections += 1
    stream.on('data', (chunk: Buffer) => {
      for (const frame of splitter.push(chunk)) {
        const { apiKey, apiVersion, correlationId } = readRequestHeader(new Reader(frame))
        if (apiKey !== ApiVersions.key) this.asked.push({ apiKey, apiVersion, correlationId, stream })
        else if (!this.isSilent) {
          const answer = encodeResponse(ApiVersions, apiVersion, correlationId, { apiKeys: this.apiKeys })
          stream.write(Buffer.concat(answer))
        }
      }
    })
  }
}

let network: MemoryNetwork
let clock: FakeClock
let requester: Requester

beforeEach(() => {
  network = new MemoryNetwork()
  clock = new FakeClock()
  requester = new Requester({ network, clock, address: { host: 'localhost', port: PORT }, clientId: '1' })
})

const ask = (timeoutMs = 1000) => requester.ask(DescribeCluster, {}, timeoutMs)

test('asks in the highest version that both have, in order, over one connection', async () => {
  const peer = new Peer(network)
  const answers = Promise.all([ask(), ask()])
  await settle()
  expect(peer.asked.map(({ apiVersion }) => apiVersion)).toEqual([1, 1])
  peer.answer('first')
  peer.answer('second')
  expect((await answers).map(({ clusterId }) => clusterId)).toEqual(['first', 'second'])
  expect(peer.connections).toBe(1)
})

test('says which API the other side does not have', async () => {
  new Peer(network)
  await expect(requester.ask(Metadata, {}, 1000)).rejects.toMatchObject({
    code: 'UNSUPPORTED_VERSION',
    message: expect.stringMatching(/^localhost:9093 does not answer Metadata in a version from 0 to \d+$/),
  })
})

test('rejects every request of a connection that breaks, and makes another one', async () => {
  const peer = new Peer(network)
  const broken = Promise.allSettled([ask(), ask()])
  await settle()
  network.cut(PORT)
  const problem = { code: 'ECONNRESET', message: 'localhost:9093 closed the connection' }
  expect(await broken).toMatchObject([{ reason: problem }, { reason: problem }])
  peer.asked.length = 0
  clock.advance(50)
  const answer = ask()
  await settle()
  peer.answer('again')
  expect(await answer).toMatchObject({ clusterId: 'again' })
  expect(peer.connections).toBe(2)
})

test('ends a connection on which no answer comes in time', async () => {
  const peer = new Peer(network)
  const late = Promise.allSettled([ask(), ask(2000)])
  await settle()
  clock.advance(1000)
  const problem = { code: 'ETIMEDOUT', message: 'localhost:9093 did not answer DescribeCluster within 1000 ms' }
  expect(await late).toMatchObject([{ reason: problem }, { reason: problem }])
  await settle()
  expect(peer.asked.every(({ stream }) => stream.destroyed)).toBe(true)
})

test('waits longer with each connection that cannot be had, and no longer than it has time', async () => {
  for (const waitMs of [0, 50, 100, 200, 400, 800, 1000, 1000]) {
    let problem: unknown
    ask(5000).catch((error: unknown) => (problem = error))
    await settle()
    if (waitMs > 0) {
      clock.advance(waitMs - 1)
      await settle()
      expect(problem).toBeUndefined()
      clock.advance(1)
      await settle()
    }
    expect(problem).toMatchObject({ code: 'ECONNREFUSED', message: 'localhost:9093 refuses the connection' })
  }
  const short = ask(10).catch((error: unknown) => error)
  await settle()
  clock.advance(10)
  expect(await short).toMatchObject({ code: 'ECONNREFUSED' })
})

test('forgets how long it waited once the other side has answered', async () => {
  await ask().catch(() => {})
  const peer = new Peer(network)
  const answer = ask()
  await settle()
  clock.advance(50)
  await settle()
  peer.answer('back')
  await answer
  network.cut(PORT)
  await settle()
  clock.advance(50)
  void ask().catch(() => {})
  await settle()
  expect(peer.connections).toBe(2)
})

test.each([
  ['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['an answer to nothing', Buffer.from([0, 0, 0, 4, 0, 0, 0, 99])],
  ['an answer without a number', Buffer.from([0, 0, 0, 1, 0])],
  ['an answer that ends too early', Buffer.from([0, 0, 0, 5, 0, 0, 0, 1, 0])],
])('gives up one that sends %s', async (_, bytes) => {
  void network.listen({ host: '', port: PORT, idleMs: 0 }, (stream) => {
    stream.on('data', () => stream.write(bytes))
    stream.on('error', () => {})
  })
  await expect(ask()).rejects.toMatchObject({
    code: 'EPROTO',
    message: expect.stringMatching(/^localhost:9093 does not answer as Kafka 4.3 does: /),
  })
})

test('says so of one that does not know the version of ApiVersions', async () => {
  void network.listen({ host: '', port: PORT, idleMs: 0 }, (stream) => {
    const answer = encodeResponse(ApiVersions, 0, 1, { errorCode: ERRORS.UNSUPPORTED_VERSION, apiKeys: [] })
    stream.on('data', () => stream.write(Buffer.concat(answer)))
  })
  await expect(ask()).rejects.toThrow('it does not know version 4 of ApiVersions')
})

test('rejects what waits, and whatever is asked later, when it is closed', async () => {
  const peer = new Peer(network)
  peer.isSilent = true
  const waiting = ask()
  requester.close()
  await expect(waiting).rejects.toMatchObject({ code: 'ECANCELED' })
  await expect(ask()).rejects.toMatchObject({ code: 'ECANCELED' })
  expect(peer.connections).toBeLessThan(2)
})
