import { describe, expect, it } from 'vitest'
import type { AppendResult, LogConfig } from '../../../../src/lib/broker/log/index.ts'
import { Bench, CLIENT, codeOf, valuesOf } from './support.ts'

const MAX = 0x7fff_ffff
const DAY_MS = 86_400_000

/** A producer with its id and epoch, and a log that it writes to. */
class Producer {
  readonly bench: Bench
  constructor(config: Partial<LogConfig> = {}) {
    this.bench = new Bench(config)
  }

  send(
    baseSequence: number,
    values: string[] = ['v'],
    { epoch = 0, id = 1n, origin = 'client' as 'client' | 'coordinator' } = {},
  ): AppendResult {
    return this.bench.log.append(this.bench.batch(values, { producerId: id, producerEpoch: epoch, baseSequence }), {
      leaderEpoch: 0,
      origin,
    })
  }
}

describe('an idempotent producer', () => {
  it('goes on where it stopped, and nowhere else', () => {
    const producer = new Producer()
    producer.send(0, ['a', 'b'])
    producer.send(2, ['c'])
    for (const sequence of [4, 2147, 1])
      expect(codeOf(() => producer.send(sequence, ['x', 'y', 'z']))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    producer.send(3, ['d'])
    expect(valuesOf(producer.bench.log)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('may send any of its last five batches again, and hears their offsets', () => {
    const producer = new Producer()
    for (let n = 0; n < 6; n += 1) producer.send(n * 2, [`a${n}`, `b${n}`])
    const { log } = producer.bench
    for (let n = 1; n < 6; n += 1) {
      expect(producer.send(n * 2, [`a${n}`, `b${n}`])).toEqual({
        baseOffset: BigInt(n * 2),
        logAppendTimeMs: -1n,
        logStartOffset: 0n,
        duplicate: true,
      })
    }
    expect(codeOf(() => producer.send(0, ['a0', 'b0']))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(codeOf(() => producer.send(10, ['a5']))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(log.logEndOffset).toBe(12n)
  })

  it('hears the time of the first copy with LogAppendTime', () => {
    const producer = new Producer({ messageTimestampType: 'LogAppendTime' })
    const first = producer.send(0)
    producer.bench.clock.advance(5000)
    expect(producer.send(0)).toEqual({ ...first, duplicate: true })
  })

  it('begins again at 0 behind the largest sequence number', () => {
    const producer = new Producer()
    producer.send(MAX - 1, ['a'])
    producer.send(MAX, ['b', 'c', 'd'])
    expect(codeOf(() => producer.send(3))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    producer.send(2, ['e'])
    expect(producer.send(MAX, ['b', 'c', 'd'])).toMatchObject({ baseOffset: 1n, duplicate: true })
    const exact = new Producer()
    exact.send(MAX)
    exact.send(0)
    expect(exact.bench.log.logEndOffset).toBe(2n)
  })

  it('begins a new epoch with 0, after which the old one is over', () => {
    const producer = new Producer()
    producer.send(0, ['a'], { epoch: 4 })
    expect(codeOf(() => producer.send(1, ['b'], { epoch: 5 }))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    producer.send(0, ['b'], { epoch: 5 })
    expect(codeOf(() => producer.send(1, ['c'], { epoch: 4 }))).toBe('INVALID_PRODUCER_EPOCH')
    expect(codeOf(() => producer.send(0, ['a'], { epoch: 4 }))).toBe('INVALID_PRODUCER_EPOCH')
    producer.send(1, ['c'], { epoch: 5 })
    expect(valuesOf(producer.bench.log)).toEqual(['a', 'b', 'c'])
  })

  it('of whom nothing is known may begin with any number, and does not disturb another', () => {
    const producer = new Producer()
    producer.send(77, ['a'], { id: 1n })
    producer.send(5, ['b'], { id: 2n })
    producer.send(78, ['c'], { id: 1n })
    expect(codeOf(() => producer.send(78, ['d', 'e'], { id: 1n }))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(producer.bench.log.activeProducers()).toMatchObject([
      { producerId: 1n, producerEpoch: 0, lastSequence: 78, currentTransactionStartOffset: -1n, coordinatorEpoch: -1 },
      { producerId: 2n, producerEpoch: 0, lastSequence: 5 },
    ])
  })

  it('is not counted after when a coordinator writes for it, but its epoch is', () => {
    const producer = new Producer()
    producer.send(9, ['a'], { epoch: 2, origin: 'coordinator' })
    producer.send(9, ['b'], { epoch: 2, origin: 'coordinator' })
    expect(codeOf(() => producer.send(10, ['c'], { epoch: 1, origin: 'coordinator' }))).toBe('INVALID_PRODUCER_EPOCH')
    expect(valuesOf(producer.bench.log)).toEqual(['a', 'b'])
  })

  it('leaves no trace of a batch that the disk refused', () => {
    const producer = new Producer()
    producer.send(0, ['a'])
    producer.bench.disk.failAt(1, 'short-write')
    expect(codeOf(() => producer.send(1, ['b']))).toBe('KAFKA_STORAGE_ERROR')
    expect(producer.send(1, ['b'])).toMatchObject({ baseOffset: 1n, duplicate: false })
  })
})

describe('what is known of producers', () => {
  it.each([
    ['a clean shutdown', true],
    ['a crash', false],
  ])('survives %s, the last batch of each included', (_, cleanShutdown) => {
    const producer = new Producer({ segmentBytes: 300 })
    const { bench } = producer
    for (let n = 0; n < 12; n += 2) {
      producer.send(n, [`v${n}`, 'w'], { id: 0n })
      producer.send(0, [`x${n}`], { id: 1n, epoch: n })
    }
    if (cleanShutdown) bench.log.close()
    const before = bench.log.activeProducers()
    bench.disk.restart({ keepUnsynced: true })
    bench.open({ segmentBytes: 300 }, { cleanShutdown })
    expect(bench.log.activeProducers()).toEqual(before)
    expect(producer.send(10, ['v10', 'w'], { id: 0n })).toMatchObject({ baseOffset: 15n, duplicate: true })
    expect(codeOf(() => producer.send(11, ['v'], { id: 0n }))).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER')
    expect(bench.warnings).toEqual([])
  })

  it('is read from the log when a snapshot is damaged', () => {
    const producer = new Producer()
    const { bench } = producer
    producer.send(0, ['a', 'b'])
    bench.log.close()
    const [name] = bench.files('.snapshot')
    bench.disk.open(`/data/retail-0/${name}`, { create: false }).write(Buffer.from('!'), 8)
    bench.open({}, { cleanShutdown: true })
    expect(bench.log.activeProducers()).toMatchObject([{ producerId: 1n, lastSequence: 1 }])
    expect(bench.warnings).toEqual([expect.stringContaining(`${name} cannot be used`)])
  })

  it('is forgotten when they are silent for too long', () => {
    const producer = new Producer()
    const { bench } = producer
    producer.send(0, ['a'], { id: 1n })
    bench.clock.advance(DAY_MS - 1000)
    producer.send(0, ['b'], { id: 2n })
    bench.log.applyRetention(bench.clock.now())
    expect(bench.log.activeProducers()).toHaveLength(2)
    bench.clock.advance(1000)
    bench.log.applyRetention(bench.clock.now())
    expect(bench.log.activeProducers()).toMatchObject([{ producerId: 2n }])
    bench.log.close()
    bench.clock.advance(DAY_MS)
    bench.open({}, { cleanShutdown: true, producerIdExpirationMs: 2 * DAY_MS })
    expect(bench.log.activeProducers()).toMatchObject([{ producerId: 2n }])
    bench.open()
    expect(bench.log.activeProducers()).toEqual([])
  })

  it('is kept in one snapshot per segment and one for the end', () => {
    const { bench } = new Producer({ segmentBytes: 300 })
    for (let n = 0; n < 10; n += 1) bench.append(`v${n}`)
    bench.log.close()
    const begins = bench
      .files('.log')
      .map((name) => name.slice(0, 20))
      .slice(1)
    expect(bench.files('.snapshot').map((name) => name.slice(0, 20))).toEqual([...begins, '00000000000000000010'])
    bench.open({ segmentBytes: 300 }, { cleanShutdown: true })
    bench.log.append(bench.batch(['more']), CLIENT)
    bench.log.close()
    bench.open({ segmentBytes: 300 }, { cleanShutdown: true })
    expect(bench.files('.snapshot').map((name) => name.slice(0, 20))).toEqual([...begins, '00000000000000000011'])
  })
})
