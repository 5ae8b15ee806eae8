import { describe, expect, it } from 'vitest'
import { ENDLESS, type Fault, type PartitionLog, type Survivors } from '../../../../src/lib/broker/log/index.ts'
import { batches } from '../../../../src/lib/protocol/records/index.ts'
import { randomNumbers } from '../../../support/random.ts'
import { ReplicaBench } from './replica-support.ts'
import { Bench, batchOf, codeOf, coin, isCutShort, readAll, settle, valuesOf } from './support.ts'

const leader = await new ReplicaBench().run()
const all = readAll(leader.log)

/** The next part of a leader's log, as a fetch answers it: the last batch may be incomplete. */
function fetch(log: PartitionLog, offset: bigint, maxBytes: number): Buffer {
  return log.read(offset, { maxBytes, minOneMessage: true, upTo: ENDLESS })
}

async function catchUp(follower: PartitionLog, from: PartitionLog, maxBytes: () => number): Promise<void> {
  while (follower.logEndOffset < from.logEndOffset) {
    follower.appendAsFollower(fetch(from, follower.logEndOffset, maxBytes()))
    await settle()
  }
}

function follower(): ReplicaBench {
  const bench = new ReplicaBench()
  bench.clock.advance(44)
  return bench
}

function batch(baseOffset: bigint, values: string[], leaderEpoch = 0): Buffer {
  const bytes = batchOf(values)
  bytes.writeBigInt64BE(baseOffset, 0)
  bytes.writeInt32BE(leaderEpoch, 12)
  return bytes
}

describe('appendAsFollower', () => {
  it('makes the log that the leader has, byte by byte, in whatever parts it comes', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = randomNumbers(seed)
      const bench = follower()
      await catchUp(bench.log, leader.log, () => Math.floor(random() * (seed * 150)))
      const expected = leader.state()
      expect(bench.state()).toEqual(expected)
      expect(bench.segments()).toEqual(leader.segments())
      for (const name of leader.files('.txnindex')) expect(bench.file(name)).toEqual(leader.file(name))
      bench.disk.restart({ keepUnsynced: true })
      bench.reopen()
      expect([bench.state(), bench.warnings]).toEqual([expected, []])
    }
  })

  it('takes many batches at once, and leaves an incomplete one out', () => {
    const bench = follower()
    bench.log.appendAsFollower(all.subarray(0, all.length - 1))
    expect(bench.segments()).toEqual(leader.segments())
    const [last] = [...batches(all)].slice(-1)
    expect(bench.log.logEndOffset).toBe(last!.header.baseOffset)
    bench.log.appendAsFollower(all.subarray(last!.at, last!.at + 30))
    bench.log.appendAsFollower(Buffer.alloc(0))
    expect(bench.log.logEndOffset).toBe(last!.header.baseOffset)
    bench.log.appendAsFollower(all.subarray(last!.at))
    expect(bench.state()).toEqual(leader.state())
    for (const { header } of batches(all)) {
      const part = fetch(bench.log, header.baseOffset, 1)
      expect(part.length).toBe(header.sizeInBytes)
    }
  })

  it('refuses what cannot follow, whole', () => {
    const bench = new Bench()
    bench.log.appendAsFollower(batch(0n, ['a', 'b']))
    const wrong: [string, Buffer][] = [
      ['OFFSET_OUT_OF_RANGE', batch(1n, ['c'])],
      ['OFFSET_OUT_OF_RANGE', Buffer.concat([batch(2n, ['c', 'd']), batch(3n, ['e'])])],
      ['OFFSET_OUT_OF_RANGE', batch(5_000_000_000n, ['c'])],
      ['CORRUPT_MESSAGE', Buffer.concat([batch(2n, ['c']), with0(batch(3n, ['d']), 17)])],
      ['CORRUPT_MESSAGE', with0(batch(2n, ['c']), 16, 3)],
      ['INVALID_RECORD', with0(batch(2n, ['c']), 16, 1)],
    ]
    for (const [code, records] of wrong) expect(codeOf(() => bench.log.appendAsFollower(records))).toBe(code)
    expect([valuesOf(bench.log), bench.log.logEndOffset]).toEqual([['a', 'b'], 2n])
  })

  it('takes a batch that is larger than a segment may be here', () => {
    const bench = new Bench({ segmentBytes: 100 })
    bench.log.appendAsFollower(Buffer.concat([batch(0n, ['a'.repeat(200)]), batch(1n, ['b']), batch(2n, ['c'])]))
    expect(valuesOf(bench.log)).toEqual(['a'.repeat(200), 'b', 'c'])
    expect(bench.files('.log').length).toBe(3)
  })

  it('keeps flush.messages', () => {
    const bench = new Bench({ flushMessages: 3 })
    bench.log.appendAsFollower(batch(0n, ['a', 'b', 'c']))
    bench.log.appendAsFollower(batch(3n, ['d']))
    bench.disk.restart()
    bench.open()
    expect(valuesOf(bench.log)).toEqual(['a', 'b', 'c'])
  })

  it.each<[Fault]>([['EIO'], ['short-write']])('goes on where it was when the disk fails: %s', async (fault) => {
    for (let nth = 1; ; nth += 1) {
      const bench = follower()
      bench.disk.failAt(nth, fault)
      const code = codeOf(() => bench.log.appendAsFollower(all))
      expect(code).toBe(code === 'no error' ? code : 'KAFKA_STORAGE_ERROR')
      await settle()
      await catchUp(bench.log, leader.log, () => 400)
      expect(bench.state()).toEqual(leader.state())
      bench.disk.restart({ keepUnsynced: true })
      bench.reopen()
      expect(bench.state()).toEqual(leader.state())
      if (code === 'no error') break
    }
  })

  it.each<[string, Survivors]>([
    ['of the process', { keepUnsynced: true }],
    ['of the machine', {}],
    ['of the machine, and half of all blocks outlive it', { survives: coin(3) }],
  ])('leaves a part of what the leader has after a crash %s at any operation', async (_, survivors) => {
    for (let nth = 1; ; nth += 2) {
      const bench = follower()
      bench.disk.failAt(nth, 'crash')
      const isCut = await isCutShort(bench.disk, () => catchUp(bench.log, leader.log, () => 600))
      bench.disk.restart(survivors)
      bench.reopen()
      const got = readAll(bench.log)
      expect(got.equals(all.subarray(0, got.length))).toBe(true)
      await catchUp(bench.log, leader.log, () => 600)
      expect(bench.state()).toEqual(leader.state())
      if (!isCut) break
    }
  })
})

