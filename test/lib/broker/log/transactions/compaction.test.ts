import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { LogConfig } from '../../../../../src/lib/broker/log/index.ts'
import type { KafkaError } from '../../../../../src/lib/errors.ts'
import { batches } from '../../../../../src/lib/protocol/records/index.ts'
import { isCutShort, readAll, recordsIn } from '../support.ts'
import { TransactionBench, committed } from './support.ts'

const COMPACT: Partial<LogConfig> = {
  cleanupPolicy: new Set(['compact']),
  segmentBytes: 300,
  indexIntervalBytes: 80,
  minCleanableDirtyRatio: 0,
  deleteRetentionMs: 1000,
  fileDeleteDelayMs: 10,
}

/** Fills the active segment, so that all before can be compacted. */
function closeSegment(bench: TransactionBench): void {
  bench.log.append(bench.batch([{ key: Buffer.from('filler'), value: Buffer.alloc(200) }]), {
    leaderEpoch: 0,
    origin: 'client',
  })
}

async function compact(bench: TransactionBench): Promise<void> {
  closeSegment(bench)
  await bench.log.compact(bench.clock.now())
}

/** Offsets of records and markers, apart from the filler. */
function offsets(bench: TransactionBench): { records: number[]; markers: number[] } {
  const chunk = readAll(bench.log)
  const found = { records: [] as number[], markers: [] as number[] }
  for (const { header, at } of batches(chunk)) {
    if (header.isControl && header.recordsCount > 0) found.markers.push(Number(header.baseOffset))
    else if (!header.isControl) {
      const records = recordsIn(chunk.subarray(at, at + header.sizeInBytes)).filter(({ key }) => key !== 'filler')
      found.records.push(...records.map(({ offset }) => Number(offset)))
    }
  }
  return found
}

/** Keys and values as a reader of the whole log ends up with them. */
function state(values: readonly string[]): Record<string, string> {
  const entries = values.map((text) => text.split('=') as [string, string]).filter(([key]) => key !== 'filler')
  return Object.fromEntries(entries)
}

describe('compaction', () => {
  it('drops what was rolled back, and does not take it for the latest value', async () => {
    const bench = new TransactionBench(COMPACT)
    bench.write(1, 'a=1', 'b=1')
    bench.commit(1)
    bench.write(1, 'a=2', 'c=2')
    bench.abort(1)
    bench.write(2, 'd=3')
    bench.commit(2)
    await compact(bench)
    expect(state(committed(bench.log))).toEqual({ a: '1', b: '1', d: '3' })
    expect(offsets(bench).records).toEqual([0, 1, 6])
  })

  it('keeps a marker while there are records of its transaction, and delete.retention.ms longer', async () => {
    const bench = new TransactionBench(COMPACT)
    bench.write(1, 'a=1')
    bench.commit(1)
    bench.write(1, 'a=2')
    bench.abort(1)
    bench.write(1, 'a=3')
    bench.commit(1)
    await compact(bench)
    expect(offsets(bench)).toEqual({ records: [4], markers: [1, 3, 5] })
    expect(bench.log.abortedTransactions(0n, 100n).length).toBe(1)
    bench.clock.advance(10)
    await compact(bench)
    expect(offsets(bench)).toEqual({ records: [4], markers: [1, 3, 5] })
    expect(bench.log.abortedTransactions(0n, 100n).length).toBe(0)
    bench.clock.advance(1001)
    await compact(bench)
    expect(offsets(bench)).toEqual({ records: [4], markers: [5] })
    bench.open(COMPACT)
    expect(bench.log.activeProducers()).toMatchObject([{ producerId: 1n, producerEpoch: 3 }])
  })

  it('does not reach into an open transaction', async () => {
    const bench = new TransactionBench(COMPACT)
    bench.write(1, 'a=1')
    bench.commit(1)
    closeSegment(bench)
    bench.write(1, 'a=2')
    await compact(bench)
    expect(offsets(bench).records).toEqual([0, 3])
    bench.abort(1)
    await compact(bench)
    expect(offsets(bench).records).toEqual([0])
    expect(state(committed(bench.log))).toEqual({ a: '1' })
  })

  it('knows a transaction that reaches over segments and over what was compacted before', async () => {
    const bench = new TransactionBench(COMPACT)
    bench.write(1, 'a=1')
    bench.commit(1)
    bench.write(2, 'a=2')
    closeSegment(bench)
    bench.write(2, 'b=2')
    bench.abort(2)
    bench.write(1, 'c=1')
    bench.commit(1)
    await compact(bench)
    await compact(bench)
    expect(state(committed(bench.log))).toEqual({ a: '1', c: '1' })
  })
})

