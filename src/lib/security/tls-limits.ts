import { constants } from 'node:crypto'
import type { SecureContextOptions, SecureVersion } from 'node:tls'
import { UserError } from '../errors.ts'
import { nodeTls } from './node-tls.ts'
import type { SecurityProperties } from './properties.ts'

/** From the oldest to the newest, as `ssl.protocol` and minVersion and maxVersion limit them. */
const PROTOCOLS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const satisfies readonly SecureVersion[]
type Protocol = (typeof PROTOCOLS)[number]

const DEFAULT_PROTOCOLS = 'TLSv1.2,TLSv1.3'
/** What switches off a version between others. */
const OFF: Readonly<Record<Protocol, number>> = {
  TLSv1: constants.SSL_OP_NO_TLSv1,
  'TLSv1.1': constants.SSL_OP_NO_TLSv1_1,
  'TLSv1.2': constants.SSL_OP_NO_TLSv1_2,
  'TLSv1.3': constants.SSL_OP_NO_TLSv1_3,
}
/** OpenSSL's security level that still speaks what is older than TLS 1.2. */
const OLD_LEVEL = '@SECLEVEL=0'

export type TlsLimits = Pick<SecureContextOptions, 'minVersion' | 'maxVersion' | 'secureOptions' | 'ciphers'>

/**
 * Which versions and cipher suites are spoken: `ssl.enabled.protocols`, `ssl.protocol` and `ssl.cipher.suites`. Throws
 * UserError for names that nobody knows.
 */
export function readTlsLimits(properties: SecurityProperties): TlsLimits {
  const protocols = readProtocols(properties)
  return { ...versionsOf(protocols), ...readCiphers(properties, protocols) }
}

/** `ssl.enabled.protocols`, none of them newer than `ssl.protocol`. */
function readProtocols(properties: SecurityProperties): readonly Protocol[] {
  const names = listOf(properties.get('ssl.enabled.protocols') || DEFAULT_PROTOCOLS)
  const unknown = names.find((name) => !PROTOCOLS.some((protocol) => protocol === name))
  if (unknown !== undefined)
    throw new UserError(`ssl.enabled.protocols: ${unknown} is not one of ${PROTOCOLS.join(', ')}`)
  const newest = readNewest(properties.get('ssl.protocol')?.trim() || 'TLS')
  const enabled = PROTOCOLS.filter((protocol, index) => names.includes(protocol) && index <= newest)
  if (enabled.length > 0) return enabled
  throw new UserError(`ssl.protocol=${PROTOCOLS[newest]} leaves none of ssl.enabled.protocols=${names.join(',')}`)
}

/** `TLS` means any. */
function readNewest(name: string): number {
  if (name === 'TLS') return PROTOCOLS.length - 1
  const index = PROTOCOLS.findIndex((protocol) => protocol === name)
  if (index < 0) throw new UserError(`ssl.protocol=${name} is not valid: TLS, ${PROTOCOLS.join(', ')}`)
  return index
}

function versionsOf(enabled: readonly Protocol[]): TlsLimits {
  const [oldest, newest] = [PROTOCOLS.indexOf(enabled[0]!), PROTOCOLS.indexOf(enabled.at(-1)!)]
  const gaps = PROTOCOLS.slice(oldest, newest).filter((protocol) => !enabled.includes(protocol))
  return {
    minVersion: enabled[0]!,
    maxVersion: enabled.at(-1)!,
    ...(gaps.length > 0 && { secureOptions: gaps.reduce((bits, protocol) => bits | OFF[protocol], 0) }),
  }
}

function readCiphers(properties: SecurityProperties, [oldest]: readonly Protocol[]): TlsLimits {
  const suites = listOf(properties.get('ssl.cipher.suites') ?? '').map(opensslName)
  const isOld = oldest === 'TLSv1' || oldest === 'TLSv1.1'
  const ciphers = [...(suites.length > 0 ? suites : isOld ? ['DEFAULT'] : []), ...(isOld ? [OLD_LEVEL] : [])]
  return ciphers.length > 0 ? { ciphers: ciphers.join(':') } : {}
}

/**
 * TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 is ECDHE-RSA-AES128-GCM-SHA256 to OpenSSL; the suites of TLS 1.3 keep their
 * name.
 */
function opensslName(suite: string): string {
  const known = nodeTls().getCiphers()
  const name = suite
    .replace(/^(TLS|SSL)_(RSA_WITH_)?/, '')
    .replace('_WITH_', '_')
    .replace(/_(\d{3})_/, '$1_')
    .replace('CBC_SHA', 'SHA')
    .replace('POLY1305_SHA256', 'POLY1305')
    .replaceAll('_', '-')
  if (known.includes(suite.toLowerCase())) return suite
  if (known.includes(name.toLowerCase())) return name
  throw new UserError(`ssl.cipher.suites: ${suite} is not a cipher suite that Node.js knows`)
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
