import type { KeyObject, X509Certificate } from 'node:crypto'
import { UserError } from '../../errors.ts'
import type { SecurityProperties } from '../properties.ts'
import {
  inWords,
  openFile,
  pemCertificates,
  pemKeys,
  readCertificates,
  refuse,
  type StoreSource,
} from './open-store.ts'
import { keyOf } from './pem.ts'

export interface KeyStore {
  /** For messages. */
  readonly source: StoreSource
  /** In PEM, PKCS#8. */
  readonly key: string
  /** The certificate of the key, then those that lead to its authority. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]]
}

interface Found {
  readonly source: StoreSource
  readonly key: KeyObject
  readonly certificates: readonly Buffer[]
}

/**
 * The key that `ssl.keystore.*` names with its certificate, whether that is valid now or not; undefined where none is
 * named. Throws UserError, naming the property and the file, for a store that does not open and for a key without its
 * certificate.
 */
export function readKeyStore(properties: SecurityProperties): KeyStore | undefined {
  const found = findKey(properties)
  if (!found) return undefined
  const { source, key, certificates } = found
  const chain = chainOf(key, readCertificates(certificates, source), source)
  return { source, key: String(key.export({ type: 'pkcs8', format: 'pem' })), chain }
}

function findKey(properties: SecurityProperties): Found | undefined {
  const [key, chain] = [properties.get('ssl.keystore.key'), properties.get('ssl.keystore.certificate.chain')]
  const file = properties.get('ssl.keystore.location') || undefined
  if (key === undefined && chain === undefined) {
    if (file !== undefined) return keyInFile(file, properties)
    rejectLonePassword(properties)
    return undefined
  }
  if (key === undefined || chain === undefined) {
    throw new UserError('ssl.keystore.key and ssl.keystore.certificate.chain belong together; one of them is missing')
  }
  if (file !== undefined)
    throw new UserError('ssl.keystore.location and ssl.keystore.key contradict each other: keep one of them')
  const source = { property: 'ssl.keystore.key', passwordProperty: 'ssl.key.password', hasKeyPassword: true }
  const chainSource = { ...source, property: 'ssl.keystore.certificate.chain' }
  return {
    source: chainSource,
    key: onlyKey(key, source, properties.get('ssl.key.password')),
    certificates: someOf(pemCertificates(chain, chainSource), chainSource),
  }
}

/**
 * A password without a store means a store whose property is missing or misspelt, and a login that would not be tried.
 */
function rejectLonePassword(properties: SecurityProperties): void {
  const name = ['ssl.keystore.password', 'ssl.key.password'].find((property) => properties.has(property))
  if (name) throw new UserError(`${name} is set, but ssl.keystore.location is not: nothing would be opened with it`)
}

function keyInFile(file: string, properties: SecurityProperties): Found {
  const [password, keyPassword] = [properties.get('ssl.keystore.password'), properties.get('ssl.key.password')]
  const source: StoreSource = {
    property: 'ssl.keystore.location',
    file,
    passwordProperty: 'ssl.keystore.password',
    hasKeyPassword: keyPassword !== undefined,
  }
  const opened = openFile(file, source, password)
  if ('pem' in opened) {
    const key = onlyKey(opened.pem, { ...source, hasKeyPassword: true }, keyPassword)
    return { source, key, certificates: someOf(pemCertificates(opened.pem, source), source) }
  }
  const [entry] = opened.store.keys
  if (!entry) throw refuse(source, 'holds no private key')
  const key = inWords(source, () => keyOf(entry.open(keyPassword ?? password)))
  return { source, key, certificates: someOf(entry.certificates, source) }
}

function onlyKey(pem: string, source: StoreSource, password: string | undefined): KeyObject {
  const keys = pemKeys(pem, source)
  if (keys.length === 0) throw refuse(source, 'holds no private key')
  if (keys.length > 1) throw refuse(source, `holds ${keys.length} private keys, and one is expected`)
  return inWords(source, () => keys[0]!(password))
}

function someOf(certificates: readonly Buffer[], source: StoreSource): readonly Buffer[] {
  if (certificates.length === 0) throw refuse(source, 'holds no certificate')
  return certificates
}

/** The certificate of a key, then its issuers as far as they are there. */
function chainOf(key: KeyObject, certificates: readonly X509Certificate[], source: StoreSource): KeyStore['chain'] {
  const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key))
  const owner = source.file ? 'its private key' : 'ssl.keystore.key'
  if (!leaf) throw refuse(source, `cannot be used: no certificate in it belongs to ${owner}`)
  const chain: [X509Certificate, ...X509Certificate[]] = [leaf]
  const rest = new Set(certificates.filter((certificate) => certificate !== leaf))
  for (let issuer = issuerOf(leaf, rest); issuer; issuer = issuerOf(issuer, rest)) {
    chain.push(issuer)
    rest.delete(issuer)
  }
  return chain
}

const issuerOf = (certificate: X509Certificate, among: ReadonlySet<X509Certificate>): X509Certificate | undefined =>
  certificate.checkIssued(certificate) ? undefined : [...among].find((other) => certificate.checkIssued(other))
