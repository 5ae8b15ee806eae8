import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { connectClient } from '../../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../../src/lib/client/types.ts'
import { EnvironmentError, KafkaError, UserError } from '../../../src/lib/errors.ts'
import type { Api } from '../../../src/lib/protocol/api.ts'
import { ApiVersions } from '../../../src/lib/protocol/apis/api-versions.ts'
import { DescribeTopicPartitions } from '../../../src/lib/protocol/apis/describe-topic-partitions.ts'
import { Fetch } from '../../../src/lib/protocol/apis/fetch.ts'
import { FindCoordinator } from '../../../src/lib/protocol/apis/find-coordinator.ts'
import { ListOffsets } from '../../../src/lib/protocol/apis/list-offsets.ts'
import { Metadata } from '../../../src/lib/protocol/apis/metadata.ts'
import { Produce } from '../../../src/lib/protocol/apis/produce.ts'
import { FakeBroker, type FakeBrokerOptions } from '../../support/fake-broker.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const stored = (name: string): string => fileURLToPath(new URL(`../../support/tls/${name}`, import.meta.url))

const open: { stop?(): Promise<unknown>; close?(): unknown }[] = []

afterEach(async () => {
  for (const item of open.splice(0).reverse()) await (item.stop?.() ?? item.close?.())
})

async function startBroker(options?: FakeBrokerOptions): Promise<FakeBroker> {
  const broker = await FakeBroker.start(options)
  open.push(broker)
  return broker
}

async function connect(
  servers: string | readonly string[],
  properties: Record<string, string> = {},
  options: Parameters<typeof connectClient>[1] = {},
): Promise<KafkaClient> {
  const client = await connectClient(
    {
      bootstrapServers: [servers].flat(),
      clientId: 'kts/1.2.3',
      properties: new Map(Object.entries(properties)),
      origin: '--bootstrap-server',
    },
    options,
  )
  open.push(client)
  return client
}

/** A server that accepts connections and says what it is told to say, which is nothing by default. */
async function startServer(answer?: string): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    if (answer) socket.end(answer)
    open.push({ close: () => socket.destroy() })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(server)
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An address where nobody listens. */
async function deadAddress(): Promise<string> {
  const broker = await FakeBroker.start()
  const { address } = broker
  await broker.stop()
  return address
}

const fetchForever = { maxWaitMs: 60_000, minBytes: 1, topics: [] }

