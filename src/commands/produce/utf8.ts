import { isUtf8 } from 'node:buffer'

const REPLACEMENT = Buffer.from('\ufffd')

/** The same line as Java's UTF-8 decoder and encoder make of it: each malformed sequence becomes one U+FFFD. */
export function repairUtf8(line: Buffer): Buffer {
  if (isUtf8(line)) return line
  const parts: Buffer[] = []
  let from = 0
  for (let at = 0; at < line.length; ) {
    const length = sequenceLength(line, at)
    if (length > 0) {
      at += length
      continue
    }
    parts.push(line.subarray(from, at), REPLACEMENT)
    from = at -= length
  }
  return Buffer.concat([...parts, line.subarray(from)])
}

/** Bytes of the character at a position, or minus those of the malformed sequence there (sun.nio.cs.UTF_8). */
function sequenceLength(line: Buffer, at: number): number {
  const first = line[at]!
  if (first < 0x80) return 1
  if (first >= 0xc2 && first <= 0xdf) return isContinuation(line[at + 1]) ? 2 : -1
  if (first >= 0xe0 && first <= 0xef) return threeBytes(first, line[at + 1], line[at + 2])
  if (first >= 0xf0 && first <= 0xf4) return fourBytes(first, line[at + 1], line[at + 2], line[at + 3])
  return -1
}

function threeBytes(first: number, second: number | undefined, third: number | undefined): number {
  if (!isContinuation(second) || (first === 0xe0 && second < 0xa0)) return -1
  if (!isContinuation(third)) return -2
  // A surrogate is malformed as a whole.
  return first === 0xed && second >= 0xa0 ? -3 : 3
}

function fourBytes(
  first: number,
  second: number | undefined,
  third: number | undefined,
  fourth: number | undefined,
): number {
  if (!isContinuation(second) || (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return -1
  if (!isContinuation(third)) return -2
  return isContinuation(fourth) ? 4 : -3
}

const isContinuation = (byte: number | undefined): byte is number => byte !== undefined && (byte & 0xc0) === 0x80
