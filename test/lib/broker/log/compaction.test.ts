import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogConfig } from '../../../../src/lib/broker/log/index.ts'
import type { KafkaError } from '../../../../src/lib/errors.ts'
import { CODECS, batches, isCrcValid } from '../../../../src/lib/protocol/records/index.ts'
import { ALL, Bench, CLIENT, codeOf, isCutShort, readAll, recordsIn, type SeenRecord } from './support.ts'

const COMPACT: Partial<LogConfig> = {
  cleanupPolicy: new Set(['compact']),
  segmentBytes: 300,
  indexIntervalBytes: 80,
  minCleanableDirtyRatio: 0,
  deleteRetentionMs: 1000,
  fileDeleteDelayMs: 10,
}

/** `k=v` is a value, `k` a tombstone. */
function record(text: string): { key: Buffer; value: Buffer | null } {
  const [key, value] = text.split('=')
  return { key: Buffer.from(key!), value: value === undefined ? null : Buffer.from(value) }
}

function put(bench: Bench, texts: readonly string[], options: Parameters<Bench['batch']>[1] = {}): void {
  bench.log.append(bench.batch(texts.map(record), options), CLIENT)
  bench.clock.advance(1)
}

function logOf(...sets: string[]): Bench {
  const bench = new Bench(COMPACT)
  for (const set of sets) put(bench, set.split(' '))
  return bench
}

function contents(bench: Bench): string[] {
  return recordsIn(readAll(bench.log)).map(
    ({ offset, key, value }) => `${offset}:${key}${value === null ? '' : `=${value}`}`,
  )
}

function activeBase(bench: Bench): bigint {
  return BigInt(Number.parseInt(bench.files('.log').at(-1)!))
}

