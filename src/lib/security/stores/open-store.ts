import { X509Certificate } from 'node:crypto'
import { UserError } from '../../errors.ts'
import { decodeText, readBytes } from '../../files.ts'
import type { SecurityProperties } from '../properties.ts'
import { isJks, readJks } from './jks.ts'
import { certificatesIn, isPem, keysIn } from './pem.ts'
import { isPkcs12, readPkcs12 } from './pkcs12.ts'
import { StoreError, type Store, type StoreFault } from './store.ts'

/** Where a store comes from, and what opens it, for messages. */
export interface StoreSource {
  /** `ssl.keystore.location` */
  readonly property: string
  /** Its file; undefined where the property holds the store itself. */
  readonly file?: string
  /** `ssl.keystore.password` */
  readonly passwordProperty: string
  /** The password of its keys is another property's, where that is set. */
  readonly hasKeyPassword?: boolean
}

/** `PEM`, or a binary store. */
export type Opened = { readonly pem: string } | { readonly store: Store }

const STORE_TYPES = ['JKS', 'JCEKS', 'PKCS12', 'PEM']

/** Which of these a store is, it says itself; other types are Java's, or none. Throws UserError. */
export function rejectTypes(properties: SecurityProperties): void {
  for (const name of ['ssl.keystore.type', 'ssl.truststore.type']) {
    const type = properties.get(name)?.trim() ?? ''
    if (type !== '' && !STORE_TYPES.includes(type.toUpperCase())) {
      throw new UserError(`${name}=${type} is not supported here: ${STORE_TYPES.join(', ')}`)
    }
  }
}

/** Opens a file by what it begins with, whatever its name or type say. Throws UserError. */
export function openFile(file: string, source: StoreSource, password: string | undefined): Opened {
  const bytes = readBytes(file, { before: `${source.property}: ` })
  if (bytes.length === 0) throw refuse(source, 'is empty')
  const text = textIn(bytes)
  if (text !== undefined) return { pem: text }
  if (isPkcs12(bytes)) return { store: inWords(source, () => readPkcs12(bytes, password)) }
  if (isJks(bytes)) return { store: inWords(source, () => readJks(bytes, password)) }
  const certificate = certificateIn(bytes)
  if (certificate) return { store: { keys: [], trusted: [certificate.raw] } }
  throw refuse(source, 'is not a store that kts can read: PEM, PKCS#12 or JKS')
}

/** Text around the blocks of PEM may be in any encoding. */
function textIn(bytes: Buffer): string | undefined {
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  const text = isWide ? decodeText(bytes) : bytes.toString('latin1')
  return isPem(text) ? text : undefined
}

function certificateIn(bytes: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes)
  } catch {
    return undefined
  }
}

/** Certificates in DER, read. Throws UserError for the first that cannot be. */
export function readCertificates(certificates: readonly Buffer[], source: StoreSource): X509Certificate[] {
  return certificates.map((bytes, index) => {
    const certificate = certificateIn(bytes)
    if (!certificate) throw refuse(source, `is damaged: certificate ${index + 1} cannot be read`)
    return certificate
  })
}

export const pemCertificates = (pem: string, source: StoreSource): Buffer[] =>
  inWords(source, () => certificatesIn(pem))

export const pemKeys = (pem: string, source: StoreSource): ReturnType<typeof keysIn> =>
  inWords(source, () => keysIn(pem))

/** `ssl.keystore.location: cli.p12 is empty` */
export const refuse = ({ property, file }: StoreSource, fault: string): UserError =>
  new UserError(file === undefined ? `${property} ${fault}` : `${property}: ${file} ${fault}`)

/**
 * Puts what the readers of stores throw into words. Anything but a StoreError is Node's: sizes and parameters that it
 * does not take.
 */
export function inWords<T>(source: StoreSource, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof UserError) throw error
    throw explain(source, error instanceof StoreError ? error : new StoreError('damaged'))
  }
}

function explain(source: StoreSource, { fault, detail }: StoreError): UserError {
  const { passwordProperty, property, file = property, hasKeyPassword = false } = source
  const sentences: Readonly<Record<StoreFault, () => UserError>> = {
    damaged: () => refuse(source, 'is damaged'),
    'store-password': () => new UserError(`${passwordProperty} does not open ${file}`),
    'no-store-password': () => new UserError(`${passwordProperty} is missing: ${file} is encrypted`),
    'key-password': () =>
      hasKeyPassword
        ? new UserError(`ssl.key.password does not open the key in ${file}`)
        : new UserError(`ssl.key.password is missing: ${passwordProperty} does not open the key in ${file}`),
    'no-key-password': () => new UserError(`ssl.key.password is missing: the key in ${file} is encrypted`),
    unsupported: () =>
      refuse(
        source,
        `cannot be read here: it has ${detail}. Convert it: ` +
          `keytool -importkeystore -srckeystore ${file} -destkeystore new.p12 -deststoretype PKCS12`,
      ),
  }
  return sentences[fault]()
}
