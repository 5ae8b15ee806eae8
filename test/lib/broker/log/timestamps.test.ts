import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PartitionLog } from '../../../../src/lib/broker/log/index.ts'
import { CODECS } from '../../../../src/lib/protocol/records/index.ts'
import { Bench, CLIENT, codeOf, readAll, recordsIn } from './support.ts'

const SMALL = { segmentBytes: 600, indexIntervalBytes: 100 }
const timesOfBatches = fc.array(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 30,
})

function logOf(times: readonly (readonly number[])[]): Bench {
  const bench = new Bench(SMALL)
  times.forEach((batch, index) => {
    const records = batch.map((time) => ({ timestamp: BigInt(time), value: Buffer.from('value') }))
    bench.log.append(bench.batch(records, { codec: index % 4 === 0 ? CODECS.gzip : CODECS.none }), {
      leaderEpoch: index,
      origin: 'client',
    })
  })
  return bench
}

/** What a look at every record finds. */
function plainly(
  log: PartitionLog,
  matches: (timestamp: bigint) => boolean,
): { timestamp: bigint; offset: bigint } | null {
  const found = recordsIn(readAll(log)).find(
    ({ offset, timestamp }) => offset >= log.logStartOffset && matches(timestamp),
  )
  return found ? { timestamp: found.timestamp, offset: found.offset } : null
}

function latestTime(log: PartitionLog): bigint {
  const times = recordsIn(readAll(log))
    .filter(({ offset }) => offset >= log.logStartOffset)
    .map(({ timestamp }) => timestamp)
  return times.reduce((a, b) => (a > b ? a : b), -1n)
}

