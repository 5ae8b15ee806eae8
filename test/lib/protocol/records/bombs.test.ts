import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../../src/lib/errors.ts'
import {
  CODECS,
  OversizeError,
  compress,
  decompress,
  decompressAside,
} from '../../../../src/lib/protocol/records/index.ts'

const MIB = 1024 * 1024
const pause = (): undefined => undefined
const names = ['gzip', 'snappy', 'lz4', 'zstd'] as const
const zeros = Buffer.alloc(64 * MIB)

describe.each(names)('a bomb of %s', (name) => {
  const bomb = compress(CODECS[name], zeros)

  it('is too large, not damaged, for who allows less', async () => {
    for (const most of [1, MIB, zeros.length - 1]) {
      expect(() => decompress(CODECS[name], bomb, most)).toThrow(OversizeError)
      await expect(decompressAside(CODECS[name], bomb, most, pause)).rejects.toThrow(OversizeError)
    }
  })

  it('comes out whole beside the thread', async () => {
    expect((await decompressAside(CODECS[name], bomb, zeros.length, pause)).equals(zeros)).toBe(true)
  })

  it('that is damaged is malformed beside the thread as well', async () => {
    const cut = bomb.subarray(0, Math.floor(bomb.length / 2))
    await expect(decompressAside(CODECS[name], cut, zeros.length, pause)).rejects.toThrow(MalformedError)
  })
})

describe('beside the thread', () => {
  it('others are let go between blocks', async () => {
    let pauses = 0
    const count = async (): Promise<void> => {
      pauses += 1
    }
    await decompressAside(CODECS.snappy, compress(CODECS.snappy, zeros), zeros.length, count)
    expect(pauses).toBe(zeros.length / (32 * 1024))
  })

  it('an unknown codec is malformed', async () => {
    await expect(decompressAside(5, Buffer.alloc(1), 1, pause)).rejects.toThrow('no compression codec has the id 5')
  })
})

describe('thousands of tiny pieces', () => {
  it('of snappy are refused', () => {
    const block = Buffer.from('00000003010041', 'hex')
    const pieces = (count: number): Buffer =>
      Buffer.concat([Buffer.from('82534e41505059000000000100000001', 'hex'), ...Array<Buffer>(count).fill(block)])
    expect(decompress(CODECS.snappy, pieces(1000))).toEqual(Buffer.alloc(1000, 'A'))
    expect(() => decompress(CODECS.snappy, pieces(10_000))).toThrow('snappy blocks in')
  })

  it('of lz4 are refused', () => {
    const frame = compress(CODECS.lz4, Buffer.from('A'))
    const pieces = (count: number): Buffer =>
      Buffer.concat([frame.subarray(0, 7), ...Array<Buffer>(count).fill(frame.subarray(7, -4)), Buffer.alloc(4)])
    expect(decompress(CODECS.lz4, pieces(1000))).toEqual(Buffer.alloc(1000, 'A'))
    expect(() => decompress(CODECS.lz4, pieces(10_000))).toThrow('lz4 blocks in')
  })

  it('of gzip are one for zlib', () => {
    const member = gzipSync('A')
    expect(decompress(CODECS.gzip, Buffer.concat(Array<Buffer>(2000).fill(member)))).toEqual(Buffer.alloc(2000, 'A'))
  })
})
