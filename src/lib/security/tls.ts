import type { ConnectionOptions } from 'node:tls'
import { UserError } from '../errors.ts'
import { nodeTls } from './node-tls.ts'
import { readKeyStore } from './stores/key-store.ts'
import { rejectTypes } from './stores/open-store.ts'
import { readTrustStore } from './stores/trust-store.ts'
import { readTlsLimits } from './tls-limits.ts'
import { rejectExpired, rejectOutdated } from './validity.ts'
import type { SecurityProperties } from './properties.ts'

/**
 * Node's TLS options for Java's `ssl.*` properties. Stores are opened, and keys and certificates tried, here and now:
 * what is wrong with them is no fault of the server. Throws UserError for stores and settings that cannot be used.
 */
export function readTls(properties: SecurityProperties, nowMs: number): ConnectionOptions {
  rejectTypes(properties)
  const trust = readTrustStore(properties)
  if (trust) rejectExpired(trust, nowMs)
  const own = readKeyStore(properties)
  if (own) rejectOutdated(own, nowMs)
  const options: ConnectionOptions = {
    // As Java: what is in the store is trusted, whoever has issued it.
    ...(trust && { ca: trust.certificates.map(String), allowPartialTrustChain: true }),
    ...(own && { key: own.key, cert: own.chain.map(String).join('') }),
    ...readIdentity(properties),
    ...readTlsLimits(properties),
    // Without this NODE_TLS_REJECT_UNAUTHORIZED=0, in whatever shell, would switch all checks off.
    rejectUnauthorized: true,
  }
  return { ...options, secureContext: createContext(options) }
}

/** For all connections. OpenSSL finds some keys and certificates too weak, by the level that Node was built with. */
function createContext(options: ConnectionOptions): ReturnType<ReturnType<typeof nodeTls>['createSecureContext']> {
  try {
    return nodeTls().createSecureContext(options)
  } catch (error) {
    const name = ((error as NodeJS.ErrnoException).code ?? '').replace(/^ERR_(SSL|OSSL)_/, '')
    const isWeak = /TOO_(SMALL|WEAK)/.test(name)
    const fault = isWeak ? 'is too weak to be used for TLS' : 'cannot be used for TLS'
    throw new UserError(`ssl.keystore: the key or certificate of the client ${fault} (${name})`)
  }
}

function readIdentity(properties: SecurityProperties): ConnectionOptions {
  const algorithm = (properties.get('ssl.endpoint.identification.algorithm') ?? 'https').trim()
  if (algorithm === '') return { checkServerIdentity: () => undefined }
  if (algorithm.toLowerCase() === 'https') return {}
  throw new UserError(
    `ssl.endpoint.identification.algorithm=${algorithm} is not valid: https, or nothing to skip the check`,
  )
}
