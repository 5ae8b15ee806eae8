import { createHmac } from 'node:crypto'
import { field, integerOf, octetsOf, oidOf, partsOf, readDer, TAG, type Der } from './der.ts'
import { decrypt, derivePbkdf2, hmacOf } from './pbe.ts'
import { deriveKey, PURPOSE } from './pkcs12-kdf.ts'
import { StoreError, type KeyEntry, type Store } from './store.ts'

/** RFC 7292. */

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const X509 = '1.2.840.113549.1.9.22.1'
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21'
/** Java's mark for certificates that are trusted, and not part of a key's chain. */
const TRUSTED_KEY_USAGE = '2.16.840.1.113894.746875.1.1'
const PBMAC1 = '1.2.840.113549.1.5.14'
const BAGS = '1.2.840.113549.1.12.10.1.'
const BAG = { key: `${BAGS}1`, shroudedKey: `${BAGS}2`, certificate: `${BAGS}3`, safe: `${BAGS}6` } as const
const DIGESTS: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '1.2.840.113549.2.5': 'md5',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

const VERSION_3 = Buffer.from([TAG.integer, 1, 3])

interface Bag {
  readonly id: string
  readonly value: Der
  readonly attributes: ReadonlyMap<string, Der>
}

/** Whether `bytes` begin as a PKCS#12 store does: with a sequence, and version 3 in it. */
export function isPkcs12(bytes: Buffer): boolean {
  const length = bytes[1] ?? 0
  const from = length > 0x80 ? 2 + length - 0x80 : 2
  return bytes[0] === 0x30 && bytes.subarray(from, from + 3).equals(VERSION_3)
}

/**
 * Reads a store. Without a password its seal is not looked at, as Java does. Throws StoreError `store-password` when
 * the password is wrong, `no-store-password` when there is none and the store needs one.
 */
export function readPkcs12(bytes: Buffer, password: string | undefined): Store {
  const [, authSafe, seal] = partsOf(readDer(bytes))
  if (!authSafe) throw new StoreError('damaged')
  const content = contentOf(authSafe, DATA)
  if (seal && password !== undefined) checkSeal(seal, octetsOf(content), password)
  const bags = partsOf(readDer(octetsOf(content))).flatMap((info) => bagsOf(safeOf(info, password)))
  const certificates = bags.filter(({ id }) => id === BAG.certificate).map(readCertificate)
  const keys = bags
    .filter(({ id }) => id === BAG.key || id === BAG.shroudedKey)
    .map(
      (bag): KeyEntry => ({
        open: (keyPassword) => openKey(bag, keyPassword),
        // Which of them belong to it, and in which order, tell the certificates themselves.
        certificates: certificates.map(({ certificate }) => certificate),
      }),
    )
  const keyIds = bags.filter(({ id }) => id === BAG.key || id === BAG.shroudedKey).map(keyIdOf)
  const isTrusted = ({ bag }: { bag: Bag }): boolean =>
    bag.attributes.has(TRUSTED_KEY_USAGE) || keyIds.some((keyId) => keyId?.equals(keyIdOf(bag) ?? Buffer.alloc(0)))
  // A store of certificates alone, as OpenSSL makes it, has no marks: whoever names it a trust store trusts them all.
  const trusted = keys.length === 0 ? certificates : certificates.filter(isTrusted)
  return { keys, trusted: trusted.map(({ certificate }) => certificate) }
}

function contentOf(info: Der, wanted: string): Der {
  const [type, content] = partsOf(info)
  if (!type || content?.tag !== field(0)) throw new StoreError('damaged')
  if (oidOf(type) !== wanted) throw new StoreError('unsupported', `content of the type ${oidOf(type)}`)
  return readDer(content.content)
}

