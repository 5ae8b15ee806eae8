import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { bits, explicit, implicit, integer, octets, oid, sequence, set, time, utf8, yes } from './der-writer.ts'

/** X.509 version 3 with ECDSA on P-256, which every client of Kafka speaks (RFC 5280, RFC 5758). */

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const COMMON_NAME = '2.5.4.3'
const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const
const SERVER_AND_CLIENT = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']
/** Bits of keyUsage, from the left: digitalSignature; keyCertSign and cRLSign. */
const MAY_SIGN_HANDSHAKES = bits(Buffer.from([0x80]), 7)
const MAY_ISSUE = bits(Buffer.from([0x06]), 1)
/** Clocks of two machines differ. */
const LEEWAY_MS = 3_600_000

/** A certificate with its private key. */
export interface Identity {
  readonly commonName: string
  readonly privateKey: KeyObject
  /** DER. */
  readonly certificate: Buffer
}

export interface Validity {
  readonly nowMs: number
  readonly days: number
}

/** An authority that vouches for itself, and may vouch for others directly below it. */
export function makeAuthority(commonName: string, validity: Validity): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const extensions = [
    extension('basicConstraints', sequence(yes, integer(Buffer.from([0]))), 'critical'),
    extension('keyUsage', MAY_ISSUE, 'critical'),
    extension('subjectKeyIdentifier', octets(identifierOf(publicKey))),
  ]
  const certificate = signed({ commonName, publicKey, validity, extensions }, { commonName, privateKey })
  return { commonName, privateKey, certificate }
}

/** Whom an authority vouches for: a server under its host names and addresses, which may be a client as well. */
export function makeIdentity(
  commonName: string,
  hosts: readonly string[],
  authority: Identity,
  validity: Validity,
): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const extensions = [
    extension('basicConstraints', sequence(), 'critical'),
    extension('keyUsage', MAY_SIGN_HANDSHAKES, 'critical'),
    extension('extendedKeyUsage', sequence(...SERVER_AND_CLIENT.map(oid))),
    extension('subjectKeyIdentifier', octets(identifierOf(publicKey))),
    extension('authorityKeyIdentifier', sequence(implicit(0, identifierOf(authority.privateKey)))),
    ...(hosts.length > 0 ? [extension('subjectAltName', sequence(...hosts.map(generalName)))] : []),
  ]
  return { commonName, privateKey, certificate: signed({ commonName, publicKey, validity, extensions }, authority) }
}

interface ToSign {
  readonly commonName: string
  readonly publicKey: KeyObject
  readonly validity: Validity
  readonly extensions: readonly Buffer[]
}

function signed(
  { commonName, publicKey, validity: { nowMs, days }, extensions }: ToSign,
  issuer: Pick<Identity, 'commonName' | 'privateKey'>,
): Buffer {
  const serial = randomBytes(16)
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_WITH_SHA256,
    nameOf(issuer.commonName),
    sequence(time(nowMs - LEEWAY_MS), time(nowMs + days * 86_400_000)),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  )
  return sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, issuer.privateKey)))
}

const nameOf = (commonName: string): Buffer => sequence(set(sequence(oid(COMMON_NAME), utf8(commonName))))

const extension = (name: keyof typeof EXTENSION, value: Buffer, isCritical?: 'critical'): Buffer =>
  sequence(oid(EXTENSION[name]), ...(isCritical ? [yes] : []), octets(value))

/** Of the public key, also where the private one is given (RFC 5280, 4.2.1.2, method 1). */
function identifierOf(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  const { x, y } = publicKey.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')])
  return createHash('sha1').update(point).digest()
}

const generalName = (host: string): Buffer =>
  isIP(host) ? implicit(7, addressBytes(host)) : implicit(2, Buffer.from(host, 'ascii'))

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = address.split('::')
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}
