import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ApiVersions } from '../../src/lib/protocol/apis/api-versions.ts'
import { Fetch } from '../../src/lib/protocol/apis/fetch.ts'
import { Metadata } from '../../src/lib/protocol/apis/metadata.ts'
import { Produce } from '../../src/lib/protocol/apis/produce.ts'
import { encodeRequest } from '../../src/lib/protocol/frame.ts'
import { FrameReader } from '../../src/lib/protocol/frame-reader.ts'
import { CODECS, buildBatch } from '../../src/lib/protocol/records/index.ts'
import { bombOf } from '../support/array-bombs.ts'
import { runTool } from '../support/kts.ts'
import { LifeBroker } from './support/broker.ts'

let broker: LifeBroker
beforeAll(async () => {
  broker = await LifeBroker.start()
})
afterAll(() => broker.close())

/** A connection that speaks for itself. */
class Client {
  private readonly splitter = new FrameReader(1 << 30)
  private readonly frames: Buffer[] = []
  private wake: () => void = () => {}
  readonly closed: Promise<unknown>

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.frames.push(...this.splitter.push(chunk))
      this.wake()
    })
    socket.on('error', () => socket.destroy())
    this.closed = once(socket, 'close').then(() => this.wake())
  }

  static async open(): Promise<Client> {
    const socket = connect({ port: broker.port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    return new Client(socket)
  }

  /** The next answer, undefined when the connection ends before. */
  async ask(request: Buffer): Promise<Buffer | undefined> {
    this.socket.write(request)
    while (this.frames.length === 0 && !this.socket.destroyed)
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    return this.frames.shift()
  }
}

const framed = (body: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}
const produceOf = (records: Buffer, partitions: readonly number[]): Buffer =>
  Buffer.concat(
    encodeRequest(Produce, 12, 1, 'bomber', {
      acks: -1,
      topicData: [{ name: 'bombs', partitionData: partitions.map((index) => ({ index, records })) }],
    }),
  )

/** A batch of zstd that no compressor makes: frames of one byte with a window of 128 MiB each. */
function zstdBomb(frames: number): Buffer {
  const batch = buildBatch([{ timestamp: 0n, key: null, value: null }], { codec: CODECS.none })
  const body = Buffer.concat(Array.from({ length: frames }, () => Buffer.from('28b52ffd00880b000041', 'hex')))
  const bomb = Buffer.concat([batch.subarray(0, 61), body])
  bomb.writeInt32BE(bomb.length - 12, 8)
  bomb.writeInt16BE(CODECS.zstd, 21)
  return withCrc(bomb)
}

function withCrc(batch: Buffer): Buffer {
  let crc = -1
  for (const byte of batch.subarray(21)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : 0x82f63b78)
  }
  batch.writeUInt32BE(~crc >>> 0, 17)
  return batch
}

const memoryOf = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024

test('bombs cost the broker little, and a neighbour is answered all the while', async () => {
  await runTool('kts', ['topics', '--create', '--topic', 'bombs', '--partitions', '40', '-b', broker.bootstrap])
  const neighbour = await Client.open()
  let [answers, isDone] = [0, false]
  const calls = (async () => {
    while (!isDone) {
      expect(
        await neighbour.ask(
          Buffer.concat(
            encodeRequest(ApiVersions, 3, 1, 'neighbour', { clientSoftwareName: 'a', clientSoftwareVersion: '1' }),
          ),
        ),
      ).toBeDefined()
      answers += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  const bomber = (request: Buffer) => Client.open().then((client) => client.ask(request))
  // Lists: what is refused closes the connection.
  expect(await bomber(framed(bombOf(Metadata as never, 9, ['topics'], 3_000_000)))).toBeUndefined()
  expect(await bomber(framed(bombOf(Fetch as never, 12, ['topics'], 3_000_000)))).toBeUndefined()
  // A length beyond what any request but Produce has.
  const giant = framed(bombOf(Metadata as never, 9, ['topics'], 1))
  giant.writeInt32BE(90_000_000, 0)
  expect(await bomber(giant)).toBeUndefined()
  // Records.
  const before = answers
  expect(await bomber(produceOf(zstdBomb(200), [0]))).toBeDefined()
  for (const name of ['gzip', 'lz4', 'zstd'] as const) {
    const records = buildBatch([{ timestamp: 0n, key: null, value: Buffer.alloc(99 * 1024 * 1024) }], {
      codec: CODECS[name],
    })
    expect(
      await bomber(
        produceOf(
          records,
          Array.from({ length: 40 }, (_, index) => index),
        ),
      ),
    ).toBeDefined()
  }
  expect(answers).toBeGreaterThan(before + 10)
  isDone = true
  await calls
  neighbour.socket.destroy()
  expect(broker.process.exitCode).toBeNull()
  expect(memoryOf(broker.process.pid!)).toBeLessThan(1200 * 1024 * 1024)
}, 120_000)

test('half a request in many connections ends with them', async () => {
  const clients = await Promise.all(Array.from({ length: 20 }, () => Client.open()))
  const head = Buffer.concat([framed(Buffer.alloc(0)), Buffer.alloc(1_000_000)])
  head.writeInt32BE(99_000_000, 0) // API 0, which is Produce
  for (const client of clients) client.socket.write(head)
  for (const client of clients) client.socket.destroy()
  await Promise.all(clients.map(({ closed }) => closed))
  expect((await runTool('kts', ['topics', '--list', '-b', broker.bootstrap])).code).toBe(0)
})