describe('compaction', () => {
  it('keeps the latest record of each key at its offset; the active segment stays as it is', async () => {
    const bench = logOf('a=1 b=1', 'a=2 c=1', 'b=2 a=3', 'a=4 a=5', 'b=3')
    const before = contents(bench)
    const base = activeBase(bench)
    expect(base).toBe(6n)
    expect(await bench.log.compact(bench.clock.now())).toBe(true)
    expect(contents(bench)).toEqual(['3:c=1', '4:b=2', '5:a=3', ...before.slice(6)])
    expect([bench.log.logEndOffset, bench.log.logStartOffset, bench.append(record('z=1'))]).toEqual([9n, 0n, 9n])
  })

  it('is for cleanup.policy=compact only, and needs something dirty', async () => {
    const bench = logOf('a=1 b=1', 'a=2 c=1', 'b=2 a=3', 'a=4 a=5')
    bench.log.updateConfig({ ...bench.config, cleanupPolicy: new Set(['delete']) })
    expect(await bench.log.compact(bench.clock.now())).toBe(false)
    bench.log.updateConfig({ ...bench.config, cleanupPolicy: new Set(['compact', 'delete']) })
    expect([await bench.log.compact(bench.clock.now()), await bench.log.compact(bench.clock.now())]).toEqual([
      true,
      false,
    ])
  })

  it('waits for min.cleanable.dirty.ratio, but not beyond max.compaction.lag.ms', async () => {
    const bench = logOf('a=1 b=1', 'c=2 d=1', 'e=2 f=3', 'g=4 h=5', 'i=1 j=1', 'k=1 l=1')
    await bench.log.compact(bench.clock.now())
    for (const set of ['a=9 b=9', 'c=9 d=9']) put(bench, set.split(' '))
    const config = { ...bench.config, minCleanableDirtyRatio: 0.9 }
    bench.log.updateConfig(config)
    expect(await bench.log.compact(bench.clock.now())).toBe(false)
    bench.log.updateConfig({ ...config, maxCompactionLagMs: 10_000 })
    expect(await bench.log.compact(bench.clock.now())).toBe(false)
    bench.clock.advance(10_001)
    expect(await bench.log.compact(bench.clock.now())).toBe(true)
  })

  it('leaves records younger than min.compaction.lag.ms', async () => {
    const bench = logOf('a=1 b=1', 'a=2 b=2', 'a=3 b=3', 'a=4 b=4', 'a=5 b=5')
    bench.log.updateConfig({ ...bench.config, minCompactionLagMs: 10 })
    const before = contents(bench)
    expect([await bench.log.compact(bench.clock.now()), contents(bench)]).toEqual([false, before])
    bench.clock.advance(10)
    expect(await bench.log.compact(bench.clock.now())).toBe(true)
    expect(contents(bench).length).toBeLessThan(before.length)
  })

  it('begins a new segment within max.compaction.lag.ms, so that every record gets its turn', () => {
    const bench = new Bench({ ...COMPACT, maxCompactionLagMs: 1000 })
    put(bench, ['a=1'])
    bench.clock.advance(1001)
    put(bench, ['a=2'])
    expect(bench.files('.log').length).toBe(2)
  })

  it('drops what has no key, from before the topic was compacted', async () => {
    const bench = new Bench({ ...COMPACT, cleanupPolicy: new Set(['delete']) })
    for (let n = 0; n < 6; n += 1) bench.append(`keyless ${n}`, record(`k${n}=1`))
    bench.log.updateConfig({ ...bench.config, cleanupPolicy: new Set(['compact']) })
    const base = Number(activeBase(bench))
    await bench.log.compact(bench.clock.now())
    expect(contents(bench).slice(0, base / 2)).toEqual(
      Array.from({ length: base / 2 }, (_, n) => `${2 * n + 1}:k${n}=1`),
    )
  })

  it('tells long keys apart', async () => {
    const long = 'k'.repeat(100)
    const bench = logOf(`${long}x=1`, `${long}y=1`, `${long}x=2`, 'a=1 b=1 c=1 d=1', 'e=1')
    await bench.log.compact(bench.clock.now())
    expect(
      contents(bench)
        .map((text) => text.slice(-3))
        .slice(0, 2),
    ).toEqual(['y=1', 'x=2'])
  })

  it('keeps codec, times, producer and epoch of a batch', async () => {
    const bench = new Bench(COMPACT)
    const producer = { producerId: 4n, producerEpoch: 2, baseSequence: 0 }
    put(bench, ['a=1', 'b=1', 'c=1'], { codec: CODECS.zstd, ...producer })
    const [before] = [...batches(readAll(bench.log))].map(({ header }) => header)
    for (const set of ['b=2 d=1', 'e=1 f=1', 'g=1 h=1', 'i=1 j=1']) put(bench, set.split(' '))
    await bench.log.compact(bench.clock.now())
    const read = readAll(bench.log)
    const [after] = [...batches(read)]
    const { sizeInBytes: _, crc: __, recordsCount, ...kept } = after!.header
    expect([recordsCount, isCrcValid(read, 0, after!.header)]).toEqual([2, true])
    expect(before).toMatchObject(kept)
    expect(contents(bench).slice(0, 2)).toEqual(['0:a=1', '2:c=1'])
  })
})

describe('a tombstone', () => {
  it('stays until delete.retention.ms after the first compaction that saw it, with its own time', async () => {
    const bench = logOf('a=1 b=1', 'a', 'c=1 d=1', 'e=1 f=1', 'g=1 h=1')
    const written = recordsIn(readAll(bench.log)).find(({ value }) => value === null)!
    const compactLater = async (ms: number): Promise<string[]> => {
      bench.clock.advance(ms)
      for (const round of [1, 2, 3, 4]) put(bench, [`x=${round}`, `y=${round}`])
      expect(await bench.log.compact(bench.clock.now())).toBe(true)
      return contents(bench)
    }
    await bench.log.compact(bench.clock.now())
    expect(contents(bench)).toContain('2:a')
    expect(contents(bench)).not.toContain('0:a=1')
    expect(recordsIn(readAll(bench.log))).toContainEqual(written)
    expect(await compactLater(500)).toContain('2:a')
    expect(recordsIn(readAll(bench.log))).toContainEqual(written)
    expect(await compactLater(600)).not.toContain('2:a')
    expect(contents(bench)).toContain('3:c=1')
  })
})

