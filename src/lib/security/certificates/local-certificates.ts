import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { writeWholeFile } from '../../whole-file.ts'
import { toPem } from '../stores/pem.ts'
import { makeAuthority, makeIdentity, type Identity } from './certificate.ts'

/** The name of a broker in its certificate: as a principal it is `User:CN=kts`. */
export const BROKER_NAME = 'kts'
const AUTHORITY_NAME = 'kts local authority'
const AUTHORITY_DAYS = 3650
/** What Apple's clients take at most. */
const SERVER_DAYS = 825
const RENEW_DAYS = 30
const DAY_MS = 86_400_000

/** Paths of files in PEM. */
export interface LocalCertificates {
  /** What clients are to trust. */
  readonly authority: string
  /** The key and certificate of brokers. */
  readonly server: string
}

/** A private authority and the certificate of a server, in PEM, for a broker that is gone with its process. */
export function makeCertificates(hosts: readonly string[], nowMs: number): { authority: string; server: string } {
  const authority = makeAuthority(AUTHORITY_NAME, { nowMs, days: AUTHORITY_DAYS })
  const server = makeIdentity(BROKER_NAME, hosts, authority, { nowMs, days: SERVER_DAYS })
  return { authority: certificatePem(authority), server: identityPem(server) }
}

/**
 * The same in files that only their owner reads, made once: later calls find them, and make the certificate of the
 * server anew when it is about to expire or lacks one of the hosts. Throws the system's error.
 */
export function keepCertificates(folder: string, hosts: readonly string[], nowMs: number): LocalCertificates {
  const files = { authority: join(folder, 'ca.crt'), server: join(folder, 'server.pem') }
  const authority = keepAuthority(join(folder, 'ca.pem'), nowMs)
  const known = readIdentity(files.server, BROKER_NAME)
  const publicPem = certificatePem(authority)
  if (readOrNull(files.authority) !== publicPem) writeWholeFile(files.authority, publicPem, { isPrivate: true })
  if (!known || !serves(known, authority, hosts, nowMs)) {
    const server = makeIdentity(BROKER_NAME, hosts, authority, { nowMs, days: SERVER_DAYS })
    writeWholeFile(files.server, identityPem(server), { isPrivate: true })
  }
  return files
}

function keepAuthority(file: string, nowMs: number): Identity {
  const known = readIdentity(file, AUTHORITY_NAME)
  if (known && isFresh(known, nowMs)) return known
  const made = makeAuthority(AUTHORITY_NAME, { nowMs, days: AUTHORITY_DAYS })
  writeWholeFile(file, identityPem(made), { isPrivate: true })
  return made
}

function serves(server: Identity, authority: Identity, hosts: readonly string[], nowMs: number): boolean {
  const certificate = new X509Certificate(server.certificate)
  return (
    isFresh(server, nowMs) &&
    certificate.checkIssued(new X509Certificate(authority.certificate)) &&
    hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)))
  )
}

const isFresh = ({ certificate }: Identity, nowMs: number): boolean =>
  Date.parse(new X509Certificate(certificate).validTo) > nowMs + RENEW_DAYS * DAY_MS

/** Null where there is none, or what cannot be used and is to be replaced. */
function readIdentity(file: string, commonName: string): Identity | null {
  const text = readOrNull(file)
  if (text === null) return null
  try {
    const certificate = new X509Certificate(text)
    const privateKey = createPrivateKey(text)
    return certificate.checkPrivateKey(privateKey) ? { commonName, privateKey, certificate: certificate.raw } : null
  } catch {
    return null
  }
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

const certificatePem = ({ certificate }: Identity): string => toPem(certificate, 'CERTIFICATE')

const identityPem = (identity: Identity): string =>
  String(identity.privateKey.export({ type: 'pkcs8', format: 'pem' })) + certificatePem(identity)
