import { describe, expect, it } from 'vitest'
import type { LogConfig } from '../../../../src/lib/broker/log/index.ts'
import { batches, isCrcValid } from '../../../../src/lib/protocol/records/index.ts'
import { ALL, Bench, CLIENT, DIRECTORY, codeOf, valuesOf } from './support.ts'

const SEGMENT = `${DIRECTORY}/00000000000000000000.log`
const SMALL: Partial<LogConfig> = { segmentBytes: 400, indexIntervalBytes: 100 }
const COMPACT: Partial<LogConfig> = {
  ...SMALL,
  cleanupPolicy: new Set(['compact']),
  minCleanableDirtyRatio: 0,
  fileDeleteDelayMs: 0,
}

function spoil(bench: Bench, path: string, change: (bytes: Buffer) => void): void {
  const bytes = bench.disk.readFile(path)!
  change(bytes)
  bench.disk.writeFileAtomically(path, bytes)
}

/** Where each batch of a file begins. */
const placesIn = (bytes: Buffer): number[] => [...batches(bytes)].map(({ at }) => at)

/** A log of `count` single records, closed in good order. */
function closed(count: number, config: Partial<LogConfig> = SMALL): Bench {
  const bench = new Bench(config)
  for (let n = 0; n < count; n += 1) bench.append({ key: Buffer.from(`k${n % 3}`), value: Buffer.from(String(n)) })
  bench.log.close()
  return bench
}

const clean = { cleanShutdown: true }

describe('compaction', () => {
  it('leaves a log alone whose records have changed on the disk, and says so once', async () => {
    const bench = closed(12, COMPACT)
    spoil(bench, SEGMENT, (bytes) => {
      bytes[placesIn(bytes)[1]! - 2]! ^= 1
    })
    const before = bench.disk.readFile(SEGMENT)!
    bench.open(COMPACT, clean)
    expect([await bench.log.compact(bench.clock.now()), await bench.log.compact(bench.clock.now())]).toEqual([
      false,
      false,
    ])
    expect(bench.disk.readFile(SEGMENT)).toEqual(before)
    expect(bench.warnings).toEqual([
      expect.stringContaining(
        `retail-0 is damaged and is not compacted any more: the checksum of the batch at offset 0 is wrong (${SEGMENT}, byte 0)`,
      ),
    ])
    const chunk = bench.log.read(0n, ALL)
    const [first] = batches(chunk)
    expect(isCrcValid(chunk, first!.at, first!.header)).toBe(false)
  })

  it('goes on with a log that is whole', async () => {
    const bench = closed(12, COMPACT)
    bench.open(COMPACT, clean)
    expect(await bench.log.compact(bench.clock.now())).toBe(true)
    expect(bench.warnings).toEqual([])
  })
})

describe('a reader', () => {
  it.each<[string, (bytes: Buffer) => void]>([
    [
      'a length',
      (bytes) => {
        bytes[placesIn(bytes)[2]! + 8]! ^= 0x10
      },
    ],
    [
      'a message format',
      (bytes) => {
        bytes[placesIn(bytes)[2]! + 16] = 0
      },
    ],
    [
      'an offset, which no checksum covers',
      (bytes) => {
        bytes[placesIn(bytes)[2]! + 7]! ^= 0x20
      },
    ],
  ])('is told of damage to %s, and reads on behind it', (_, change) => {
    const bench = closed(20)
    spoil(bench, SEGMENT, change)
    bench.open(SMALL, clean)
    expect(valuesFrom(bench, 0n)).toEqual(['0', '1'])
    expect(codeOf(() => bench.log.read(2n, ALL))).toBe('CORRUPT_MESSAGE')
    const next = BigInt(Number(bench.files('.log')[1]!.slice(0, 20)))
    expect(valuesFrom(bench, next)[0]).toBe(String(next))
  })

  it('is not misled by an index', () => {
    const bench = closed(20)
    spoil(bench, SEGMENT.replace('.log', '.index'), (bytes) => {
      bytes.writeInt32BE(bytes.readInt32BE(bytes.length - 4) + 3, 4)
    })
    bench.open(SMALL, clean)
    expect(valuesOf(bench.log)).toEqual(Array.from({ length: 20 }, (_, n) => String(n)))
  })
})

describe('a start after a clean shutdown', () => {
  it('does not trust the last batch when its offset is not the one that was noted', () => {
    const bench = closed(3)
    spoil(bench, SEGMENT, (bytes) => {
      bytes[placesIn(bytes)[2]! + 2]! ^= 1
    })
    bench.open(SMALL, { ...clean, initialRecoveryPoint: 3n })
    expect([bench.log.logEndOffset, bench.warnings.length]).toEqual([2n, 1])
  })

  it('says what is missing of a log that has got shorter', () => {
    const bench = closed(3)
    bench.disk.remove(SEGMENT)
    bench.open(SMALL, { ...clean, initialRecoveryPoint: 3n })
    expect(bench.warnings).toEqual([
      `${DIRECTORY} ends at offset 0, but it went to 3 when the broker stopped: what lay between is missing`,
    ])
  })

  it('keeps the segments behind one that is damaged and has lost its index', () => {
    const bench = closed(20)
    const last = valuesFrom(reopened(bench), 18n)
    spoil(bench, SEGMENT, (bytes) => {
      bytes[placesIn(bytes)[1]! + 70]! ^= 1
    })
    bench.disk.remove(SEGMENT.replace('.log', '.index'))
    bench.open(SMALL, clean)
    expect([bench.log.logEndOffset, valuesFrom(bench, 18n), bench.warnings.length]).toEqual([20n, last, 1])
  })

  it('makes a time index anew whose last entry no batch bears out: retention goes by it', () => {
    const bench = closed(20)
    const path = SEGMENT.replace('.log', '.timeindex')
    const before = bench.disk.readFile(path)!
    spoil(bench, path, (bytes) => {
      bytes[bytes.length - 10]! ^= 1
    })
    bench.open(SMALL, clean)
    expect([bench.disk.readFile(path), bench.log.logEndOffset]).toEqual([before, 20n])
  })

  it('learns nothing of producers from batches that are damaged', () => {
    const bench = new Bench()
    for (const baseSequence of [0, 1])
      bench.log.append(bench.batch(['x'], { producerId: 7n, producerEpoch: 0, baseSequence }), CLIENT)
    bench.log.close()
    for (const name of bench.files('.snapshot')) bench.disk.remove(`${DIRECTORY}/${name}`)
    spoil(bench, SEGMENT, (bytes) => {
      bytes[placesIn(bytes)[1]! + 50]! ^= 1
    })
    bench.open({}, clean)
    expect(bench.log.activeProducers()).toMatchObject([{ producerId: 7n, lastSequence: 0 }])
  })
})

function reopened(bench: Bench): Bench {
  bench.open(SMALL, clean)
  return bench
}

/** Values from an offset on, as far as one read goes. */
function valuesFrom(bench: Bench, from: bigint): string[] {
  const chunk = bench.log.read(from, ALL)
  return [...batches(chunk)].map(({ header, at }) =>
    chunk.toString('utf8', at + 61, at + header.sizeInBytes).replace(/^.*k\d.(\d+).*$/s, '$1'),
  )
}
