import { describe, expect, it } from 'vitest'
import { type Fault, PowerCutError, type Survivors } from '../../../../src/lib/broker/log/index.ts'
import { KafkaError } from '../../../../src/lib/errors.ts'
import { coin } from '../log/support.ts'
import { Bench, topic } from './support.ts'

/** A controller at work: what it was told is kept, and what it was at when it stopped. */
class Work {
  readonly bench = new Bench()
  readonly kept: string[] = []
  underway: string | null = null
  private count = 0

  constructor() {
    this.bench.open()
    this.add()
    this.add()
  }

  add(): void {
    const name = (this.underway = `topic-${this.count}`)
    this.count += 1
    this.attempt(() => {
      this.bench.log.append([topic(name)])
      this.kept.push(name)
    })
    this.underway = null
  }

  snapshot(): void {
    this.attempt(() => this.bench.log.snapshot(this.kept.map(topic)))
  }

  reopen(): void {
    this.attempt(() => {
      this.bench.log.close()
    })
    this.bench.disk.heal()
    this.bench.open()
    this.check()
  }

  run(): void {
    this.add()
    this.snapshot()
    this.add()
    this.reopen()
    this.add()
    this.snapshot()
    this.add()
    this.snapshot()
    this.add()
  }

  /** All that was acknowledged is there, in order; and nothing that failed. */
  check(): void {
    if (this.underway !== null && this.bench.topics.includes(this.underway)) this.kept.push(this.underway)
    this.underway = null
    expect(this.bench.topics).toEqual(this.kept)
  }

  private attempt(action: () => void): void {
    try {
      action()
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      expect(error.code).toBe('KAFKA_STORAGE_ERROR')
    }
  }
}

function operations(): number {
  const work = new Work()
  const { operations: before } = work.bench.disk
  work.run()
  return work.bench.disk.operations - before
}

describe('the metadata log on a disk that fails', () => {
  const count = operations()

  it.each(['ENOSPC', 'EIO', 'short-write'] as const)(
    'keeps what it acknowledged, and nothing else (%s)',
    (fault: Fault) => {
      for (let nth = 1; nth <= count; nth += 1) {
        const work = new Work()
        work.bench.disk.failAt(nth, fault)
        try {
          work.run()
        } catch (error) {
          // Opening fails as a whole.
          expect((error as { code?: string }).code).toBe('KAFKA_STORAGE_ERROR')
        }
        work.bench.disk.heal()
        work.bench.open()
        work.check()
      }
    },
  )

  it.each(['ENOSPC', 'EIO'] as const)('writes nothing until the disk is well again (%s)', (fault: Fault) => {
    for (let nth = 1; nth <= count; nth += 1) {
      const work = new Work()
      work.bench.disk.failAt(nth, fault, { lasting: true })
      work.add()
      work.add()
      work.bench.disk.heal()
      work.add()
      work.bench.open()
      work.check()
      expect(work.kept.at(-1)).toBe('topic-4')
    }
  })

  const survivors: [string, () => Survivors][] = [
    ['the process dies', () => ({ keepUnsynced: true })],
    ['the power is cut', () => ({})],
    ['the power is cut, names stay', () => ({ keepNames: true })],
    ['the power is cut, some blocks stay', () => ({ survives: coin(7) })],
  ]
  it.each(survivors)('comes back with what it acknowledged when %s', (_, survive) => {
    for (let nth = 1; nth <= count; nth += 1) {
      const work = new Work()
      work.bench.disk.failAt(nth, 'crash')
      try {
        work.run()
      } catch (error) {
        if (!(error instanceof PowerCutError)) throw error
      }
      work.bench.disk.restart(survive())
      work.bench.open()
      work.check()
      work.add()
      work.reopen()
    }
  })
})

describe('a metadata log that is begun while the disk fails', () => {
  it('is whole in the end', () => {
    const fresh = new Bench()
    const before = fresh.disk.operations
    fresh.open()
    for (let nth = 1; nth <= fresh.disk.operations - before; nth += 1) {
      for (const survive of [{ keepUnsynced: true }, {}, { keepNames: true }]) {
        const bench = new Bench()
        bench.disk.failAt(nth, 'crash')
        expect(() => bench.open()).toThrow(PowerCutError)
        bench.disk.restart(survive)
        bench.open()
        expect(bench.records.map(({ type }) => type)).toEqual([
          ...Array<string>(4).fill('FEATURE_LEVEL_RECORD'),
          'CONFIG_RECORD',
        ])
      }
    }
  })
})
