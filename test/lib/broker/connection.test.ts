import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ClientConnection } from '../../../src/lib/broker/connection.ts'
import { readBuffers } from '../../../src/lib/protocol/read-buffers.ts'
import { Authentication } from '../../../src/lib/broker/security/sasl/authentication.ts'
import { oauthbearer } from '../../../src/lib/broker/security/sasl/oauthbearer.ts'
import { BrokerConfig } from '../../../src/lib/broker/state/configs/broker-config.ts'
import { ApiVersions } from '../../../src/lib/protocol/apis/api-versions.ts'
import { Fetch } from '../../../src/lib/protocol/apis/fetch.ts'
import { buildBatch } from '../../../src/lib/protocol/records/index.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { Produce } from '../../../src/lib/protocol/apis/produce.ts'
import { SaslAuthenticate } from '../../../src/lib/protocol/apis/sasl-authenticate.ts'
import { SaslHandshake } from '../../../src/lib/protocol/apis/sasl-handshake.ts'
import { Reader } from '../../../src/lib/protocol/bytes.ts'
import { ERRORS } from '../../../src/lib/protocol/errors.ts'
import { encodeRequest, readResponse } from '../../../src/lib/protocol/frame.ts'
import { unsecuredToken } from '../../../src/lib/security/oauth/jwt.ts'
import { connection, TestBroker } from '../../support/broker.ts'
import { Wire } from '../../support/wire.ts'
import { settle } from './log/support.ts'

let broker: TestBroker
let wire: Wire
let warnings: string[]
let client: ClientConnection
beforeEach(() => {
  broker = new TestBroker()
  wire = new Wire()
  warnings = []
  client = new ClientConnection(wire, {
    connection,
    dispatcher: broker.dispatcher,
    clock: broker.clock,
    maxRequestBytes: 10_000,
    refused: (reason) => warnings.push(reason),
    warn: (line) => warnings.push(line),
  })
})
afterEach(() => {
  wire.destroy()
  broker.close()
})

const request = (correlationId: number): Buffer =>
  Buffer.concat(encodeRequest(Metadata, 4, correlationId, 'test', { topics: [] }))
const ids = (): number[] => wire.frames.map((frame) => frame.readInt32BE(0))

test('answers requests in order, however they are cut into chunks', async () => {
  const bytes = Buffer.concat([request(1), request(2), request(3)])
  for (const byte of bytes) wire.push(Buffer.from([byte]))
  await vi.waitFor(() => expect(ids()).toEqual([1, 2, 3]))
})

test('an answer that must wait holds back those behind it', async () => {
  await broker.createTopic('t')
  const topics = [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 100 }] }]
  wire.push(
    Buffer.concat([...encodeRequest(Fetch, 12, 1, 'test', { maxWaitMs: 500, minBytes: 1, topics }), request(2)]),
  )
  await settle()
  expect(ids()).toEqual([])
  broker.clock.advance(500)
  await vi.waitFor(() => expect(ids()).toEqual([1, 2]))
})

test('takes no more requests from a client that does not read its answers', async () => {
  wire.isReading = false
  const run = vi.spyOn(broker.dispatcher, 'dispatch')
  for (let id = 0; id < 5000; id += 1) wire.push(request(id))
  await settle()
  const served = run.mock.calls.length
  expect(served).toBeLessThan(1000)
  expect(wire.isPaused()).toBe(true)
  wire.readOn()
  await vi.waitFor(() => expect(ids()).toHaveLength(5000), { timeout: 15_000 })
})

test('lets others go between the requests of a client that sends a thousand at once', async () => {
  const other = new Wire()
  new ClientConnection(other, {
    connection,
    dispatcher: broker.dispatcher,
    clock: broker.clock,
    maxRequestBytes: 10_000,
    refused: (reason) => warnings.push(reason),
    warn: (line) => warnings.push(line),
  })
  // Seen when the other one is answered, however late the test looks.
  let answeredBefore = Infinity
  const write = other._write.bind(other)
  other._write = (...args) => {
    answeredBefore = ids().length
    write(...args)
  }
  wire.push(Buffer.concat(Array.from({ length: 1000 }, (_, id) => request(id))))
  other.push(request(1))
  await vi.waitFor(() => expect(other.frames).toHaveLength(1), { timeout: 15_000 })
  expect(answeredBefore).toBeLessThan(1000)
  const all = Array.from({ length: 1000 }, (_, id) => id)
  await vi.waitFor(() => expect(ids()).toEqual(all), { timeout: 15_000 })
})

test('gives the memory of records back once the client has taken them, not before', async () => {
  const records = readBuffers.take(70_000)
  vi.spyOn(broker.dispatcher, 'dispatch').mockReturnValue([records])
  wire.isReading = false
  wire.push(request(1))
  await settle()
  expect(wire.said).toHaveLength(1)
  const meanwhile = readBuffers.take(70_000)
  expect(meanwhile.buffer).not.toBe(records.buffer)
  wire.readOn()
  await settle()
  expect(readBuffers.take(70_000).buffer).toBe(records.buffer)
})