describe('connectClient', () => {
  it('learns the brokers and the controller when somebody asks, once', async () => {
    const broker = await startBroker({ nodeId: 7 })
    const client = await connect(broker.address)
    expect(broker.requests(Metadata)).toHaveLength(0)
    expect(await client.brokers()).toEqual([{ nodeId: 7, host: '127.0.0.1', port: broker.port, rack: null }])
    expect(await client.brokers()).toEqual(client.nodes())
    expect(client.controllerId()).toBe(7)
    expect(broker.requests(Metadata)).toHaveLength(1)
  })

  it('goes by its own name unless client.id says otherwise', async () => {
    const broker = await startBroker()
    for (const properties of [{}, { 'client.id': 'me' }] as Record<string, string>[])
      await (await connect(broker.address, properties)).brokers()
    expect(broker.received.map(({ clientId }) => clientId)).toEqual(['kts/1.2.3', 'kts/1.2.3', 'me', 'me'])
    expect(broker.requests(ApiVersions)[1]?.request).toEqual({
      clientSoftwareName: 'kts',
      clientSoftwareVersion: '1.2.3',
    })
  })

  it('finds the one server that lives among dead ones', async () => {
    const broker = await startBroker()
    const client = await connect([await deadAddress(), broker.address, await startServer()])
    expect(await client.brokers()).toHaveLength(1)
  })

  it('names every dead server, what is wrong with it and where it was named', async () => {
    const [first, second] = [await deadAddress(), await deadAddress()]
    await expect(connect(first)).rejects.toThrow(
      new EnvironmentError(`Cannot reach the bootstrap server ${first} (from --bootstrap-server): connection refused`),
    )
    await expect(connect([first, second])).rejects.toThrow(
      new EnvironmentError(
        `Cannot reach any of the 2 bootstrap servers (from --bootstrap-server): ${first} connection refused, ${second} connection refused`,
      ),
    )
  })

  it('gives up on a server that never answers', async () => {
    const address = await startServer()
    await expect(connect(address, {}, { connectTimeoutMs: 500 })).rejects.toThrow(
      `${address} (from --bootstrap-server): no answer within 0.5 s`,
    )
  })

  it('recognises a server of another kind', async () => {
    await expect(connect(await startServer('HTTP/1.1 400 Bad Request\r\n\r\n'))).rejects.toThrow(
      "does not answer in Kafka's protocol",
    )
    await expect(connect(await startServer('\0'))).rejects.toThrow(EnvironmentError)
  })

  it.each(['127.0.0.1:port', 'host:70000', ':9092', ''])('refuses the address "%s"', async (address) => {
    await expect(connect(address)).rejects.toThrow(UserError)
  })

  it('warns of properties that no client has, once each', async () => {
    const broker = await startBroker()
    const warnings: string[] = []
    await connect(
      broker.address,
      { 'bootstrap.server': 'x', 'fetch.min.bytes': '1' },
      { warn: (sentence) => warnings.push(sentence) },
    )
    expect(warnings).toEqual([expect.stringContaining('bootstrap.server ')])
  })

  it('falls back to the versions of an older broker', async () => {
    const broker = await startBroker({
      versions: {
        ApiVersions: [0, 2],
        Metadata: [1, 4],
        Fetch: [4, 11],
        Produce: [20, 21],
        DescribeTopicPartitions: [0, -1],
      },
    })
    const client = await connect(broker.address)
    await client.brokers()
    expect(broker.requests(Metadata)[0]?.version).toBe(4)
    expect(await client.version(Fetch as unknown as Api)).toBe(11)
    await expect(client.version(Produce as unknown as Api)).rejects.toThrow(KafkaError)
    await expect(client.send(DescribeTopicPartitions, {})).rejects.toMatchObject({ code: 'UNSUPPORTED_VERSION' })
  })
})

