import { createHash } from 'node:crypto'
import { octetsOf, oidOf, partsOf, readDer } from './der.ts'
import { StoreError, type KeyEntry, type Store } from './store.ts'

/**
 * Java's own formats: JKS (sun.security.provider.JavaKeyStore), and of JCEKS, which has the same layout, all but its
 * encrypted keys. Certificates are in clear; the password seals the whole, and keys have a cipher made of SHA-1.
 */

const JKS = 0xfeedfeed
const JCEKS = 0xcececece
const ENTRY = { key: 1, certificate: 2 } as const
const DIGEST_BYTES = 20
const WHITENER = 'Mighty Aphrodite'
const JKS_KEY = '1.3.6.1.4.1.42.2.17.1.1'

export const isJks = (bytes: Buffer): boolean => bytes.length >= 12 && [JKS, JCEKS].includes(bytes.readUInt32BE(0))

/** Without a password the seal is not looked at, as in Java. Throws StoreError. */
export function readJks(bytes: Buffer, password: string | undefined): Store {
  const end = bytes.length - DIGEST_BYTES
  if (password !== undefined) checkSeal(bytes, end, password)
  try {
    return readEntries(new Cursor(bytes.subarray(0, end)))
  } catch (error) {
    throw error instanceof RangeError ? new StoreError('damaged') : error
  }
}

function readEntries(cursor: Cursor): Store {
  cursor.int()
  const version = cursor.int()
  if (version !== 1 && version !== 2) throw new StoreError('damaged')
  const keys: KeyEntry[] = []
  const trusted: Buffer[] = []
  for (let left = cursor.int(); left > 0; left--) {
    const tag = cursor.int()
    // Others hold Java objects of any length, in JCEKS only.
    if (tag !== ENTRY.key && tag !== ENTRY.certificate) {
      throw new StoreError('unsupported', 'an entry that is neither a key nor a certificate')
    }
    cursor.text()
    cursor.take(8)
    const readCertificate = (): Buffer => (version === 2 && cursor.text(), cursor.take(cursor.int()))
    if (tag === ENTRY.certificate) {
      trusted.push(readCertificate())
      continue
    }
    const encrypted = cursor.take(cursor.int())
    const certificates = Array.from({ length: cursor.int() }, readCertificate)
    keys.push({ open: (keyPassword) => openKey(encrypted, keyPassword), certificates })
    trusted.push(...certificates.slice(0, 1))
  }
  return { keys, trusted }
}

function checkSeal(bytes: Buffer, end: number, password: string): void {
  const seal = createHash('sha1').update(encode(password)).update(WHITENER).update(bytes.subarray(0, end)).digest()
  if (!seal.equals(bytes.subarray(end))) throw new StoreError('store-password')
}

/** The salt, the key under a stream of SHA-1, and a digest that tells whether the password was right. */
function openKey(protectedKey: Buffer, password: string | undefined): Buffer {
  const [algorithm, value] = partsOf(readDer(protectedKey))
  const [id] = algorithm ? partsOf(algorithm) : []
  if (!id || !value) throw new StoreError('damaged')
  if (oidOf(id) !== JKS_KEY) throw new StoreError('unsupported', `the algorithm ${oidOf(id)} of JCEKS`)
  if (password === undefined) throw new StoreError('no-key-password')
  const bytes = octetsOf(value)
  const [secret, encrypted] = [encode(password), bytes.subarray(DIGEST_BYTES, -DIGEST_BYTES)]
  const plain = Buffer.alloc(encrypted.length)
  let stream = bytes.subarray(0, DIGEST_BYTES)
  for (let at = 0; at < encrypted.length; at++) {
    if (at % DIGEST_BYTES === 0) stream = createHash('sha1').update(secret).update(stream).digest()
    plain[at] = encrypted[at]! ^ stream[at % DIGEST_BYTES]!
  }
  const digest = createHash('sha1').update(secret).update(plain).digest()
  if (!digest.equals(bytes.subarray(-DIGEST_BYTES))) throw new StoreError('key-password')
  return plain
}

const encode = (password: string): Buffer => Buffer.from(password, 'utf16le').swap16()

/** Reads as java.io.DataInput. Throws RangeError past the end. */
class Cursor {
  private at = 0

  constructor(private readonly bytes: Buffer) {}

  int(): number {
    return this.take(4).readUInt32BE()
  }

  text(): string {
    return this.take(this.take(2).readUInt16BE()).toString()
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new RangeError('past the end')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
}
