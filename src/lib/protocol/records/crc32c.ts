import { lazily } from './native.ts'

type Crc32c = (data: Uint8Array, initial?: number) => number

const native = lazily<{ crc32c: Crc32c }>('@node-rs/crc32', 'CRC-32C')

let compute: Crc32c | undefined

/** To load the native module takes four milliseconds, as long as the table takes for more than this. */
const BYTES_BY_TABLE = 16_384
let bytes = 0

/** The CRC-32C (Castagnoli) of `data[start, end)`, unsigned: the checksum of a record batch. */
export function crc32c(data: Buffer, start = 0, end = data.length): number {
  compute ??= (bytes += end - start) > BYTES_BY_TABLE ? fastest() : undefined
  return (compute ?? crc32cByTable)(start === 0 && end === data.length ? data : data.subarray(start, end))
}

/** The checksum is needed by everything, so a missing native module costs speed only. */
function fastest(): Crc32c {
  try {
    return native().crc32c
  } catch {
    return crc32cByTable
  }
}

/** The polynomial 0x1EDC6F41 with its bits reversed. */
const POLYNOMIAL = 0x82f63b78

let table: Int32Array | undefined

/** The same in plain JavaScript, ten times slower. */
export function crc32cByTable(data: Uint8Array): number {
  const entries = (table ??= makeTable())
  let crc = -1
  for (const byte of data) crc = (crc >>> 8) ^ entries[(crc ^ byte) & 0xff]!
  return ~crc >>> 0
}

/** Each entry is the sum of the entries of its bits: eight are worked out, and a short command reads a single batch. */
function makeTable(): Int32Array {
  const made = new Int32Array(256)
  for (let bit = 128, crc = 1; bit > 0; bit >>>= 1) {
    crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : POLYNOMIAL)
    for (let others = 0; others < 256; others += 2 * bit) made[bit + others] = crc ^ made[others]!
  }
  return made
}
