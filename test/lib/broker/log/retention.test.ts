import { describe, expect, it } from 'vitest'
import { Bench, codeOf, isCutShort, settle, valuesOf } from './support.ts'

/** Batches of one record take 71 to 75 bytes here, so a segment holds two. */
const TWO_PER_SEGMENT = { segmentBytes: 150 }

function bases(bench: Bench): number[] {
  return bench.files('.log').map((name) => Number.parseInt(name))
}

describe('a segment ends', () => {
  it('before it grows over segment.bytes', () => {
    const bench = new Bench(TWO_PER_SEGMENT)
    for (const value of ['a', 'b', 'c', 'd', 'e']) bench.append(value)
    expect(bases(bench)).toEqual([0, 2, 4])
    expect(bench.files('.index').length + bench.files('.timeindex').length).toBe(6)
  })

  it('when a record is segment.ms later than its first one, by their own times', () => {
    const bench = new Bench({ segmentMs: 1000 })
    const start = BigInt(bench.clock.now())
    for (const later of [0n, 1000n, 500n, 1001n, 1500n]) bench.append({ timestamp: start + later })
    expect(bases(bench)).toEqual([0, 3])
    bench.open({ segmentMs: 1000 })
    bench.append({ timestamp: start + 2002n })
    expect(bases(bench)).toEqual([0, 3, 5])
  })

  it('when it is segment.ms old and its records have no time', () => {
    const bench = new Bench({ segmentMs: 1000 })
    bench.append({ timestamp: -1n })
    bench.clock.advance(1000)
    bench.append({ timestamp: -1n })
    bench.clock.advance(1)
    bench.append({ timestamp: -1n })
    expect(bases(bench)).toEqual([0, 2])
  })

  it('when nobody has written to it for segment.ms, but not while it is empty', () => {
    const bench = new Bench({ segmentMs: 1000 })
    bench.append('a')
    bench.clock.advance(1000)
    bench.log.applyRetention(bench.clock.now())
    expect(bases(bench)).toEqual([0])
    bench.clock.advance(1)
    for (let round = 0; round < 3; round += 1) {
      bench.log.applyRetention(bench.clock.now())
      bench.clock.advance(5000)
    }
    expect(bases(bench)).toEqual([0, 1])
  })

  it('up to segment.jitter.ms earlier', () => {
    const spread = Array.from({ length: 60 }, () => {
      const bench = new Bench({ segmentMs: 1000, segmentJitterMs: 900 })
      const start = BigInt(bench.clock.now())
      bench.append({ timestamp: start })
      for (let later = 50n; ; later += 50n) {
        bench.append({ timestamp: start + later })
        if (bases(bench).length > 1) return Number(later)
      }
    })
    expect(Math.min(...spread)).toBeGreaterThan(100)
    expect(Math.max(...spread)).toBeLessThanOrEqual(1050)
    expect(new Set(spread).size).toBeGreaterThan(3)
  })

  it('when an index is full', () => {
    const bench = new Bench({ segmentIndexBytes: 36, indexIntervalBytes: 0 })
    for (let n = 0; n < 8; n += 1) {
      bench.clock.advance(1)
      bench.append(`${n}`)
    }
    // Three entries fit the time index, one place is kept for the end; the first append gets no entry.
    expect(bases(bench)).toEqual([0, 3, 6])
    bench.log.close()
    expect(bench.files('.timeindex').map((name) => bench.file(name)!.length / 12)).toEqual([2, 2, 1])
  })

  it('when its offsets no longer fit the index', () => {
    const bench = new Bench({}, { initialLogStartOffset: 5n })
    bench.append('a')
    bench.log.deleteRecordsBefore(6n)
    bench.log.close()
    const far = 5n + 0x7fff_ffffn
    const name = '/data/retail-0/00000000000000000005.log'
    bench.disk.open(name, { create: false }).write(offsetBytes(far - 1n), 0)
    bench.open({}, { initialCleanedOffset: far })
    expect(bench.log.logEndOffset).toBe(far)
    expect([bench.append('b'), bench.append('c')]).toEqual([far, far + 1n])
    expect(bench.files('.log')).toEqual(['00000000000000000005.log', `${(far + 1n).toString().padStart(20, '0')}.log`])
  })
})