describe('security', () => {
  const tls = (name = 'localhost') => ({
    cert: readFileSync(stored(`${name}.crt`)),
    key: readFileSync(stored(`${name}.key`)),
  })
  const trusting = {
    'security.protocol': 'SSL',
    'ssl.truststore.location': stored('localhost.crt'),
    'ssl.truststore.type': 'PEM',
  }
  const sasl = { mechanism: 'PLAIN', username: 'alice', password: 'se;cret"' }
  const jaas =
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="se;cret\\"";'

  it('speaks TLS with a trusted server', async () => {
    const broker = await startBroker({ tls: tls() })
    expect(await (await connect(broker.address, trusting)).brokers()).toHaveLength(1)
  })

  it('refuses a server whose certificate nobody vouches for, and says so', async () => {
    const broker = await startBroker({ tls: tls() })
    await expect(connect(broker.address, { 'security.protocol': 'SSL' })).rejects.toThrow('is not trusted')
  })

  it('checks the host name unless told not to', async () => {
    const broker = await startBroker({ tls: tls('elsewhere') })
    const trusted = { ...trusting, 'ssl.truststore.location': stored('elsewhere.crt') }
    await expect(connect(broker.address, trusted)).rejects.toThrow('for another host name')
    expect(
      await (await connect(broker.address, { ...trusted, 'ssl.endpoint.identification.algorithm': '' })).brokers(),
    ).toHaveLength(1)
  })

  it('tells a TLS listener from a plain one, either way round', async () => {
    const [secure, plain] = [await startBroker({ tls: tls() }), await startBroker()]
    await expect(connect(secure.address, {}, { connectTimeoutMs: 500 })).rejects.toThrow(EnvironmentError)
    await expect(connect(plain.address, trusting, { connectTimeoutMs: 500 })).rejects.toThrow(EnvironmentError)
  })

  it('authenticates with SASL, on every connection that it opens', async () => {
    const broker = await startBroker({ sasl })
    const client = await connect(broker.address, {
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config': jaas,
    })
    broker.on(ListOffsets, () => ({ topics: [] }))
    await client.send(ListOffsets, {}, { lane: 'other', nodeId: 1 })
    expect(broker.requests(ListOffsets)[0]?.connection).toBe(1)
  })

  it('gives an old broker its token bare', async () => {
    const broker = await startBroker({ sasl: { ...sasl, isBare: true } })
    const client = await connect(broker.address, {
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config': jaas,
    })
    expect(await client.brokers()).toHaveLength(1)
    expect(broker.loginCount).toBe(0)
  })

  it('does not renew a short session before it has to', async () => {
    const broker = await startBroker({ sasl: { ...sasl, sessionLifetimeMs: 5003n } })
    const client = await connect(broker.address, {
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config': jaas,
    })
    await client.metadata([])
    expect(broker.loginCount).toBe(1)
  })

  it('guesses that a login is asked for where the first request ends the connection', async () => {
    const broker = await startBroker({ sasl })
    const client = await connect(broker.address)
    await expect(client.brokers()).rejects.toThrow('does it ask for a login')
  })

  it('reports credentials that the broker refuses, without showing them', async () => {
    const broker = await startBroker({ sasl })
    const attempt = connect(broker.address, {
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.username': 'alice',
      'sasl.password': 'guess',
    })
    await expect(attempt).rejects.toMatchObject({
      name: 'KafkaError',
      code: 'SASL_AUTHENTICATION_FAILED',
      message: expect.stringContaining(broker.address) as string,
    })
    await expect(attempt).rejects.not.toThrow('guess')
  })

  it('reports a mechanism that the broker does not have', async () => {
    const broker = await startBroker({ sasl })
    const attempt = connect(broker.address, {
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'SCRAM-SHA-256',
      'sasl.username': 'alice',
      'sasl.password': 'x',
    })
    await expect(attempt).rejects.toMatchObject({ code: 'UNSUPPORTED_SASL_MECHANISM' })
  })
})

