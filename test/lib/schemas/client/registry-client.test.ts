import { createServer } from 'node:net'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src/lib/clock.ts'
import { openRegistryClient, RegistryError, type RegistryClient } from '../../../../src/lib/schemas/client/index.ts'
import { FakeRegistry, refusal, type Asked, type Reply } from '../../../support/fake-registry.ts'

const open: FakeRegistry[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((registry) => registry.close()))
})

async function serve(reply: (asked: Asked) => Reply, tls?: Parameters<typeof FakeRegistry.start>[1]) {
  const registry = await FakeRegistry.start(reply, tls)
  open.push(registry)
  return registry
}

async function clientOf(properties: Readonly<Record<string, string>>): Promise<RegistryClient> {
  return (await openRegistryClient(new Map(Object.entries({ 'retries.wait.ms': '1', ...properties })), systemClock))!
}

const at = (registry: FakeRegistry, more: Readonly<Record<string, string>> = {}): Promise<RegistryClient> =>
  clientOf({ 'schema.registry.url': registry.url, ...more })

const failureOf = (work: Promise<unknown>): Promise<RegistryError> =>
  work.then(
    () => Promise.reject(new Error('nothing failed')),
    (error: unknown) => error as RegistryError,
  )

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

const schema = { type: 'AVRO', text: '"string"', references: [] } as const

describe('the requests', () => {
  test('follow the API of Confluent', async () => {
    const registry = await serve(({ method, path }) => {
      if (path === '/schemas/ids/7') return { json: { schema: '"int"' } }
      if (path.endsWith('/versions') && method === 'POST') return { json: { id: 7 } }
      if (path.startsWith('/compatibility')) return { json: { is_compatible: false, messages: ['no'] } }
      if (path === '/config/a%2Fb') return { json: { compatibilityLevel: 'FULL' } }
      return { json: { subject: 'a/b', version: 2, id: 7, schema: 'x', schemaType: 'JSON', references: null } }
    })
    const client = await at(registry)
    expect(await client.schema(7)).toEqual({ type: 'AVRO', text: '"int"', references: [] })
    expect(await client.register('a/b', { ...schema, type: 'JSON' }, { isNormalized: true })).toEqual({ id: 7 })
    expect(await client.checkCompatibility('a/b', schema, { version: 'latest' })).toEqual({
      isCompatible: false,
      reasons: ['no'],
    })
    expect(await client.level('a/b')).toBe('FULL')
    expect(await client.version('a/b', 2)).toEqual({
      subject: 'a/b',
      version: 2,
      id: 7,
      type: 'JSON',
      text: 'x',
      references: [],
    })
    expect(registry.paths).toEqual([
      'GET /schemas/ids/7',
      'POST /subjects/a%2Fb/versions',
      'POST /compatibility/subjects/a%2Fb/versions/latest',
      'GET /config/a%2Fb',
      'GET /subjects/a%2Fb/versions/2',
    ])
    const [, registered, checked, config] = registry.asked
    expect(registered).toMatchObject({ query: { normalize: 'true' }, body: { schema: '"string"', schemaType: 'JSON' } })
    expect(checked).toMatchObject({ query: { verbose: 'true' }, body: { schema: '"string"' } })
    expect(config!.query).toEqual({ defaultToGlobal: 'true' })
    expect(registered!.headers['content-type']).toBe('application/vnd.schemaregistry.v1+json')
    expect(registered!.headers.accept).toContain('application/json')
  })

  test('go to a base path', async () => {
    const registry = await serve(() => ({ json: [] }))
    const client = await at(registry, { 'schema.registry.url': `${registry.url}/apis/ccompat/v7/` })
    await client.subjects()
    expect(registry.paths).toEqual(['GET /apis/ccompat/v7/subjects'])
  })
})

