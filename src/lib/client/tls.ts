import { readFileSync } from 'node:fs'
import type { ConnectionOptions, SecureVersion } from 'node:tls'
import { UserError } from '../errors.ts'
import { nodeTls } from './node-tls.ts'
import type { ClientProperties } from './types.ts'

const PROTOCOLS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const satisfies readonly SecureVersion[]
const DEFAULT_PROTOCOLS = 'TLSv1.2,TLSv1.3'

/** Node's TLS options for Java's `ssl.*` properties. Throws UserError for stores and settings that cannot be used. */
export function readTls(properties: ClientProperties): ConnectionOptions {
  return {
    ...readTrust(properties),
    ...readKey(properties),
    ...readIdentity(properties),
    ...readProtocols(properties),
    ...readCiphers(properties),
  }
}

function readTrust(properties: ClientProperties): ConnectionOptions {
  const inline = properties.get('ssl.truststore.certificates')
  if (inline) return { ca: inline }
  const location = properties.get('ssl.truststore.location')
  if (!location) return {}
  const store = readStore('ssl.truststore.location', location)
  if (isPem(store)) return { ca: store }
  throw new UserError(`ssl.truststore.location: ${location} is not in PEM format, the only one for trust stores here. `
    + `Convert it: keytool -list -rfc -keystore ${location} > truststore.pem`)
}

function readKey(properties: ClientProperties): ConnectionOptions {
  const key = properties.get('ssl.keystore.key')
  const cert = properties.get('ssl.keystore.certificate.chain')
  const passphrase = properties.get('ssl.key.password')
  if (key !== undefined || cert !== undefined) {
    if (!key || !cert) {
      throw new UserError('ssl.keystore.key and ssl.keystore.certificate.chain belong together; one of them is missing')
    }
    return { key, cert, ...(passphrase && { passphrase }) }
  }
  const location = properties.get('ssl.keystore.location')
  return location ? readKeyStore(location, properties.get('ssl.keystore.password') ?? '', passphrase) : {}
}

function readKeyStore(location: string, storePassword: string, keyPassword: string | undefined): ConnectionOptions {
  const store = readStore('ssl.keystore.location', location)
  if (isPem(store)) return { key: store, cert: store, ...(keyPassword && { passphrase: keyPassword }) }
  // A PKCS#12 store is an ASN.1 sequence; a JKS one begins with FE ED FE ED.
  if (store[0] === 0x30) return { pfx: store, passphrase: storePassword }
  throw new UserError(`ssl.keystore.location: ${location} is neither PEM nor PKCS#12; JKS stores cannot be read here. `
    + `Convert it: keytool -importkeystore -srckeystore ${location} -destkeystore keystore.p12 -deststoretype PKCS12`)
}

function readStore(property: string, location: string): Buffer {
  try {
    return readFileSync(location)
  } catch (error) {
    throw new UserError(`${property}: cannot read ${location} (${(error as NodeJS.ErrnoException).code})`)
  }
}

const isPem = (store: Buffer): boolean => store.includes('-----BEGIN ')

function readIdentity(properties: ClientProperties): ConnectionOptions {
  const algorithm = properties.get('ssl.endpoint.identification.algorithm') ?? 'https'
  if (algorithm === '') return { checkServerIdentity: () => undefined }
  if (algorithm.toLowerCase() === 'https') return {}
  throw new UserError(`ssl.endpoint.identification.algorithm=${algorithm} is not valid: https, or nothing to skip the check`)
}

function readProtocols(properties: ClientProperties): ConnectionOptions {
  const names = (properties.get('ssl.enabled.protocols') || DEFAULT_PROTOCOLS).split(',').map((name) => name.trim())
  const unknown = names.find((name) => !PROTOCOLS.some((protocol) => protocol === name))
  if (unknown !== undefined) throw new UserError(`ssl.enabled.protocols: ${unknown} is not one of ${PROTOCOLS.join(', ')}`)
  const enabled = PROTOCOLS.filter((protocol) => names.includes(protocol))
  return { minVersion: enabled[0]!, maxVersion: enabled.at(-1)! }
}

function readCiphers(properties: ClientProperties): ConnectionOptions {
  const suites = properties.get('ssl.cipher.suites')
  return suites ? { ciphers: suites.split(',').map((suite) => opensslName(suite.trim())).join(':') } : {}
}

/** TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 is ECDHE-RSA-AES128-GCM-SHA256 to OpenSSL; the suites of TLS 1.3 keep their name. */
function opensslName(suite: string): string {
  const known = nodeTls().getCiphers()
  const name = suite.replace(/^TLS_(RSA_WITH_)?/, '').replace('_WITH_', '_')
    .replace(/_(\d{3})_/, '$1_').replace('CBC_SHA', 'SHA').replace('POLY1305_SHA256', 'POLY1305').replaceAll('_', '-')
  if (known.includes(suite.toLowerCase())) return suite
  if (known.includes(name.toLowerCase())) return name
  throw new UserError(`ssl.cipher.suites: ${suite} is not a cipher suite that Node.js knows`)
}
