import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogConfig } from '../../../../src/lib/broker/log/index.ts'
import { CODECS } from '../../../../src/lib/protocol/records/index.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { ALL, Bench, CLIENT, codeOf, readAll, recordsIn, type SeenRecord } from './support.ts'

const CONFIG: Partial<LogConfig> = {
  cleanupPolicy: new Set(['compact', 'delete']),
  segmentBytes: 300,
  indexIntervalBytes: 80,
  minCleanableDirtyRatio: 0,
  deleteRetentionMs: 1e12,
  fileDeleteDelayMs: 10,
  retentionBytes: 900,
  retentionMs: -1,
}

/** A clock by which every look takes longer than a slice of work may. */
class HastyClock extends FakeClock {
  private looks = 0

  override now(): number {
    return super.now() + (this.looks += 3)
  }
}

/** A log, and what has been written to it. */
class Work {
  readonly bench = new Bench(CONFIG, { clock: new HastyClock() })
  readonly written: SeenRecord[] = []
  pauses = 0
  isOpen = true

  append(keys: readonly string[]): void {
    const { bench } = this
    const from = bench.log.logEndOffset
    const records = keys.map((key) => ({ key: Buffer.from(key), value: Buffer.from(`${key}@${from}`) }))
    bench.log.append(bench.batch(records, { codec: from % 3n === 0n ? CODECS.lz4 : CODECS.none }), CLIENT)
    this.written.push(...recordsIn(bench.log.read(from, ALL)))
    bench.clock.advance(1)
  }

  reopen(cleanShutdown: boolean): void {
    const { bench } = this
    bench.open(CONFIG, {
      cleanShutdown,
      clock: new HastyClock(bench.clock.now()),
      initialLogStartOffset: bench.starts.at(-1),
      initialRecoveryPoint: bench.recoveryPoints.at(-1),
      initialCleanedOffset: bench.cleanedOffsets.at(-1),
    })
  }

  async compact(during: readonly (() => void)[]): Promise<boolean> {
    const left = [...during]
    return this.bench.log.compact(this.bench.clock.now(), () => {
      this.pauses += 1
      left.shift()?.()
      return Promise.resolve()
    })
  }

  /** Nothing that was not written, nothing moved, and of each key the newest, from the log's start on. */
  check(): void {
    const { log } = this.bench
    const found = recordsIn(readAll(log))
    const byOffset = new Map(this.written.map((record) => [record.offset, record]))
    for (const record of found) expect(record).toEqual(byOffset.get(record.offset))
    const offsets = found.map(({ offset }) => offset)
    expect(offsets).toEqual([...offsets].sort((a, b) => Number(a - b)))
    const newest = [...new Map(this.written.map((record) => [record.key, record])).values()]
    for (const { offset } of newest) if (offset >= log.logStartOffset) expect(offsets).toContain(offset)
    expect(log.logEndOffset).toBe(BigInt(this.written.length))
  }
}

const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 4 })
const action = fc.oneof(
  { weight: 3, arbitrary: keys.map((set) => (work: Work) => work.append(set)) },
  fc.constant((work: Work) => work.bench.log.applyRetention(work.bench.clock.now())),
  fc.nat({ max: 20 }).map((back) => ({ bench: { log } }: Work) => {
    const offset = log.logEndOffset - BigInt(back)
    if (offset > log.logStartOffset) log.deleteRecordsBefore(offset)
  }),
  fc.constant((work: Work) => work.bench.log.flush()),
  fc.constant((work: Work) => work.bench.clock.advance(20)),
  fc.constant((work: Work) => work.check()),
)

describe('a compaction that works in slices', () => {
  it("gets in nobody's way, whatever happens to the log meanwhile", async () => {
    let compactions = 0
    let overtaken = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(keys, { minLength: 10, maxLength: 40 }),
        fc.array(action, { maxLength: 40 }),
        async (sets, during) => {
          const work = new Work()
          for (const set of sets) work.append(set)
          if (await work.compact(during.map((act) => () => act(work)))) compactions += 1
          else overtaken += work.pauses > 0 ? 1 : 0
          work.check()
          work.reopen(work.bench.log.close())
          work.check()
          expect(work.bench.files().filter((name) => /cleaned|swap|deleted/.test(name))).toEqual([])
          expect(work.bench.warnings).toEqual([])
        },
      ),
      { numRuns: 100 },
    )
    expect([compactions > 20, overtaken > 5]).toEqual([true, true])
  })

  it('rests after every few milliseconds', async () => {
    const work = new Work()
    for (let n = 0; n < 40; n += 1) work.append(['a', 'b'])
    expect(await work.compact([])).toBe(true)
    expect(work.pauses).toBeGreaterThan(60)
  })

  it('ends when the log is closed or deleted, and touches nothing any more', async () => {
    for (const end of ['close', 'delete'] as const) {
      for (let at = 0; at < 70; at += 5) {
        const work = new Work()
        for (let n = 0; n < 30; n += 1) work.append(['a', 'b'])
        let operations = 0
        const close = (): void => {
          if (end === 'close') work.bench.log.close()
          else void work.bench.log.delete()
          operations = work.bench.disk.operations
        }
        const isDone = await work.compact([...Array.from({ length: at }, () => () => {}), close])
        if (operations === 0) continue
        expect([isDone, work.bench.disk.operations]).toEqual([false, operations])
        if (end === 'delete') expect(work.bench.disk.list('/data')).toEqual([])
        else work.reopen(true)
        if (end === 'close') work.check()
      }
    }
  })

  it('is not done again for what it has seen, across restarts', async () => {
    const work = new Work()
    for (let n = 0; n < 20; n += 1) work.append(['a', 'b'])
    expect(await work.compact([])).toBe(true)
    work.reopen(work.bench.log.close())
    expect(await work.compact([])).toBe(false)
    work.bench.open(CONFIG, { initialCleanedOffset: 1000n })
    expect(await work.compact([])).toBe(true)
  })

  it('can be read around: a reader that stands in a segment that is replaced reads on', async () => {
    const work = new Work()
    for (let n = 0; n < 30; n += 1) work.append(['a', `k${n}`])
    const seen: bigint[] = []
    let offset = 0n
    const readOn = (): void => {
      const part = recordsIn(work.bench.log.read(offset, { ...ALL, maxBytes: 100 })).filter(
        (record) => record.offset >= offset,
      )
      seen.push(...part.map((record) => record.offset))
      offset = (part.at(-1)?.offset ?? offset - 1n) + 1n
    }
    await work.compact(Array.from({ length: 200 }, () => readOn))
    while (codeOf(readOn) === 'no error' && offset < work.bench.log.logEndOffset);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => Number(a - b)))
    for (const record of work.written) if (record.key !== 'a') expect(seen).toContain(record.offset)
  })
})
