import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startBroker, type BrokerOptions, type RunningBroker } from '../../../src/lib/broker/index.ts'
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

test.each([
  ['orders:0', 'topic orders: 0 is not a number of partitions'],
  ['a b', /^topic a b: Topic name is invalid: /],
  [{ name: 'a', partitions: 1.5 }, 'topic a: 1.5 is not a number of partitions'],
  [{ name: 'a', partitions: 20_000 }, 'topic a: Excessively large number of partitions per request.'],
  [{ name: 'a', configs: { 'retention.ms': 'soon' } }, /^topic a: Invalid value soon for configuration retention.ms/],
])('a topic that cannot be, %j, is refused, and the port and folder are free again', async (topic, message) => {
  await expect(startBroker({ dataDir, topics: [topic] })).rejects.toMatchObject({
    name: 'UserError',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  })
  await start({ dataDir })
})
