import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { parseJaas } from '../../../src/lib/client/jaas.ts'
import { readProperties } from '../../../src/lib/client/properties.ts'
import { UserError } from '../../../src/lib/errors.ts'

const certificate = fileURLToPath(new URL('../../support/tls/localhost.crt', import.meta.url))
const key = fileURLToPath(new URL('../../support/tls/localhost.key', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'kts-properties-'))
afterAll(() => rmSync(folder, { recursive: true }))

const read = (properties: Record<string, string>) =>
  readProperties({ bootstrapServers: [], clientId: 'kts/1', properties: new Map(Object.entries(properties)) })

const tls = (properties: Record<string, string>) => read({ 'security.protocol': 'SSL', ...properties }).connection.ssl!

describe('readProperties', () => {
  it('has the defaults of the Java client, but for a connection, which has three seconds', () => {
    expect(read({})).toEqual({
      connection: { clientId: 'kts/1', ssl: null, sasl: null, connectTimeoutMs: 3000, reconnectBackoffMs: 50, reconnectBackoffMaxMs: 1000 },
      requests: { requestTimeoutMs: 30_000, apiTimeoutMs: 60_000, retryBackoffMs: 100, retryBackoffMaxMs: 1000 },
      warnings: [],
    })
  })

  it('takes timeouts over', () => {
    const { connection, requests } = read({ 'request.timeout.ms': ' 20 ', 'default.api.timeout.ms': '30', 'socket.connection.setup.timeout.ms': '40' })
    expect([requests.requestTimeoutMs, requests.apiTimeoutMs, connection.connectTimeoutMs]).toEqual([20, 30, 40])
  })

  it.each([
    ['request.timeout.ms', 'soon'], ['request.timeout.ms', '2147483648'], ['request.timeout.ms', '-1'], ['linger.ms', '1.5'], ['fetch.min.bytes', ''],
    ['enable.idempotence', 'yes'], ['sasl.login.refresh.window.factor', 'x'], ['security.protocol', 'TLS'],
  ])('refuses %s=%s, naming it', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(UserError)
    expect(() => read({ [name]: value })).toThrow(name)
  })

  it.each([['linger.ms', '9223372036854775807'], ['enable.idempotence', 'TRUE'], ['sasl.login.refresh.window.factor', '0.5'], ['acks', 'whatever']])(
    'has nothing against %s=%s', (name, value) => expect(read({ [name]: value }).warnings).toEqual([]))

  it('knows the properties of producers, consumers and admins alike', () => {
    expect(read({ 'acks': 'all', 'group.id': 'g', 'bootstrap.controllers': '', 'sasl.username': 'a', 'max.poll.recods': '5' }).warnings)
      .toEqual([expect.stringContaining('max.poll.recods')])
  })
})

describe('sasl', () => {
  const sasl = (properties: Record<string, string>) => read({ 'security.protocol': 'sasl_plaintext', ...properties }).connection.sasl
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required\n  username="al\\"ice"\n  password="a;b=c";'

  it('reads sasl.jaas.config', () => {
    expect(sasl({ 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.jaas.config': scram })).toEqual({ mechanism: 'SCRAM-SHA-512', username: 'al"ice', password: 'a;b=c' })
  })

  it('reads a name and a password apart', () => {
    expect(sasl({ 'sasl.mechanism': 'PLAIN', 'sasl.username': 'a', 'sasl.password': 'b' })).toEqual({ mechanism: 'PLAIN', username: 'a', password: 'b' })
  })

  it.each([
    [{}, 'GSSAPI'],
    [{ 'sasl.mechanism': 'OAUTHBEARER' }, 'OAUTHBEARER is not supported'],
    [{ 'sasl.mechanism': 'PLAIN' }, 'needs credentials'],
    [{ 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': scram }, 'needs PlainLoginModule'],
    [{ 'sasl.mechanism': 'SCRAM-SHA-256', 'sasl.jaas.config': scram.replace('password', 'pass') }, 'no password'],
    [{ 'sasl.mechanism': 'SCRAM-SHA-256', 'sasl.jaas.config': scram.replace('";', '" tokenauth="true";') }, 'tokenauth'],
  ])('refuses %j', (properties, message) => {
    expect(() => sasl(properties as Record<string, string>)).toThrow(message)
    expect(() => sasl(properties as Record<string, string>)).toThrow(UserError)
  })

  it.each(['', 'Module', 'Module required', 'Module maybe a="b";', 'Module required a;', 'Module required a= ;', 'Module required a "b";', 'Module required a="b'])(
    'refuses the JAAS text %j without repeating it', (text) => {
      expect(() => parseJaas(text)).toThrow(UserError)
      if (text.includes('"b"')) expect(() => parseJaas(text)).not.toThrow('"b"')
    })
})

describe('tls', () => {
  it('reads trust and key from PEM files', () => {
    const both = join(folder, 'both.pem')
    writeFileSync(both, readFileSync(key, 'utf8') + readFileSync(certificate, 'utf8'))
    const options = tls({ 'ssl.truststore.location': certificate, 'ssl.keystore.location': both, 'ssl.key.password': 'x' })
    expect(String(options.ca)).toContain('BEGIN CERTIFICATE')
    expect(String(options.key)).toContain('PRIVATE KEY')
    expect(options.passphrase).toBe('x')
  })

  it('reads them from the properties themselves', () => {
    expect(tls({ 'ssl.truststore.certificates': 'CA', 'ssl.keystore.key': 'K', 'ssl.keystore.certificate.chain': 'C' })).toMatchObject({ ca: 'CA', key: 'K', cert: 'C' })
    expect(() => tls({ 'ssl.keystore.key': 'K' })).toThrow(UserError)
  })

  it('takes PKCS#12 for a key, and says how to convert what it cannot read', () => {
    const [pkcs12, jks] = [join(folder, 'a.p12'), join(folder, 'a.jks')]
    writeFileSync(pkcs12, Buffer.from([0x30, 0x82, 1, 2]))
    writeFileSync(jks, Buffer.from([0xfe, 0xed, 0xfe, 0xed]))
    expect(tls({ 'ssl.keystore.location': pkcs12, 'ssl.keystore.password': 'p' })).toMatchObject({ passphrase: 'p', pfx: Buffer.from([0x30, 0x82, 1, 2]) })
    expect(() => tls({ 'ssl.keystore.location': jks })).toThrow('keytool -importkeystore')
    expect(() => tls({ 'ssl.truststore.location': jks })).toThrow('keytool -list -rfc')
    expect(() => tls({ 'ssl.truststore.location': join(folder, 'none') })).toThrow('ENOENT')
  })

  it('limits protocols and ciphers', () => {
    expect(tls({})).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' })
    expect(tls({ 'ssl.enabled.protocols': 'TLSv1.2' })).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })
    expect(tls({
      'ssl.cipher.suites': 'TLS_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,TLS_RSA_WITH_AES_128_CBC_SHA',
    }).ciphers).toBe('TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:AES128-SHA')
    expect(() => tls({ 'ssl.cipher.suites': 'TLS_NO_SUCH' })).toThrow('TLS_NO_SUCH')
    expect(() => tls({ 'ssl.enabled.protocols': 'SSLv3' })).toThrow('SSLv3')
  })

  it('checks host names by default', () => {
    expect(tls({}).checkServerIdentity).toBeUndefined()
    expect(tls({ 'ssl.endpoint.identification.algorithm': '' }).checkServerIdentity!('a', {} as never)).toBeUndefined()
    expect(() => tls({ 'ssl.endpoint.identification.algorithm': 'ldap' })).toThrow(UserError)
  })
})
