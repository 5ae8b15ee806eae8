import { describe, expect, it, test } from 'vitest'
import { CLIENT, codeOf, valuesOf } from '../support.ts'
import { TransactionBench, committed, toldByMarkers } from './support.ts'

const TINY = { segmentBytes: 250, fileDeleteDelayMs: 10 }

describe('the last stable offset', () => {
  it('stands where the oldest open transaction begins', () => {
    const bench = new TransactionBench()
    expect(bench.log.firstOpenOffset).toBeNull()
    bench.append('plain')
    bench.write(1, 'a', 'b')
    bench.write(2, 'c')
    bench.write(1, 'd')
    bench.append('plain')
    expect(bench.log.firstOpenOffset).toBe(1n)
    bench.commit(1)
    expect(bench.log.firstOpenOffset).toBe(3n)
    bench.write(1, 'e')
    bench.abort(2)
    expect(bench.log.firstOpenOffset).toBe(7n)
    bench.commit(1)
    expect(bench.log.firstOpenOffset).toBeNull()
    expect(committed(bench.log)).toEqual(['plain', 'a', 'b', 'd', 'plain', 'e'])
  })

  it.each([[true], [false]])('is known when the log is opened again (after a clean shutdown: %s)', (cleanShutdown) => {
    const bench = new TransactionBench(TINY)
    bench.write(2, 'early')
    for (const value of 'abcdef') {
      bench.write(1, value)
      bench.commit(1)
    }
    bench.write(3, 'late')
    if (cleanShutdown) bench.log.close()
    bench.open(TINY, { cleanShutdown })
    expect(bench.log.firstOpenOffset).toBe(0n)
    expect(bench.log.hasOpenTransaction(2n, 0)).toBe(true)
    bench.commit(2)
    expect(bench.log.firstOpenOffset).toBe(13n)
    bench.abort(3)
    expect(committed(bench.log)).toEqual(['early', ...'abcdef'])
  })
})

describe('the aborted transactions', () => {
  it('of a part of the log are those with records in it, however far their markers are', () => {
    const bench = new TransactionBench(TINY)
    bench.write(1, 'a0')
    for (let round = 0; round < 5; round += 1) {
      bench.write(2, `b${round}`)
      bench.write(3, `c${round}`)
      bench.abort(2)
      bench.commit(3)
    }
    bench.abort(1)
    expect(bench.files('.txnindex').length).toBeGreaterThan(3)
    const all = toldByMarkers(bench.log).aborted
    expect(bench.log.abortedTransactions(0n, bench.log.logEndOffset)).toEqual(all)
    const ofRange = (from: bigint, upTo: bigint): bigint[][] =>
      bench.log.abortedTransactions(from, upTo).map(({ producerId, firstOffset }) => [producerId, firstOffset])
    expect(ofRange(0n, 1n)).toEqual([[1n, 0n]])
    expect(ofRange(5n, 6n)).toEqual([
      [2n, 5n],
      [1n, 0n],
    ])
    expect(ofRange(12n, 18n)).toEqual([
      [2n, 13n],
      [2n, 17n],
      [1n, 0n],
    ])
    expect(ofRange(21n, 30n)).toEqual([[1n, 0n]])
  })

  it('are written as Apache Kafka 4.3 writes them', () => {
    const bench = new TransactionBench()
    bench.write(17, 'c1')
    bench.commit(17)
    bench.write(17, 'a1')
    bench.abort(17)
    expect(bench.file('00000000000000000000.txnindex')!.toString('hex')).toBe(
      '00000000000000000011000000000000000200000000000000030000000000000004',
    )
  })

  it('make no file where there are none', () => {
    const bench = new TransactionBench()
    bench.write(1, 'a')
    bench.commit(1)
    bench.abort(1)
    expect(bench.files('.txnindex')).toEqual([])
    expect(bench.log.abortedTransactions(0n, 9n)).toEqual([])
  })

  it.each([[true], [false]])(
    'are found again when the index of the last segment is lost or damaged (lost: %s)',
    (isLost) => {
      const bench = new TransactionBench(TINY)
      bench.write(1, 'begun early')
      for (const value of 'abc') {
        bench.write(2, value)
        bench.abort(2)
      }
      bench.abort(1)
      const { aborted } = toldByMarkers(bench.log)
      bench.log.flush()
      const last = `/data/retail-0/${bench.files('.txnindex').at(-1)!}`
      if (isLost) bench.disk.remove(last)
      else bench.disk.open(last, { create: false }).write(Buffer.alloc(5, 0xff), 34)
      bench.open(TINY)
      expect(bench.log.abortedTransactions(0n, 100n)).toEqual(aborted)
    },
  )

  it('go with their segments', () => {
    const bench = new TransactionBench(TINY)
    for (let round = 0; round < 6; round += 1) {
      bench.write(1, `value ${round}`)
      bench.abort(1)
    }
    const before = bench.files('.txnindex').length
    bench.log.deleteRecordsBefore(8n)
    bench.clock.advance(20)
    expect(bench.files('.txnindex').length).toBeLessThan(before)
    expect(bench.files('.deleted')).toEqual([])
  })
})

