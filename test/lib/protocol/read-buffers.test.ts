import { describe, expect, it } from 'vitest'
import { ReadBuffers } from '../../../src/lib/protocol/read-buffers.ts'

const KIB = 1024
const MIB = 1024 * KIB

describe('buffers for reading', () => {
  it('are used again once they are back, whichever part of them comes back', () => {
    const buffers = new ReadBuffers()
    const first = buffers.take(1000 * KIB)
    expect(first).toHaveLength(1000 * KIB)
    buffers.giveBack(first.subarray(10, 500))
    const second = buffers.take(MIB)
    expect(second.buffer).toBe(first.buffer)
    expect(second).toHaveLength(MIB)
  })

  it('are never lent twice', () => {
    const buffers = new ReadBuffers()
    const first = buffers.take(MIB)
    expect(buffers.take(MIB).buffer).not.toBe(first.buffer)
    buffers.giveBack(first)
    buffers.giveBack(first)
    expect(buffers.take(MIB).buffer).toBe(first.buffer)
    expect(buffers.take(MIB).buffer).not.toBe(first.buffer)
  })

  it('are large enough for what is asked', () => {
    const buffers = new ReadBuffers()
    buffers.giveBack(buffers.take(MIB))
    expect(buffers.take(2 * MIB)).toHaveLength(2 * MIB)
  })

  it('serve a round size and what is a little larger alike', () => {
    const buffers = new ReadBuffers()
    const first = buffers.take(4 * MIB)
    buffers.giveBack(first)
    expect(buffers.take(4 * MIB + 38).buffer).toBe(first.buffer)
    expect(first.buffer.byteLength).toBe(4.5 * MIB)
  })

  it('leave alone what is small or somebody else’s, and keep no more than 16 MiB', () => {
    const buffers = new ReadBuffers()
    const strange = Buffer.allocUnsafeSlow(MIB)
    buffers.giveBack(strange)
    expect(buffers.take(MIB).buffer).not.toBe(strange.buffer)
    expect(buffers.take(100)).toHaveLength(100)
    const many = Array.from({ length: 15 }, () => buffers.take(MIB))
    for (const buffer of many) buffers.giveBack(buffer)
    const again = new Set(Array.from({ length: 15 }, () => buffers.take(MIB).buffer))
    expect(many.filter(({ buffer }) => again.has(buffer))).toHaveLength(14)
  })

  it('are kept of the sizes used last, not of those that another load has left', () => {
    const buffers = new ReadBuffers()
    const left = Array.from({ length: 14 }, () => buffers.take(MIB))
    for (const buffer of left) buffers.giveBack(buffer)
    const large = buffers.take(4 * MIB)
    buffers.giveBack(large)
    expect(buffers.take(4 * MIB).buffer).toBe(large.buffer)
    const again = new Set(Array.from({ length: 14 }, () => buffers.take(MIB).buffer))
    expect(left.filter(({ buffer }) => again.has(buffer))).toHaveLength(10)
    buffers.giveBack(large)
    buffers.giveBack(buffers.take(17 * MIB))
    expect(buffers.take(4 * MIB).buffer).toBe(large.buffer)
  })
})