describe('what a leader has compacted', () => {
  const small = {
    segmentBytes: 300,
    indexIntervalBytes: 80,
    cleanupPolicy: new Set(['compact' as const]),
    minCleanableDirtyRatio: 0,
  }

  async function compacted(): Promise<Bench> {
    const bench = new Bench(small)
    for (let n = 0; n < 40; n += 1) bench.append({ key: Buffer.from(`${n % 4}`), value: Buffer.from(`${n}`) })
    expect(await bench.log.compact(bench.clock.now())).toBe(true)
    return bench
  }

  it.each([['compact'], ['delete']] as const)('is taken with its gaps where cleanup.policy is %s', async (policy) => {
    const source = await compacted()
    const config = { ...small, cleanupPolicy: new Set([policy]) }
    for (const maxBytes of [1, 200, 100_000]) {
      const bench = new Bench(config)
      await catchUp(bench.log, source.log, () => maxBytes)
      expect(readAll(bench.log)).toEqual(readAll(source.log))
      bench.disk.restart({ keepUnsynced: true })
      bench.open(config, { initialCleanedOffset: bench.cleanedOffsets.at(-1) })
      expect([readAll(bench.log), bench.warnings]).toEqual([readAll(source.log), []])
      bench.log.truncateTo(30n)
      expect(bench.log.logEndOffset).toBeLessThanOrEqual(30n)
      await catchUp(bench.log, source.log, () => maxBytes)
      expect(readAll(bench.log)).toEqual(readAll(source.log))
    }
  })

  it('is compacted again from the start when the topic is to be compacted here', async () => {
    const source = await compacted()
    const config = { ...small, cleanupPolicy: new Set(['delete' as const]) }
    const bench = new Bench(config)
    await catchUp(bench.log, source.log, () => 200)
    expect(bench.cleanedOffsets.at(-1)).toBeGreaterThan(0n)
    bench.log.updateConfig({ ...bench.config, ...small })
    expect(bench.cleanedOffsets.at(-1)).toBe(0n)
  })
})

