import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { keepCertificates, makeCertificates } from '../../../src/lib/security/certificates/local-certificates.ts'

const HOSTS = ['localhost', '127.0.0.1', '::1', 'broker.example.org']
const NOW = Date.now()
const DAY_MS = 86_400_000
const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kts-certificates-'))
  folders.push(folder)
  return folder
}

const read = (path: string): string => readFileSync(path, 'utf8')

/** The handshake of Node, which is OpenSSL's; resolves to why it fails, or null. */
async function handshake(server: string, ca: string, host: string): Promise<string | null> {
  const listener = createServer({ key: server, cert: server, ca, requestCert: true, rejectUnauthorized: true })
  listener.on('tlsClientError', () => {})
  listener.on('secureConnection', (socket) => socket.end('hello'))
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  const { port } = listener.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', ca, key: server, cert: server, servername: host })
  try {
    await once(socket, 'data')
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    socket.destroy()
    listener.close()
  }
}

describe('certificates of this machine', () => {
  it('are taken by TLS on either side, under the names of the server and no other', async () => {
    const { authority, server } = makeCertificates(HOSTS, NOW)
    expect(await handshake(server, authority, 'localhost')).toBe(null)
    expect(await handshake(server, authority, 'broker.example.org')).toBe(null)
    expect(await handshake(server, authority, 'elsewhere.example.org')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    expect(await handshake(server, makeCertificates(HOSTS, NOW).authority, 'localhost')).not.toBe(null)
  })

  it('name addresses as addresses, and say what they are for', () => {
    const { authority, server } = makeCertificates(HOSTS, NOW)
    const [issuer, certificate] = [new X509Certificate(authority), new X509Certificate(server)]
    for (const address of ['127.0.0.1', '::1']) expect(certificate.checkIP(address)).toBeDefined()
    expect(certificate.checkIP('127.0.0.2')).toBeUndefined()
    expect([issuer.ca, certificate.ca]).toEqual([true, false])
    expect(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)).toBe(true)
    expect(certificate.subject).toBe('CN=kts')
  })

  it.each([NOW, Date.parse('2049-12-31T23:59:59Z'), Date.parse('2050-01-01T00:00:00Z')])(
    'hold from an hour before %d for their time',
    (nowMs) => {
      const { validFrom, validTo } = new X509Certificate(makeCertificates(HOSTS, nowMs).server)
      expect(Math.abs(Date.parse(validFrom) - (nowMs - 3_600_000))).toBeLessThan(1000)
      expect(Math.abs(Date.parse(validTo) - (nowMs + 825 * DAY_MS))).toBeLessThan(1000)
    },
  )
})

describe('the files of certificates', () => {
  it('are made once, for their owner only', () => {
    const folder = join(temporaryFolder(), 'tls')
    const { authority, server } = keepCertificates(folder, HOSTS, NOW)
    const first = [read(authority), read(server)]
    for (const name of ['ca.crt', 'ca.pem', 'server.pem']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(first[0]).not.toContain('PRIVATE KEY')
    keepCertificates(folder, ['localhost'], NOW)
    expect([read(authority), read(server)]).toEqual(first)
  })

  it.each([
    ['lacks a host', NOW, (folder: string) => keepCertificates(folder, [...HOSTS, 'new.example.org'], NOW)],
    ['is about to expire', NOW - 800 * DAY_MS, (folder: string) => keepCertificates(folder, HOSTS, NOW)],
    [
      'is damaged',
      NOW,
      (folder: string) => {
        writeFileSync(join(folder, 'server.pem'), read(join(folder, 'server.pem')).replace('MII', 'MIX'))
        chmodSync(join(folder, 'server.pem'), 0o644)
        return keepCertificates(folder, HOSTS, NOW)
      },
    ],
  ])('keep their authority where the server %s', async (_, madeMs, again) => {
    const folder = temporaryFolder()
    const first = keepCertificates(folder, HOSTS, madeMs)
    const [authority, server] = [read(first.authority), read(first.server)]
    again(folder)
    expect(read(first.authority)).toBe(authority)
    expect(read(first.server)).not.toBe(server)
    expect(statSync(first.server).mode & 0o777).toBe(0o600)
    expect(await handshake(read(first.server), authority, 'localhost')).toBe(null)
  })

  it('follow an authority that was made anew', async () => {
    const folder = temporaryFolder()
    keepCertificates(folder, HOSTS, NOW)
    rmSync(join(folder, 'ca.pem'))
    const { authority, server } = keepCertificates(folder, HOSTS, NOW)
    expect(await handshake(read(server), read(authority), 'localhost')).toBe(null)
  })
})
