import { describe, expect, it } from 'vitest'
import { type Fault, PowerCutError, type Survivors } from '../../../../src/lib/broker/log/index.ts'
import { KafkaError } from '../../../../src/lib/errors.ts'
import { Bench, CLIENT, codeOf, coin, readAll, recordsIn, settle } from './support.ts'

const SMALL = { segmentBytes: 400, indexIntervalBytes: 80, fileDeleteDelayMs: 10 }

/**
 * A log at work: what it has acknowledged, what of that it promised to be on the disk, and what it was doing when it
 * stopped.
 */
class Work {
  readonly bench = new Bench(SMALL)
  readonly acknowledged: string[] = []
  promised = 0
  start = 0
  underway: string | null = null
  failures = 0
  private sequence = 0

  /** Appends of every kind, rolls, flushes, a moved start, new epochs, retention: everything that touches the disk. */
  readonly steps: (() => void)[] = Array.from({ length: 26 }, (_, n) => [
    () => this.append(`value ${n}`, n % 3 === 0, Math.floor(n / 10)),
    ...(n % 6 === 5 ? [() => this.flush()] : []),
    ...(n === 12 ? [() => this.deleteBefore(5)] : []),
    ...(n === 16 ? [() => this.bench.log.applyRetention(this.bench.clock.now())] : []),
    ...(n === 18 ? [() => this.bench.clock.advance(20)] : []),
    ...(n === 20 ? [() => this.deleteBefore(14)] : []),
  ]).flat()

  private append(value: string, isIdempotent: boolean, leaderEpoch: number): void {
    this.underway = value
    const producer = isIdempotent ? { producerId: 5n, producerEpoch: 0, baseSequence: this.sequence } : {}
    this.bench.log.append(this.bench.batch([value], producer), { ...CLIENT, leaderEpoch })
    if (isIdempotent) this.sequence += 1
    this.acknowledged.push(value)
    this.underway = null
    this.bench.clock.advance(1)
  }

  private flush(): void {
    this.bench.log.flush()
    this.promised = this.acknowledged.length
  }

  private deleteBefore(offset: number): void {
    this.bench.log.deleteRecordsBefore(BigInt(offset))
  }

  /** Runs a step; when the disk refuses it, says so by true. */
  run(step: () => void): boolean {
    try {
      step()
      return false
    } catch (error) {
      if (!(error instanceof KafkaError) || error.code !== 'KAFKA_STORAGE_ERROR') throw error
      this.failures += 1
      return true
    }
  }

  /** Step by step; between two of them the background has its turn. */
  async doAll(from = 0, step = (each: () => void): void => each()): Promise<void> {
    for (const each of this.steps.slice(from)) {
      step(each)
      await settle()
    }
  }

  reopen(cleanShutdown: boolean): void {
    const { starts, recoveryPoints } = this.bench
    this.bench.open(SMALL, {
      cleanShutdown,
      initialLogStartOffset: starts.at(-1),
      initialRecoveryPoint: recoveryPoints.at(-1),
    })
  }

  /** Values by offset; offsets are dense, or this throws. */
  records(): string[] {
    const { log } = this.bench
    const found: string[] = []
    for (const { offset, value } of recordsIn(readAll(log))) {
      if (offset < log.logStartOffset) continue
      expect(offset).toBe(log.logStartOffset + BigInt(found.length))
      found.push(value!)
    }
    expect(log.logEndOffset).toBe(log.logStartOffset + BigInt(found.length))
    return found
  }

  /** What has been acknowledged from the log's start on. */
  expected(): string[] {
    return this.acknowledged.slice(Number(this.bench.log.logStartOffset))
  }
}

/** Disk operations of the whole work, with what goes on in the background. */
async function operationsOf(work: Work): Promise<number> {
  const before = work.bench.disk.operations
  await work.doAll()
  return work.bench.disk.operations - before
}

const operations = await operationsOf(new Work())

describe.each<Fault>(['EIO', 'short-write'])('%s at any operation', (fault) => {
  it('refuses what was under way and nothing else; the log goes on, and holds exactly what it acknowledged', async () => {
    for (let nth = 1; nth <= operations; nth += 1) {
      const work = new Work()
      work.bench.disk.failAt(nth, fault)
      await work.doAll(0, (step) => void (work.run(step) && work.run(step)))
      expect(work.failures + work.bench.warnings.length).toBe(1)
      expect(work.records()).toEqual(work.expected())
      expect(work.acknowledged.length).toBe(26)
      const isClean = nth % 2 === 0
      if (isClean) work.bench.log.close()
      work.bench.disk.restart({ keepUnsynced: true })
      work.reopen(isClean)
      expect(work.records()).toEqual(work.expected())
      expect(work.bench.log.activeProducers()).toMatchObject([{ producerId: 5n, lastSequence: 8 }])
      expect([20n, 19n].map((offset) => work.bench.log.epochAt(offset))).toEqual([2, 1])
      expect(work.bench.log.endOffsetForEpoch(1)).toEqual({ leaderEpoch: 1, endOffset: 20n })
    }
  })
})

