import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CODECS, batches } from '../../../../src/lib/protocol/records/index.ts'
import { ALL, Bench, CLIENT, codeOf, endOffsetOf, readAll, recordsIn } from './support.ts'

const SMALL = { segmentBytes: 700, indexIntervalBytes: 100 }

/** A log of batches of 1 to 5 records, in several segments. */
function logOf(sizes: readonly number[], config: ConstructorParameters<typeof Bench>[0] = SMALL): Bench {
  const bench = new Bench(config)
  let n = 0
  for (const size of sizes) {
    const values = Array.from({ length: size }, () => `value ${(n += 1)}`)
    bench.log.append(bench.batch(values, { codec: size === 3 ? CODECS.gzip : CODECS.none }), CLIENT)
  }
  return bench
}

const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 40 })

describe('a read', () => {
  it('from any offset gives the batch that holds it and those that follow, whole, within one segment', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 1500 }), fc.boolean(), (batchSizes, maxBytes, isReopened) => {
        const bench = logOf(batchSizes)
        if (isReopened) bench.open(SMALL)
        const { log } = bench
        const whole = readAll(log)
        const all = [...batches(whole)]
        for (let offset = 0n; offset < log.logEndOffset; offset += 1n) {
          const read = log.read(offset, { ...ALL, maxBytes })
          const first = all.find(({ header }) => header.lastOffset >= offset)!
          expect(read.equals(whole.subarray(first.at, first.at + read.length))).toBe(true)
          expect([...batches(read)].reduce((sum, { header }) => sum + header.sizeInBytes, 0)).toBe(read.length)
          expect(read.length >= first.header.sizeInBytes).toBe(true)
          expect(read.length <= Math.max(maxBytes, first.header.sizeInBytes)).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('shows nothing from `upTo` on', () => {
    fc.assert(
      fc.property(sizes, fc.nat(100), (batchSizes, limit) => {
        const { log } = logOf(batchSizes)
        const ends = [0n, ...[...batches(readAll(log))].map(({ header }) => header.lastOffset + 1n)]
        const upTo = ends[limit % ends.length]!
        for (let offset = 0n; offset <= log.logEndOffset; offset += 1n) {
          const read = log.read(offset, { ...ALL, upTo })
          if (offset >= upTo) expect(read.length).toBe(0)
          else expect(endOffsetOf(read) > offset && endOffsetOf(read) <= upTo).toBe(true)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('gives as much as a segment has and the limit allows', () => {
    const { log } = logOf([1, 1, 1, 1, 1, 1, 1, 1], { segmentBytes: 1 << 20 })
    const batchBytes = log.sizeInBytes / 8
    const lengths = [0, 1, batchBytes, batchBytes * 3 - 1, batchBytes * 3, 1 << 20].map(
      (maxBytes) => log.read(2n, { ...ALL, maxBytes }).length,
    )
    expect(lengths.map((length) => length / batchBytes)).toEqual([1, 1, 1, 2, 3, 6])
    const strict = [0, 1, batchBytes - 1, batchBytes].map(
      (maxBytes) => log.read(2n, { ...ALL, maxBytes, minOneMessage: false }).length,
    )
    expect(strict.map((length) => length / batchBytes)).toEqual([0, 0, 0, 1])
  })

  it('gives a buffer that later reads and appends leave alone', () => {
    const bench = logOf([2])
    const read = bench.log.read(0n, ALL)
    const copy = Buffer.from(read)
    bench.append('later')
    bench.log.read(0n, ALL)
    expect(read.equals(copy)).toBe(true)
  })

  it('at the end is empty, and outside the log an error', () => {
    const { log } = logOf([2, 2])
    expect(log.read(4n, ALL).length).toBe(0)
    expect([5n, -1n].map((offset) => codeOf(() => log.read(offset, ALL)))).toEqual([
      'OFFSET_OUT_OF_RANGE',
      'OFFSET_OUT_OF_RANGE',
    ])
    log.deleteRecordsBefore(2n)
    expect([codeOf(() => log.read(1n, ALL)), recordsIn(log.read(2n, ALL)).length]).toEqual(['OFFSET_OUT_OF_RANGE', 2])
  })

  it('of a file in order needs one operation of the disk each time', () => {
    const bench = logOf(
      Array.from({ length: 30 }, () => 2),
      { segmentBytes: 1 << 20 },
    )
    bench.log.read(0n, { ...ALL, maxBytes: 200 })
    const costs: number[] = []
    for (let offset = endOffsetOf(bench.log.read(0n, { ...ALL, maxBytes: 200 })); offset < 60n; ) {
      const before = bench.disk.operations
      offset = endOffsetOf(bench.log.read(offset, { ...ALL, maxBytes: 200 }))
      costs.push(bench.disk.operations - before)
    }
    expect(new Set(costs)).toEqual(new Set([1]))
  })

  it('that the disk refuses names the folder and the reason', () => {
    const { log, disk } = logOf([2])
    disk.failAt(1, 'EIO')
    expect(() => log.read(0n, ALL)).toThrow(
      'cannot read from /data/retail-0: the disk reports an input/output error (EIO)',
    )
    expect(recordsIn(log.read(0n, ALL)).length).toBe(2)
  })

  it('of all batches that the disk refuses says so, too', () => {
    const { log, disk } = logOf([2])
    disk.failAt(1, 'EIO')
    expect(codeOf(() => [...log.wholeBatches(0n, () => {})])).toBe('KAFKA_STORAGE_ERROR')
    expect([...log.wholeBatches(0n, () => {})].length).toBe(1)
  })

  it('of a damaged file says so to its reader, and once to whoever runs the broker', () => {
    const bench = logOf([1, 1])
    bench.disk.open('/data/retail-0/00000000000000000000.log', { create: false }).truncate(20)
    expect([0, 1].map(() => codeOf(() => bench.log.read(0n, ALL)))).toEqual(['CORRUPT_MESSAGE', 'CORRUPT_MESSAGE'])
    expect(bench.warnings).toEqual([expect.stringMatching(/^cannot read from \/data\/retail-0: the log is damaged, /)])
  })
})
