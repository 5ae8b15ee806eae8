import { hash as digestOf } from 'node:crypto'

/** What the derived bytes are for. */
export const PURPOSE = { key: 1, iv: 2, mac: 3 } as const

/** Turns a password into bytes as PKCS#12 does (RFC 7292, appendix B.2). */
export function deriveKey(
  hash: string,
  password: string,
  salt: Buffer,
  purpose: number,
  iterations: number,
  length: number,
): Buffer {
  const blockBytes = hash === 'sha384' || hash === 'sha512' ? 128 : 64
  const input = Buffer.concat([repeat(salt, blockBytes), repeat(encodePassword(password), blockBytes)])
  const derived: Buffer[] = []
  for (let have = 0; have < length; ) {
    let digest = digestOf(hash, Buffer.concat([Buffer.alloc(blockBytes, purpose), input]), 'buffer')
    for (let i = 1; i < iterations; i++) digest = digestOf(hash, digest, 'buffer')
    derived.push(digest)
    have += digest.length
    if (have < length) addToBlocks(input, repeat(digest, blockBytes).subarray(0, blockBytes))
  }
  return Buffer.concat(derived).subarray(0, length)
}

/** UTF-16, big-endian, with a zero at the end. */
const encodePassword = (password: string): Buffer => Buffer.from(`${password}\0`, 'utf16le').swap16()

/** As often as fills whole blocks. */
function repeat(bytes: Buffer, blockBytes: number): Buffer {
  return bytes.length === 0 ? bytes : Buffer.alloc(Math.ceil(bytes.length / blockBytes) * blockBytes, bytes)
}

/** Each block becomes the sum of itself, `addend` and 1. */
function addToBlocks(input: Buffer, addend: Buffer): void {
  for (let start = 0; start < input.length; start += addend.length) {
    let carry = 1
    for (let i = addend.length - 1; i >= 0; i--) {
      carry += input[start + i]! + addend[i]!
      input[start + i] = carry
      carry >>>= 8
    }
  }
}
