import { describe, expect, it } from 'vitest'
import { ENDLESS, type Fault, type Survivors } from '../../../../src/lib/broker/log/index.ts'
import { ReplicaBench, STEPS } from './replica-support.ts'
import { codeOf, coin, isCutShort, settle } from './support.ts'

const whole = new ReplicaBench()
const states = [whole.state()]
for (let steps = 1; steps <= STEPS; steps += 1) states.push((await whole.run(steps)).state())
const { boundaries } = whole
const end = boundaries.at(-1)!

/** What a log tells that never went further than the last boundary at or below an offset. */
function neverLonger(offset: bigint): ReturnType<ReplicaBench['state']> {
  return states[boundaries.findLastIndex((boundary) => boundary <= offset)]!
}

describe('truncateTo', () => {
  it('leaves what a log would be that had never been longer, whatever the offset, also when it is opened again', async () => {
    for (let offset = 0n; offset <= end; offset += 1n) {
      const bench = await new ReplicaBench().run()
      const expected = neverLonger(offset)
      bench.log.truncateTo(offset)
      expect(bench.state()).toEqual(expected)
      bench.disk.restart({ keepUnsynced: true })
      bench.reopen()
      expect([bench.state(), bench.warnings]).toEqual([expected, []])
      bench.log.close()
      bench.reopen({ cleanShutdown: true })
      expect([bench.state(), bench.warnings]).toEqual([expected, []])
    }
  })

  it('lets the log go on as if nothing had been there', async () => {
    for (const [steps, boundary] of boundaries.entries()) {
      const bench = await new ReplicaBench().run(steps)
      const expected = bench.state()
      const { log } = whole
      bench.log.appendAsFollower(log.read(boundary, { maxBytes: 700, minOneMessage: true, upTo: ENDLESS }))
      bench.log.truncateTo(boundary)
      bench.clock.advance(50)
      await settle()
      expect(bench.files('.deleted')).toEqual([])
      bench.log.appendAsFollower(log.read(boundary, { maxBytes: 1 << 20, minOneMessage: true, upTo: ENDLESS }))
      bench.log.truncateTo(boundary)
      expect(bench.state()).toEqual(expected)
      bench.more('afterwards')
      expect(bench.log.logEndOffset).toBe(boundary + 1n)
    }
  })

  it('does nothing from the end on', async () => {
    const bench = await new ReplicaBench().run()
    const files = bench.files().map((name) => bench.file(name)?.toString('hex'))
    bench.log.truncateTo(end)
    bench.log.truncateTo(end + 5n)
    expect(bench.files().map((name) => bench.file(name)?.toString('hex'))).toEqual(files)
  })

  it('below the start of the log leaves it empty there', async () => {
    const bench = await new ReplicaBench().run()
    bench.log.deleteRecordsBefore(11n)
    bench.log.truncateTo(7n)
    expect([bench.log.logStartOffset, bench.log.logEndOffset, bench.starts.at(-1)]).toEqual([7n, 7n, 7n])
    bench.reopen()
    expect([bench.log.logStartOffset, bench.log.logEndOffset]).toEqual([7n, 7n])
  })

  it('takes the high watermark along, unless there is none', async () => {
    const bench = await new ReplicaBench().run()
    bench.log.truncateTo(end - 1n)
    bench.more('a', 'b', 'c')
    expect(bench.log.highWatermark).toBe(bench.log.logEndOffset)
    bench.log.highWatermark = end - 2n
    bench.log.truncateTo(4n)
    expect(bench.log.highWatermark).toBe(bench.log.logEndOffset)
    const { highWatermark } = bench.log
    bench.more('a', 'b', 'c')
    expect(bench.log.highWatermark).toBe(highWatermark)
  })

  it('moves the recovery point before anything else, and lets no flush that is under way move it on', async () => {
    const bench = await new ReplicaBench().run()
    await bench.log.flushInBackground()
    expect(bench.recoveryPoints.at(-1)).toBe(end)
    bench.more('more')
    bench.disk.holdBackground()
    const flushed = bench.log.flushInBackground()
    bench.log.truncateTo(6n)
    bench.disk.runBackground()
    await flushed
    expect(bench.recoveryPoints.at(-1)).toBe(6n)
    expect(bench.log.close()).toBe(true)
    expect(bench.recoveryPoints.at(-1)).toBe(6n)
  })
})

