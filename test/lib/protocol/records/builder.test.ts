import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BatchBuilder,
  CODECS,
  RecordReader,
  buildBatch,
  createTimeOf,
  encodeHeaders,
  isCrcValid,
  maxRecordSize,
  readBatchHeader,
  recordSize,
  type CodecName,
} from '../../../../src/lib/protocol/records/index.ts'
import { recordArbitrary } from './arbitraries.ts'
import { recordsOf } from './read-all.ts'

const bytes = (text: string): Buffer => Buffer.from(text)
const noHeaders = (key: Buffer | null, value: Buffer | null, timestamp = 1000n) => ({
  timestamp,
  key,
  value,
  headers: [],
})

describe('buildBatch', () => {
  it('round-trips any records under any codec', () => {
    const records = fc.array(recordArbitrary, { minLength: 1, maxLength: 20 })
    const codec = fc.constantFrom(...(Object.keys(CODECS) as CodecName[]))
    fc.assert(
      fc.property(records, codec, fc.bigInt({ min: 0n, max: 2n ** 62n }), (inputs, name, baseOffset) => {
        const batch = buildBatch(inputs, { codec: CODECS[name], baseOffset })
        expect(readBatchHeader(batch).codec).toBe(CODECS[name])
        expect(recordsOf(batch)).toEqual(
          inputs.map((input, index) => ({ ...input, offset: baseOffset + BigInt(index) })),
        )
      }),
    )
  })

  it('writes into the header what it is told', () => {
    const options = {
      producerId: 77n,
      producerEpoch: 3,
      baseSequence: 12,
      isTransactional: true,
      isControl: true,
      baseOffset: 500n,
      partitionLeaderEpoch: 9,
    }
    const batch = buildBatch(
      [noHeaders(null, null, 2000n), noHeaders(null, null, 3000n), noHeaders(null, null, 1000n)],
      options,
    )
    expect(readBatchHeader(batch)).toMatchObject({
      ...options,
      codec: 0,
      magic: 2,
      lastOffset: 502n,
      lastOffsetDelta: 2,
      recordsCount: 3,
      sizeInBytes: batch.length,
      baseTimestamp: 2000n,
      maxTimestamp: 3000n,
      isLogAppendTime: false,
    })
  })

  it('keeps times of all 64 bits, of which one batch takes those that are near each other', () => {
    const builder = new BatchBuilder(1000)
    const append = (timestamp: number | bigint): boolean => builder.append(timestamp, null, 0, 0, null, 0, 0, null)
    for (const base of [2n ** 63n - 5n, -(2n ** 63n), 2n ** 53n + 1n, -1000n]) {
      builder.clear()
      const times = [base, base + 3n, base + 2n]
      expect(times.map(append)).toEqual([true, true, true])
      expect([append(base > 0n ? base - 2n ** 52n : base + 2n ** 52n), builder.count]).toEqual([false, 3])
      const batch = builder.finish()
      const header = readBatchHeader(batch)
      const reader = new RecordReader()
      reader.open(batch, 0, header)
      expect(times.map(() => (reader.next(), createTimeOf(reader, header)))).toEqual(times)
      expect(header.maxTimestamp).toBe(base + 3n)
    }
  })

  it('writes the header of a plain producer by default', () => {
    expect(readBatchHeader(buildBatch([noHeaders(null, null)]))).toMatchObject({
      producerId: -1n,
      producerEpoch: -1,
      baseSequence: -1,
      isTransactional: false,
      isControl: false,
      baseOffset: 0n,
      partitionLeaderEpoch: -1,
    })
  })

  it('takes -1, Kafka\'s "no timestamp", among others', () => {
    const batch = buildBatch([noHeaders(null, null, -1n), noHeaders(null, null, 1_700_000_000_000n)])
    expect(recordsOf(batch).map(({ timestamp }) => timestamp)).toEqual([-1n, 1_700_000_000_000n])
  })

  it('has no batch for no records', () => {
    expect(() => buildBatch([])).toThrow(RangeError)
  })
})

