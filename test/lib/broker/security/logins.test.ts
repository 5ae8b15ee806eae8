import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { startBroker, type RunningBroker } from '../../../../src/lib/broker/index.ts'
import { alterUserScramCredentials } from '../../../../src/lib/client/admin/alter-user-scram-credentials.ts'
import { connectClient } from '../../../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../../../src/lib/client/types.ts'
import { DescribeConfigs } from '../../../../src/lib/protocol/apis/describe-configs.ts'
import { IncrementalAlterConfigs } from '../../../../src/lib/protocol/apis/incremental-alter-configs.ts'
import { makeCertificates } from '../../../../src/lib/security/certificates/local-certificates.ts'
import { unsecuredToken } from '../../../../src/lib/security/oauth/jwt.ts'

const stored = (name: string): string => fileURLToPath(new URL(`../../../support/stores/${name}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'kts-logins-'))
afterAll(() => rmSync(folder, { recursive: true }))

const NOW = Date.now()
const { authority, server } = makeCertificates(['localhost', '127.0.0.1'], NOW)
const [caFile, serverFile] = [join(folder, 'ca.crt'), join(folder, 'server.pem')]
writeFileSync(caFile, authority)
writeFileSync(serverFile, server)

const JAAS = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="alice-secret";'
const SECURE = 'listener.name.secure'
const tls = { [`${SECURE}.ssl.keystore.type`]: 'PEM', [`${SECURE}.ssl.keystore.location`]: serverFile }
const trust = { 'ssl.truststore.location': caFile, 'ssl.truststore.type': 'PEM' }

const open: { stop?(): Promise<unknown>; close?(): unknown }[] = []
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await (item.stop?.() ?? item.close?.())
})
const warnings: string[] = []
afterEach(() => void warnings.splice(0))

/** A listener to be tried, and a plain one for the broker itself. */
async function start(protocol: string, properties: Record<string, string> = {}): Promise<Started> {
  const broker = await startBroker({
    properties: {
      listeners: 'SECURE://127.0.0.1:0,PLAIN://127.0.0.1:0',
      'listener.security.protocol.map': `SECURE:${protocol},PLAIN:PLAINTEXT`,
      'inter.broker.listener.name': 'PLAIN',
      'connection.failed.authentication.delay.ms': '20',
      ...properties,
    },
    onWarning: (line) => void (line.startsWith('SECURE: ') && warnings.push(line)),
  })
  open.push(broker)
  return { broker, protocol }
}
interface Started {
  readonly broker: RunningBroker
  readonly protocol: string
}

async function connect({ broker, protocol }: Started, properties: Record<string, string> = {}): Promise<KafkaClient> {
  const client = await connectClient(
    {
      bootstrapServers: [broker.bootstrapServers],
      clientId: 'test',
      properties: new Map(Object.entries({ 'security.protocol': protocol, ...properties })),
    },
    { connectTimeoutMs: 2000 },
  )
  open.push(client)
  return client
}

const login = (mechanism: string, username: string, password: string): Record<string, string> => ({
  'sasl.mechanism': mechanism,
  'sasl.username': username,
  'sasl.password': password,
})

describe.each(['SASL_PLAINTEXT', 'SASL_SSL'])('over %s', (protocol) => {
  const secured = protocol === 'SASL_SSL' ? [tls, trust] : [{}, {}]

  test.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)(
    '%s lets in who has the password',
    async (mechanism) => {
      const started = await start(protocol, {
        ...secured[0],
        [`${SECURE}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
        [`${SECURE}.plain.sasl.jaas.config`]: JAAS,
      })
      const admin = await connect(started, { ...secured[1], ...login('PLAIN', 'alice', 'alice-secret') })
      if (mechanism !== 'PLAIN') {
        const upsert = [{ mechanism, iterations: 4096, password: 'alice-secret' }]
        expect(await alterUserScramCredentials(admin, 'alice', { upsert, delete: [] })).toBeNull()
      }
      const client = await connect(started, { ...secured[1], ...login(mechanism, 'alice', 'alice-secret') })
      expect(await client.brokers()).toHaveLength(1)
      const wrong = [
        ['alice', 'wrong-secret'],
        ['mallory', 'alice-secret'],
      ] as const
      for (const [user, password] of wrong) {
        await expect(connect(started, { ...secured[1], ...login(mechanism, user, password) })).rejects.toThrow()
      }
      expect(warnings).toHaveLength(2)
      expect(warnings[0]).toMatch(/^SECURE: closed the connection of \/127\.0\.0\.1: .*wrong password of user "alice"$/)
      expect(warnings[1]).toMatch(/^SECURE: closed .*there is no user "mallory"/)
      expect(warnings.join()).not.toMatch(/-secret/)
    },
  )

  test('OAUTHBEARER lets in who has a token that holds', async () => {
    const started = await start(protocol, { ...secured[0], 'sasl.enabled.mechanisms': 'OAUTHBEARER' })
    const tokenFile = join(folder, 'token')
    const file = { 'sasl.mechanism': 'OAUTHBEARER', 'sasl.oauthbearer.token.endpoint.url': `file://${tokenFile}` }
    const seconds = Math.floor(NOW / 1000)
    writeFileSync(tokenFile, unsecuredToken({ sub: 'alice', iat: seconds, exp: seconds + 600 }))
    expect(await (await connect(started, { ...secured[1], ...file })).brokers()).toHaveLength(1)
    writeFileSync(tokenFile, unsecuredToken({ sub: 'alice', iat: seconds - 100, exp: seconds - 10 }))
    await expect(connect(started, { ...secured[1], ...file })).rejects.toThrow()
  })
})