describe('beginEpoch', () => {
  it('is in leader-epoch-checkpoint at once, with the end of the log', async () => {
    const bench = await new ReplicaBench().run(3)
    bench.log.beginEpoch(7)
    expect(bench.file('leader-epoch-checkpoint')?.toString()).toBe('0\n2\n0 0\n7 6\n')
    expect([bench.log.latestEpoch(), bench.log.endOffsetForEpoch(0)]).toEqual([7, { leaderEpoch: 0, endOffset: 6n }])
    bench.log.append(bench.batch(['a']), { leaderEpoch: 7, origin: 'client' })
    expect(bench.file('leader-epoch-checkpoint')?.toString()).toBe('0\n2\n0 0\n7 6\n')
    bench.log.truncateTo(6n)
    expect(bench.log.latestEpoch()).toBe(0)
    bench.log.beginEpoch(8)
    bench.log.truncateTo(9n)
    expect(bench.log.latestEpoch()).toBe(8)
    bench.log.truncateTo(6n)
    expect(bench.log.latestEpoch()).toBe(0)
  })
})

describe('the high watermark', () => {
  it('lies in the log', async () => {
    const bench = await new ReplicaBench().run()
    const { log } = bench
    expect(log.highWatermark).toBe(log.logEndOffset)
    log.highWatermark = 10n
    expect(log.highWatermark).toBe(10n)
    log.deleteRecordsBefore(12n)
    expect(log.highWatermark).toBe(12n)
    const end = bench.log.logEndOffset
    bench.reopen({ initialHighWatermark: 1000n })
    expect(bench.log.highWatermark).toBe(end)
    bench.more('a')
    expect(bench.log.highWatermark).toBe(end)
  })

  it('is where retention stops', async () => {
    const bench = await new ReplicaBench({ retentionMs: 1 }).run()
    bench.clock.advance(100)
    bench.log.highWatermark = 30n
    bench.log.applyRetention(bench.clock.now())
    expect(bench.log.logStartOffset).toBeGreaterThan(10n)
    expect(bench.log.logStartOffset).toBeLessThanOrEqual(30n)
    bench.log.highWatermark = ENDLESS
    bench.log.applyRetention(bench.clock.now())
    expect(bench.log.logStartOffset).toBe(bench.log.logEndOffset)
  })

  it('is where compaction stops', async () => {
    const bench = new Bench({
      segmentBytes: 300,
      cleanupPolicy: new Set(['compact']),
      minCleanableDirtyRatio: 0,
    })
    for (let n = 0; n < 40; n += 1) bench.append({ key: Buffer.from('k'), value: Buffer.from(`${n}`) })
    bench.log.highWatermark = 20n
    expect(await bench.log.compact(bench.clock.now())).toBe(true)
    const values = valuesOf(bench.log).map(Number)
    expect(values.filter((value) => value >= 20).length).toBe(20)
    expect(values.length).toBeLessThan(30)
  })
})

it('a compaction under way goes by nothing that was cut off meanwhile', async () => {
  const config = { segmentBytes: 300, cleanupPolicy: new Set(['compact' as const]), minCleanableDirtyRatio: 0 }
  for (let pauses = 0; pauses < 30; pauses += 1) {
    const bench = new Bench(config)
    for (let n = 0; n < 40; n += 1) bench.append({ key: Buffer.from('k'), value: Buffer.from(`${n}`) })
    let left = pauses
    const pause = async (): Promise<void> => {
      bench.clock.advance(100)
      if (left-- === 0) bench.log.truncateTo(20n)
    }
    await bench.log.compact(bench.clock.now(), pause)
    if (left >= 0) break
    bench.log.truncateTo(20n)
    expect(valuesOf(bench.log).at(-1)).toBe('19')
  }
})

/** The same batch with one byte set. */
function with0(bytes: Buffer, at: number, value = 0): Buffer {
  bytes[at] = value
  return bytes
}