describe('idempotent producers', () => {
  it('are known by their last batch, though its records are gone', async () => {
    const bench = new Bench(COMPACT)
    put(bench, ['a=1', 'b=1'], { producerId: 4n, producerEpoch: 2, baseSequence: 0 })
    put(bench, ['a=2', 'b=2'], { producerId: 4n, producerEpoch: 2, baseSequence: 2, codec: CODECS.gzip })
    for (const set of ['a=3 b=3', 'c=1 d=1', 'e=1 f=1', 'g=1 h=1']) put(bench, set.split(' '))
    await bench.log.compact(bench.clock.now())
    const [first] = [...batches(readAll(bench.log))]
    expect(first!.header).toMatchObject({
      baseOffset: 2n,
      lastOffset: 3n,
      recordsCount: 0,
      codec: 0,
      producerId: 4n,
      baseSequence: 2,
      lastOffsetDelta: 1,
    })
    for (const name of bench.files('.snapshot')) bench.disk.remove(`/data/retail-0/${name}`)
    bench.open(COMPACT)
    expect(bench.log.activeProducers()).toMatchObject([{ producerId: 4n, producerEpoch: 2, lastSequence: 3 }])
    expect(codeOf(() => put(bench, ['a=9'], { producerId: 4n, producerEpoch: 2, baseSequence: 7 }))).toBe(
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
    )
    put(bench, ['a=9'], { producerId: 4n, producerEpoch: 2, baseSequence: 4 })
  })
})

const texts = fc.array(
  fc.array(fc.constantFrom('a', 'b', 'c=1', 'c=2', 'd=1', 'd=2', 'e=1', 'a=1', 'b=1'), { minLength: 1, maxLength: 5 }),
  { minLength: 1, maxLength: 40 },
)

/** Nothing new, nothing moved, nothing newest lost. */
function expectSound(bench: Bench, original: readonly SeenRecord[]): void {
  const found = recordsIn(readAll(bench.log))
  const byOffset = new Map(original.map((seen) => [seen.offset, seen]))
  for (const seen of found) expect(seen).toEqual(byOffset.get(seen.offset))
  const offsets = new Set(found.map(({ offset }) => offset))
  const latest = new Map(original.map((seen) => [seen.key, seen]))
  for (const seen of latest.values()) expect(offsets.has(seen.offset)).toBe(true)
  for (let offset = 0n; offset < bench.log.logEndOffset; offset += 1n) {
    const [next] = recordsIn(bench.log.read(offset, ALL)).filter((seen) => seen.offset >= offset)
    const expected = found.find((seen) => seen.offset >= offset)
    if (next) expect(next).toEqual(expected)
  }
  const newest = found.reduce<SeenRecord | null>(
    (best, seen) => (best && best.timestamp >= seen.timestamp ? best : seen),
    null,
  )
  expect(bench.log.maxTimestampOffset()?.offset).toBe(newest?.offset)
  for (const { timestamp } of original) {
    expect(bench.log.offsetForTimestamp(timestamp)?.offset).toBe(
      found.find((seen) => seen.timestamp >= timestamp)?.offset,
    )
  }
}

describe('any log', () => {
  it('still says the same about every key after any number of compactions', async () => {
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(2, 1000),
        async (sets, every, maxCompactionKeys) => {
          const bench = new Bench({ ...COMPACT, deleteRetentionMs: 1e9 }, { maxCompactionKeys })
          const original: SeenRecord[] = []
          for (const [index, set] of sets.entries()) {
            const from = bench.log.logEndOffset
            put(bench, set, { codec: index % 3 === 0 ? CODECS.lz4 : CODECS.none })
            original.push(...recordsIn(bench.log.read(from, ALL)))
            if (index % every === 0) await bench.log.compact(bench.clock.now())
          }
          await bench.log.compact(bench.clock.now())
          expectSound(bench, original)
          const base = activeBase(bench)
          const keys = recordsIn(readAll(bench.log))
            .filter(({ offset }) => offset < base)
            .map(({ key }) => key)
          if (maxCompactionKeys === 1000) expect(keys.length).toBe(new Set(keys).size)
          const before = readAll(bench.log)
          bench.open(COMPACT)
          expect(readAll(bench.log).equals(before)).toBe(true)
        },
      ),
      { numRuns: 80 },
    )
  })

  it('with more keys than fit is compacted in several goes', async () => {
    const bench = logOf('a=1 b=1', 'c=1 a=2', 'd=1 b=2', 'a=3 e=1', 'f=1 c=2', 'z=1 y=1', 'x=1')
    const base = activeBase(bench)
    bench.open(COMPACT, { maxCompactionKeys: 2 })
    let goes = 0
    while (await bench.log.compact(bench.clock.now())) goes += 1
    expect(goes).toBeGreaterThan(2)
    const keys = recordsIn(readAll(bench.log))
      .filter(({ offset }) => offset < base)
      .map(({ key }) => key)
    expect(keys).toEqual([...'dbaefczy'].filter((key) => keys.includes(key)))
    expect(keys.length).toBe(new Set(keys).size)
  })

  it('whose batches hold more keys than fit at all is left alone', async () => {
    const bench = logOf('a=1 b=1 c=1', 'a=2 b=2', 'a=3 b=3', 'd=1', 'e=1')
    const before = contents(bench)
    bench.open(COMPACT, { maxCompactionKeys: 2 })
    expect([await bench.log.compact(bench.clock.now()), contents(bench)]).toEqual([false, before])
  })
})

