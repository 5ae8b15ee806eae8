import { constants } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nearProperty } from '../../../src/lib/client/near-properties.ts'
import { readProperties } from '../../../src/lib/client/properties.ts'
import { UserError } from '../../../src/lib/errors.ts'

const read = (properties: Record<string, string>) =>
  readProperties(
    { bootstrapServers: [], clientId: 'kts/1', properties: new Map(Object.entries(properties)) },
    Date.now(),
  )

const tls = async (properties: Record<string, string>) =>
  (await read({ 'security.protocol': 'SSL', ...properties })).connection.ssl!

describe('readProperties', () => {
  it('has the defaults of the Java client, but for a connection, which has three seconds', async () => {
    expect(await read({})).toEqual({
      connection: {
        clientId: 'kts/1',
        ssl: null,
        sasl: null,
        connectTimeoutMs: 3000,
        reconnectBackoffMs: 50,
        reconnectBackoffMaxMs: 1000,
      },
      requests: { requestTimeoutMs: 30_000, apiTimeoutMs: 60_000, retryBackoffMs: 100, retryBackoffMaxMs: 1000 },
      warnings: [],
    })
  })

  it('takes timeouts over', async () => {
    const { connection, requests } = await read({
      'request.timeout.ms': ' 20 ',
      'default.api.timeout.ms': '30',
      'socket.connection.setup.timeout.ms': '40',
    })
    expect([requests.requestTimeoutMs, requests.apiTimeoutMs, connection.connectTimeoutMs]).toEqual([20, 30, 40])
  })

  it.each([
    ['request.timeout.ms', 'soon'],
    ['request.timeout.ms', '2147483648'],
    ['request.timeout.ms', '-1'],
    ['linger.ms', '1.5'],
    ['fetch.min.bytes', ''],
    ['enable.idempotence', 'yes'],
    ['sasl.login.refresh.window.factor', 'x'],
    ['security.protocol', 'TLS'],
  ])('refuses %s=%s, naming it', async (name, value) => {
    await expect(read({ [name]: value })).rejects.toThrow(UserError)
    await expect(read({ [name]: value })).rejects.toThrow(name)
  })

  it.each([
    ['linger.ms', '9223372036854775807'],
    ['enable.idempotence', 'TRUE'],
    ['sasl.login.refresh.window.factor', '0.5'],
    ['acks', 'whatever'],
  ])('has nothing against %s=%s', async (name, value) => expect((await read({ [name]: value })).warnings).toEqual([]))

  it('knows the properties of producers, consumers and admins alike', async () => {
    expect(
      (
        await read({
          acks: 'all',
          'group.id': 'g',
          'bootstrap.controllers': '',
          'sasl.oauthbearer.scope': 'a',
          'max.poll.recods': '5',
        })
      ).warnings,
    ).toEqual([expect.stringContaining('max.poll.recods')])
  })
})

describe('a name that is nearly another', () => {
  it.each([
    ['security.protocl', 'security.protocol'],
    ['security_protocol', 'security.protocol'],
    ['Security.Protocol', 'security.protocol'],
    ['sasl.mechanisms', 'sasl.mechanism'],
    ['sasl-mechanism', 'sasl.mechanism'],
    ['sasl.jaas.conf', 'sasl.jaas.config'],
    ['saslJaasConfig', 'sasl.jaas.config'],
    ['ssl.trustore.location', 'ssl.truststore.location'],
    ['ssl.truststore.certificate', 'ssl.truststore.certificates'],
    ['ssl.ca.location', 'ssl.truststore.location'],
    ['ssl.keystore.pasword', 'ssl.keystore.password'],
    ['ssl.endpoint.identification.algoritm', 'ssl.endpoint.identification.algorithm'],
  ])('is refused where it decides where or as whom one connects: %s', async (name, meant) => {
    await expect(read({ [name]: 'x' })).rejects.toThrow(
      new UserError(`${name} is not a property of a Kafka client; did you mean ${meant}?`),
    )
    expect(nearProperty(meant)).toBeUndefined()
  })

  it("is another client's where the right one is there too", async () => {
    expect(
      (await read({ 'sasl.mechanisms': 'PLAIN', 'sasl.mechanism': 'PLAIN', 'security.protocol': 'PLAINTEXT' }))
        .warnings,
    ).toEqual([expect.stringContaining('sasl.mechanisms')])
  })

  it.each([
    ['bootstrap.server'],
    ['bootstrap-servers'],
    ['bootstrap_servers'],
    ['bootstrapServers'],
    ['boostrap.servers'],
    ['BOOTSTRAP.SERVERS'],
    ['bootstrap.servers '],
    ['metadata.broker.list'],
  ])('of the servers is known: %s', (name) => expect(nearProperty(name)).toBe('bootstrap.servers'))

  it('is no setting of a broker', () => {
    const facts = readFileSync(new URL('../../protocol/facts-4.3.0.json', import.meta.url), 'utf8')
    const names = new Set([...facts.matchAll(/"([a-z]+(?:\.[a-z0-9]+)+)"/g)].map(([, name]) => name!))
    expect(names.size).toBeGreaterThan(150)
    expect([...names].filter((name) => nearProperty(name) !== undefined)).toEqual([])
  })
})

