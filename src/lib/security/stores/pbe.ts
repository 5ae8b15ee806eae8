import { createDecipheriv, createHash, pbkdf2Sync, scryptSync } from 'node:crypto'
import { integerOf, octetsOf, oidOf, partsOf, TAG, type Der } from './der.ts'
import { deriveKey } from './pkcs12-kdf.ts'
import { decryptRc2 } from './rc2.ts'
import { StoreError } from './store.ts'

/**
 * Decrypts what a password protects in PKCS#8 and PKCS#12: PBES2 of PKCS#5 (RFC 8018), its old schemes, and those of
 * PKCS#12 (RFC 7292, appendix C), with which old tools write, and which OpenSSL 3 no longer reads.
 */

interface Cipher {
  /** Node's name, or RC2, which Node does not have. */
  readonly name: string
  readonly keyBytes: number
  /** Of RC2. */
  readonly effectiveBits?: number
}

const RC2 = 'rc2'
const DES3: Cipher = { name: 'des-ede3-cbc', keyBytes: 24 }
const DES: Cipher = { name: 'des-cbc', keyBytes: 8 }
const rc2 = (bits: number): Cipher => ({ name: RC2, keyBytes: bits / 8, effectiveBits: bits })

/** pkcs-12PbeIds, by their last number. */
const OF_PKCS12: Readonly<Record<string, Cipher>> = {
  3: DES3,
  4: { name: 'des-ede3-cbc', keyBytes: 16 },
  5: rc2(128),
  6: rc2(40),
}
/** The old schemes of PKCS#5, by their last number. */
const OF_PKCS5: Readonly<Record<string, readonly [hash: string, cipher: Cipher]>> = {
  3: ['md5', DES],
  6: ['md5', rc2(64)],
  10: ['sha1', DES],
  11: ['sha1', rc2(64)],
}
const OF_PBES2: Readonly<Record<string, Cipher>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyBytes: 32 },
  '1.2.840.113549.3.7': DES3,
  '1.3.14.3.2.7': DES,
}

export const PBES2 = '1.2.840.113549.1.5.13'
const PBKDF2 = '1.2.840.113549.1.5.12'
const SCRYPT = '1.3.6.1.4.1.11591.4.11'
/** Digests by the last number of their HMAC's identifier, below 1.2.840.113549.2. */
const HMACS: Readonly<Record<string, string>> = { 7: 'sha1', 8: 'sha224', 9: 'sha256', 10: 'sha384', 11: 'sha512' }
/** Java's limit. */
const MAX_ITERATIONS = 5_000_000

/** Throws StoreError `key-password` when the password is wrong, `unsupported` for another algorithm. */
export function decrypt(algorithm: Der, encrypted: Buffer, password: string): Buffer {
  const [id, parameters] = partsOf(algorithm)
  if (!id || !parameters) throw new StoreError('damaged')
  const oid = oidOf(id)
  if (oid === PBES2) return decryptPbes2(parameters, encrypted, password)
  const [salt, iterations] = saltOf(parameters)
  const [, family, number = ''] = /^1\.2\.840\.113549\.1\.(5|12\.1)\.(\d+)$/.exec(oid) ?? []
  const ofPkcs12 = family === '12.1' ? OF_PKCS12[number] : undefined
  if (ofPkcs12) {
    const key = deriveKey('sha1', password, salt, 1, iterations, ofPkcs12.keyBytes)
    return decipher(ofPkcs12, key, deriveKey('sha1', password, salt, 2, iterations, 8), encrypted)
  }
  const ofPkcs5 = family === '5' ? OF_PKCS5[number] : undefined
  if (!ofPkcs5) throw new StoreError('unsupported', `the algorithm ${oid}`)
  const [hash, cipher] = ofPkcs5
  const derived = pbkdf1(hash, password, salt, iterations)
  return decipher(cipher, derived.subarray(0, 8), derived.subarray(8, 16), encrypted)
}