describe('who asks', () => {
  const basic = `Basic ${Buffer.from('ada:l:ove').toString('base64')}`

  test.each([
    ['a user', { 'basic.auth.user.info': 'ada:l:ove' }, basic],
    ['a user in front', { 'schema.registry.basic.auth.user.info': 'ada:l:ove' }, basic],
    [
      'the user of the cluster',
      {
        'basic.auth.credentials.source': 'SASL_INHERIT',
        'sasl.jaas.config': 'a.b.PlainLoginModule required username="ada" password="l:ove";',
      },
      basic,
    ],
    ['a token', { 'bearer.auth.credentials.source': 'STATIC_TOKEN', 'bearer.auth.token': 'abc' }, 'Bearer abc'],
    ['a header', { 'request.header.Authorization': 'Mine' }, 'Mine'],
  ])('is said by %s', async (_who, properties, header) => {
    const registry = await serve(() => ({ json: [] }))
    await (await at(registry, properties)).subjects()
    expect(registry.asked[0]!.headers.authorization).toBe(header)
  })

  test('is said by the address, which is shown without it', async () => {
    const registry = await serve(() => refusal(40101, 'Unauthorized'))
    const client = await at(registry, { 'schema.registry.url': `http://ada:l%3Aove@localhost:${registry.port}` })
    const error = await failureOf(client.subjects())
    expect(registry.asked[0]!.headers.authorization).toBe(basic)
    expect(`${client.shown} ${error.message}`).not.toMatch(/ada|ove/)
  })

  test.each([
    [{ 'basic.auth.user.info': 'secret' }, 'basic.auth.user.info has no colon: USER:PASSWORD'],
    [{ 'basic.auth.credentials.source': 'USER_INFO' }, 'basic.auth.user.info is missing: USER:PASSWORD'],
    [{ 'basic.auth.credentials.source': 'X' }, 'basic.auth.credentials.source=X is not known'],
    [{ 'basic.auth.credentials.source': 'SASL_INHERIT' }, 'needs a username and a password in sasl.jaas.config'],
    [{ 'bearer.auth.credentials.source': 'OAUTHBEARER' }, 'is not supported here: STATIC_TOKEN'],
    [{ 'bearer.auth.token': 't', 'basic.auth.user.info': 'a:b' }, 'contradict each other'],
    [{ 'schema.registry.url': 'ftp://ada:secret@x' }, '"ftp://x" is not an address such as http://localhost:8081'],
    [{ 'http.read.timeout.ms': 'soon' }, 'http.read.timeout.ms=soon is not valid: a whole number is expected'],
  ])('is refused where it makes no sense: %j', async (properties, message) => {
    const refused = clientOf({ 'schema.registry.url': 'localhost:8081', ...properties })
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.not.toThrow('secret')
  })
})

describe('what goes wrong', () => {
  test.each([
    [refusal(40401, "Subject 'x' not found."), "Subject 'x' not found (40401)", 40401],
    [refusal(42201, 'Invalid schema; error code: 42201'), 'Invalid schema (42201)', 42201],
    [{ status: 401, text: '', type: '' } as const, 'answers 401; look at basic.auth.user.info', 401],
    [
      { status: 404, text: '<html>', type: 'text/html' } as const,
      'answers 404 with text/html, as none does',
      undefined,
    ],
    [
      { status: 200, text: 'hello', type: 'text/plain' } as const,
      'answers 200 with text/plain, as none does',
      undefined,
    ],
  ])('comes through: %j', async (reply, message, code) => {
    const registry = await serve(() => reply)
    const error = await failureOf((await at(registry)).subjects())
    expect(error).toBeInstanceOf(RegistryError)
    expect(error.message).toContain(message)
    expect(error.errorCode).toBe(code)
    expect(registry.asked).toHaveLength(1)
  })

  test('passes where it is tried again', async () => {
    let times = 0
    const registry = await serve(() => {
      times += 1
      return times === 1 ? 'reset' : times === 2 ? refusal(50004, 'no leader') : { json: ['a'] }
    })
    expect(await (await at(registry)).subjects()).toEqual(['a'])
  })

  test('passes at another address, which is asked first from then on', async () => {
    const registry = await serve(() => ({ json: [] }))
    const client = await clientOf({ 'schema.registry.url': `localhost:${await closedPort()},${registry.url}` })
    await client.subjects()
    await client.subjects()
    expect(registry.asked).toHaveLength(2)
  })

  test('nobody there', async () => {
    const port = await closedPort()
    const error = await failureOf((await clientOf({ 'schema.registry.url': `localhost:${port}` })).subjects())
    expect(error.message).toBe(`Cannot reach the schema registry http://localhost:${port}: connection refused`)
    expect(error.isUnreachable).toBe(true)
  })

  test('nobody who answers in time', async () => {
    const registry = await serve(() => 'silence')
    const error = await failureOf((await at(registry, { 'http.read.timeout.ms': '50' })).subjects())
    expect(error.message).toMatch(/Cannot reach the schema registry .*: no answer in time/)
  })
})

describe('TLS', () => {
  const file = (name: string): string => fileURLToPath(new URL(`../../../support/${name}`, import.meta.url))
  const tls = { key: readFileSync(file('tls/localhost.key')), cert: readFileSync(file('tls/localhost.crt')) }

  test('trusts what schema.registry.ssl.truststore names', async () => {
    const registry = await serve(() => ({ json: ['a'] }), tls)
    const client = await at(registry, { 'schema.registry.ssl.truststore.location': file('tls/localhost.crt') })
    expect(await client.subjects()).toEqual(['a'])
  })

  test('trusts nobody else', async () => {
    const registry = await serve(() => ({ json: ['a'] }), tls)
    const error = await failureOf(
      (await at(registry, { 'ssl.truststore.location': file('tls/localhost.crt') })).subjects(),
    )
    expect(error.message).toContain('name its authority with schema.registry.ssl.truststore.location')
  })

  test('names the property of a store that cannot be opened', async () => {
    const properties = { 'schema.registry.url': 'https://x', 'schema.registry.ssl.keystore.location': '/none.p12' }
    await expect(clientOf(properties)).rejects.toThrow(
      'schema.registry.ssl.keystore.location: /none.p12 cannot be read',
    )
  })
})