describe('restartAt', () => {
  it.each([[0n], [5n], [end], [end + 1000n]])('%d leaves an empty log that begins there', async (offset) => {
    const bench = await new ReplicaBench().run()
    bench.log.highWatermark = 3n
    bench.log.restartAt(offset)
    const expected = { bounds: [offset, offset, 0], producers: [], aborted: [], firstOpenOffset: null }
    expect(bench.state()).toMatchObject(expected)
    expect([bench.log.latestEpoch(), bench.log.highWatermark]).toEqual([-1, offset])
    bench.clock.advance(20)
    await settle()
    expect(bench.files().filter((name) => /\d{20}/.test(name) && !name.endsWith('.txnindex'))).toEqual(
      ['index', 'log', 'timeindex'].map((suffix) => `${String(offset).padStart(20, '0')}.${suffix}`),
    )
    bench.reopen()
    expect(bench.state()).toMatchObject(expected)
    expect(bench.more('a')).toBe(offset)
    bench.log.close()
    bench.reopen({ cleanShutdown: true })
    expect([bench.log.logStartOffset, bench.log.logEndOffset, bench.warnings]).toEqual([offset, offset + 1n, []])
  })
})

/** What cuts a log, and the states that a crash in its midst may leave. */
interface Case {
  readonly name: string
  readonly cut: (bench: ReplicaBench) => void
  readonly possible: () => Promise<ReturnType<ReplicaBench['state']>[]>
}

async function restarted(offset: bigint): Promise<ReturnType<ReplicaBench['state']>> {
  const bench = await new ReplicaBench().run()
  bench.log.restartAt(offset)
  return bench.state()
}

const cases: Case[] = [
  ...[boundaries[9]!, boundaries[20]! + 1n, boundaries.at(-2)!].map((offset) => ({
    name: `truncateTo(${offset})`,
    cut: ({ log }: ReplicaBench) => log.truncateTo(offset),
    possible: async () => [whole.state(), neverLonger(offset)],
  })),
  ...[end + 100n, 8n].map((offset) => ({
    name: `restartAt(${offset})`,
    cut: ({ log }: ReplicaBench) => log.restartAt(offset),
    // The start of the log is noted a moment later than its end.
    possible: async () => [whole.state(), await restarted(offset), await restarted(0n)],
  })),
]

describe.each(cases)('$name', ({ cut, possible }) => {
  async function flushed(): Promise<ReplicaBench> {
    const bench = await new ReplicaBench().run()
    await bench.log.flushInBackground()
    return bench
  }

  it.each<[string, Survivors]>([
    ['of the process', { keepUnsynced: true }],
    ['of the machine, and nothing that was not synced outlives it', {}],
    ['of the machine, and the names of files outlive it', { keepNames: true }],
    ['of the machine, and half of all blocks outlive it', { survives: coin(1) }],
  ])('is done or not after a crash %s at any operation, and nothing between', async (_, survivors) => {
    const texts = (await possible()).map((state) => JSON.stringify(state, plain))
    for (let nth = 1; ; nth += 1) {
      const bench = await flushed()
      bench.disk.failAt(nth, 'crash')
      const isCut = await isCutShort(bench.disk, () => cut(bench))
      bench.disk.restart(survivors)
      bench.reopen()
      expect(texts).toContain(JSON.stringify(bench.state(), plain))
      if (!isCut) expect(JSON.stringify(bench.state(), plain)).toBe(texts[1])
      const next = bench.more('afterwards')
      expect(next).toBe(bench.log.logEndOffset - 1n)
      bench.disk.restart({ keepUnsynced: true })
      bench.reopen()
      expect(bench.log.logEndOffset).toBe(next + 1n)
      if (!isCut) break
    }
  })

  it.each<[Fault, boolean]>([
    ['EIO', false],
    ['short-write', false],
    ['ENOSPC', true],
  ])('that %s stops (lasting: %s) can be done again, and then is done', async (fault, lasting) => {
    const expected = (await possible())[1]
    for (let nth = 1; ; nth += 1) {
      const bench = await flushed()
      bench.disk.failAt(nth, fault, { lasting })
      const code = codeOf(() => cut(bench))
      if (lasting) codeOf(() => cut(bench))
      bench.disk.heal()
      if (code !== 'no error') {
        expect(code).toBe('KAFKA_STORAGE_ERROR')
        cut(bench)
      }
      expect(bench.state()).toEqual(expected)
      bench.more('afterwards')
      bench.disk.restart({ keepUnsynced: true })
      bench.reopen()
      bench.log.truncateTo(bench.log.logEndOffset - 1n)
      expect(bench.state()).toEqual(expected)
      if (code === 'no error') break
    }
  })
})

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}