test('a transaction that was rolled back hides none of the later ones of its producer', async () => {
  const bench = new TransactionBench(COMPACT)
  bench.write(1, 'a=1')
  bench.abort(1)
  await compact(bench)
  for (const text of ['a=2', 'a=3']) {
    bench.write(1, text)
    bench.commit(1)
  }
  await compact(bench)
  expect(offsets(bench).records).toEqual([5])
})

type Step = readonly ['write', number, string] | readonly ['commit' | 'abort', number] | readonly ['compact']
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(
      fc.constant('write' as const),
      fc.integer({ min: 1, max: 3 }),
      fc.stringMatching(/^[a-e]=[0-9]$/),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom('commit' as const, 'abort' as const), fc.integer({ min: 1, max: 3 })),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant('compact' as const)) },
)

function run(bench: TransactionBench, steps: readonly Step[]): void {
  for (const [action, producerId, text] of steps) {
    if (action === 'write') bench.write(producerId, text)
    else if (action !== 'compact') bench[action](producerId)
    bench.clock.advance(300)
  }
}

test('a reader of committed records ends up with the same values after any number of compactions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), fc.boolean(), async (steps, isReopened) => {
      const [plain, bench] = [
        new TransactionBench({ ...COMPACT, cleanupPolicy: new Set(['delete']) }),
        new TransactionBench(COMPACT),
      ]
      for (const each of steps) {
        run(plain, [each])
        run(bench, [each])
        if (each[0] !== 'compact') continue
        closeSegment(plain)
        await compact(bench)
        if (isReopened) bench.open(COMPACT)
        expect(bench.log.firstOpenOffset).toBe(plain.log.firstOpenOffset)
        expect(state(committed(bench.log))).toEqual(state(committed(plain.log)))
      }
    }),
    { numRuns: 60 },
  )
})

const STEPS: readonly Step[] = [
  ['write', 1, 'a=1'],
  ['commit', 1],
  ['write', 2, 'a=2'],
  ['write', 1, 'b=1'],
  ['abort', 2],
  ['commit', 1],
  ['write', 3, 'c=3'],
  ['write', 1, 'd=1'],
  ['abort', 1],
  ['abort', 3],
  ['write', 2, 'b=2'],
  ['commit', 2],
]

function prepared(): TransactionBench {
  const bench = new TransactionBench(COMPACT)
  run(bench, STEPS)
  closeSegment(bench)
  bench.log.flush()
  bench.log.updateConfig({ ...bench.config, segmentBytes: 5000 })
  return bench
}

describe('a compaction that is interrupted', () => {
  const wanted = { a: '1', b: '2' }

  it.each([[{}], [{ keepNames: true }], [{ keepUnsynced: true }]])(
    'by a crash at any operation (%j) shows nothing that was rolled back',
    async (survivors) => {
      for (let nth = 1; ; nth += 1) {
        const bench = prepared()
        bench.disk.failAt(nth, 'crash')
        const isCrashed = await isCutShort(bench.disk, () => bench.log.compact(bench.clock.now()))
        bench.disk.restart(survivors)
        for (let opened = 0; opened < 2; opened += 1) {
          bench.open({ ...COMPACT, segmentBytes: 5000 })
          expect(state(committed(bench.log))).toEqual(wanted)
        }
        await bench.log.compact(bench.clock.now())
        expect(state(committed(bench.log))).toEqual(wanted)
        expect(bench.files().filter((name) => /cleaned|swap/.test(name))).toEqual([])
        if (!isCrashed) break
      }
    },
  )

  it('by the disk shows nothing that was rolled back', async () => {
    for (let nth = 1; ; nth += 1) {
      const bench = prepared()
      bench.disk.failAt(nth, 'EIO')
      const code = await bench.log.compact(bench.clock.now()).then(
        () => 'no error',
        ({ code }: KafkaError) => code,
      )
      bench.disk.heal()
      expect(state(committed(bench.log))).toEqual(wanted)
      await bench.log.compact(bench.clock.now())
      expect(state(committed(bench.log))).toEqual(wanted)
      bench.disk.restart({ keepUnsynced: true })
      bench.open({ ...COMPACT, segmentBytes: 5000 })
      expect(state(committed(bench.log))).toEqual(wanted)
      if (code === 'no error' && bench.warnings.length === 0) break
    }
  })
})
