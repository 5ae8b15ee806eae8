import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../src/lib/errors.ts'
import { Reader, Writer } from '../../../src/lib/protocol/bytes.ts'

const written = (write: (writer: Writer) => void, capacity?: number): string => {
  const writer = new Writer(capacity)
  write(writer)
  return writer.toBuffer().toString('hex')
}
const over = (hex: string): Reader => new Reader(Buffer.from(hex, 'hex'))

describe('primitives', () => {
  it.each<[string, (writer: Writer) => void, string, (reader: Reader) => unknown, unknown]>([
    ['bool', (w) => w.bool(true), '01', (r) => r.bool(), true],
    ['int8', (w) => w.int8(-2), 'fe', (r) => r.int8(), -2],
    ['int16', (w) => w.int16(-2), 'fffe', (r) => r.int16(), -2],
    ['uint16', (w) => w.uint16(65534), 'fffe', (r) => r.uint16(), 65534],
    ['int32', (w) => w.int32(0x01020304), '01020304', (r) => r.int32(), 0x01020304],
    ['int64', (w) => w.int64(-2n), 'fffffffffffffffe', (r) => r.int64(), -2n],
    ['float64', (w) => w.float64(1.5), '3ff8000000000000', (r) => r.float64(), 1.5],
    [
      'uuid',
      (w) => w.uuid('AAECAwQFBgcICQoLDA0ODw'),
      '000102030405060708090a0b0c0d0e0f',
      (r) => r.uuid(),
      'AAECAwQFBgcICQoLDA0ODw',
    ],
    ['uvarint', (w) => w.uvarint(300), 'ac02', (r) => r.uvarint(), 300],
    ['the largest uvarint', (w) => w.uvarint(0xffffffff), 'ffffffff0f', (r) => r.uvarint(), 0xffffffff],
    ['string', (w) => w.string('é', false), '0002c3a9', (r) => r.string(false), 'é'],
    ['compact string', (w) => w.string('é', true), '03c3a9', (r) => r.string(true), 'é'],
    ['null string', (w) => w.string(null, false), 'ffff', (r) => r.string(false), null],
    ['compact null string', (w) => w.string(null, true), '00', (r) => r.string(true), null],
    ['bytes', (w) => w.bytes(Buffer.from([1, 2]), false), '000000020102', (r) => r.bytes(false), Buffer.from([1, 2])],
    ['compact bytes', (w) => w.bytes(Buffer.from([1, 2]), true), '030102', (r) => r.bytes(true), Buffer.from([1, 2])],
    ['null bytes', (w) => w.bytes(null, false), 'ffffffff', (r) => r.bytes(false), null],
    ['compact null bytes', (w) => w.bytes(null, true), '00', (r) => r.bytes(true), null],
  ])('%s', (_, write, hex, read, value) => {
    expect(written(write)).toBe(hex)
    expect(read(over(hex))).toEqual(value)
    // One byte less is always one too few.
    expect(() => read(over(hex.slice(0, -2)))).toThrow(MalformedError)
  })

  it('round-trip as unsigned varints', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (value) => {
        expect(over(written((w) => w.uvarint(value))).uvarint()).toBe(value)
      }),
    )
  })
})

describe('Reader', () => {
  it.each<[string, string, (reader: Reader) => unknown]>([
    ['a varint of six bytes', '80808080808000', (r) => r.uvarint()],
    ['a string of length -2', 'fffe', (r) => r.string(false)],
    ['bytes of length -2', 'fffffffe', (r) => r.bytes(false)],
    ['bytes of two gigabytes', '7fffffff00', (r) => r.bytes(false)],
    ['compact bytes of four gigabytes', 'ffffffff0f00', (r) => r.bytes(true)],
    ['a compact string beyond 32767 bytes', `818002${'61'.repeat(32768)}`, (r) => r.string(true)],
    ['a negative skip', '00', (r) => r.skip(-1)],
  ])('refuses %s', (_, hex, read) => {
    expect(() => read(over(hex))).toThrow(MalformedError)
  })

  it('stays within the part of a buffer that it was given', () => {
    const reader = new Reader(Buffer.from('0102030405', 'hex'), 1, 3)
    expect(reader.remaining).toBe(2)
    expect(reader.int16()).toBe(0x0203)
    expect(() => reader.int8()).toThrow(MalformedError)
  })

  it('gives views of its buffer, not copies', () => {
    const buffer = Buffer.from('030102', 'hex')
    const bytes = new Reader(buffer).bytes(true)!
    buffer[1] = 9
    expect(bytes[0]).toBe(9)
  })
})

describe('Writer', () => {
  it('gives the same bytes, whatever its capacity', () => {
    const write = (w: Writer): void => {
      w.int32(1)
      w.string('some text', false)
      w.raw(Buffer.alloc(3000, 1))
      w.int64(2n)
      w.raw(Buffer.alloc(10, 2))
      w.bytes(Buffer.alloc(1024, 3), true)
      w.int8(4)
    }
    const whole = written(write, 10_000)
    for (const capacity of [1, 2, 7, 16, 100, 1030]) expect(written(write, capacity)).toBe(whole)
  })

  it('knows its length on the way', () => {
    const writer = new Writer(4)
    writer.int16(1)
    writer.raw(Buffer.alloc(2000))
    writer.string('abc', true)
    expect(writer.length).toBe(2006)
    expect(writer.toBuffer()).toHaveLength(2006)
  })

  it('passes large blobs on by reference', () => {
    const blob = Buffer.alloc(1024)
    const writer = new Writer()
    writer.bytes(blob, false)
    expect(writer.finish()).toContain(blob)
  })

  it('writes nothing as nothing', () => {
    expect(new Writer().finish()).toEqual([])
    expect(new Writer().toBuffer()).toHaveLength(0)
  })

  it.each([true, false])('refuses a string beyond 32767 bytes, compact: %s', (isCompact) => {
    expect(written((w) => w.string('x'.repeat(32767), isCompact))).toHaveLength(2 * (32767 + (isCompact ? 3 : 2)))
    expect(() => new Writer().string('é'.repeat(16384), isCompact)).toThrow(MalformedError)
  })

  it.each(['', 'AAECAwQFBgcICQoLDA0OD', 'AAECAwQFBgcICQoLDA0ODw0', 'AAECAwQFBgcICQoLDA0O*w'])(
    'refuses %s for a topic id',
    (id) => {
      expect(() => new Writer().uuid(id)).toThrow(MalformedError)
    },
  )
})
