import { Kafka, logLevel } from 'kafkajs'
import { afterEach, describe, expect, test } from 'vitest'
import { startBroker, startCluster, UserError, type ClientAccess } from '../../../src/lib/broker/index.ts'
import { connectClient } from '../../../src/lib/client/connect.ts'

const open: { stop?(): Promise<void>; close?(): Promise<void> }[] = []
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await (item.stop?.() ?? item.close?.())
})

async function topicsOf(properties: Record<string, string>): Promise<(string | null)[]> {
  const { 'bootstrap.servers': servers, ...others } = properties
  const client = await connectClient({
    bootstrapServers: servers!.split(','),
    clientId: 'test',
    properties: new Map(Object.entries(others)),
  })
  open.push(client)
  return (await client.metadata(null)).topics.map(({ name }) => name)
}

async function topicsByKafkaJs(config: ReturnType<ClientAccess['kafkaJsConfig']>): Promise<string[]> {
  const admin = new Kafka({ ...config, logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin()
  await admin.connect()
  try {
    return await admin.listTopics()
  } finally {
    await admin.disconnect()
  }
}

const PASSWORD = 'a"b\\c;é'

describe('startBroker', () => {
  test.each([
    [{ tls: true }, 'SSL'],
    [{ users: { alice: PASSWORD } }, 'SASL_PLAINTEXT'],
    [{ tls: true, users: { alice: PASSWORD } }, 'SASL_SSL'],
    [{}, 'PLAINTEXT'],
  ])('with %j speaks %s, and says how to get in', async (options, protocol) => {
    const broker = await startBroker({ ...options, topics: ['a'] })
    open.push(broker)
    expect(broker.clientProperties()).toMatchObject({ 'security.protocol': protocol })
    expect(await topicsOf(broker.clientProperties())).toEqual(['a'])
    expect(await topicsByKafkaJs(broker.kafkaJsConfig())).toEqual(['a'])
  })

  test('lets users do what ACLs allow, and the first everything', async () => {
    const broker = await startBroker({ users: { alice: 'a', bob: 'b' }, acls: true, topics: ['a'] })
    open.push(broker)
    expect(await topicsOf(broker.clientProperties())).toEqual(['a'])
    expect(await topicsOf(broker.clientProperties('bob'))).toEqual([])
    expect(() => broker.clientProperties('carol')).toThrow('there is no user carol; there are alice, bob')
  })

  test('refuses a wrong password, and whoever has none', async () => {
    const { stop, clientProperties, bootstrapServers } = await startBroker({ users: { alice: 'right' } })
    open.push({ stop })
    const properties = clientProperties()
    const wrong = { ...properties, 'sasl.jaas.config': properties['sasl.jaas.config']!.replace('right', 'wrong') }
    await expect(topicsOf(wrong)).rejects.toMatchObject({ code: 'SASL_AUTHENTICATION_FAILED' })
    await expect(topicsOf({ 'bootstrap.servers': bootstrapServers })).rejects.toThrow('does it ask for a login')
  })

  test.each([{ users: { alice: '' } }, { users: { '': 's3cret' } }, { users: { a: 5, b: 's3cret' } }, { acls: true }])(
    'refuses %j without showing a password',
    async (options) => {
      const attempt = startBroker(options as object)
      await expect(attempt).rejects.toThrow(UserError)
      await expect(attempt).rejects.not.toThrow('s3cret')
    },
  )
})

test('the brokers of startCluster know each other, and clients log in to all of them', async () => {
  const cluster = await startCluster({ brokers: 2, tls: true, users: { alice: PASSWORD }, acls: true, topics: ['a'] })
  open.push(cluster)
  expect(await topicsOf(cluster.clientProperties())).toEqual(['a'])
  expect(await topicsByKafkaJs(cluster.kafkaJsConfig())).toEqual(['a'])
  await expect(topicsOf({ 'bootstrap.servers': cluster.bootstrapServers })).rejects.toThrow()
})
