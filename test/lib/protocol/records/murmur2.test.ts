import { describe, expect, it } from 'vitest'
import { murmur2, partitionForKey } from '../../../../src/lib/protocol/records/murmur2.ts'

describe('murmur2', () => {
  // The values that Kafka's own tests hold Utils.murmur2 to.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %s', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash)
  })

  it('looks at the given part only', () => {
    expect(murmur2(Buffer.from('xxfoobarxx'), 2, 8)).toBe(-790332482)
  })
})

describe('partitionForKey', () => {
  it('clears the sign before it divides', () => {
    const key = Buffer.from('foobar')
    expect(partitionForKey(key, 0, key.length, 1000)).toBe((-790332482 & 0x7fffffff) % 1000)
  })

  it('takes every partition in turn', () => {
    const chosen = new Set(
      Array.from({ length: 100 }, (_, i) => partitionForKey(Buffer.from(`key-${i}`), 0, `key-${i}`.length, 3)),
    )
    expect([...chosen].sort()).toEqual([0, 1, 2])
  })
})