test('a mechanism that is not offered is refused with those that are', async () => {
  const started = await start('SASL_PLAINTEXT', { 'sasl.enabled.mechanisms': 'SCRAM-SHA-512' })
  await expect(connect(started, login('PLAIN', 'alice', 'x'))).rejects.toThrow()
  expect(warnings[0]).toMatch(/it asks for "PLAIN", the mechanisms are SCRAM-SHA-512$/)
})

describe('TLS', () => {
  const clientKeys = { 'ssl.keystore.location': stored('keytool.p12'), 'ssl.keystore.password': 'changeit' }

  test('encrypts, and plain text there is told of', async () => {
    const started = await start('SSL', tls)
    expect(await (await connect(started, trust)).brokers()).toHaveLength(1)
    await expect(connect({ ...started, protocol: 'PLAINTEXT' })).rejects.toThrow()
    await vi.waitFor(() => expect(warnings[0]).toMatch(/^SECURE: .* it does not speak TLS$/))
  })

  test('on a plain listener is told of', async () => {
    const started = await start('SASL_PLAINTEXT', { 'sasl.enabled.mechanisms': 'SCRAM-SHA-512' })
    await expect(connect({ ...started, protocol: 'SSL' }, trust)).rejects.toThrow()
    expect(warnings[0]).toMatch(/^SECURE: .* TLS/)
  })

  test.each([
    ['TLSv1.2', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
    ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
    ['TLSv1.3', 'TLS_AES_256_GCM_SHA384'],
    ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'],
  ])('asks for a certificate where it is required, and says so, in %s with %s', async (version, suite) => {
    const started = await start('SSL', { ...tls, 'ssl.client.auth': 'required' })
    const client = { ...trust, 'ssl.enabled.protocols': version, 'ssl.cipher.suites': suite }
    await expect(connect(started, client)).rejects.toThrow('asks for a client certificate')
    expect(warnings.splice(0)[0]).toMatch(/it shows no certificate, and ssl.client.auth is required$/)
    await expect(connect(started, { ...client, ...clientKeys })).rejects.toThrow('it refuses the client certificate')
    expect(warnings[0]).toMatch(/its certificate is not from an authority/)
  })

  test('judges a certificate that it does not require', async () => {
    const started = await start('SSL', { ...tls, 'ssl.client.auth': 'requested' })
    expect(await (await connect(started, trust)).brokers()).toHaveLength(1)
    await expect(connect(started, { ...trust, ...clientKeys })).rejects.toThrow('it refuses the client certificate')
  })

  test('shows a new certificate when the setting changes, and keeps the old one where the new one cannot be', async () => {
    const started = await start('SSL', tls)
    const client = await connect(started, trust)
    const alter = async (value: string): Promise<string | null | undefined> => {
      const configs = [{ name: `${SECURE}.ssl.keystore.location`, configOperation: 0, value }]
      const answer = await client.send(
        IncrementalAlterConfigs,
        { resources: [{ resourceType: 4, resourceName: '1', configs }] },
        { nodeId: 1 },
      )
      return answer.responses[0]!.errorMessage
    }
    expect(await alter(join(folder, 'none.pem'))).toMatch(/none.pem cannot be read/)
    writeFileSync(join(folder, 'foreign.pem'), makeCertificates(['example.org'], NOW).server)
    expect(await alter(join(folder, 'foreign.pem'))).toMatch(
      /^listener SECURE: ssl.keystore: the certificate lacks DNS:/,
    )
    expect(await (await connect(started, trust)).brokers()).toHaveLength(1)
    const other = makeCertificates(['localhost', '127.0.0.1'], NOW)
    writeFileSync(join(folder, 'other.pem'), other.server)
    writeFileSync(join(folder, 'other.crt'), other.authority)
    expect(await alter(join(folder, 'other.pem'))).toBeNull()
    await expect(connect(started, trust)).rejects.toThrow()
    const trustOther = { ...trust, 'ssl.truststore.location': join(folder, 'other.crt') }
    expect(await (await connect(started, trustOther)).brokers()).toHaveLength(1)
  })
})

test('no secret is in what DescribeConfigs answers', async () => {
  const started = await start('SASL_PLAINTEXT', {
    [`${SECURE}.sasl.enabled.mechanisms`]: 'PLAIN',
    [`${SECURE}.plain.sasl.jaas.config`]: JAAS,
  })
  const client = await connect(started, login('PLAIN', 'alice', 'alice-secret'))
  const request = { resources: [{ resourceType: 4, resourceName: '1', configurationKeys: null }] }
  const answer = await client.send(DescribeConfigs, { ...request, includeSynonyms: true }, { nodeId: 1 })
  const text = JSON.stringify(answer, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  expect(text).toMatch(/plain.sasl.jaas.config/)
  expect(text).not.toMatch(/alice-secret/)
})

test.each([
  ['an unknown mechanism', { 'sasl.enabled.mechanisms': 'GSSAPI' }, /GSSAPI \(Kerberos\).* is not supported here/],
  ['PLAIN without users', { 'sasl.enabled.mechanisms': 'PLAIN' }, /secure.plain.sasl.jaas.config is not set/],
])('does not start with %s', async (_, properties, message) => {
  await expect(start('SASL_PLAINTEXT', properties)).rejects.toThrow(message)
})

test.each([
  ['no key', {}, /^listener SECURE: ssl.keystore.location is not set/],
  [
    'a wrong password',
    { 'ssl.keystore.location': stored('keytool.p12'), 'ssl.keystore.password': 'x' },
    /password does not open/,
  ],
])('does not start TLS with %s', async (_, properties, message) => {
  await expect(start('SSL', properties)).rejects.toThrow(message)
})
