import type { X509Certificate } from 'node:crypto'
import { UserError } from '../../errors.ts'
import type { SecurityProperties } from '../properties.ts'
import { openFile, pemCertificates, readCertificates, refuse, type StoreSource } from './open-store.ts'

export interface TrustStore {
  /** For messages. */
  readonly source: StoreSource
  /** One at least. */
  readonly certificates: readonly X509Certificate[]
}

/**
 * The certificates that `ssl.truststore.*` names, whether they are valid now or not; undefined where nothing is named,
 * and the authorities that Node knows count. Throws UserError, naming the property and the file, for a store that
 * cannot be read or holds none.
 */
export function readTrustStore(properties: SecurityProperties): TrustStore | undefined {
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
  return { source, certificates }
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
