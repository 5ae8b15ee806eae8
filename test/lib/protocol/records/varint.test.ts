import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../../src/lib/errors.ts'
import {
  readBigVarlong,
  readVarint,
  readVarlong,
  varintSize,
  varlongSize,
  writeVarint,
  writeVarlong,
  type Cursor,
} from '../../../../src/lib/protocol/records/varint.ts'

const over = (bytes: readonly number[]): Cursor => ({ body: Buffer.from(bytes), position: 0, end: bytes.length })

const encoded = (write: typeof writeVarint, value: number): number[] => {
  const buffer = Buffer.alloc(12)
  return [...buffer.subarray(0, write(buffer, 0, value))]
}

describe('varints of records', () => {
  it.each([
    [0, [0]],
    [-1, [1]],
    [1, [2]],
    [63, [0x7e]],
    [-64, [0x7f]],
    [64, [0x80, 0x01]],
    [-65, [0x81, 0x01]],
    [0x7fffffff, [0xfe, 0xff, 0xff, 0xff, 0x0f]],
    [-0x80000000, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('write and read %i as zig-zag', (value, bytes) => {
    expect(encoded(writeVarint, value)).toEqual(bytes)
    expect(encoded(writeVarlong, value)).toEqual(bytes)
    expect(readVarint(over(bytes))).toBe(value)
    expect(readVarlong(over(bytes))).toBe(value)
  })

  it.each([
    [2n ** 63n - 1n, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    [-(2n ** 63n), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    [-65n, [0x81, 0x01]],
    [2n ** 53n + 1n, [0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]],
  ])('read %i to the last bit', (value, bytes) => {
    expect(readBigVarlong(over(bytes))).toBe(value)
    expect(() => readBigVarlong(over(bytes.slice(0, -1)))).toThrow(MalformedError)
  })

  it('round-trip all 32-bit values, as long as their size says', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const bytes = encoded(writeVarint, value)
        expect(bytes).toHaveLength(varintSize(value))
        const cursor = over([...bytes, 0xaa])
        expect(readVarint(cursor)).toBe(value)
        expect(cursor.position).toBe(bytes.length)
      }),
    )
  })

  it('round-trip longs up to 2^52, as long as their size says', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }), (value) => {
        const bytes = encoded(writeVarlong, value)
        expect(bytes).toHaveLength(varlongSize(value))
        const cursor = over([...bytes, 0xaa])
        expect(readVarlong(cursor)).toBe(value)
        expect(cursor.position).toBe(bytes.length)
      }),
    )
  })

  it('read the longest long there is', () => {
    expect(readVarlong(over([...Array<number>(9).fill(0xff), 0x01]))).toBe(-(2 ** 63))
  })

  it.each([
    ['nothing', []],
    ['a number cut off', [0x80]],
    ['six bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0]],
  ])('refuse %s', (_, bytes) => {
    expect(() => readVarint(over(bytes))).toThrow(MalformedError)
  })

  it.each([
    ['nothing', []],
    ['a number cut off', [0xff, 0xff]],
    ['eleven bytes', [...Array<number>(10).fill(0x80), 0]],
  ])('refuse %s as a long', (_, bytes) => {
    expect(() => readVarlong(over(bytes))).toThrow(MalformedError)
  })

  it('never read what lies behind the end', () => {
    const cursor = { body: Buffer.from([0x80, 0x01]), position: 0, end: 1 }
    expect(() => readVarint(cursor)).toThrow(MalformedError)
    expect(() => readVarlong(cursor)).toThrow(MalformedError)
  })
})