/** The key that PBKDF2's parameters, or scrypt's, make of a password. */
export function derivePbkdf2(algorithm: Der, password: string, keyBytes: number): Buffer {
  const [id, parameters] = partsOf(algorithm)
  if (!id || !parameters) throw new StoreError('damaged')
  const parts = partsOf(parameters)
  if (oidOf(id) === SCRYPT) {
    const [salt, cost, blockSize, parallelization] = parts
    const [N, r, p] = [integerOf(cost!), integerOf(blockSize!), integerOf(parallelization!)]
    return scryptSync(password, octetsOf(salt!), keyBytes, { N, r, p, maxmem: 256 * N * r + 1024 * 1024 })
  }
  if (oidOf(id) !== PBKDF2) throw new StoreError('unsupported', `the key derivation ${oidOf(id)}`)
  const [salt, iterations] = saltOf(parameters)
  const prf = parts.slice(2).find(({ tag }) => tag === TAG.sequence)
  return pbkdf2Sync(password, salt, iterations, keyBytes, prf ? hmacOf(partsOf(prf)[0]!) : 'sha1')
}

/** Node's name of the digest of an HMAC. */
export function hmacOf(id: Der): string {
  const oid = oidOf(id)
  const hash = HMACS[/^1\.2\.840\.113549\.2\.(\d+)$/.exec(oid)?.[1] ?? '']
  if (hash === undefined) throw new StoreError('unsupported', `the digest ${oid}`)
  return hash
}

function decryptPbes2(parameters: Der, encrypted: Buffer, password: string): Buffer {
  const [derivation, scheme] = partsOf(parameters)
  const [id, iv] = scheme ? partsOf(scheme) : []
  if (!derivation || !id || !iv) throw new StoreError('damaged')
  const cipher = OF_PBES2[oidOf(id)]
  if (!cipher) throw new StoreError('unsupported', `the cipher ${oidOf(id)}`)
  return decipher(cipher, derivePbkdf2(derivation, password, cipher.keyBytes), octetsOf(iv), encrypted)
}

function saltOf(parameters: Der): [salt: Buffer, iterations: number] {
  const [salt, iterations] = partsOf(parameters)
  if (!salt || !iterations) throw new StoreError('damaged')
  const count = integerOf(iterations)
  if (count < 1 || count > MAX_ITERATIONS) throw new StoreError('unsupported', `${count} rounds of key derivation`)
  return [octetsOf(salt), count]
}

function pbkdf1(hash: string, password: string, salt: Buffer, iterations: number): Buffer {
  let digest = Buffer.concat([Buffer.from(password), salt])
  for (let i = 0; i < iterations; i++) digest = createHash(hash).update(digest).digest()
  return digest
}

function decipher(cipher: Cipher, key: Buffer, iv: Buffer, encrypted: Buffer): Buffer {
  if (encrypted.length === 0 || encrypted.length % iv.length !== 0) throw new StoreError('damaged')
  return withoutPadding(decipherRaw(cipher, key, iv, encrypted), iv.length)
}

function decipherRaw({ name, effectiveBits }: Cipher, key: Buffer, iv: Buffer, encrypted: Buffer): Buffer {
  if (name === RC2) return decryptRc2(key, effectiveBits!, iv, encrypted)
  // OpenSSL has DES no more, but three times DES with one key is DES; with two, the first comes again.
  const longer =
    name === 'des-cbc'
      ? Buffer.concat([key, key, key])
      : name === 'des-ede3-cbc' && key.length === 16
        ? Buffer.concat([key, key.subarray(0, 8)])
        : key
  const decipher = createDecipheriv(name === 'des-cbc' ? 'des-ede3-cbc' : name, longer, iv).setAutoPadding(false)
  return Buffer.concat([decipher.update(encrypted), decipher.final()])
}

/** The padding of PKCS#5: it is wrong, nearly always, where the password is. */
function withoutPadding(plain: Buffer, blockBytes: number): Buffer {
  const count = plain.at(-1) ?? 0
  const isPadded = count >= 1 && count <= blockBytes && plain.subarray(-count).every((byte) => byte === count)
  if (!isPadded) throw new StoreError('key-password')
  return plain.subarray(0, -count)
}