function offsetBytes(offset: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(offset)
  return bytes
}

describe('retention', () => {
  function logOf(count: number, config: ConstructorParameters<typeof Bench>[0]): Bench {
    const bench = new Bench({ ...TWO_PER_SEGMENT, ...config })
    for (let n = 0; n < count; n += 1) {
      bench.append(`${n}`)
      bench.clock.advance(1000)
    }
    return bench
  }

  it('by time drops segments whose newest record is too old, the last one too', () => {
    const bench = logOf(5, { retentionMs: 3500 })
    bench.log.applyRetention(bench.clock.now())
    expect([bases(bench), bench.log.logStartOffset, bench.starts]).toEqual([[2, 4], 2n, [2n]])
    bench.clock.advance(10_000)
    bench.log.applyRetention(bench.clock.now())
    expect([bases(bench), bench.log.logStartOffset, bench.log.logEndOffset, bench.starts]).toEqual([
      [5],
      5n,
      5n,
      [2n, 5n],
    ])
    bench.log.applyRetention(bench.clock.now())
    expect([bases(bench), bench.append('next')]).toEqual([[5], 5n])
  })

  it('by size drops the oldest segments that are wholly too much', () => {
    const bench = logOf(7, { retentionBytes: 300 })
    const bytes = bench.log.sizeInBytes
    bench.log.applyRetention(bench.clock.now())
    expect([bases(bench), bench.log.sizeInBytes]).toEqual([[2, 4, 6], bytes - (bytes / 7) * 2])
    bench.log.updateConfig({ ...bench.config, retentionBytes: 0 })
    bench.log.applyRetention(bench.clock.now())
    expect([bases(bench), bench.log.sizeInBytes]).toEqual([[7], 0])
  })

  it('leaves a compacted topic alone, but for what is below its start', () => {
    const bench = logOf(5, { retentionMs: 1, retentionBytes: 0 })
    bench.log.updateConfig({ ...bench.config, cleanupPolicy: new Set(['compact']) })
    bench.log.applyRetention(bench.clock.now())
    expect(bases(bench)).toEqual([0, 2, 4])
    bench.log.deleteRecordsBefore(3n)
    expect([bases(bench), valuesOf(bench.log)]).toEqual([
      [2, 4],
      ['3', '4'],
    ])
  })

  it('for ever is -1', () => {
    const bench = logOf(5, { retentionMs: -1, retentionBytes: -1 })
    bench.clock.advance(1e12)
    bench.log.applyRetention(bench.clock.now())
    expect(valuesOf(bench.log)).toEqual(['0', '1', '2', '3', '4'])
  })
})

