import { Encoder } from '@toondepauw/node-zstd'
import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../../src/lib/errors.ts'
import { OversizeError } from '../../../../src/lib/protocol/records/limits.ts'
import { FrameDecoder } from '../../../../src/lib/protocol/records/zstd/decoder.ts'
import { framesOf } from '../../../../src/lib/protocol/records/zstd/frames.ts'
import { randomNumbers } from '../../../support/random.ts'

const MIB = 1024 * 1024
const ROOM = 4 * MIB

// The reference implementation, to compress with: Node's own zstd decodes where there is one, so the decoder is tried
// by itself.
const compress = (data: Buffer, level: number): Buffer => new Encoder(level).encodeSync(data)

function decode(data: Buffer, room = ROOM): Buffer {
  return Buffer.concat(
    framesOf(data).map((frame) => {
      const decoder = new FrameDecoder(data, frame, room)
      while (decoder.next()) continue
      return decoder.result()
    }),
  )
}

const WORDS = ['GET /index.html', ' HTTP/1.1', ' 200 ', '{"user":', '"alice"}', '\n']

describe('the decoder of zstd', () => {
  const random = randomNumbers(7)
  const below = (limit: number): number => Math.floor(random() * limit)
  const KINDS: Record<string, (size: number) => Buffer> = {
    noise: (size) => Buffer.from(Array.from({ length: size }, () => below(256))),
    runs: (size) => Buffer.alloc(size, 'a'),
    words: (size) =>
      Buffer.from(Array.from({ length: Math.ceil(size / 6) }, () => WORDS[below(WORDS.length)]!).join('')).subarray(
        0,
        size,
      ),
    'rare bytes': (size) => Buffer.from(Array.from({ length: size }, () => (below(4) === 0 ? below(256) : below(3)))),
  }

  it.each(Object.keys(KINDS))('undoes every level on %s', (kind) => {
    for (const size of [0, 1, 5, 200, 4000, 140_000]) {
      const data = KINDS[kind]!(size)
      for (const level of [1, 3, 7, 12, 19])
        expect(decode(compress(data, level)).equals(data), `${size} bytes, level ${level}`).toBe(true)
    }
  })

  it('throws nothing but MalformedError for damaged data, and gives out no more than it may', () => {
    const whole = compress(KINDS['words']!(3000), 3)
    for (let round = 0; round < 2000; round += 1) {
      const damaged = Buffer.from(whole)
      for (let flips = 1 + below(3); flips > 0; flips -= 1) damaged[below(damaged.length)]! ^= 1 << below(8)
      try {
        expect(decode(damaged).length).toBeLessThanOrEqual(ROOM)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
    }
  })
})

const header = Buffer.from('28b52ffd0088', 'hex') // no content size, a window of 128 MiB
const block = (type: number, size: number, body: Buffer, isLast = false): Buffer => {
  const head = Buffer.alloc(3)
  head.writeUIntLE((size << 3) | (type << 1) | (isLast ? 1 : 0), 0, 3)
  return Buffer.concat([head, body])
}
const END = block(0, 0, Buffer.alloc(0), true)

/** The bytes of output that decoders make room for while something is done. */
function roomMade(action: () => void): number {
  const { allocUnsafeSlow } = Buffer
  let bytes = 0
  Buffer.allocUnsafeSlow = (size) => allocUnsafeSlow(((bytes += size), size))
  try {
    action()
  } finally {
    Buffer.allocUnsafeSlow = allocUnsafeSlow
  }
  return bytes
}

it('refuses a compressed block without a byte, which Node takes for one without content', () => {
  expect(() => decode(Buffer.from('28b52ffd0058050000', 'hex'))).toThrow(MalformedError)
})

describe('a bomb of zstd', () => {
  it('makes no window, however large it says that it is', () => {
    const frames = Buffer.concat(
      Array.from({ length: 200 }, () => Buffer.concat([header, block(1, 1, Buffer.from('A'), true)])),
    )
    expect(roomMade(() => expect(decode(frames)).toEqual(Buffer.alloc(200, 'A')))).toBeLessThan(1000)
    const blocks = Buffer.concat([header, ...Array.from({ length: 2000 }, () => block(1, 1, Buffer.from('A'))), END])
    expect(roomMade(() => expect(decode(blocks)).toHaveLength(2000))).toBeLessThan(2 * MIB)
  })

  it('of a stated size that its blocks cannot have makes no room for it', () => {
    const frame = Buffer.concat([Buffer.from('28b52ffda0ffff3f00', 'hex'), block(1, 1, Buffer.from('A'), true)])
    expect(roomMade(() => expect(() => decode(frame)).toThrow(MalformedError))).toBeLessThan(1000)
    // Nothing at all, with a window of a gigabyte.
    expect(decode(Buffer.concat([Buffer.from('28b52ffd80a000000000', 'hex'), END]))).toHaveLength(0)
  })

  it('of runs is refused before it makes room', () => {
    const bomb = Buffer.concat([
      header,
      ...Array.from({ length: 1000 }, () => block(1, 128 * 1024, Buffer.from('A'))),
      END,
    ])
    expect(roomMade(() => expect(() => decode(bomb)).toThrow(OversizeError))).toBe(0)
  })

  it('whose sequences run past their block ends there', () => {
    // One raw literal; then sequences in codes of one symbol each: no literals, the offset before, a match of 65,539
    // bytes and more.
    const count = 0x7f00
    const sequences = Buffer.concat([
      Buffer.from([8, 65, 255, 0, 0, 0x54, 1, 0, 52]),
      Buffer.alloc(count * 2, 0xff),
      Buffer.from([1]),
    ])
    const bomb = Buffer.concat([header, block(1, 1, Buffer.from('A')), block(2, sequences.length, sequences, true)])
    expect(() => decode(bomb)).toThrow(MalformedError)
  })

  it.each([
    ['frames', Buffer.concat(Array.from({ length: 5000 }, () => Buffer.concat([header, END])))],
    [
      'blocks',
      Buffer.concat([header, ...Array.from({ length: 5000 }, () => block(2, 4, Buffer.from([8, 65, 0, 0]))), END]),
    ],
  ])('of thousands of tiny %s is refused', (_, bomb) => {
    expect(() => decode(bomb)).toThrow(/^\d+ zstd \w+ in \d+ bytes$/)
  })

  it('of frames that are skipped costs nothing', () => {
    const skipped = Buffer.concat(Array.from({ length: 100_000 }, () => Buffer.from('502a4d1800000000', 'hex')))
    expect(framesOf(skipped)).toEqual([])
  })
})