test('uses the memory of records again once they are in the log, and that of no other request', async () => {
  await broker.createTopic('t')
  const given = vi.spyOn(readBuffers, 'giveBack')
  const records = buildBatch([{ timestamp: 0n, key: null, value: Buffer.alloc(8000, 'x') }])
  const topicData = [{ name: 't', partitionData: [{ index: 0, records }] }]
  const send = async (id: number): Promise<number> => {
    wire.push(Buffer.concat(encodeRequest(Produce, 12, id, 'test', { acks: 1, topicData })))
    await vi.waitFor(() => expect(ids().at(-1)).toBe(id))
    return given.mock.calls.filter(([{ length }]) => length > records.length).length
  }
  expect(await send(1)).toBe(1)
  expect(await send(2)).toBe(2)
  const memory = new Set(
    given.mock.calls.filter(([{ length }]) => length > records.length).map(([{ buffer }]) => buffer),
  )
  expect(memory.size).toBe(1)
  const { values } = await broker.fetch('t', 0n)
  expect(values).toEqual(['x'.repeat(8000), 'x'.repeat(8000)])
  given.mockClear()
  const others = Buffer.concat(encodeRequest(Metadata, 4, 3, 'test', { topics: [{ name: 'x'.repeat(5000) }] }))
  wire.push(others)
  await vi.waitFor(() => expect(ids().at(-1)).toBe(3))
  expect(given.mock.calls.map(([{ length }]) => length)).not.toContain(others.length - 4)
})

test('counts what a client has not taken, and no longer once it has, or is gone', async () => {
  const { outgoing } = broker.node.broker
  wire.isReading = false
  wire.push(request(1))
  await settle()
  expect(outgoing.unsentBytes).toBe(wire.writableLength)
  wire.readOn()
  await vi.waitFor(() => expect(outgoing.unsentBytes).toBe(0))
  expect(ids()).toEqual([1])
  wire.isReading = false
  wire.push(request(2))
  await settle()
  expect(outgoing.unsentBytes).toBeGreaterThan(0)
  wire.destroy()
  await settle()
  expect(outgoing.unsentBytes).toBe(0)
})

test('many clients that take nothing hold little more than is meant for all of them, and readers still get on', async () => {
  await broker.createTopic('t')
  const value = 'x'.repeat(1 << 18)
  for (let i = 0; i < 10; i += 1) await broker.produce('t', [value])
  const { outgoing } = broker.node.broker
  outgoing.add(256 * 1024 * 1024 - 10 * value.length)
  const topics = [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1 << 28 }] }]
  const wires = Array.from({ length: 20 }, () => {
    const stuck = new Wire()
    stuck.isReading = false
    new ClientConnection(stuck, {
      connection,
      dispatcher: broker.dispatcher,
      clock: broker.clock,
      maxRequestBytes: 10_000,
      refused: () => {},
      warn: () => {},
    })
    stuck.push(Buffer.concat(encodeRequest(Fetch, 12, 1, 'test', { maxWaitMs: 0, minBytes: 1, topics })))
    return stuck
  })
  await settle()
  const held = wires.map(({ writableLength }) => writableLength)
  expect(held.map((bytes) => Math.floor(bytes / value.length))).toEqual([
    3,
    3,
    3,
    ...Array.from({ length: 17 }, () => 1),
  ])
  expect((await broker.fetch('t', 0n, { partitionMaxBytes: 1 << 28 })).values).toHaveLength(1)
  for (const stuck of wires) stuck.destroy()
  await settle()
  expect((await broker.fetch('t', 0n, { partitionMaxBytes: 1 << 28 })).values).toHaveLength(3)
})

test('takes no requests from a client over its quota until the time is up, though the answer goes out at once', async () => {
  await broker.createTopic('t')
  broker.node.broker.cluster.clientQuotas.set({ 'client-id': 'test' }, new Map([['producer_byte_rate', 100]]))
  const records = buildBatch([{ timestamp: 0n, key: null, value: Buffer.alloc(5000) }])
  const produce = encodeRequest(Produce, 12, 1, 'test', {
    acks: 1,
    topicData: [{ name: 't', partitionData: [{ index: 0, records }] }],
  })
  wire.push(Buffer.concat([...produce, request(2)]))
  await vi.waitFor(() => expect(ids()).toEqual([1]))
  const { throttleTimeMs } = readResponse(Produce, 12, new Reader(wire.frames[0]!, 4))
  expect(throttleTimeMs).toBeGreaterThan(30_000)
  broker.clock.advance(throttleTimeMs - 1)
  await settle()
  expect(ids()).toEqual([1])
  broker.clock.advance(1)
  await vi.waitFor(() => expect(ids()).toEqual([1, 2]))
})

test('stops after the answer that is under way', async () => {
  await broker.createTopic('t')
  const topics = [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 100 }] }]
  wire.push(
    Buffer.concat([...encodeRequest(Fetch, 12, 1, 'test', { maxWaitMs: 500, minBytes: 1, topics }), request(2)]),
  )
  await settle()
  client.stop()
  broker.clock.advance(500)
  await vi.waitFor(() => expect(wire.destroyed).toBe(true))
  expect(ids()).toEqual([1])
})

