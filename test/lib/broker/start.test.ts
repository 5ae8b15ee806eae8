import { connect, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { MemoryDisk } from '../../../src/lib/broker/log/index.ts'
import { Requester } from '../../../src/lib/broker/network/requester.ts'
import { startNode, type RunningNode } from '../../../src/lib/broker/start.ts'
import { parseBrokerConfig } from '../../../src/lib/broker/state/configs/parse-broker-config.ts'
import type { Api } from '../../../src/lib/protocol/api.ts'
import { ApiVersions } from '../../../src/lib/protocol/apis/api-versions.ts'
import { CreateTopics } from '../../../src/lib/protocol/apis/create-topics.ts'
import { DeleteTopics } from '../../../src/lib/protocol/apis/delete-topics.ts'
import { DescribeCluster, ENDPOINT_TYPES } from '../../../src/lib/protocol/apis/describe-cluster.ts'
import { Fetch } from '../../../src/lib/protocol/apis/fetch.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { Produce } from '../../../src/lib/protocol/apis/produce.ts'
import { ERRORS } from '../../../src/lib/protocol/errors.ts'
import { Reader } from '../../../src/lib/protocol/bytes.ts'
import { encodeRequest, readResponse } from '../../../src/lib/protocol/frame.ts'
import { FrameReader } from '../../../src/lib/protocol/frame-reader.ts'
import { buildBatch } from '../../../src/lib/protocol/records/index.ts'
import type { Fields, Input, Message } from '../../../src/lib/protocol/schema.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { MemoryNetwork } from '../../support/memory-network.ts'
import { settle } from './log/support.ts'

/** A broker with sockets, on a disk in memory, by a clock that stands still. */
class Server {
  readonly disk: MemoryDisk
  readonly clock = new FakeClock()
  readonly warnings: string[] = []
  readonly told: string[] = []
  node!: RunningNode
  readonly sockets: Socket[] = []

  constructor(disk = new MemoryDisk()) {
    this.disk = disk
  }

  async start(): Promise<this> {
    const { config } = parseBrokerConfig(
      new Map([
        ['listeners', 'PLAINTEXT://127.0.0.1:0'],
        ['log.dirs', '/data'],
      ]),
    )
    this.node = await startNode({
      config,
      fileSystem: this.disk,
      clock: this.clock,
      warn: (line) => this.warnings.push(line),
      info: (line) => this.told.push(line),
      processes: { pid: 1, identity: () => `${Math.random()}` },
    })
    return this
  }

  connect(): Client {
    const socket = connect(this.node.addresses.get('PLAINTEXT')!.port, '127.0.0.1')
    this.sockets.push(socket)
    return new Client(socket)
  }

  /** Makes a topic and writes some values, each a batch of its own. */
  async fill(topic: string, values: readonly string[]): Promise<void> {
    const client = this.connect()
    await client.ask(CreateTopics, { topics: [{ name: topic, numPartitions: 1, replicationFactor: 1 }] })
    for (const value of values) {
      const records = buildBatch([{ timestamp: BigInt(this.clock.now()), key: null, value: Buffer.from(value) }])
      const { responses } = await client.ask(
        Produce,
        { acks: -1, topicData: [{ name: topic, partitionData: [{ index: 0, records }] }] },
        12,
      )
      expect(responses[0]!.partitionResponses[0]!.errorCode).toBe(0)
    }
  }
}

class Client {
  readonly frames: Buffer[] = []
  isClosed = false
  private readonly splitter = new FrameReader(1 << 30)

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => this.frames.push(...this.splitter.push(chunk)))
    socket.on('error', () => {})
    socket.on('close', () => {
      this.isClosed = true
    })
  }

  send<Q extends Fields>(api: Api<Q>, request: Input<Message<Q>>, version = api.maxVersion): void {
    this.socket.write(Buffer.concat(encodeRequest(api, version, 1, 'test', request)))
  }

  async ask<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    version = api.maxVersion,
  ): Promise<Message<S>> {
    this.send(api, request, version)
    await vi.waitFor(() => expect(this.frames.length).toBeGreaterThan(0))
    return readResponse(api, version, new Reader(this.frames.shift()!, 4))
  }

  fetch(topic: string, maxWaitMs: number): void {
    this.send(
      Fetch,
      {
        maxWaitMs,
        minBytes: 1 << 30,
        maxBytes: 1 << 30,
        topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1 << 30 }] }],
      },
      12,
    )
  }
}

const servers: Server[] = []
const start = async (disk?: MemoryDisk): Promise<Server> => {
  const server = await new Server(disk).start()
  servers.push(server)
  return server
}
afterEach(() => servers.splice(0).forEach(({ sockets }) => sockets.forEach((socket) => socket.destroy())))