describe('the start of the log', () => {
  it('moves where it is told, never back, never past the end, and survives', () => {
    const bench = new Bench(TWO_PER_SEGMENT)
    for (const value of ['a', 'b', 'c', 'd', 'e']) bench.append(value)
    bench.log.deleteRecordsBefore(3n)
    bench.log.deleteRecordsBefore(1n)
    expect(codeOf(() => bench.log.deleteRecordsBefore(6n))).toBe('OFFSET_OUT_OF_RANGE')
    expect([bench.log.logStartOffset, valuesOf(bench.log), bench.starts]).toEqual([3n, ['d', 'e'], [3n]])
    bench.open(TWO_PER_SEGMENT, { initialLogStartOffset: 3n })
    expect([bench.log.logStartOffset, valuesOf(bench.log)]).toEqual([3n, ['d', 'e']])
    bench.log.deleteRecordsBefore(5n)
    expect([bench.log.logStartOffset, bench.append('f'), valuesOf(bench.log)]).toEqual([5n, 5n, ['f']])
  })

  it('is that of the first segment when the one reported is lost, and of a new log when that one is behind the end', () => {
    const bench = new Bench(TWO_PER_SEGMENT)
    for (const value of ['a', 'b', 'c']) bench.append(value)
    bench.log.deleteRecordsBefore(2n)
    bench.open(TWO_PER_SEGMENT)
    expect(bench.log.logStartOffset).toBe(2n)
    bench.open(TWO_PER_SEGMENT, { initialLogStartOffset: 10n })
    expect([bench.log.logStartOffset, bench.log.logEndOffset, bases(bench), bench.append('d')]).toEqual([
      10n,
      10n,
      [10],
      10n,
    ])
    expect(bench.warnings).toEqual(['/data/retail-0 ends before its start offset 10: it begins anew, empty'])
  })
})

describe('the files of a dropped segment', () => {
  it('are renamed at once and removed after file.delete.delay.ms', () => {
    const bench = new Bench({ ...TWO_PER_SEGMENT, fileDeleteDelayMs: 1000 })
    for (const value of ['a', 'b', 'c']) bench.append(value)
    bench.log.deleteRecordsBefore(2n)
    const zero = '00000000000000000000'
    expect(bench.files('.deleted')).toEqual([
      `${zero}.index.deleted`,
      `${zero}.log.deleted`,
      `${zero}.timeindex.deleted`,
    ])
    bench.clock.advance(999)
    expect(bench.files('.deleted').length).toBe(3)
    bench.clock.advance(1)
    expect(bench.files('.deleted')).toEqual([])
  })

  it('are gone when the log is closed, or opened after a crash', () => {
    for (const isClosed of [true, false]) {
      const bench = new Bench(TWO_PER_SEGMENT)
      for (const value of ['a', 'b', 'c']) bench.append(value)
      bench.log.deleteRecordsBefore(2n)
      if (isClosed) bench.log.close()
      else bench.open(TWO_PER_SEGMENT)
      expect(bench.files('.deleted')).toEqual([])
    }
  })

  it('may stay when the disk refuses; the log goes on', async () => {
    const bench = new Bench({ ...TWO_PER_SEGMENT, fileDeleteDelayMs: 1000 })
    for (const value of ['a', 'b', 'c', 'd', 'e']) bench.append(value)
    bench.disk.failAt(2, 'EACCES')
    expect(() => bench.log.deleteRecordsBefore(4n)).toThrow(
      /cannot delete records of \/data\/retail-0: permission denied/,
    )
    expect(valuesOf(bench.log).at(-1)).toBe('e')
    bench.log.deleteRecordsBefore(4n)
    bench.log.applyRetention(bench.clock.now())
    expect([bases(bench), valuesOf(bench.log)]).toEqual([[4], ['e']])
    bench.disk.failAt(1, 'EIO', { lasting: true })
    bench.clock.advance(1000)
    await settle()
    expect(bench.warnings[0]).toContain('cannot remove old segments in /data/retail-0')
  })
})

describe('a deleted log', () => {
  it('leaves no folder', async () => {
    const bench = new Bench(TWO_PER_SEGMENT)
    for (const value of ['a', 'b', 'c']) bench.append(value)
    await bench.log.delete()
    expect(bench.disk.list('/data')).toEqual([])
  })

  it('is no partition any more when the process dies on the way', async () => {
    const bench = new Bench()
    bench.append('a')
    bench.disk.failAt(2, 'crash')
    expect(await isCutShort(bench.disk, () => bench.log.delete())).toBe(true)
    bench.disk.restart({ keepUnsynced: true })
    const [name] = bench.disk.list('/data')
    expect(name).toMatch(/^retail-0\.[0-9a-f]{32}-delete$/)
  })
})
