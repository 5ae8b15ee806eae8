import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c, crc32cByTable } from '../../../../src/lib/protocol/records/crc32c.ts'

describe('CRC-32C', () => {
  // Test vectors of RFC 3720, B.4, and the usual check value.
  it.each([
    ['123456789', Buffer.from('123456789'), 0xe3069283],
    ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
    ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['ascending bytes', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
    ['nothing', Buffer.alloc(0), 0],
  ])('of %s', (_, data, sum) => {
    expect(crc32c(data)).toBe(sum)
    expect(crc32cByTable(data)).toBe(sum)
  })

  it('is the same by table as by native code, over any part of a buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(200), (bytes, a, b) => {
        const data = Buffer.from(bytes)
        const [start, end] = [Math.min(a, b, data.length), Math.min(Math.max(a, b), data.length)]
        expect(crc32c(data, start, end)).toBe(crc32cByTable(data.subarray(start, end)))
      }),
    )
  })

  it('goes on by native code once there is much to check', () => {
    const much = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251))
    expect(crc32c(much)).toBe(crc32cByTable(much))
    expect(crc32c(much, 7, 19)).toBe(crc32cByTable(much.subarray(7, 19)))
  })
})