describe('send', () => {
  it('gives each lane a connection of its own, so that a long poll delays nobody', async () => {
    const broker = await startBroker()
    const arrived = new Promise((resolve) => broker.on(Fetch, () => new Promise(() => resolve(true))))
    broker.on(ListOffsets, () => ({ throttleTimeMs: 5 }))
    const client = await connect(broker.address)
    client.send(Fetch, fetchForever, { nodeId: 1, lane: 'fetch' }).catch(() => {})
    await arrived
    expect(await client.send(ListOffsets, {}, { nodeId: 1 })).toMatchObject({ throttleTimeMs: 5 })
    await client.send(ListOffsets, {}, { nodeId: 1 })
    expect(broker.requests(ListOffsets).map(({ connection }) => connection)).toEqual([0, 0])
    expect(broker.requests(Fetch)).toMatchObject([{ connection: 1 }])
  })

  it('opens one connection for requests that come at once', async () => {
    const broker = await startBroker()
    broker.on(ListOffsets, () => ({}))
    const client = await connect(broker.address)
    await Promise.all([1, 2, 3].map(() => client.send(ListOffsets, {}, { nodeId: 1, lane: 'new' })))
    expect(broker.connectionCount).toBe(2)
  })

  it('knows a broker of this machine by either name: 127.0.0.1, and localhost that it advertises', async () => {
    const broker = await startBroker()
    const itself = { nodeId: 1, host: 'localhost', port: broker.port }
    broker.on(Metadata, () => ({ ...broker.metadata(), brokers: [itself] }))
    broker.on(ListOffsets, () => ({ throttleTimeMs: 1 }))
    const client = await connect(broker.address)
    expect(await client.send(ListOffsets, {}, { nodeId: 1 })).toMatchObject({ throttleTimeMs: 1 })
    expect(broker.connectionCount).toBe(1)
  })

  it('routes a request to its node', async () => {
    const [first, second] = [await startBroker({ nodeId: 1 }), await startBroker({ nodeId: 2 })]
    first.on(Metadata, () => first.metadata([], [second]))
    second.on(ListOffsets, () => ({ throttleTimeMs: 2 }))
    const client = await connect(first.address)
    expect(await client.send(ListOffsets, {}, { nodeId: 2 })).toMatchObject({ throttleTimeMs: 2 })
    expect(first.requests(ListOffsets)).toEqual([])
  })

  it('tells an advertised address that cannot be reached from the one that was given', async () => {
    const dead = await deadAddress()
    const [host, port] = dead.split(':')
    const broker = await startBroker({ advertised: { host: host!, port: Number(port) } })
    const client = await connect(broker.address)
    await expect(client.send(ListOffsets, {}, { nodeId: 1 })).rejects.toThrow(
      new EnvironmentError(
        `Cannot reach broker 1 at ${dead}, the address that the cluster itself advertises (advertised.listeners): connection refused`,
      ),
    )
  })

  it('asks for fresh metadata before it calls a node unknown', async () => {
    const broker = await startBroker()
    const client = await connect(broker.address)
    await expect(client.send(ListOffsets, {}, { nodeId: 9 })).rejects.toThrow('no broker 9')
    expect(broker.requests(Metadata)).toHaveLength(1)
  })

  it('resolves a request without answer when it has been sent', async () => {
    const broker = await startBroker()
    const client = await connect(broker.address)
    const arrived = new Promise((resolve) => broker.on(Produce, () => new Promise(() => resolve(true))))
    const response = await client.send(
      Produce,
      { acks: 0, timeoutMs: 1, topicData: [] },
      { nodeId: 1, expectResponse: false },
    )
    expect(response).toMatchObject({ responses: [] })
    expect(await arrived).toBe(true)
  })

  it('carries large payloads whole, both ways', async () => {
    const broker = await startBroker({ versions: { Produce: [3, 12], Fetch: [4, 12] } })
    const payload = Buffer.alloc(3_000_000, 'abcdefg')
    broker.on(Fetch, () => ({ responses: [{ topic: 't', partitions: [{ partitionIndex: 0, records: payload }] }] }))
    broker.on(Produce, () => ({}))
    const client = await connect(broker.address)
    const fetched = await client.send(Fetch, { maxWaitMs: 1, minBytes: 1, topics: [] }, { nodeId: 1 })
    expect(fetched.responses[0]!.partitions[0]!.records!.equals(payload)).toBe(true)
    await client.send(
      Produce,
      { acks: 1, timeoutMs: 1, topicData: [{ name: 't', partitionData: [{ index: 0, records: payload }] }] },
      { nodeId: 1 },
    )
    const [received] = broker.requests(Produce) as unknown as {
      request: { topicData: { partitionData: { records: Buffer }[] }[] }
    }[]
    expect(received!.request.topicData[0]!.partitionData[0]!.records.equals(payload)).toBe(true)
  })

  it('gives a long poll its wait on top of the timeout, then gives the connection up', async () => {
    const clock = new FakeClock()
    const broker = await startBroker()
    const arrived = new Promise((resolve) => broker.on(Fetch, () => new Promise(() => resolve(true))))
    const client = await connect(broker.address, { 'request.timeout.ms': '1000' }, { clock })
    const poll = client.send(Fetch, { ...fetchForever, maxWaitMs: 500 }, { nodeId: 1, lane: 'fetch' })
    const outcome = poll.then(
      () => 'answered',
      (error: Error) => error,
    )
    await arrived
    clock.advance(1499)
    broker.on(ListOffsets, () => ({}))
    await client.send(ListOffsets, {}, { nodeId: 1 })
    clock.advance(1)
    expect(await outcome).toEqual(
      new EnvironmentError(`The broker at ${broker.address} has not answered Fetch within 1500 ms`),
    )
  })

  it('reports a lost connection, and opens a new one for the next request', async () => {
    const broker = await startBroker()
    const arrived = new Promise((resolve) => broker.on(Fetch, () => new Promise(() => resolve(true))))
    const client = await connect(broker.address)
    const poll = client.send(Fetch, fetchForever, { nodeId: 1 })
    const outcome = poll.catch((error: Error) => error)
    await arrived
    broker.dropConnections()
    expect(await outcome).toBeInstanceOf(EnvironmentError)
    broker.on(ListOffsets, () => ({ throttleTimeMs: 1 }))
    expect(await client.send(ListOffsets, {}, { nodeId: 1 })).toMatchObject({ throttleTimeMs: 1 })
  })
})

