import { afterEach, describe, expect, it } from 'vitest'
import { startBroker, type RunningBroker } from '../../../src/lib/broker/index.ts'
import { connectClient } from '../../../src/lib/client/connect.ts'
import {
  Consumer,
  consumerSettings,
  Delivery,
  DirectAssignment,
  EARLIEST,
  LATEST,
  topicsNamed,
} from '../../../src/lib/client/consumer/index.ts'
import { parseProducerSettings, Producer } from '../../../src/lib/client/producer/index.ts'
import type { KafkaClient } from '../../../src/lib/client/types.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import type { RunningRegistry } from '../../../src/lib/registry/serve.ts'
import { openRegistry, request } from './support.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function start(topics: Parameters<typeof startBroker>[0] = {}): Promise<RunningBroker> {
  const broker = await startBroker(topics)
  opened.push(() => broker.stop())
  return broker
}

async function open(broker: RunningBroker, options = {}): Promise<{ registry: RunningRegistry; warnings: string[] }> {
  const one = await openRegistry(broker, options)
  opened.push(() => one.registry.close())
  return one
}

const schema = (title: string): object => ({ schemaType: 'JSON', schema: `{"title":"${title}"}` })

async function register(registry: RunningRegistry, subject: string, title: string): Promise<unknown> {
  return (await request(registry, 'POST', `/subjects/${subject}/versions`, schema(title))).body
}

async function clientOf({ bootstrapServers }: RunningBroker): Promise<KafkaClient> {
  const client = await connectClient({ bootstrapServers: [bootstrapServers], clientId: 'test', properties: new Map() })
  opened.push(() => client.close())
  return client
}

/** What the topic holds: key and value of each record. */
async function records(broker: RunningBroker, topic = '_schemas'): Promise<string[]> {
  const client = await clientOf(broker)
  const settings = consumerSettings(new Map())
  const consumer = new Consumer({
    client,
    settings,
    clock: systemClock,
    assign: (parts) =>
      new DirectAssignment(parts, {
        subscription: topicsNamed([topic]),
        partitions: undefined,
        start: EARLIEST,
        end: LATEST,
        autoOffsetReset: 'earliest',
      }),
    notice: () => {},
  })
  const found: string[] = []
  const delivery = new Delivery(
    {
      batch: () => {},
      record: ({ body, keyStart, keyLength, valueStart, valueLength }) => {
        const value = valueLength < 0 ? 'null' : body.toString('utf8', valueStart, valueStart + valueLength)
        found.push(`${body.toString('utf8', keyStart, keyStart + keyLength)} ${value}`)
      },
      endBatch: () => {},
      ready: () => undefined,
    },
    { ...settings, maxRecords: Infinity, isStopped: () => false },
  )
  for (let fetched = await consumer.next(); fetched; fetched = await consumer.next()) {
    await delivery.deliver(fetched)
    consumer.release(fetched)
  }
  await consumer.close(true)
  return found
}

async function write(broker: RunningBroker, lines: readonly (readonly [string, string])[]): Promise<void> {
  const client = await clientOf(broker)
  const { settings } = parseProducerSettings(new Map())
  const producer = new Producer(client, settings, { onFailure: () => {} })
  const writer = await producer.topic('_schemas')
  for (const [key, value] of lines) {
    const [keyBytes, valueBytes] = [Buffer.from(key), Buffer.from(value)]
    writer.append(Date.now(), keyBytes, 0, keyBytes.length, valueBytes, 0, valueBytes.length, null, 0)
  }
  await producer.flush()
  producer.close()
}