/** The bytes of SafeContents, decrypted where they have to be. */
function safeOf(info: Der, password: string | undefined): Buffer {
  const [type] = partsOf(info)
  if (type && oidOf(type) === DATA) return octetsOf(contentOf(info, DATA))
  const [, encryptedInfo] = partsOf(contentOf(info, ENCRYPTED_DATA))
  const [, algorithm, encrypted] = encryptedInfo ? partsOf(encryptedInfo) : []
  if (!algorithm || !encrypted) throw new StoreError('damaged')
  if (password === undefined) throw new StoreError('no-store-password')
  return withFault('store-password', () => decrypt(algorithm, octetsOf(encrypted), password))
}

function bagsOf(safe: Buffer): Bag[] {
  return partsOf(readDer(safe)).flatMap((bag) => {
    const [type, value, set] = partsOf(bag)
    if (!type || !value) throw new StoreError('damaged')
    const id = oidOf(type)
    if (id === BAG.safe) return bagsOf(value.content)
    const attributes = new Map(set ? partsOf(set).map((attribute) => [oidOf(partsOf(attribute)[0]!), attribute]) : [])
    return [{ id, value: readDer(value.content), attributes }]
  })
}

function readCertificate(bag: Bag): { bag: Bag; certificate: Buffer } {
  const [type, value] = partsOf(bag.value)
  if (!type || !value || oidOf(type) !== X509) throw new StoreError('damaged')
  return { bag, certificate: octetsOf(readDer(value.content)) }
}

function keyIdOf({ attributes }: Bag): Buffer | undefined {
  const attribute = attributes.get(LOCAL_KEY_ID)
  return attribute && partsOf(attribute)[1]?.content
}

/** The key in PKCS#8. */
function openKey({ id, value }: Bag, password: string | undefined): Buffer {
  if (id === BAG.key) return value.whole
  const [algorithm, encrypted] = partsOf(value)
  if (!algorithm || !encrypted) throw new StoreError('damaged')
  if (password === undefined) throw new StoreError('no-key-password')
  return withFault('key-password', () => decrypt(algorithm, octetsOf(encrypted), password))
}

/** Throws StoreError `store-password`. A flipped bit says the same, to everybody who reads such stores. */
function checkSeal(seal: Der, content: Buffer, password: string): void {
  const [info, salt, iterations] = partsOf(seal)
  const [algorithm, digest] = info ? partsOf(info) : []
  const [id, parameters] = algorithm ? partsOf(algorithm) : []
  if (!id || !digest || !salt) throw new StoreError('damaged')
  const wanted = octetsOf(digest)
  const [hash, key] =
    oidOf(id) === PBMAC1
      ? newSealKey(parameters!, password, wanted.length)
      : oldSealKey(oidOf(id), password, octetsOf(salt), iterations ? integerOf(iterations) : 1, wanted.length)
  if (!createHmac(hash, key).update(content).digest().equals(wanted)) throw new StoreError('store-password')
}

function oldSealKey(oid: string, password: string, salt: Buffer, iterations: number, length: number): [string, Buffer] {
  const hash = DIGESTS[oid]
  if (hash === undefined) throw new StoreError('unsupported', `the digest ${oid}`)
  return [hash, deriveKey(hash, password, salt, PURPOSE.mac, iterations, length)]
}

/** RFC 9579. */
function newSealKey(parameters: Der, password: string, length: number): [string, Buffer] {
  const [derivation, mac] = partsOf(parameters)
  if (!derivation || !mac) throw new StoreError('damaged')
  return [hmacOf(partsOf(mac)[0]!), derivePbkdf2(derivation, password, length)]
}

function withFault(fault: 'store-password' | 'key-password', open: () => Buffer): Buffer {
  try {
    const plain = open()
    // One wrong password in 256 leaves padding that looks right, but no ASN.1.
    readDer(plain)
    return plain
  } catch (error) {
    const isWrong = error instanceof StoreError && (error.fault === 'key-password' || error.fault === 'damaged')
    throw isWrong ? new StoreError(fault) : error
  }
}
