import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as library from '../../../src/lib/broker/index.ts'
import { startBroker, UserError, type BrokerOptions, type RunningBroker } from '../../../src/lib/broker/index.ts'
import { connectClient } from '../../../src/lib/client/connect.ts'
import { DescribeConfigs } from '../../../src/lib/protocol/apis/describe-configs.ts'

const started: RunningBroker[] = []
let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'kts-library-'))
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((broker) => broker.stop()))
  rmSync(dataDir, { recursive: true, force: true })
})

async function start(options?: BrokerOptions): Promise<RunningBroker> {
  const broker = await startBroker(options)
  started.push(broker)
  return broker
}

/** The topics that a broker has, with how many partitions, and a setting of one. */
async function look({ bootstrapServers }: RunningBroker, topic: string, config: string) {
  const client = await connectClient({
    bootstrapServers: [bootstrapServers],
    clientId: 'test',
    properties: new Map(),
  })
  try {
    const { topics } = await client.metadata(null)
    const resources = [{ resourceType: 2, resourceName: topic, configurationKeys: [config] }]
    const { results } = await client.send(DescribeConfigs, { resources })
    return {
      topics: Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length])),
      [config]: results[0]!.configs[0]?.value,
    }
  } finally {
    await client.close()
  }
}

test('a broker starts with the topics that it is given', async () => {
  const broker = await start({
    properties: { 'num.partitions': '4' },
    topics: ['events', 'orders:3', { name: 'users', partitions: 2, configs: { 'retention.ms': 1000 } }],
  })
  expect(await look(broker, 'users', 'retention.ms')).toEqual({
    topics: { events: 4, orders: 3, users: 2 },
    'retention.ms': '1000',
  })
})

test('topics that a folder has already stay as they are', async () => {
  const first = await start({ dataDir, topics: [{ name: 'orders', partitions: 3, configs: { 'retention.ms': 1000 } }] })
  await first.stop()
  const again = await start({ dataDir, topics: [{ name: 'orders', partitions: 5 }, 'users'] })
  expect(await look(again, 'orders', 'retention.ms')).toEqual({
    topics: { orders: 3, users: 1 },
    'retention.ms': '1000',
  })
})

test('a broker stops at the end of the block that uses it, and twice is as once', async () => {
  let port: number
  {
    await using broker = await startBroker({ dataDir })
    port = broker.port
    await expect(startBroker({ port })).rejects.toMatchObject({
      name: 'EnvironmentError',
      code: 'EADDRINUSE',
      message: `port ${port} is taken: something else listens on 127.0.0.1:${port}; choose another, or 0 for a free one`,
    })
    await expect(startBroker({ dataDir })).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      message: `${dataDir} is in use by another broker (pid ${process.pid}); stop it, or choose another folder`,
    })
  }
  const again = await start({ port, dataDir })
  await again.stop()
  await again.stop()
})

test('settings are strings, numbers and booleans', async () => {
  const broker = await start({ properties: { 'num.partitions': 3, 'auto.create.topics.enable': false }, topics: ['a'] })
  expect(await look(broker, 'a', 'retention.ms')).toMatchObject({ topics: { a: 3 } })
})

test.each([
  [5, 'startBroker: 5 is not an object of options'],
  [null, 'startBroker: null is not an object of options'],
  [{ prot: 1 }, 'startBroker: there is no option prot; did you mean port?'],
  [{ constructor: 1 }, 'startBroker: there is no option constructor'],
  [{ port: 99_999 }, 'startBroker: port must be a whole number from 0 (any free port) to 65535, not 99999'],
  [{ port: '9092' }, /^startBroker: port must be .*, not '9092'$/],
  [{ dataDir: '' }, /^startBroker: dataDir must be the path of a folder/],
  [{ onWarning: 'loud' }, "startBroker: onWarning must be a function, not 'loud'"],
  [{ properties: { 'num.partitions': null } }, /^startBroker: properties must be an object of strings, numbers and/],
  [
    { properties: { 'num.partition': 3 } },
    'properties: num.partition is not a setting of a Kafka broker; did you mean num.partitions?',
  ],
  [{ properties: { 'num.partitions': 'x' } }, /^Invalid value x for configuration num\.partitions/],
  [{ topics: 'a' }, /^startBroker: topics must be a list/],
  [{ topics: [3] }, 'topics[0]: 3 is not an object of options'],
  [{ topics: ['a', {}] }, 'topics[1]: name must be the name of a topic, not undefined'],
  [{ topics: [{ name: 'a', partition: 2 }] }, 'topics[0]: there is no option partition; did you mean partitions?'],
  [{ topics: [{ name: 'a', partitions: 1.5 }] }, 'topics[0]: partitions must be a whole number above 0, not 1.5'],
  [
    { topics: [{ name: 'a', configs: { 'retentoin.ms': 1 } }] },
    'topic a: retentoin.ms is not a setting of a topic; did you mean retention.ms?',
  ],
  [
    { topics: [{ name: 'a', configs: { 'retention.ms': 'soon' } }] },
    /^topic a: Invalid value soon for configuration retention.ms/,
  ],
  [{ topics: ['orders:0'] }, 'topic orders: Number of partitions was set to an invalid non-positive value.'],
  [{ topics: ['a b'] }, /^topic a b: Topic name is invalid: /],
  [{ topics: ['a:20000'] }, 'topic a: Excessively large number of partitions per request.'],
])('%j is refused, and the folder is free again', async (options, message) => {
  const asked = typeof options === 'object' && options !== null ? { dataDir, ...options } : options
  const error: unknown = await startBroker(asked as BrokerOptions).then(
    () => expect.unreachable(),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(UserError)
  expect(error).toMatchObject({
    code: 'INVALID_INPUT',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  })
  await start({ dataDir })
})

test('the library exports what its users need', () => {
  expect(Object.keys(library).sort()).toEqual(['EnvironmentError', 'UserError', 'startBroker', 'startCluster'])
})
