import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MalformedError } from '../../../../src/lib/errors.ts'
import {
  AT,
  CODECS,
  RecordReader,
  batches,
  buildBatch,
  compress,
  crc32c,
  isCrcValid,
  readBatchHeader,
  type CodecName,
} from '../../../../src/lib/protocol/records/index.ts'
import { recordArbitrary } from './arbitraries.ts'
import { recordsOf } from './read-all.ts'

/** A batch around the given bytes, compressed, its checksum right: damage that a checksum would not find. */
function batchAround(body: Buffer, recordsCount: number, codec = 0): Buffer {
  const compressed = codec === CODECS.gzip ? compress(codec, body) : body
  const batch = Buffer.concat([buildBatch([{ timestamp: 0n, key: null, value: null }]).subarray(0, 61), compressed])
  batch.writeInt32BE(batch.length - 12, AT.batchLength)
  batch.writeInt16BE(codec, AT.attributes)
  batch.writeInt32BE(recordsCount, AT.recordsCount)
  batch.writeUInt32BE(crc32c(batch, AT.attributes), AT.crc)
  return batch
}

/** Reads everything that a batch says it holds, without looking at its checksum. */
function readAll(buffer: Buffer, maxBytes?: number): number {
  const reader = new RecordReader()
  let count = 0
  for (const { header, at } of batches(buffer)) {
    reader.open(buffer, at, header, maxBytes === undefined ? {} : { maxBytes })
    for (; reader.next(); count += 1) reader.headers()
  }
  return count
}

