import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../../src/lib/errors.ts'
import {
  CODECS,
  codecName,
  compress,
  decompress,
  type CodecName,
} from '../../../../src/lib/protocol/records/compression.ts'
import { framesOf } from '../../../../src/lib/protocol/records/zstd/frames.ts'

const COMPRESSING = (Object.keys(CODECS) as CodecName[]).filter((name) => name !== 'none')
const KIB = 1024
const MIB = 1024 * KIB

/** Text that compresses, but not to nothing, longer than the blocks of every codec. */
const LONG_TEXT = Buffer.from(
  Array.from({ length: 20_000 }, (_, i) => `/department/${i % 97}/products/${(i * 7919) % 10_007}\n`).join(''),
)

describe.each(COMPRESSING)('%s', (name) => {
  const codec = CODECS[name]

  it('round-trips any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        expect(decompress(codec, compress(codec, Buffer.from(bytes))).equals(bytes)).toBe(true)
      }),
    )
  })

  it('round-trips many blocks, and makes them smaller', () => {
    const compressed = compress(codec, LONG_TEXT)
    expect(compressed.length).toBeLessThan(LONG_TEXT.length / 2)
    expect(decompress(codec, compressed).equals(LONG_TEXT)).toBe(true)
  })

  it('goes up to the limit and no further', () => {
    const compressed = compress(codec, LONG_TEXT)
    expect(decompress(codec, compressed, LONG_TEXT.length)).toHaveLength(LONG_TEXT.length)
    expect(() => decompress(codec, compressed, LONG_TEXT.length - 1)).toThrow(MalformedError)
  })

  it('refuses data that is cut off anywhere', () => {
    const compressed = compress(codec, LONG_TEXT.subarray(0, 300))
    for (let length = 0; length < compressed.length; length += 1) {
      const read = () => decompress(codec, compressed.subarray(0, length))
      // A xerial stream of no blocks is a whole one.
      if (name === 'snappy' && length === 16) expect(read()).toHaveLength(0)
      else expect(read, `cut to ${length}`).toThrow(MalformedError)
    }
  })

  it('refuses noise, or reads something else from it', () => {
    const compressed = compress(codec, LONG_TEXT.subarray(0, 300))
    fc.assert(
      fc.property(fc.nat(compressed.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const damaged = Buffer.from(compressed)
        damaged[at]! ^= mask
        try {
          decompress(codec, damaged)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('codecs', () => {
  it('have names', () => {
    expect([0, 1, 2, 3, 4, 5, -1].map(codecName)).toEqual([
      'none',
      'gzip',
      'snappy',
      'lz4',
      'zstd',
      undefined,
      undefined,
    ])
  })

  it('that Kafka does not know are refused', () => {
    expect(() => decompress(5, Buffer.alloc(10))).toThrow(MalformedError)
    expect(() => compress(5, Buffer.alloc(10))).toThrow(RangeError)
  })

  it.each(['gzip', 'zstd'] as const)('%s minds the level', (name) => {
    const sizes = [1, 9].map((level) => compress(CODECS[name], LONG_TEXT, level).length)
    expect(sizes[1]!).toBeLessThan(sizes[0]!)
  })
})

describe('gzip', () => {
  it('reads several members', () => {
    expect(decompress(CODECS.gzip, Buffer.concat([gzipSync('one '), gzipSync('two')])).toString()).toBe('one two')
  })
})

describe('snappy', () => {
  const raw = Buffer.from('0c2c68656c6c6f20736e61707079', 'hex')
  const XERIAL = '82534e41505059000000000100000001'
  const framed = (...blocks: string[]): Buffer => Buffer.from(XERIAL + blocks.join(''), 'hex')

  it('reads raw data', () => {
    expect(decompress(CODECS.snappy, raw).toString()).toBe('hello snappy')
  })

  it('reads several xerial blocks', () => {
    const block = `0000000e${raw.toString('hex')}`
    expect(decompress(CODECS.snappy, framed(block, block)).toString()).toBe('hello snappyhello snappy')
  })

  it('writes xerial blocks of 32 KiB', () => {
    const compressed = compress(CODECS.snappy, LONG_TEXT)
    expect(compressed.subarray(0, 16).toString('hex')).toBe(XERIAL)
    const sizes: number[] = []
    for (let at = 16; at < compressed.length; at += 4 + compressed.readInt32BE(at)) {
      const block = compressed.subarray(at + 4, at + 4 + compressed.readInt32BE(at))
      sizes.push(decompress(CODECS.snappy, block).length)
    }
    expect(new Set(sizes.slice(0, -1))).toEqual(new Set([32 * 1024]))
  })

  it.each([
    ['a length of four gigabytes', 'ffffffff0f00', 'snappy data grows beyond 104857600 bytes'],
    ['more than its bytes can make', '8080800400', 'snappy data of 5 bytes cannot grow to 8388608'],
    ['a length that does not end', 'ffffffffffff', 'snappy data has no length'],
    ['noise', '05ffffffff', 'snappy data cannot be decompressed'],
    ['a negative block', `${XERIAL}ffffffff00`, 'a snappy block of -1 bytes'],
    ['a block beyond the end', `${XERIAL}000000ff00`, 'a snappy block of 255 bytes, 5 are left'],
    ['half a block length', `${XERIAL}0000`, 'a snappy block of -1 bytes, 2 are left'],
    ['half a header', XERIAL.slice(0, 20), 'a snappy stream ends in its header'],
  ])('refuses %s', (_, hex, message) => {
    expect(() => decompress(CODECS.snappy, Buffer.from(hex, 'hex'))).toThrow(MalformedError)
    expect(() => decompress(CODECS.snappy, Buffer.from(hex, 'hex'))).toThrow(message)
  })

  it('sums its blocks up before it makes room for the next', () => {
    const block = `0000000e${raw.toString('hex')}`
    const noise = '0000000405ffffff'
    expect(() => decompress(CODECS.snappy, framed(block, noise), 17)).toThrow('snappy data cannot be decompressed')
    expect(() => decompress(CODECS.snappy, framed(block, noise), 16)).toThrow('snappy data grows beyond')
  })
})

describe('lz4', () => {
  /** A frame header with independent blocks of 4 MiB, as `compress` writes it for large data. */
  const header = compress(CODECS.lz4, Buffer.alloc(8 * MIB)).subarray(0, 7)
  const endMark = Buffer.alloc(4)
  const blockOf = (data: Buffer): Buffer => compress(CODECS.lz4, data).subarray(7, -4)

  it.each([
    [
      'linked blocks',
      '04224d184040c0090000008061626364656667680900000004080050313233343500000000',
      'abcdefghabcdefgh12345',
    ],
    [
      'content size and checksums',
      '04224d187c403900000000000000502c000000f9006c696e6b656420626c6f636b732c200f00f50020616e64206120666577206d6f7265' +
        '1d00506c6f636b73bfed692a00000000f86b6afa',
      'linked blocks, linked blocks and a few more linked blocks',
    ],
    [
      'a content size beyond the size of the frame',
      '04224d186c402c01000000000000540c0000001f610100ff1450616161616100000000bdba236f',
      'a'.repeat(300),
    ],
    [
      'neither',
      '04224d186040822c000000f9006c696e6b656420626c6f636b732c200f00f50020616e64206120666577206d6f7265' +
        '1d00506c6f636b7300000000',
      'linked blocks, linked blocks and a few more linked blocks',
    ],
  ])('reads frames with %s', (_, hex, text) => {
    expect(decompress(CODECS.lz4, Buffer.from(hex, 'hex')).toString()).toBe(text)
  })

  it('writes independent blocks, since Java reads no others', () => {
    expect(compress(CODECS.lz4, LONG_TEXT)[4]! & 0x20).toBe(0x20)
  })

  it('refuses a bomb before it makes room', () => {
    const bomb = Buffer.concat([header, ...Array<Buffer>(40).fill(blockOf(Buffer.alloc(4 * MIB))), endMark])
    expect(() => decompress(CODECS.lz4, bomb)).toThrow('lz4 data grows beyond 104857600 bytes')
  })

  it('counts literals and matches when it looks closer', () => {
    const noise = Buffer.alloc(3000) // a thousand matches of four bytes, from nowhere
    const length = Buffer.alloc(4)
    length.writeUInt32LE(noise.length)
    const frame = Buffer.concat([header, length, noise, endMark])
    expect(() => decompress(CODECS.lz4, frame, 3999)).toThrow('lz4 data grows beyond 3999 bytes')
    expect(() => decompress(CODECS.lz4, frame, 4000)).toThrow('lz4 data cannot be decompressed')
  })

  it('takes many small blocks for what they are', () => {
    const small = Buffer.concat([header, ...Array<Buffer>(100).fill(blockOf(Buffer.alloc(1000, 'ab'))), endMark])
    expect(decompress(CODECS.lz4, small).equals(Buffer.alloc(100_000, 'ab'))).toBe(true)
  })

  it.each([
    ['no frame', '00000000000000'],
    ['a legacy frame', '02214c1800000000'],
    ['a dictionary', '04224d1861408200000000'],
    ['a block size below 64 KiB', '04224d1860308200000000'],
    ['version 0', '04224d1820408200000000'],
    ['a block beyond the end', '04224d186040820f0000000000000000'],
  ])('refuses %s', (_, hex) => {
    expect(() => decompress(CODECS.lz4, Buffer.from(hex, 'hex'))).toThrow(MalformedError)
  })
})

describe('zstd', () => {
  const NO_CONTENT_SIZE = '28b52ffd04587100006f6e65207a737464206672616d65ff2233a4'
  const CONTENT_SIZE = '28b52ffd200e7100006f6e65207a737464206672616d65'
  const SKIPPABLE = '532a4d1803000000aabbcc'

  it.each([
    ['without a content size', NO_CONTENT_SIZE, 'one zstd frame'],
    ['with a content size', CONTENT_SIZE, 'one zstd frame'],
    ['of runs', '28b52ffd0058' + '531f00' + '61', 'a'.repeat(1002)],
    ['one after the other', NO_CONTENT_SIZE + SKIPPABLE + CONTENT_SIZE, 'one zstd frameone zstd frame'],
  ])('reads frames %s', (_, hex, text) => {
    expect(decompress(CODECS.zstd, Buffer.from(hex, 'hex')).toString()).toBe(text)
  })

  it('refuses a bomb before it makes room', () => {
    const block = Buffer.from([0x02, 0x00, 0x10, 0x00]) // a run of 128 KiB, not the last block
    const bomb = Buffer.concat([
      Buffer.from('28b52ffd0058', 'hex'),
      ...Array<Buffer>(1000).fill(block),
      Buffer.from([1, 0, 0]),
    ])
    expect(() => decompress(CODECS.zstd, bomb)).toThrow(MalformedError)
    expect(framesOf(bomb)).toEqual([
      {
        start: 0,
        blocksStart: 6,
        end: bomb.length,
        minSize: 1000 * 128 * KIB,
        maxSize: 1000 * 128 * KIB,
        contentSize: undefined,
        dictionaryId: 0,
      },
    ])
  })

  it.each([
    ['nothing at all', ''],
    ['no frame', '0011223344556677'],
    ['a block of the reserved type', '28b52ffd00580700000000'],
    ['a skippable frame beyond the end', '532a4d18ffffffff'],
    ['a block beyond the end', '28b52ffd0058710000'],
    ['a size that its blocks cannot have', '28b52ffda0ffffff7f7100006f6e65207a737464206672616d65'],
    ['an unknown flag', '28b52ffd280e7100006f6e65207a737464206672616d65'],
    ['a dictionary', '28b52ffd21070e7100006f6e65207a737464206672616d65'],
  ])('refuses %s', (_, hex) => {
    expect(() => decompress(CODECS.zstd, Buffer.from(hex, 'hex'))).toThrow(MalformedError)
  })
})