describe('the topic _schemas', () => {
  it('holds what Confluent would write', async () => {
    const broker = await start()
    const { registry } = await open(broker)
    await register(registry, 'a', 'x')
    await request(registry, 'PUT', '/config', { compatibility: 'FULL' })
    await request(registry, 'PUT', '/mode/a', { mode: 'READWRITE' })
    await request(registry, 'DELETE', '/mode/a')
    await request(registry, 'DELETE', '/subjects/a')
    await request(registry, 'DELETE', '/subjects/a?permanent=true')
    expect(await records(broker)).toEqual([
      '{"keytype":"SCHEMA","subject":"a","version":1,"magic":1} {"subject":"a","version":1,"id":1,"md5":"CDvlX2xk1mnXc5afzvX1YA==","schemaType":"JSON","schema":"{\\"title\\":\\"x\\"}","deleted":false}',
      '{"keytype":"CONFIG","subject":null,"magic":0} {"compatibilityLevel":"FULL"}',
      '{"keytype":"MODE","subject":"a","magic":0} {"subject":"a","mode":"READWRITE"}',
      '{"keytype":"MODE","subject":"a","magic":0} null',
      '{"keytype":"DELETE_SUBJECT","subject":"a","magic":0} {"subject":"a","version":1}',
      '{"keytype":"SCHEMA","subject":"a","version":1,"magic":1} null',
    ])
  })

  it('is all that a registry needs to go on', async () => {
    const broker = await start()
    const first = await openRegistry(broker)
    await register(first.registry, 'a', 'x')
    await register(first.registry, 'b', 'y')
    await request(first.registry, 'DELETE', '/subjects/b')
    await first.registry.close()
    const { registry } = await open(broker)
    expect(registry.subjects).toBe(1)
    expect((await request(registry, 'GET', '/subjects?deleted=true')).body).toEqual(['a', 'b'])
    expect(await register(registry, 'c', 'y')).toEqual({ id: 2 })
    expect(await register(registry, 'c2', 'z')).toEqual({ id: 3 })
  })

  it('is read with what others have written, and past what is no record of a registry', async () => {
    const broker = await start({
      topics: [{ name: '_schemas', partitions: 1, configs: { 'cleanup.policy': 'compact' } }],
    })
    await write(broker, [
      [
        '{"keytype":"SCHEMA","subject":"t-value","version":1,"magic":1}',
        '{"subject":"t-value","version":1,"id":7,"schemaType":"JSON","schema":"{\\"title\\": \\"spaced\\"}","deleted":false,"extra":1}',
      ],
      ['not json', '{}'],
      ['{"keytype":"SCHEMA","subject":"bad","version":1,"magic":1}', '{"subject":"bad"}'],
      ['{"keytype":"ASSOC","magic":0}', '{}'],
      ['{"keytype":"NOOP","magic":0}', ''],
      ['{"keytype":"CONFIG","subject":"t-value","magic":0}', '{"subject":"t-value","compatibilityLevel":"NONE"}'],
    ])
    const { registry, warnings } = await open(broker)
    expect((await request(registry, 'GET', '/subjects/t-value/versions/1')).body).toMatchObject({ id: 7 })
    expect((await request(registry, 'GET', '/config/t-value')).body).toEqual({ compatibilityLevel: 'NONE' })
    expect((await request(registry, 'POST', '/subjects/t-value', schema('spaced'))).body).toMatchObject({ id: 7 })
    expect(await register(registry, 't-value', 'spaced')).toEqual({ id: 7 })
    expect(await register(registry, 't-value', 'next')).toEqual({ id: 8 })
    expect(warnings.filter((line) => line.includes('passed over'))).toHaveLength(2)
  })

  it('is refused where it would lose schemas, or is divided', async () => {
    const broker = await start({
      topics: ['_schemas:1', { name: 'wide', partitions: 2, configs: { 'cleanup.policy': 'compact' } }],
    })
    await expect(openRegistry(broker)).rejects.toThrow('cleanup.policy=delete and would lose schemas')
    await expect(openRegistry(broker, { topic: 'wide' })).rejects.toThrow('has 2 partitions')
  })
})

describe('registries of one cluster', () => {
  it('write through the one that leads, and choose another one when it goes', async () => {
    const broker = await start()
    const one = await openRegistry(broker)
    expect(await register(one.registry, 'a', 'x')).toEqual({ id: 1 })
    const two = await open(broker)
    expect((await request(two.registry, 'GET', '/subjects')).body).toEqual(['a'])
    expect(await register(two.registry, 'b', 'y')).toEqual({ id: 2 })
    const refused = await request(two.registry, 'POST', '/subjects/b/versions', { schemaType: 'JSON', schema: '{' })
    expect([refused.status, refused.body]).toMatchObject([422, { error_code: 42201 }])
    expect([...one.warnings, ...two.warnings].join()).toMatch(/the registry at http:\/\/localhost:\d+ leads and writes/)
    await one.registry.close()
    expect(await register(two.registry, 'c', 'z')).toEqual({ id: 3 })
  })

  it('do not write where none may lead', async () => {
    const broker = await start()
    const { registry } = await open(broker, { mayLead: false, electionTimeoutMs: 50 })
    const { status, body } = await request(registry, 'POST', '/subjects/a/versions', schema('x'))
    expect([status, body]).toMatchObject([500, { error_code: 50004 }])
    expect((await request(registry, 'GET', '/subjects')).body).toEqual([])
  })
})

describe('what a registry asks of those who ask', () => {
  it('is a login, where it has users', async () => {
    const broker = await start()
    const { registry } = await open(broker, { users: new Map([['ada', 'secret:x']]) })
    const ask = (login?: string) =>
      request(
        registry,
        'GET',
        '/subjects',
        undefined,
        login === undefined ? {} : { Authorization: `Basic ${btoa(login)}` },
      )
    expect((await ask('ada:secret:x')).status).toBe(200)
    for (const login of [undefined, 'ada:other', 'eve:secret:x', 'ada', ''])
      expect(await ask(login)).toMatchObject({ status: 401, body: { error_code: 401 } })
  })

  it('is no more than the topic takes', async () => {
    const broker = await start()
    const { registry } = await open(broker)
    const large = await register(registry, 'large', 'x'.repeat(2 << 20))
    expect(large).toMatchObject({ error_code: 42209 })
    expect((await request(registry, 'POST', '/subjects/a', 'x'.repeat(17 << 20))).status).toBe(413)
    expect(await register(registry, 'small', 'x')).toEqual({ id: 1 })
  })
})
