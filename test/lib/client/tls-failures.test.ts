import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { connectClient } from '../../../src/lib/client/connect.ts'
import { failureReason } from '../../../src/lib/failure-reason.ts'
import { FakeBroker, type FakeBrokerOptions } from '../../support/fake-broker.ts'

const stored = (name: string): string => fileURLToPath(new URL(`../../support/stores/${name}`, import.meta.url))
const content = (name: string): string => readFileSync(stored(name), 'utf8')

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await item.close()
})

const identity = (name: string): TlsOptions => ({ cert: content(`${name}.crt`), key: content(`${name}.key`) })

async function startBroker(options: FakeBrokerOptions): Promise<string> {
  const broker = await FakeBroker.start(options)
  open.push({ close: () => broker.stop() })
  return broker.address
}

/** A server that does what `accept` does with each connection. */
async function startServer(accept: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    accept(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({ close: () => (sockets.forEach((socket) => socket.destroy()), server.close()) })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const trusting = { 'security.protocol': 'SSL', 'ssl.truststore.location': stored('root.crt') }
const asClient = { ...trusting, 'ssl.keystore.location': stored('legacy.p12'), 'ssl.keystore.password': 'changeit' }

/** What is said of a connection, up to the first answer; undefined when all is well. */
async function problem(address: string, properties: Record<string, string>): Promise<string | undefined> {
  try {
    const client = await connectClient({
      bootstrapServers: [address],
      clientId: 'kts/1',
      properties: new Map(Object.entries(properties)),
    })
    open.push(client)
    await client.brokers()
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/^.*127\.0\.0\.1:\d+:? /, '')
  }
}

describe('a TLS listener', () => {
  it.each([
    ['PEM', { 'ssl.truststore.location': stored('root.crt') }],
    ['PKCS#12', { 'ssl.truststore.location': stored('trust.p12'), 'ssl.truststore.password': 'changeit' }],
    ['JKS', { 'ssl.truststore.location': stored('trust.jks') }],
    ['the certificate itself', { 'ssl.truststore.location': stored('server.crt') }],
  ])('is trusted by a store in %s', async (_, trust) => {
    expect(
      await problem(await startBroker({ tls: identity('server') }), { 'security.protocol': 'SSL', ...trust }),
    ).toBeUndefined()
  })

  it('is trusted for the authority between, as Java has it', async () => {
    const address = await startBroker({ tls: identity('client') })
    const trust = {
      ...trusting,
      'ssl.truststore.location': stored('issuer.crt'),
      'ssl.endpoint.identification.algorithm': '',
    }
    // The certificate is a client's, and that is all that is wrong with it.
    expect(await problem(address, trust)).toBe('its TLS certificate is not for servers')
  })

  it('is not trusted without its authority, whatever the environment says', async () => {
    const address = await startBroker({ tls: identity('server') })
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      expect(await problem(address, { 'security.protocol': 'SSL' })).toContain(
        'its TLS certificate is not trusted; name its authority with ssl.truststore.location',
      )
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    }
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'that asks for a client certificate takes it, and says what is wrong without one, in %s',
    async (maxVersion) => {
      const address = await startBroker({
        tls: {
          ...identity('server'),
          requestCert: true,
          rejectUnauthorized: true,
          ca: content('root.crt'),
          maxVersion,
        },
      })
      expect(await problem(address, asClient)).toBeUndefined()
      expect(await problem(address, trusting)).toMatch(/client certificate.*ssl\.keystore\.location/)
    },
  )

  it('that does not know the authority of the client says so', async () => {
    const address = await startBroker({
      tls: { ...identity('server'), requestCert: true, rejectUnauthorized: true, ca: content('client.crt') },
    })
    expect(await problem(address, asClient)).toMatch(/client certificate of ssl\.keystore/)
  })

  it('of another version, or other ciphers, says so', async () => {
    const old = await startBroker({
      tls: { ...identity('server'), maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    })
    expect(await problem(old, { ...trusting, 'ssl.enabled.protocols': 'TLSv1.3' })).toContain(
      'none of the TLS versions of ssl.enabled.protocols',
    )
    expect(
      await problem(old, { ...trusting, 'ssl.cipher.suites': 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384' }),
    ).toContain('no cipher suite or TLS version in common')
    const fresh = await startBroker({ tls: { ...identity('server'), minVersion: 'TLSv1.3' } })
    expect(await problem(fresh, { ...trusting, 'ssl.protocol': 'TLSv1.2' })).toContain(
      'none of the TLS versions of ssl.enabled.protocols',
    )
  })

  it('of TLS 1.1 is spoken to when it is asked for', async () => {
    const address = await startBroker({
      tls: { ...identity('server'), minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    })
    expect(await problem(address, { ...trusting, 'ssl.enabled.protocols': 'TLSv1.1,TLSv1.2' })).toBeUndefined()
    expect(await problem(address, trusting)).toContain('none of the TLS versions')
  })

  it('tells a client in plain text to speak TLS', async () => {
    const address = await startBroker({ tls: identity('server') })
    expect(await problem(address, {})).toContain('does it expect TLS (security.protocol=SSL or SASL_SSL)?')
  })
})

describe('a plain listener', () => {
  it.each([
    ['that hangs up at once', (socket: Socket) => void socket.once('data', () => socket.end())],
    ['that resets the connection', (socket: Socket) => void socket.once('data', () => socket.resetAndDestroy())],
    [
      'that answers something',
      (socket: Socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    ],
  ])('%s is not taken for one of TLS', async (_, accept) => {
    const address = await startServer(accept)
    expect(await problem(address, trusting)).toContain(
      'is it a plaintext listener (security.protocol=PLAINTEXT or SASL_PLAINTEXT)?',
    )
  })

  it('that hangs up on the first request may expect TLS', async () => {
    for (const end of [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()]) {
      const address = await startServer((socket) => void socket.once('data', () => end(socket)))
      expect(await problem(address, {})).toContain('does it expect TLS (security.protocol=SSL or SASL_SSL)?')
    }
  })

  it('behind TLS that hangs up may ask for a client certificate', async () => {
    const server = createTlsServer(
      identity('server'),
      (socket) => void socket.on('error', () => {}).once('data', () => socket.end()),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push(server)
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await problem(address, trusting)).toContain('does it ask for a client certificate (ssl.keystore.location)?')
    expect(await problem(address, asClient)).toContain('does it refuse the client certificate of ssl.keystore?')
  })
})

describe('a login', () => {
  const login = (mechanism: string) => ({
    'security.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism': mechanism,
    'sasl.username': 'a',
    'sasl.password': 'b',
  })

  it('at a listener that takes none is told so, whether it knows of logins or not', async () => {
    const sentence =
      'refuses the connection: this listener takes no login; use security.protocol=PLAINTEXT, or SSL where it speaks TLS (ILLEGAL_SASL_STATE)'
    expect(await problem(await startBroker({}), login('PLAIN'))).toBe(sentence)
    expect(
      await problem(
        await startBroker({ sasl: { mechanism: 'PLAIN', username: 'a', password: 'b', isIllegal: true } }),
        login('PLAIN'),
      ),
    ).toBe(sentence)
  })

  it('by a mechanism that is not there is told which are', async () => {
    const address = await startBroker({ sasl: { mechanism: 'PLAIN', username: 'a', password: 'b' } })
    expect(await problem(address, login('SCRAM-SHA-512'))).toBe(
      'refuses the connection: it does not take sasl.mechanism=SCRAM-SHA-512; it offers PLAIN (UNSUPPORTED_SASL_MECHANISM)',
    )
  })
})

describe('failureReason', () => {
  const reason = (code: string) =>
    failureReason(Object.assign(new Error('Connection error: 40C7:error:0A000126:SSL routines::whatever'), { code }))

  it.each([
    'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
    'ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED',
    'ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE',
    'ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
    'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    'ERR_SSL_HTTP_REQUEST',
    'ERR_SSL_UNSUPPORTED_PROTOCOL',
    'ERR_SSL_DH_KEY_TOO_SMALL',
    'EPROTO',
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'CERT_REVOKED',
    'CERT_SIGNATURE_FAILURE',
    'INVALID_CA',
    'INVALID_PURPOSE',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'HOSTNAME_MISMATCH',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('has words of its own for %s', (code) => {
    expect(reason(code)).not.toMatch(/routines|whatever|ERR_|handshake failed/)
  })

  it("shows no text of OpenSSL's, with a code or without", () => {
    expect(reason('ERR_SSL_SOMETHING_NEW')).toBe('the TLS handshake failed (SOMETHING_NEW)')
    expect(reason('')).toBe('the TLS handshake failed')
  })
})