describe.each<Fault>(['ENOSPC', 'EIO', 'EACCES', 'short-write'])('%s', (fault) => {
  it('that lasts for some time loses nothing that was acknowledged', async () => {
    for (let nth = 1; nth <= operations; nth += 5) {
      const work = new Work()
      work.bench.disk.failAt(nth, fault, { lasting: true })
      const stopped = work.steps.findIndex((step) => work.run(step))
      await settle()
      work.run(work.steps[0]!)
      work.bench.disk.heal()
      if (stopped >= 0) await work.doAll(stopped)
      expect(work.records()).toEqual(work.expected())
      work.bench.disk.restart({ keepUnsynced: true })
      work.reopen(false)
      expect(work.records()).toEqual(work.expected())
    }
  })
})

describe('a write that stops half-way', () => {
  const FIRST = '00000000000000000000.log'

  it('is taken back at once', () => {
    const { bench } = new Work()
    bench.append('a')
    bench.disk.failAt(1, 'short-write')
    expect(() => bench.append('b')).toThrow('cannot write to /data/retail-0: the disk is full (ENOSPC)')
    expect(bench.file(FIRST)?.length).toBe(bench.log.sizeInBytes)
  })

  it('is taken back before the next one when the disk refused that too', () => {
    const { bench } = new Work()
    bench.append('a')
    bench.disk.failAt(1, 'short-write', { lasting: true })
    expect(() => bench.append('b'.repeat(200))).toThrow(KafkaError)
    expect(bench.file.bind(bench, FIRST)).toThrow()
    bench.disk.heal()
    expect(bench.file(FIRST)!.length).toBeGreaterThan(bench.log.sizeInBytes)
    bench.append('b')
    expect(bench.file(FIRST)?.length).toBe(bench.log.sizeInBytes)
  })

  it('leaves no files of a segment that could not be begun', () => {
    const { bench } = new Work()
    for (const value of ['a', 'b', 'c', 'd', 'e']) bench.append(value)
    const before = bench.files()
    let refusals = 0
    for (; refusals < 50; refusals += 1) {
      bench.disk.failAt(refusals + 1, 'ENOSPC')
      if (codeOf(() => bench.append('f')) === 'no error') break
      bench.disk.heal()
      expect(bench.files().filter((name) => !name.includes('.snapshot'))).toEqual(before)
    }
    expect(refusals).toBe(4)
    expect(bench.files('.log').length).toBe(before.filter((name) => name.endsWith('.log')).length + 1)
  })
})

describe('a crash at any operation', () => {
  async function crashAt(nth: number, survivors: Survivors): Promise<Work> {
    const work = new Work()
    work.bench.disk.failAt(nth, 'crash')
    await work.doAll().catch((error: unknown) => expect(error).toBeInstanceOf(PowerCutError))
    expect(work.bench.disk.isDown).toBe(true)
    work.bench.disk.restart(survivors)
    return work
  }

  /** At least what was promised, at most what was asked for, in order. */
  function expectSound(work: Work, atLeast: number): void {
    const all = [...work.acknowledged, ...(work.underway === null ? [] : [work.underway])]
    const found = work.records()
    const start = Number(work.bench.log.logStartOffset)
    expect(found).toEqual(all.slice(start, start + found.length))
    expect(start + found.length).toBeGreaterThanOrEqual(atLeast)
  }

  it.each<[string, Survivors]>([
    ['and nothing that was not synced outlives it', {}],
    ['and the names of files outlive it', { keepNames: true }],
    ['and half of all blocks outlive it', { survives: coin(1) }],
    ['and most of all blocks outlive it', { survives: coin(2, 0.9) }],
  ])(
    'of the machine, %s, leaves everything that was flushed, and nothing that was never sent',
    async (_, survivors) => {
      for (let nth = 1; nth <= operations; nth += 1) {
        const work = await crashAt(nth, survivors)
        work.reopen(false)
        expectSound(work, work.promised)
        expect(work.bench.append('afterwards')).toBe(work.bench.log.logEndOffset - 1n)
      }
    },
  )

  it('of the process leaves everything that was acknowledged', async () => {
    for (let nth = 1; nth <= operations; nth += 1) {
      const work = await crashAt(nth, { keepUnsynced: true })
      work.reopen(false)
      expectSound(work, work.acknowledged.length)
      expect(work.bench.append('afterwards')).toBe(work.bench.log.logEndOffset - 1n)
    }
  })

  it('while the log recovers from a crash changes nothing', async () => {
    for (let nth = 3; nth <= operations; nth += 11) {
      for (let second = 1; ; second += 3) {
        const work = await crashAt(nth, {})
        work.bench.disk.failAt(second, 'crash')
        const isInterrupted = throws(() => work.reopen(false))
        work.bench.disk.restart()
        work.reopen(false)
        expectSound(work, work.promised)
        if (!isInterrupted) break
      }
    }
  })

  function throws(run: () => void): boolean {
    try {
      run()
      return false
    } catch (error) {
      expect(error).toBeInstanceOf(PowerCutError)
      return true
    }
  }
})