it('says that a login is in vain where security.protocol is missing, and that no class is loaded', async () => {
  expect((await read({ 'sasl.mechanism': 'PLAIN' })).warnings).toEqual([
    'sasl.mechanism has no effect, as security.protocol is not set and means PLAINTEXT',
  ])
  expect(
    (
      await read({
        'security.protocol': 'SSL',
        'ssl.trustmanager.algorithm': 'PKIX',
        'ssl.engine.factory.class': 'my.Factory',
      })
    ).warnings,
  ).toEqual(['ssl.engine.factory.class=my.Factory has no effect: kts loads no Java classes'])
})

describe('sasl', () => {
  const sasl = (properties: Record<string, string>) =>
    read({ 'security.protocol': 'sasl_plaintext', ...properties }).then(({ connection }) => connection.sasl)
  const scram =
    'org.apache.kafka.common.security.scram.ScramLoginModule required\n  username="al\\"ice"\n  password="a;b=c";'

  it('reads sasl.jaas.config', async () => {
    expect(await sasl({ 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.jaas.config': scram })).toEqual({
      mechanism: 'SCRAM-SHA-512',
      username: 'al"ice',
      password: 'a;b=c',
      origin: 'sasl.jaas.config',
    })
  })

  it('reads a name and a password apart', async () => {
    expect(await sasl({ 'sasl.mechanism': 'PLAIN', 'sasl.username': 'a', 'sasl.password': 'b' })).toEqual({
      mechanism: 'PLAIN',
      username: 'a',
      password: 'b',
      origin: 'sasl.username and sasl.password',
    })
  })

  it.each([
    [{}, 'GSSAPI'],
    [{ 'sasl.mechanism': 'OAUTHBEARER' }, 'OAUTHBEARER needs a token'],
    [{ 'sasl.mechanism': 'PLAINN' }, 'sasl.mechanism=PLAINN is not supported here'],
    [{ 'sasl.mechanism': 'PLAIN' }, 'needs credentials'],
    [{ 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': scram }, 'needs PlainLoginModule'],
    [{ 'sasl.mechanism': 'SCRAM-SHA-256', 'sasl.jaas.config': scram.replace('password', 'pass') }, 'no password'],
    [
      { 'sasl.mechanism': 'SCRAM-SHA-256', 'sasl.jaas.config': scram.replace('";', '" tokenauth="true";') },
      'tokenauth',
    ],
    [{ 'sasl.jaas.config': scram }, 'ScramLoginModule goes with SCRAM-SHA-256 or SCRAM-SHA-512'],
    [{ 'sasl.jaas.config': 'com.sun.security.auth.module.Krb5LoginModule required;' }, 'GSSAPI (Kerberos)'],
  ])('refuses %j', async (properties, message) => {
    await expect(sasl(properties as Record<string, string>)).rejects.toThrow(message)
    await expect(sasl(properties as Record<string, string>)).rejects.toThrow(UserError)
  })
})

describe('tls', () => {
  it('limits protocols and ciphers', async () => {
    expect(await tls({})).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' })
    expect(await tls({ 'ssl.enabled.protocols': 'TLSv1.2' })).toMatchObject({
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
    })
    expect(await tls({ 'ssl.protocol': 'TLSv1.2' })).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })
    expect(await tls({ 'ssl.protocol': 'TLS' })).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' })
    expect(await tls({ 'ssl.enabled.protocols': 'TLSv1.1, TLSv1.3' })).toMatchObject({
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.3',
      secureOptions: constants.SSL_OP_NO_TLSv1_2,
      ciphers: 'DEFAULT:@SECLEVEL=0',
    })
    expect(
      (
        await tls({
          'ssl.cipher.suites':
            'TLS_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,TLS_RSA_WITH_AES_128_CBC_SHA',
        })
      ).ciphers,
    ).toBe('TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:AES128-SHA')
  })

  it.each([
    [{ 'ssl.cipher.suites': 'TLS_NO_SUCH' }, 'TLS_NO_SUCH'],
    [{ 'ssl.enabled.protocols': 'SSLv3' }, 'SSLv3'],
    [{ 'ssl.protocol': 'SSL' }, 'ssl.protocol=SSL is not valid'],
    [{ 'ssl.protocol': 'TLSv1.2', 'ssl.enabled.protocols': 'TLSv1.3' }, 'leaves none of ssl.enabled.protocols=TLSv1.3'],
    [{ 'ssl.keystore.type': 'BCFKS' }, 'ssl.keystore.type=BCFKS is not supported'],
    [{ 'ssl.truststore.type': 'Windows-ROOT' }, 'ssl.truststore.type=Windows-ROOT is not supported'],
    [{ 'ssl.endpoint.identification.algorithm': 'ldap' }, 'ldap'],
  ])('refuses %j', async (properties, message) => {
    await expect(tls(properties as Record<string, string>)).rejects.toThrow(message)
    await expect(tls(properties as Record<string, string>)).rejects.toThrow(UserError)
  })

  it('checks certificates and host names, whatever the environment says', async () => {
    expect((await tls({})).rejectUnauthorized).toBe(true)
    expect((await tls({})).checkServerIdentity).toBeUndefined()
    expect(
      (await tls({ 'ssl.endpoint.identification.algorithm': '' })).checkServerIdentity!('a', {} as never),
    ).toBeUndefined()
  })
})
