import { expect, it } from 'vitest'
import { PowerCutError } from '../../../../../src/lib/broker/log/index.ts'
import { KafkaError } from '../../../../../src/lib/errors.ts'
import { TransactionBench, toldByMarkers } from './support.ts'

const TINY = { segmentBytes: 300, indexIntervalBytes: 80, fileDeleteDelayMs: 10 }

/** Transactions that overlap, over several segments; one stays open. */
function steps(bench: TransactionBench): (() => unknown)[] {
  return [
    () => bench.write(1, 'a'),
    ...Array.from({ length: 4 }, (_, round) => [
      () => bench.write(2, `b${round}`),
      () => bench.write(3, `c${round}`),
      () => (round % 2 === 0 ? bench.abort(2) : bench.commit(2)),
      () => bench.abort(3),
      ...(round === 2 ? [() => bench.abort(1), () => bench.log.flush()] : []),
    ]).flat(),
    () => bench.write(4, 'open'),
  ]
}

function expectSound(bench: TransactionBench): void {
  const told = toldByMarkers(bench.log)
  expect(bench.log.abortedTransactions(0n, bench.log.logEndOffset)).toEqual(told.aborted)
  expect(bench.log.firstOpenOffset).toBe(told.firstOpenOffset)
  expect(bench.files().filter((name) => /cleaned|swap|deleted|tmp/.test(name))).toEqual([])
}

it.each([[true], [false]])(
  'a crash at any operation (of the process only: %s) leaves an index that agrees with the markers',
  (keepUnsynced) => {
    for (let nth = 1; ; nth += 1) {
      const bench = new TransactionBench(TINY)
      bench.disk.failAt(nth, 'crash')
      let isCrashed = false
      try {
        for (const step of steps(bench)) step()
      } catch (error) {
        if (!(error instanceof PowerCutError)) throw error
        isCrashed = true
      }
      bench.disk.restart({ keepUnsynced })
      bench.open(TINY)
      expectSound(bench)
      bench.disk.restart({ keepUnsynced: true })
      bench.open(TINY)
      expectSound(bench)
      if (!isCrashed) break
    }
  },
)

it.each(['EIO', 'short-write'] as const)('%s at any operation refuses what was under way and nothing else', (fault) => {
  for (let nth = 1; ; nth += 1) {
    const bench = new TransactionBench(TINY)
    bench.disk.failAt(nth, fault)
    let failures = 0
    for (const step of steps(bench)) {
      try {
        step()
      } catch (error) {
        if (!(error instanceof KafkaError) || error.code !== 'KAFKA_STORAGE_ERROR') throw error
        failures += 1
        step()
      }
    }
    bench.disk.heal()
    expectSound(bench)
    expect(toldByMarkers(bench.log).aborted.length).toBe(7)
    bench.disk.restart({ keepUnsynced: true })
    bench.open(TINY)
    expectSound(bench)
    if (failures + bench.warnings.length === 0) break
  }
})