describe('a compaction that is interrupted', () => {
  const SETS = ['a=1 b=1', 'a=2 c=1', 'b=2 a=3', 'd=1 a=5', 'b=3 c=3', 'd=2 e=1', 'f=1']

  /** Three segments that become one. */
  async function prepared(): Promise<{ bench: Bench; before: string[]; after: string[] }> {
    const make = (): Bench => {
      const bench = logOf(...SETS)
      bench.log.flush()
      bench.log.updateConfig({ ...bench.config, segmentBytes: 5000 })
      return bench
    }
    const twin = make()
    const before = contents(twin)
    await twin.log.compact(twin.clock.now())
    expect(twin.files('.log').length).toBe(2)
    return { bench: make(), before, after: contents(twin) }
  }

  it.each([
    ['of the machine', {}, ['before']],
    ['of the machine, that keeps the names', { keepNames: true }, ['after', 'before']],
    ['of the process', { keepUnsynced: true }, ['after', 'before']],
  ])('by a crash %s leaves the log as it was or as it was to be', async (_, survivors, possible) => {
    const outcomes = new Set<string>()
    for (let nth = 1; ; nth += 1) {
      const { bench, before, after } = await prepared()
      bench.disk.failAt(nth, 'crash')
      if (!(await isCutShort(bench.disk, () => bench.log.compact(bench.clock.now())))) break
      bench.disk.restart(survivors)
      bench.open({ ...COMPACT, segmentBytes: 5000 })
      const found = contents(bench)
      expect([before.join(), after.join()]).toContain(found.join())
      outcomes.add(found.join() === after.join() ? 'after' : 'before')
      expect([
        bench.log.logEndOffset,
        bench.files().filter((name) => /cleaned|swap|deleted/.test(name)),
        bench.warnings,
      ]).toEqual([13n, [], []])
      await bench.log.compact(bench.clock.now())
      expect(contents(bench)).toEqual(after)
    }
    expect([...outcomes].sort()).toEqual(possible)
  })

  it('by the disk can be done again; the log goes on meanwhile', async () => {
    for (let nth = 1; ; nth += 1) {
      const { bench, before, after } = await prepared()
      bench.disk.failAt(nth, 'EIO')
      const code = await bench.log.compact(bench.clock.now()).then(
        () => 'no error',
        ({ code }: KafkaError) => code,
      )
      const isOver = code === 'no error' && bench.warnings.length === 0
      bench.disk.heal()
      expect(['KAFKA_STORAGE_ERROR', 'no error']).toContain(code)
      expect([before.join(), after.join()]).toContain(contents(bench).join())
      expect([bench.append(record('x=1')), bench.log.logEndOffset]).toEqual([13n, 14n])
      await bench.log.compact(bench.clock.now())
      expect(contents(bench)).toEqual([...after, '13:x=1'])
      bench.disk.restart({ keepUnsynced: true })
      bench.open({ ...COMPACT, segmentBytes: 5000 })
      expect(contents(bench)).toEqual([...after, '13:x=1'])
      if (isOver) break
    }
  })
})