describe('bytes that make no sense end the connection, with one line', () => {
  const frame = (...body: number[]): Buffer => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(body.length)
    return Buffer.concat([length, Buffer.from(body)])
  }
  test.each([
    ['a length beyond the limit', Buffer.from([0x7f, 0xff, 0xff, 0xff])],
    ['a negative length', Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['an empty frame', frame()],
    ['an unknown API', frame(0x03, 0xe8, 0, 0, 0, 0, 0, 1, 0xff, 0xff)],
    ['an unknown version', frame(0, 3, 0, 99, 0, 0, 0, 1, 0xff, 0xff)],
    ['a version that Kafka 4 refuses', frame(0, 0, 0, 2, 0, 0, 0, 1, 0xff, 0xff)],
    ['an array longer than its frame', frame(0, 3, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff)],
  ])('%s', async (_, bytes) => {
    wire.push(bytes)
    await vi.waitFor(() => expect(wire.destroyed).toBe(true))
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/^[^\n]+$/)
    expect(wire.said).toEqual([])
  })
})

test('a request in front of bytes that make no sense is answered, also one that has to wait', async () => {
  wire.push(Buffer.concat([request(1), request(2), Buffer.alloc(4, 0xff), request(3)]))
  await vi.waitFor(() => expect(wire.destroyed).toBe(true))
  expect([ids(), warnings.length]).toEqual([[1, 2], 1])
})

test('bytes behind a request are let be, as in Kafka: librdkafka 2.16 sends some', async () => {
  const body = request(1).subarray(4)
  wire.push(Buffer.concat([Buffer.from([0, 0, 0, body.length + 3]), body, Buffer.alloc(3), request(2)]))
  await vi.waitFor(() => expect(ids()).toEqual([1, 2]))
  expect(warnings).toEqual([])
})

test('a version of ApiVersions from the future is answered in version 0', async () => {
  wire.push(Buffer.from([0, 0, 0, 10, 0, 18, 0, 99, 0, 0, 0, 7, 0xff, 0xff]))
  await vi.waitFor(() => expect(wire.frames).toHaveLength(1))
  const reader = new Reader(wire.frames[0]!, 4)
  expect(readResponse(ApiVersions, 0, reader)).toMatchObject({
    errorCode: ERRORS.UNSUPPORTED_VERSION,
    apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
  })
})

test('ApiVersions lists every handler, and Produce from version 0 for librdkafka', async () => {
  const { apiKeys } = await broker.send(ApiVersions, { clientSoftwareName: 'test', clientSoftwareVersion: '1' })
  expect(apiKeys.find(({ apiKey }) => apiKey === 0)).toMatchObject({ minVersion: 0, maxVersion: 13 })
  expect(apiKeys.find(({ apiKey }) => apiKey === 1)).toMatchObject({ minVersion: 4, maxVersion: 18 })
  expect(
    (await broker.send(ApiVersions, { clientSoftwareName: 'bad name!', clientSoftwareVersion: '1' })).errorCode,
  ).toBe(ERRORS.INVALID_REQUEST)
})

describe('a login by a token that has expired', () => {
  const authenticate = (id: number, text: string): Buffer =>
    Buffer.concat(encodeRequest(SaslAuthenticate, 2, id, 'test', { authBytes: Buffer.from(text) }))

  beforeEach(async () => {
    const { clock, dispatcher } = broker
    const begin = oauthbearer(new BrokerConfig(new Map()), clock)
    const mechanisms = new Map([['OAUTHBEARER', { maxReauthMs: 0, begin }]])
    const login = new Authentication({ clock, mechanisms, failureDelayMs: 0, maxFrameBytes: 1000 })
    wire = new Wire()
    client = new ClientConnection(wire, {
      connection,
      dispatcher,
      login,
      clock,
      maxRequestBytes: 10_000,
      refused: (reason) => warnings.push(reason),
      warn: (line) => warnings.push(line),
    })
    wire.push(Buffer.concat(encodeRequest(SaslHandshake, 1, 1, 'test', { mechanism: 'OAUTHBEARER' })))
    const seconds = Math.floor(clock.now() / 1000)
    const token = unsecuredToken({ sub: 'alice', iat: seconds - 100, exp: seconds - 10 })
    wire.push(authenticate(2, `n,,\x01auth=Bearer ${token}\x01\x01`))
    await vi.waitFor(() => expect(ids()).toEqual([1, 2]))
  })

  test('is answered before the connection ends', async () => {
    wire.push(authenticate(3, '\x01'))
    await vi.waitFor(() => expect(ids()).toEqual([1, 2, 3]))
    await settle()
    expect(wire.writableEnded).toBe(false)
    broker.clock.advance(1000)
    expect(wire.writableEnded).toBe(true)
    expect(warnings).toEqual(['OAUTHBEARER: the token has expired'])
  })

  test('is what the log names where the client goes on as if it had been let in', async () => {
    wire.push(request(3))
    await vi.waitFor(() => expect(wire.writableEnded).toBe(true))
    expect(warnings).toEqual(['OAUTHBEARER: the token has expired; a request with API key 3 comes during a login'])
    expect(ids()).toEqual([1, 2])
  })
})