test('a broker that stops answers who waits, takes no more, and gives its folder back', async () => {
  const server = await start()
  await server.fill('t', ['a'])
  const [waiting, idle] = [server.connect(), server.connect()]
  await idle.ask(Metadata, { topics: [] })
  waiting.fetch('t', 60_000)
  await settle()
  await vi.waitFor(() => expect(waiting.socket.bytesWritten).toBeGreaterThan(0))
  await idle.ask(Metadata, { topics: [] })
  await server.node.stop()
  await vi.waitFor(() => expect([waiting.isClosed, idle.isClosed, waiting.frames.length]).toEqual([true, true, 1]))
  const answer = readResponse(
    Fetch as unknown as Api<Fields, (typeof Fetch)['fields']['response']>,
    12,
    new Reader(waiting.frames[0]!, 4),
  )
  expect(answer.responses[0]!.partitions[0]!.records!.length).toBeGreaterThan(60)
  expect([server.warnings, server.disk.list('/data').filter((name) => name.startsWith('.'))]).toEqual([
    [],
    ['.kafka_cleanshutdown'],
  ])
})

test('a client that does not take its answer holds a broker up for a second, not for ever', async () => {
  const server = await start()
  await server.fill(
    't',
    Array.from({ length: 20 }, () => 'x'.repeat(900_000)),
  )
  const stuck = server.connect()
  stuck.socket.pause()
  stuck.fetch('t', 0)
  await server.connect().ask(Metadata, { topics: [] })
  let isStopped = false
  const stopped = server.node.stop().then(() => {
    isStopped = true
  })
  await settle()
  expect(isStopped).toBe(false)
  server.clock.advance(1000)
  await stopped
  expect(server.warnings).toEqual([])
})

test('a disk that takes its time costs the next start a look through the logs, and no record', async () => {
  const server = await start()
  await server.fill('t', ['a', 'b'])
  server.disk.holdBackground()
  const stopped = server.node.stop()
  await settle()
  server.clock.advance(1300)
  await stopped
  expect(server.warnings).toEqual(['the disk has not taken everything yet: the next start looks through the logs'])
  expect(server.disk.list('/data').filter((name) => name.startsWith('.'))).toEqual([])
  server.disk.restart({ keepUnsynced: true })
  const again = await start(server.disk)
  const reader = again.connect()
  reader.fetch('t', 0)
  await vi.waitFor(() => expect(reader.frames.length).toBe(1))
  expect(reader.frames[0]!.length).toBeGreaterThan(150)
  await again.node.stop()
})

test('clients that come and go are told, with their software, and so are topics', async () => {
  const server = await start()
  const client = server.connect()
  await client.ask(ApiVersions, { clientSoftwareName: 'sample', clientSoftwareVersion: '1.2' })
  await client.ask(CreateTopics, { topics: [{ name: 'orders', numPartitions: 3, replicationFactor: 1 }] })
  await client.ask(DeleteTopics, { topics: [{ name: 'orders' }] })
  const address = `127.0.0.1:${client.socket.localPort}`
  client.socket.destroy()
  server.connect().socket.destroy()
  await vi.waitFor(() => expect(server.told).toHaveLength(4))
  expect(server.told).toEqual([
    `client test at ${address} connected (sample 1.2)`,
    'topic orders created, 3 partitions',
    'topic orders deleted',
    `client test at ${address} disconnected`,
  ])
})

test('a controller that others may join listens for them, and answers there as a controller', async () => {
  const network = new MemoryNetwork()
  const { config } = parseBrokerConfig(
    new Map([
      ['listeners', 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093'],
      ['controller.listener.names', 'CONTROLLER'],
      ['controller.quorum.bootstrap.servers', 'localhost:9093'],
      ['log.dirs', '/data'],
    ]),
  )
  const node = await startNode({
    config,
    fileSystem: new MemoryDisk(),
    clock: new FakeClock(),
    network,
    warn: () => {},
    processes: { pid: 1, identity: () => null },
  })
  const requester = new Requester({
    network,
    clock: new FakeClock(),
    address: { host: 'localhost', port: 9093 },
    clientId: '2',
  })
  expect(await requester.ask(DescribeCluster, { endpointType: ENDPOINT_TYPES.controller }, 1000)).toMatchObject({
    clusterId: node.clusterId,
    controllerId: 1,
    endpointType: ENDPOINT_TYPES.controller,
    brokers: [{ brokerId: 1, host: 'localhost', port: 9093 }],
  })
  expect(await requester.ask(DescribeCluster, {}, 1000)).toMatchObject({
    errorCode: ERRORS.MISMATCHED_ENDPOINT_TYPE,
    errorMessage: 'The request was sent to an endpoint of type CONTROLLER, but we wanted an endpoint of another type',
  })
  await expect(requester.ask(Metadata, {}, 1000)).rejects.toMatchObject({ code: 'UNSUPPORTED_VERSION' })
  requester.close()
  await node.stop()
})
