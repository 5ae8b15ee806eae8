/**
 * RFC 2268. OpenSSL 3 has it in its legacy provider only, which Node does not load, and PKCS#12 stores of old tools use
 * it.
 */

/** The digits of pi, mixed (RFC 2268, section 2). */
const PI = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32' +
    'bd8f40eb86b77b0bf09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626' +
    '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a' +
    '961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2e' +
    'c5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
)

/** Decrypts in CBC mode; the padding is still there. */
export function decryptRc2(key: Buffer, effectiveBits: number, iv: Buffer, encrypted: Buffer): Buffer {
  const words = expand(key, effectiveBits)
  const plain = Buffer.alloc(encrypted.length)
  for (let at = 0; at + 8 <= encrypted.length; at += 8) {
    const block = decryptBlock(words, encrypted.subarray(at, at + 8))
    const before = at === 0 ? iv : encrypted.subarray(at - 8, at)
    for (let i = 0; i < 8; i++) plain[at + i] = block[i]! ^ before[i]!
  }
  return plain
}

/** 64 words of 16 bits from the key (section 2). */
function expand(key: Buffer, effectiveBits: number): Uint16Array {
  const bytes = new Uint8Array(128)
  bytes.set(key)
  for (let i = key.length; i < 128; i++) bytes[i] = PI[(bytes[i - 1]! + bytes[i - key.length]!) & 0xff]!
  const effectiveBytes = (effectiveBits + 7) >> 3
  const mask = 0xff >> (8 * effectiveBytes - effectiveBits)
  bytes[128 - effectiveBytes] = PI[bytes[128 - effectiveBytes]! & mask]!
  for (let i = 127 - effectiveBytes; i >= 0; i--) bytes[i] = PI[bytes[i + 1]! ^ bytes[i + effectiveBytes]!]!
  return Uint16Array.from({ length: 64 }, (_, i) => bytes[2 * i]! | (bytes[2 * i + 1]! << 8))
}

const ROTATIONS = [1, 2, 3, 5] as const

/** Five rounds of mixing backwards, mashing, six, mashing, five (section 4). */
function decryptBlock(key: Uint16Array, bytes: Buffer): Buffer {
  const r = Uint16Array.from({ length: 4 }, (_, i) => bytes.readUInt16LE(2 * i))
  let j = 63
  const mix = (): void => {
    for (let i = 3; i >= 0; i--) {
      const turn = ROTATIONS[i]!
      const rotated = (r[i]! >>> turn) | (r[i]! << (16 - turn))
      const [a, b, c] = [r[(i + 3) % 4]!, r[(i + 2) % 4]!, r[(i + 1) % 4]!]
      r[i] = rotated - key[j--]! - (a & b) - (~a & c)
    }
  }
  const mash = (): void => {
    for (let i = 3; i >= 0; i--) r[i] = r[i]! - key[r[(i + 3) % 4]! & 63]!
  }
  for (let round = 0; round < 16; round++) {
    mix()
    if (round === 4 || round === 10) mash()
  }
  const plain = Buffer.alloc(8)
  r.forEach((word, i) => plain.writeUInt16LE(word, 2 * i))
  return plain
}