describe('a write is refused', () => {
  const marker = { committed: false, producerEpoch: 0 }

  test('outside the transaction that its producer has open', () => {
    const bench = new TransactionBench()
    bench.write(1, 'a')
    const plain = bench.batch(['b'], { producerId: 1n, producerEpoch: 0, baseSequence: 1 })
    expect(codeOf(() => bench.log.append(plain, CLIENT))).toBe('INVALID_TXN_STATE')
    bench.commit(1)
    const next = bench.batch(['b'], { producerId: 1n, producerEpoch: 1, baseSequence: 0 })
    expect(codeOf(() => bench.log.append(next, CLIENT))).toBe('no error')
  })

  test('with an epoch that a marker has ended', () => {
    const bench = new TransactionBench()
    bench.write(1, 'a')
    bench.marker(1, { ...marker, producerEpoch: 1 }, 2)
    expect(codeOf(() => bench.write(1, 'late'))).toBe('INVALID_PRODUCER_EPOCH')
    expect(bench.log.firstOpenOffset).toBeNull()
  })

  test('when the first one seen of a producer is not its first, from transactions version 2 on', () => {
    const bench = new TransactionBench()
    const batch = (): Buffer =>
      bench.batch(['b'], { producerId: 1n, producerEpoch: 0, baseSequence: 3, isTransactional: true })
    expect(codeOf(() => bench.log.append(batch(), { ...CLIENT, transactionVersion: 2 }))).toBe(
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
    )
    expect(codeOf(() => bench.log.append(batch(), { ...CLIENT, transactionVersion: 0 }))).toBe('no error')
  })

  test('as a marker that comes late: one that does not raise the epoch, unless it is the last one again', () => {
    const bench = new TransactionBench()
    bench.write(1, 'a')
    expect(codeOf(() => bench.marker(1, marker, 2))).toBe('INVALID_PRODUCER_EPOCH')
    bench.abort(1)
    expect(codeOf(() => bench.marker(1, { ...marker, producerEpoch: 1 }, 2))).toBe('no error')
    bench.write(1, 'b')
    expect(codeOf(() => bench.marker(1, { ...marker, producerEpoch: 1 }, 2))).toBe('INVALID_PRODUCER_EPOCH')
    expect(codeOf(() => bench.marker(1, { ...marker, producerEpoch: 0 }, 0))).toBe('INVALID_PRODUCER_EPOCH')
    expect(codeOf(() => bench.marker(1, { ...marker, producerEpoch: 1 }, 0))).toBe('no error')
    expect(bench.log.abortedTransactions(0n, 9n).length).toBe(2)
  })

  test('as a marker of a coordinator that has been replaced', () => {
    const bench = new TransactionBench()
    bench.marker(1, { ...marker, coordinatorEpoch: 5 }, 2)
    expect(codeOf(() => bench.marker(1, { ...marker, producerEpoch: 1, coordinatorEpoch: 4 }, 2))).toBe(
      'TRANSACTION_COORDINATOR_FENCED',
    )
    expect(bench.log.activeProducers()).toMatchObject([{ coordinatorEpoch: 5, producerEpoch: 0 }])
  })
})

test('a producer in a transaction is not forgotten, however long it is silent', () => {
  const bench = new TransactionBench()
  bench.write(1, 'a')
  bench.write(2, 'b')
  bench.commit(2)
  bench.clock.advance(2 * 86_400_000)
  bench.log.applyRetention(bench.clock.now())
  expect(bench.log.activeProducers().map(({ producerId }) => producerId)).toEqual([1n])
  expect(valuesOf(bench.log).length).toBe(3)
})