it('arms no timer while nothing is to be done (kafkajs#1751)', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const broker = await startBroker()
  const before = timers()
  const client = await connect(broker.address)
  await client.metadata([])
  expect(timers()).toBe(before)
})

describe('coordinator', () => {
  it('waits while it is being set up', async () => {
    const broker = await startBroker()
    const codes = [15, 14, 0]
    broker.on(FindCoordinator, ({ coordinatorKeys, keyType }) => ({
      coordinators: coordinatorKeys.map((key) => ({ key, nodeId: 1, errorCode: keyType === 0 ? codes.shift()! : 53 })),
    }))
    const client = await connect(broker.address, { 'retry.backoff.ms': '1' })
    expect(await client.coordinator('group', 'group')).toBe(1)
    await expect(client.coordinator('id', 'transaction')).rejects.toMatchObject({
      code: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    })
  })

  it('asks older brokers for one key', async () => {
    const broker = await startBroker({ versions: { FindCoordinator: [0, 3] } })
    broker.on(FindCoordinator, ({ key }) => ({ nodeId: key === 'group' ? 1 : 5 }))
    const client = await connect(broker.address)
    expect(await client.coordinator('group', 'group')).toBe(1)
  })
})

describe('answers and requests that break the rules', () => {
  it('asks again for an answer that cannot be read, and takes the third for final', async () => {
    const broker = await startBroker()
    broker.on(ListOffsets, () => ({ topics: [{ name: 't', partitions: [{ partitionIndex: 0 }] }] })).spoil(ListOffsets)
    const client = await connect(broker.address)
    const ask = () => client.send(ListOffsets, {})
    await expect(ask()).rejects.toBeInstanceOf(EnvironmentError)
    await expect(ask()).rejects.toBeInstanceOf(EnvironmentError)
    await expect(ask()).rejects.toMatchObject({
      name: 'KafkaError',
      message: expect.stringMatching(/sent an answer to ListOffsets that cannot be read: .* \(3 times now\)$/),
    })
  })

  it('takes what the protocol cannot carry for bad input', async () => {
    const client = await connect((await startBroker()).address)
    await expect(client.metadata(['n'.repeat(40_000)])).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/^Metadata cannot be sent in version \d+: .*40000 bytes is too long/),
    })
  })
})

describe('close', () => {
  it('rejects what is under way at once and leaves no connection behind', async () => {
    const broker = await startBroker()
    const arrived = new Promise((resolve) => broker.on(Fetch, () => new Promise(() => resolve(true))))
    const client = await connect(broker.address)
    const poll = client.send(Fetch, fetchForever, { nodeId: 1, lane: 'fetch' })
    const outcome = poll.catch((error: Error) => error)
    await arrived
    await client.close()
    expect(await outcome).toEqual(new EnvironmentError('The connection to the cluster has been closed'))
    await expect(client.send(ListOffsets, {})).rejects.toThrow('closed')
    while (broker.openConnections > 0) await new Promise((resolve) => setImmediate(resolve))
  })
})