describe('RecordReader', () => {
  it('says no again and again after the last record', () => {
    const batch = buildBatch([{ timestamp: 0n, key: null, value: null }])
    const reader = new RecordReader()
    reader.open(batch, 0, readBatchHeader(batch))
    expect([reader.next(), reader.next(), reader.next()]).toEqual([true, false, false])
  })

  it('reads a batch in the midst of others', () => {
    const [first, second] = ['one', 'two'].map((text) =>
      buildBatch([{ timestamp: 0n, key: null, value: Buffer.from(text) }]),
    )
    const log = Buffer.concat([first!, second!, first!])
    const reader = new RecordReader()
    reader.open(log, first!.length, readBatchHeader(log, first!.length))
    expect(reader.next()).toBe(true)
    expect(reader.body.toString('utf8', reader.valueStart, reader.valueStart + reader.valueLength)).toBe('two')
    expect(reader.next()).toBe(false)
  })

  it('reads a batch that compaction has emptied', () => {
    expect(readAll(batchAround(Buffer.alloc(0), 0))).toBe(0)
  })

  it('serves many batches one after the other, finished or not', () => {
    const reader = new RecordReader()
    const batch = buildBatch(
      [
        { timestamp: 5n, key: null, value: Buffer.from('x') },
        { timestamp: 6n, key: null, value: null },
      ],
      { codec: CODECS.lz4 },
    )
    for (let round = 0; round < 3; round += 1) {
      reader.open(batch, 0, readBatchHeader(batch))
      expect(reader.next()).toBe(true)
      expect([reader.valueLength, reader.timestampDelta, reader.offsetDelta]).toEqual([1, 0, 0])
    }
  })

  it.each([
    ['a negative count', '0c000000010100', -1, '-1 records in 7 bytes'],
    ['more records than bytes', '0c000000010100', 2, '2 records in 7 bytes'],
    ['a huge count', '0c000000010100', 0x7fffffff, '2147483647 records in 7 bytes'],
    ['fewer records than bytes', '0c0000000101000c000000010100', 1, '7 bytes are left after the last record'],
    ['a record longer than the batch', '0e000000010100', 1, 'a record of 7 bytes'],
    ['a record shorter than any', '0a0000000101000c00', 1, 'a record of 5 bytes'],
    ['a record of negative length', '01000000010100', 1, 'a record of -1 bytes'],
    ['a record longer than its fields', '0e00000001010000', 1, 'a record ends at 7, its length says 8'],
    ['a key beyond its record', '0c000000060100', 1, 'a key of 3 bytes'],
    ['a key length of -2', '0c000000030100', 1, 'a key of -2 bytes'],
    ['a value beyond its record', '0c000000010400', 1, 'a value of 2 bytes'],
    ['a value length of -2', '0c000000010300', 1, 'a value of -2 bytes'],
    ['a negative header count', '0c000000010101', 1, '-1 headers'],
    ['more headers than bytes', '100000000101040000', 1, 'a varint runs past the end'],
    ['a header key of null', '100000000101020101', 1, 'a header key of -1 bytes'],
    ['a header key beyond its record', '100000000101020401', 1, 'a header key of 2 bytes'],
    ['a header value beyond its record', '100000000101020004', 1, 'a header value of 2 bytes'],
    ['a header value of length -2', '100000000101020003', 1, 'a header value of -2 bytes'],
    ['a varint that does not end', 'ffffffffffffffff', 1, 'a varint longer than 5 bytes'],
  ])('refuses %s', (_, hex, count, message) => {
    const read = () => readAll(batchAround(Buffer.from(hex, 'hex'), count, CODECS.gzip))
    expect(read).toThrow(MalformedError)
    expect(read).toThrow(message)
    const uncompressed = batchAround(Buffer.from(hex, 'hex'), count)
    expect(() => readAll(Buffer.concat([uncompressed, Buffer.alloc(100)]))).toThrow(MalformedError)
  })

  it('refuses a batch that is not all there', () => {
    const batch = buildBatch([{ timestamp: 0n, key: null, value: null }])
    expect(() => new RecordReader().open(batch.subarray(0, -1), 0, readBatchHeader(batch))).toThrow(MalformedError)
  })

  it.each([5, 6, 7])('refuses codec %i', (codec) => {
    expect(() => readAll(batchAround(Buffer.from('0c000000010100', 'hex'), 1, codec))).toThrow(MalformedError)
  })

  it('decompresses no further than it may', () => {
    const batch = buildBatch([{ timestamp: 0n, key: null, value: Buffer.alloc(10_000) }], { codec: CODECS.gzip })
    expect(readAll(batch, 11_000)).toBe(1)
    expect(() => readAll(batch, 10_000)).toThrow(MalformedError)
  })

  it('throws nothing but MalformedError, whatever the bytes are', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
    const isHeaded = fc.boolean()
    fc.assert(
      fc.property(
        bytes,
        isHeaded,
        fc.integer({ min: -1, max: 8 }),
        fc.integer({ min: -1, max: 6 }),
        (body, headed, count, codec) => {
          const buffer = headed ? batchAround(body, count, codec) : body
          try {
            readAll(buffer)
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedError)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('throws nothing but MalformedError, whatever happened to a batch', () => {
    const codec = fc.constantFrom(...(Object.keys(CODECS) as CodecName[]))
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(
        fc.array(recordArbitrary, { minLength: 1, maxLength: 5 }),
        codec,
        damage,
        fc.nat(),
        (records, name, changes, cut) => {
          const batch = buildBatch(records, { codec: CODECS[name] })
          for (const [at, byte] of changes) batch[at % batch.length] = byte
          const damaged = cut % 2 === 0 ? batch : batch.subarray(0, cut % batch.length)
          try {
            readAll(damaged)
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedError)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('isCrcValid', () => {
  it('is false for a batch that is not all there, even when the rest would do', () => {
    const batch = buildBatch([{ timestamp: 0n, key: null, value: null }])
    const cut = batch.subarray(0, -1)
    cut.writeUInt32BE(crc32c(cut, AT.attributes), AT.crc)
    expect(isCrcValid(cut, 0, readBatchHeader(cut))).toBe(false)
  })
})

describe('batches', () => {
  const batch = buildBatch([{ timestamp: 0n, key: null, value: Buffer.from('text') }])
  const log = Buffer.concat([batch, batch, batch])

  it('ends at a tail that is not a whole batch, wherever it was cut', () => {
    for (let length = 0; length <= log.length; length += 1) {
      expect(recordsOf(log.subarray(0, length))).toHaveLength(Math.floor(length / batch.length))
    }
  })

  it.each([
    ['a length below its header', -1],
    ['a length of 48', 48],
    ['the least length', -0x80000000],
  ])('refuses %s', (_, length) => {
    const damaged = Buffer.from(log)
    damaged.writeInt32BE(length, AT.batchLength)
    expect(() => [...batches(damaged)]).toThrow(MalformedError)
  })

  it('takes an impossible length for a cut tail', () => {
    const damaged = Buffer.from(log)
    damaged.writeInt32BE(0x7fffffff, AT.batchLength)
    expect([...batches(damaged)]).toEqual([])
  })

  it('refuses older message formats', () => {
    const old = Buffer.from(log)
    old.writeInt8(1, batch.length + AT.magic)
    expect(() => recordsOf(old)).toThrow('message format 1 is not supported')
  })
})