describe('BatchBuilder', () => {
  const append = (builder: BatchBuilder, text: string): boolean =>
    builder.append(1000, null, 0, 0, bytes(text), 0, text.length, null)

  it('takes parts of larger buffers', () => {
    const builder = new BatchBuilder(1000)
    const line = bytes('..key=value..')
    builder.append(1000, line, 2, 5, line, 6, 11, encodeHeaders([{ key: 'h', value: null }]))
    expect(recordsOf(builder.finish())).toMatchObject([
      { key: bytes('key'), value: bytes('value'), headers: [{ key: 'h', value: null }] },
    ])
  })

  it('is full to the byte, and writes nothing beyond', () => {
    const size = 61 + 2 * recordSize(0, 0, -1, 10, 0)
    const builder = new BatchBuilder(size)
    expect([append(builder, '0123456789'), append(builder, 'abcdefghij'), append(builder, '')]).toEqual([
      true,
      true,
      false,
    ])
    expect(builder.count).toBe(2)
    expect(builder.sizeInBytes).toBe(size)
    expect(recordsOf(builder.finish()).map(({ value }) => String(value))).toEqual(['0123456789', 'abcdefghij'])
    const smaller = new BatchBuilder(size - 1)
    expect([append(smaller, '0123456789'), append(smaller, 'abcdefghij')]).toEqual([true, false])
  })

  it('keeps the base timestamp of the first record that fitted', () => {
    const builder = new BatchBuilder(100)
    expect(builder.append(5000, null, 0, 0, Buffer.alloc(100), 0, 100, null)).toBe(false)
    builder.append(7000, null, 0, 0, null, 0, 0, null)
    expect(readBatchHeader(builder.finish())).toMatchObject({ baseTimestamp: 7000n, maxTimestamp: 7000n })
  })

  it('takes a run of values as it takes each of them, as far as there is room', () => {
    const values = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 })
    const gaps = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 40, maxLength: 40 })
    const size = fc.integer({ min: 61, max: 5000 })
    fc.assert(
      fc.property(
        values,
        gaps,
        size,
        size,
        fc.nat(40),
        fc.nat(2 ** 40),
        (parts, between, capacity, maxBytes, most, later) => {
          const pieces = parts.flatMap((part, index) => [Buffer.from(part), Buffer.alloc(between[index]!, '~')])
          const bounds = new Int32Array(2 * parts.length)
          for (let index = 0, at = 3; index < parts.length; index += 1) {
            bounds.set([at, at + parts[index]!.length], 2 * index)
            at += parts[index]!.length + between[index]!
          }
          const run = { source: Buffer.concat([bytes('...'), ...pieces]), bounds, first: 0, end: parts.length }
          const [together, oneByOne] = [new BatchBuilder(capacity), new BatchBuilder(capacity)]
          for (const builder of [together, oneByOne]) append(builder, '')
          const before = together.sizeInBytes
          const count = together.appendRun(1000 + later, run, most, maxBytes)
          const add = (part: Uint8Array) =>
            oneByOne.append(1000 + later, null, 0, 0, Buffer.from(part), 0, part.length, null)
          expect(parts.slice(0, count).every(add)).toBe(true)
          if (together.count > 0) expect(together.finish()).toEqual(oneByOne.finish())
          const isBounded =
            count === Math.min(most, parts.length) || !add(parts[count]!) || oneByOne.sizeInBytes - before > maxBytes
          expect([count <= most, together.sizeInBytes - before <= maxBytes, isBounded]).toEqual([true, true, true])
        },
      ),
    )
  })

  it('is used again after clear', () => {
    const builder = new BatchBuilder(200)
    append(builder, 'first')
    builder.clear()
    expect(builder.count).toBe(0)
    expect(builder.sizeInBytes).toBe(61)
    expect(() => builder.finish()).toThrow(RangeError)
    append(builder, 'second')
    expect(recordsOf(builder.finish()).map(({ value }) => String(value))).toEqual(['second'])
  })

  it('gives a view of its memory when nothing is compressed, a buffer of its own otherwise', () => {
    const builder = new BatchBuilder(200)
    append(builder, 'first')
    const [view, own] = [builder.finish(), builder.finish({ codec: CODECS.gzip })]
    builder.clear()
    append(builder, 'other')
    builder.finish()
    expect(recordsOf(view).map(({ value }) => String(value))).toEqual(['other'])
    expect(recordsOf(own).map(({ value }) => String(value))).toEqual(['first'])
  })

  it('finishes with a checksum that fits', () => {
    const builder = new BatchBuilder(200)
    append(builder, 'first')
    const batch = builder.finish({ baseSequence: 4 })
    expect(isCrcValid(batch, 0, readBatchHeader(batch))).toBe(true)
  })
})

describe('sizes', () => {
  it('tell what a record takes, and never less than the most', () => {
    fc.assert(
      fc.property(recordArbitrary, fc.nat(1000), (record, before) => {
        const builder = new BatchBuilder(20_000)
        for (let i = 0; i < before; i += 1) builder.append(0, null, 0, 0, null, 0, 0, null)
        const start = builder.sizeInBytes
        const headers = record.headers.length === 0 ? null : encodeHeaders(record.headers)
        const [keyLength, valueLength] = [record.key?.length ?? -1, record.value?.length ?? -1]
        builder.append(Number(record.timestamp), record.key, 0, keyLength, record.value, 0, valueLength, headers)
        const delta = before === 0 ? 0 : Number(record.timestamp)
        const size = recordSize(before, delta, keyLength, valueLength, headers?.length ?? 0)
        expect(builder.sizeInBytes - start).toBe(size)
        expect(maxRecordSize(keyLength, valueLength, headers?.length ?? 0)).toBeGreaterThanOrEqual(size)
      }),
    )
  })
})
