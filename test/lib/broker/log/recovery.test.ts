import { describe, expect, it, vi } from 'vitest'
import type { LogOptions } from '../../../../src/lib/broker/log/index.ts'
import { ALL, Bench, CLIENT, codeOf, readAll, recordsIn, settle, valuesOf } from './support.ts'

const SMALL = { segmentBytes: 400, indexIntervalBytes: 80 }
const FOLDER = '/data/retail-0'
const FIRST = '00000000000000000000'

function logOf(count: number): Bench {
  const bench = new Bench(SMALL)
  for (let n = 0; n < count; n += 1) {
    bench.append(`${n}`)
    bench.clock.advance(1)
  }
  return bench
}

function values(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${n}`)
}

/** Every file of the log, by name, as hexadecimal text. */
function contentOf(bench: Bench): Record<string, string> {
  return Object.fromEntries(
    bench
      .files()
      .filter((name) => !name.endsWith('.snapshot'))
      .map((name) => [name, bench.file(name)!.toString('hex')]),
  )
}

function expectReadable(bench: Bench): void {
  const whole = recordsIn(readAll(bench.log))
  for (const record of whole) {
    expect(recordsIn(bench.log.read(record.offset, ALL))).toContainEqual(record)
    expect(bench.log.offsetForTimestamp(record.timestamp)?.offset).toBe(record.offset)
  }
}

const offsetIndexes = (content: Record<string, string>): string[] =>
  Object.entries(content).flatMap(([name, hex]) => (name.endsWith('.index') ? [hex] : []))

/** The last entry of each time index. */
const lastTimes = (content: Record<string, string>): string[] =>
  Object.entries(content).flatMap(([name, hex]) => (name.endsWith('.timeindex') ? [hex.slice(-24)] : []))

describe('a log that is opened again', () => {
  it('after a clean shutdown is as it was, and is read from its end only', () => {
    const bench = logOf(40)
    bench.log.close()
    const before = contentOf(bench)
    const operations = bench.disk.operations
    bench.open(SMALL, { cleanShutdown: true })
    expect(bench.disk.operations - operations).toBeLessThan(14 * bench.files('.log').length)
    expect([valuesOf(bench.log), contentOf(bench), bench.warnings]).toEqual([values(40), before, []])
    expect(bench.append('40')).toBe(40n)
    expectReadable(bench)
  })

  it('after the process was killed has everything, with the indexes a clean shutdown would have left', () => {
    const bench = logOf(40)
    bench.disk.restart({ keepUnsynced: true })
    bench.open(SMALL)
    expect([valuesOf(bench.log), bench.warnings]).toEqual([values(40), []])
    expectReadable(bench)
    const twin = logOf(40)
    twin.log.close()
    expect(contentOf(bench)).toEqual(contentOf(twin))
  })

  it('has the indexes that a flush in the background has promised, also of what came while another was under way', async () => {
    const bench = logOf(20)
    const first = bench.log.flushInBackground()
    for (let n = 20; n < 24; n += 1) bench.append(`${n}`)
    const second = bench.log.flushInBackground()
    for (let n = 24; n < 26; n += 1) bench.append(`${n}`)
    await Promise.all([first, second])
    expect(bench.recoveryPoints.at(-1)).toBe(26n)
    const before = contentOf(bench)
    bench.disk.restart({ keepUnsynced: false })
    expect(contentOf(bench)).toEqual(before)
    const twin = logOf(20)
    for (let n = 20; n < 26; n += 1) twin.append(`${n}`)
    twin.log.close()
    expect(offsetIndexes(before)).toEqual(offsetIndexes(contentOf(twin)))
    expect(lastTimes(before)).toEqual(lastTimes(contentOf(twin)))
  })

  it('belongs to the topic it was made for', () => {
    const bench = logOf(1)
    expect(codeOf(() => bench.open({}, { topicId: 'AAAAAAAAAAAAAAAAAAAAAg' }))).toBe('INCONSISTENT_TOPIC_ID')
    bench.disk.remove(`${FOLDER}/partition.metadata`)
    bench.open({}, { topicId: 'AAAAAAAAAAAAAAAAAAAAAg' })
    expect(bench.file('partition.metadata')?.toString()).toBe('version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAg')
  })

  it('says what the disk refused', () => {
    const bench = logOf(1)
    bench.disk.failAt(1, 'EACCES', { lasting: true })
    expect(() => bench.open()).toThrow('cannot open /data/retail-0: permission denied (EACCES)')
  })
})

describe('a damaged end', () => {
  const batchBytes = logOf(1).log.sizeInBytes

  it('is cut off behind the last whole batch, wherever the writing stopped', () => {
    for (let bytes = 0; bytes <= 3 * batchBytes; bytes += 7) {
      const bench = logOf(3)
      bench.disk.open(`${FOLDER}/${FIRST}.log`, { create: false }).truncate(bytes)
      bench.open(SMALL)
      const whole = Math.floor(bytes / batchBytes)
      expect([valuesOf(bench.log), bench.log.logEndOffset]).toEqual([values(whole), BigInt(whole)])
      expect(bench.file(`${FIRST}.log`)?.length).toBe(whole * batchBytes)
      expect(bench.warnings.length).toBe(bytes % batchBytes === 0 ? 0 : 1)
      expect(bench.append('next')).toBe(BigInt(whole))
    }
  })

  it('is cut off at a flipped bit, wherever it is', () => {
    for (let at = 0; at < batchBytes; at += 1) {
      const bench = logOf(3)
      const file = bench.disk.open(`${FOLDER}/${FIRST}.log`, { create: false })
      const byte = Buffer.alloc(1)
      file.read(byte, 1, batchBytes + at)
      file.write(Buffer.from([byte[0]! ^ 0x40]), batchBytes + at)
      bench.open(SMALL)
      // The checksum covers neither the leader epoch nor the offset; an offset that is too large is no damage that can
      // be seen.
      const isUnseen = (at >= 4 && at < 8) || (at >= 12 && at < 16)
      if (!isUnseen) expect(valuesOf(bench.log)).toEqual(['0'])
    }
  })

  it('is cut off at a batch whose offset goes back', () => {
    const bench = logOf(3)
    bench.disk.open(`${FOLDER}/${FIRST}.log`, { create: false }).write(Buffer.alloc(8), 2 * batchBytes)
    bench.open(SMALL)
    expect(valuesOf(bench.log)).toEqual(['0', '1'])
  })

  it('takes the later segments with it when it is in an earlier one that has to be read', () => {
    const bench = logOf(12)
    const [first, second] = bench.files('.log')
    bench.disk.remove(`${FOLDER}/${second!.replace('.log', '.index')}`)
    bench.disk.open(`${FOLDER}/${second}`, { create: false }).write(Buffer.from('damage'), batchBytes + 30)
    bench.open(SMALL)
    const count = Number.parseInt(second!) + 1
    expect([valuesOf(bench.log), bench.files('.log')]).toEqual([values(count), [first, second]])
    expect(bench.warnings).toEqual([expect.stringContaining(`${second} is damaged behind offset ${count}`)])
    expect(bench.append('next')).toBe(BigInt(count))
  })

  it('is found after a clean shutdown too, when the file is shorter or longer than its batches', () => {
    const bench = logOf(3)
    bench.log.close()
    bench.disk.open(`${FOLDER}/${FIRST}.log`, { create: false }).write(Buffer.from('junk'), 3 * batchBytes)
    bench.open(SMALL, { cleanShutdown: true })
    expect([valuesOf(bench.log), bench.log.sizeInBytes]).toEqual([values(3), 3 * batchBytes])
  })
})

describe('an index', () => {
  const damages: [string, (bench: Bench, name: string) => void][] = [
    ['missing', (bench, name) => bench.disk.remove(name)],
    [
      'cut within an entry',
      (bench, name) => {
        const file = bench.disk.open(name, { create: false })
        file.write(Buffer.from('abc'), file.size)
      },
    ],
    ['never cut to size', (bench, name) => bench.disk.open(name, { create: false }).truncate(4080)],
    ['of another segment', (bench, name) => bench.disk.writeFileAtomically(name, Buffer.alloc(24, 0x7f))],
  ]

  it.each(damages)('%s is made anew', (_, damage) => {
    for (const suffix of ['.index', '.timeindex']) {
      const bench = logOf(40)
      bench.log.close()
      const before = contentOf(bench)
      for (const name of bench.files(suffix)) damage(bench, `${FOLDER}/${name}`)
      bench.open(SMALL, { cleanShutdown: true })
      expectReadable(bench)
      bench.log.close()
      expect(contentOf(bench)).toEqual(before)
    }
  })

  it('of an empty segment that a failed roll left behind goes with it', () => {
    const bench = logOf(3)
    for (const suffix of ['log', 'index', 'timeindex'])
      bench.disk.open(`${FOLDER}/00000000000000000001.${suffix}`, { create: true })
    bench.open(SMALL)
    expect([valuesOf(bench.log), bench.files('.log'), bench.append('3')]).toEqual([values(3), [`${FIRST}.log`], 3n])
  })

  it('without its segment is removed, as are the leftovers of interrupted work', () => {
    const bench = logOf(3)
    const strays = [
      '00000000000000000777.index',
      '00000000000000000777.timeindex',
      `${FIRST}.log.deleted`,
      `${FIRST}.log.cleaned`,
      'leader-epoch-checkpoint.tmp',
    ]
    for (const name of strays) bench.disk.writeFileAtomically(`${FOLDER}/${name}`, 'x')
    bench.open(SMALL)
    expect([bench.files().filter((name) => strays.includes(name)), valuesOf(bench.log)]).toEqual([[], values(3)])
  })
})

describe('flush', () => {
  it('happens after flush.messages records', () => {
    const bench = new Bench({ flushMessages: 3 })
    for (const value of ['a', 'b', 'c', 'd']) bench.append(value)
    bench.disk.restart()
    bench.open()
    expect(valuesOf(bench.log)).toEqual(['a', 'b', 'c'])
  })

  it('happens after flush.ms', () => {
    const bench = new Bench({ flushMs: 1000 })
    bench.append('a')
    bench.clock.advance(999)
    bench.append('b')
    bench.clock.advance(1)
    bench.append('c')
    bench.disk.restart()
    bench.open()
    expect(valuesOf(bench.log)).toEqual(['a', 'b'])
  })

  it('that fails by itself is a warning, and is tried again with the next record', async () => {
    const bench = new Bench({ flushMs: 1000 })
    bench.append('a')
    bench.disk.failAt(1, 'EIO')
    bench.clock.advance(1000)
    await settle()
    expect(bench.warnings).toEqual(['cannot write to /data/retail-0: the disk reports an input/output error (EIO)'])
    bench.log.append(bench.batch(['b']), CLIENT)
    bench.clock.advance(1000)
    bench.disk.restart()
    bench.open()
    expect(valuesOf(bench.log)).toEqual(['a', 'b'])
  })

  it('of a segment that is full happens in the background, and the names of the next one go along', async () => {
    const bench = new Bench(SMALL)
    bench.disk.holdBackground()
    for (const value of values(13)) bench.append(value)
    const bases = bench.files('.log').map((name) => Number.parseInt(name))
    bench.disk.runBackground()
    await settle()
    bench.disk.runBackground()
    await settle()
    expect(bench.recoveryPoints.at(-1)).toBe(BigInt(bases.at(-1)!))
    bench.disk.restart()
    bench.open(SMALL)
    expect([valuesOf(bench.log), bench.warnings]).toEqual([values(bases.at(-1)!), []])
  })

  it.each([[{}], [{ keepNames: true }]])(
    'that a power cut (%j) comes before costs what was not flushed, and leaves a log that makes sense',
    async (survivors) => {
      for (let done = 0; done <= 3; done += 1) {
        const bench = new Bench(SMALL)
        bench.disk.holdBackground()
        for (const value of values(23)) {
          bench.append(value)
          if (value === '11') await goes(bench, done)
        }
        const recoveryPoint = bench.recoveryPoints.at(-1) ?? 0n
        bench.disk.restart(survivors)
        bench.open(SMALL, { initialRecoveryPoint: recoveryPoint })
        const found = valuesOf(bench.log)
        expect(found).toEqual(values(found.length))
        expect(found.length).toBeGreaterThanOrEqual(Number(recoveryPoint))
        expect(bench.append('next')).toBe(BigInt(found.length))
      }
    },
  )

  async function goes(bench: Bench, count: number): Promise<void> {
    for (let go = 0; go < count; go += 1) {
      bench.disk.runBackground(1)
      await settle()
    }
  }

  it('that the disk refuses in the background is tried again, and meanwhile nothing is taken to be on the disk', async () => {
    const bench = new Bench(SMALL)
    bench.disk.holdBackground()
    for (const value of values(8)) bench.append(value)
    bench.disk.failAt(1, 'EIO')
    await goes(bench, 1)
    expect([bench.warnings.length, bench.recoveryPoints]).toEqual([1, []])
    bench.log.applyRetention(bench.clock.now())
    await goes(bench, 1)
    expect(bench.recoveryPoints).toEqual([BigInt(Number.parseInt(bench.files('.log').at(-1)!))])
  })

  it('by flush.messages covers the segments that the background has not come to', () => {
    const bench = new Bench({ ...SMALL, flushMessages: 7 })
    bench.disk.holdBackground()
    for (const value of values(7)) bench.append(value)
    expect(bench.files('.log').length).toBe(2)
    bench.disk.restart()
    bench.open(SMALL)
    expect(valuesOf(bench.log)).toEqual(values(7))
  })

  it('of everything leaves a shutdown nothing to wait for; what comes behind it is seen', async () => {
    const bench = logOf(13)
    await bench.log.flushInBackground()
    const operations = bench.disk.operations
    expect(bench.log.close({ flush: false })).toBe(true)
    expect(bench.disk.operations - operations).toBeLessThan(6)
    bench.disk.restart()
    bench.open(SMALL, { cleanShutdown: true })
    expect(valuesOf(bench.log)).toEqual(values(13))
    bench.append('13')
    expect(bench.log.close({ flush: false })).toBe(false)
  })
})

describe('the recovery point', () => {
  it('spares the segments in front of it', async () => {
    const bench = logOf(43)
    await settle()
    const recoveryPoint = bench.recoveryPoints.at(-1)!
    let bytesRead = 0
    const open = bench.disk.open.bind(bench.disk)
    vi.spyOn(bench.disk, 'open').mockImplementation((path, options) => {
      const file = open(path, options)
      const read = file.read.bind(file)
      if (path.endsWith('.log'))
        vi.spyOn(file, 'read').mockImplementation((target, length, position) => {
          bytesRead += length
          return read(target, length, position)
        })
      return file
    })
    const work = (options: Partial<LogOptions>): { operations: number; bytes: number } => {
      const before = { operations: bench.disk.operations, bytes: bytesRead }
      bench.open(SMALL, options)
      return { operations: bench.disk.operations - before.operations, bytes: bytesRead - before.bytes }
    }
    const [whole, spared] = [work({}), work({ initialRecoveryPoint: recoveryPoint })]
    expect(whole.bytes / spared.bytes).toBeGreaterThan(2.5)
    expect(whole.operations / spared.operations).toBeGreaterThan(1.3)
    expect(valuesOf(bench.log)).toEqual(values(43))
  })

  it('is not believed when the log ends in front of it', async () => {
    const bench = logOf(43)
    await settle()
    const names = bench.files('.log')
    for (const name of names.slice(-2)) bench.disk.remove(`${FOLDER}/${name}`)
    bench.disk.open(`${FOLDER}/${names[1]}`, { create: false }).write(Buffer.from('damage'), 40)
    bench.open(SMALL, { initialRecoveryPoint: bench.recoveryPoints.at(-1)! })
    expect(valuesOf(bench.log)).toEqual(values(Number.parseInt(names[1]!)))
  })
})
