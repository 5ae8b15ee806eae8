import type { X509Certificate } from 'node:crypto'
import { UserError } from '../../errors.ts'
import type { SecurityProperties } from '../properties.ts'
import { openFile, pemCertificates, readCertificates, refuse, type StoreSource } from './open-store.ts'

/**
 * The certificates that `ssl.truststore.*` names, in PEM; undefined where nothing is named, and the authorities that
 * Node knows count. Throws UserError, naming the property and the file, for a store that cannot be read or holds none
 * that counts.
 */
export function readTrust(properties: SecurityProperties, nowMs: number): string[] | undefined {
  const inline = properties.get('ssl.truststore.certificates')
  const file = properties.get('ssl.truststore.location') || undefined
  const password = properties.get('ssl.truststore.password')
  if (inline !== undefined && file !== undefined) {
    throw new UserError(
      'ssl.truststore.location and ssl.truststore.certificates contradict each other: keep one of them',
    )
  }
  if (inline === undefined && file === undefined) {
    if (password === undefined) return undefined
    throw new UserError(
      'ssl.truststore.password is set, but ssl.truststore.location is not: nothing would be opened with it',
    )
  }
  const source: StoreSource = {
    property: inline === undefined ? 'ssl.truststore.location' : 'ssl.truststore.certificates',
    ...(file !== undefined && { file }),
    passwordProperty: 'ssl.truststore.password',
  }
  const certificates = readCertificates(certificatesOf(inline, file, source, password), source)
  if (certificates.length === 0) throw refuse(source, 'holds no certificate to trust')
  rejectExpired(certificates, source, nowMs)
  return certificates.map((certificate) => certificate.toString())
}

function certificatesOf(
  inline: string | undefined,
  file: string | undefined,
  source: StoreSource,
  password: string | undefined,
): readonly Buffer[] {
  if (inline !== undefined) return pemCertificates(inline, source)
  const opened = openFile(file!, source, password)
  return 'pem' in opened ? pemCertificates(opened.pem, source) : opened.store.trusted
}

/** Many a store keeps an old one; one that is all old is of no use. */
function rejectExpired(certificates: readonly X509Certificate[], source: StoreSource, nowMs: number): void {
  const last = certificates.toSorted((a, b) => Date.parse(a.validTo) - Date.parse(b.validTo)).at(-1)!
  if (Date.parse(last.validTo) >= nowMs) return
  const subject = certificates.length === 1 ? 'its certificate has' : 'all its certificates have'
  throw refuse(
    source,
    `cannot be used: ${subject} expired, ${certificates.length === 1 ? '' : 'the last '}on ${last.validTo}`,
  )
}