describe('the index of times', () => {
  it('finds the first record since any time, and the latest, wherever the log starts and whether it was reopened', () => {
    fc.assert(
      fc.property(
        timesOfBatches,
        fc.nat(40),
        fc.constantFrom('running', 'closed', 'crashed'),
        (times, start, state) => {
          const bench = logOf(times)
          bench.log.deleteRecordsBefore(BigInt(Math.min(start, Number(bench.log.logEndOffset))))
          const initialLogStartOffset = bench.log.logStartOffset
          if (state === 'closed') bench.log.close()
          if (state !== 'running') bench.open(SMALL, { cleanShutdown: state === 'closed', initialLogStartOffset })
          const { log } = bench
          for (let time = -1n; time <= 61n; time += 1n) {
            const { leaderEpoch, ...found } = log.offsetForTimestamp(time) ?? { leaderEpoch: 0 }
            expect('offset' in found ? found : null).toEqual(plainly(log, (timestamp) => timestamp >= time))
            if ('offset' in found) expect(leaderEpoch).toBe(log.epochAt(found.offset))
          }
          const latest = latestTime(log)
          const { leaderEpoch: _, ...found } = log.maxTimestampOffset() ?? { leaderEpoch: 0 }
          expect('offset' in found ? found : null).toEqual(plainly(log, (timestamp) => timestamp === latest))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('has nothing to say about an empty log, and none but the offset about records without a time', () => {
    const bench = new Bench()
    expect([bench.log.offsetForTimestamp(0n), bench.log.maxTimestampOffset()]).toEqual([null, null])
    bench.append({ timestamp: -1n, value: Buffer.from('v') })
    expect(bench.log.offsetForTimestamp(0n)).toBeNull()
    expect(bench.log.maxTimestampOffset()).toEqual({ timestamp: -1n, offset: 0n, leaderEpoch: 0 })
  })

  it('goes by the stamped time with LogAppendTime', () => {
    const bench = new Bench({ messageTimestampType: 'LogAppendTime' })
    bench.append({ timestamp: 5n }, { timestamp: 6n })
    bench.clock.advance(10)
    bench.append({ timestamp: 1n }, { timestamp: 2n })
    const now = BigInt(bench.clock.now())
    expect(bench.log.offsetForTimestamp(now - 9n)).toEqual({ timestamp: now, offset: 2n, leaderEpoch: 0 })
    expect(bench.log.maxTimestampOffset()).toEqual({ timestamp: now, offset: 2n, leaderEpoch: 0 })
  })

  it('reports a disk that cannot be read', () => {
    const bench = logOf([[1], [2]])
    bench.disk.failAt(1, 'EIO')
    expect(codeOf(() => bench.log.offsetForTimestamp(1n))).toBe('KAFKA_STORAGE_ERROR')
    bench.disk.failAt(1, 'EIO')
    expect(codeOf(() => bench.log.maxTimestampOffset())).toBe('KAFKA_STORAGE_ERROR')
  })
})

describe('leader epochs', () => {
  function withEpochs(epochs: readonly number[]): Bench {
    const bench = new Bench()
    for (const leaderEpoch of epochs) bench.log.append(bench.batch(['a', 'b']), { ...CLIENT, leaderEpoch })
    return bench
  }
  const ends = (log: PartitionLog): [number, number, bigint][] =>
    [-1, 0, 1, 2, 3, 5, 6, 9].map((epoch) => [
      epoch,
      log.endOffsetForEpoch(epoch).leaderEpoch,
      log.endOffsetForEpoch(epoch).endOffset,
    ])

  it('end where the next one begins; the last one at the end of the log; unknown ones nowhere', () => {
    const bench = withEpochs([2, 2, 5, 6])
    const expected = [
      [-1, -1, -1n],
      [0, 0, 0n],
      [1, 1, 0n],
      [2, 2, 4n],
      [3, 2, 4n],
      [5, 5, 6n],
      [6, 6, 8n],
      [9, -1, -1n],
    ]
    expect(ends(bench.log)).toEqual(expected)
    expect([0n, 3n, 4n, 6n, 100n].map((offset) => bench.log.epochAt(offset))).toEqual([2, 2, 5, 6, 6])
    expect(bench.log.latestEpoch()).toBe(6)
    bench.open()
    expect(ends(bench.log)).toEqual(expected)
  })

  it('are kept as Kafka keeps them', () => {
    const bench = withEpochs([2, 5])
    expect(bench.file('leader-epoch-checkpoint')?.toString()).toBe('0\n2\n2 0\n5 2\n')
    expect(bench.file('partition.metadata')?.toString()).toBe('version: 0\ntopic_id: xtzWWN4bTjitpL3kfd9s5g')
  })

  it('go with the records: from the start, and from the end', () => {
    const bench = withEpochs([2, 5, 6])
    bench.log.deleteRecordsBefore(3n)
    expect(bench.file('leader-epoch-checkpoint')?.toString()).toBe('0\n2\n5 3\n6 4\n')
    expect([bench.log.epochAt(2n), bench.log.epochAt(3n)]).toEqual([-1, 5])
    const log = bench.disk.open('/data/retail-0/00000000000000000000.log', { create: false })
    log.truncate(log.size - 1)
    bench.open({}, { initialLogStartOffset: 3n })
    expect([bench.log.latestEpoch(), bench.log.logEndOffset]).toEqual([5, 4n])
  })

  it.each([
    ['missing', null],
    ['damaged', '0\n7\n2 0\n'],
    ['of another version', '9\n0\n'],
    ['nonsense', 'x y z'],
  ])('are found in the batches when the file is %s', (_, content) => {
    const bench = withEpochs([2, 5, 6])
    bench.log.close()
    bench.disk.remove('/data/retail-0/leader-epoch-checkpoint')
    if (content !== null) bench.disk.writeFileAtomically('/data/retail-0/leader-epoch-checkpoint', content)
    bench.open({}, { cleanShutdown: true })
    expect(bench.file('leader-epoch-checkpoint')?.toString()).toBe('0\n3\n2 0\n5 2\n6 4\n')
  })
})
