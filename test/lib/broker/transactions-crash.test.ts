import { expect, test } from 'vitest'
import { MemoryDisk } from '../../../src/lib/broker/log/memory-disk.ts'
import { PowerCutError } from '../../../src/lib/broker/log/index.ts'
import { TestBroker } from '../../support/broker.ts'
import { TestProducer } from '../../support/transactional-producer.ts'

const PROPERTIES = { 'offsets.topic.num.partitions': '1', 'transaction.state.log.num.partitions': '1' }
const PLAN = [true, false, true]

/** What a producer was told of its transactions: begun, decided, over. */
interface Told {
  readonly value: string
  readonly committed: boolean
  isAnswered: boolean
}

/** Transactions over two partitions and a group's offset, until the disk stops. */
async function work(broker: TestBroker, told: Told[]): Promise<void> {
  const producer = await TestProducer.start(broker, 'id', 2)
  for (const [index, committed] of PLAN.entries()) {
    const transaction = { value: `v${index}`, committed, isAnswered: false }
    told.push(transaction)
    const answers = [
      await producer.send('t', 0, [transaction.value]),
      await producer.send('t', 1, [transaction.value]),
      await producer.commitOffset('g', 'in', 0, BigInt(index + 1)),
      await producer.end(committed),
    ]
    expect(answers).toEqual(['NONE', 'NONE', 'NONE', 'NONE'])
    transaction.isAnswered = true
  }
}

/** Runs with the power cut at the n-th operation of the disk; false when it was never reached. */
async function crashes(disk: MemoryDisk, broker: TestBroker, nth: number, told: Told[]): Promise<boolean> {
  disk.failAt(nth, 'crash')
  try {
    await work(broker, told)
    return false
  } catch (error) {
    if (!(error instanceof PowerCutError)) throw error
    return true
  }
}

async function prepared(): Promise<{ disk: MemoryDisk; broker: TestBroker }> {
  const disk = new MemoryDisk()
  const broker = new TestBroker({ fileSystem: disk, properties: PROPERTIES })
  await broker.createTopic('t', { partitions: 2 })
  await broker.createTopic('in')
  const first = await TestProducer.start(broker, 'id', 2)
  await first.commitOffset('g', 'in', 0, 0n)
  await first.end(true)
  return { disk, broker }
}

test('killed between any two steps, the broker brings each transaction to one end: all of it, or nothing', async () => {
  const ends = new Set<string>()
  for (let nth = 1; ; nth += 1) {
    const { disk, broker } = await prepared()
    const told: Told[] = []
    const isCrashed = await crashes(disk, broker, nth, told)
    disk.restart({ keepUnsynced: true })
    const restarted = new TestBroker({ fileSystem: disk, properties: PROPERTIES, clock: broker.clock })
    restarted.clock.advance(100_000)
    const read = async (partition: number) => {
      const { committed, highWatermark, lastStableOffset } = await restarted.fetch('t', 0n, {
        partition,
        isolationLevel: 1,
      })
      expect(lastStableOffset).toBe(highWatermark)
      return committed
    }
    const seen = await read(0)
    expect(await read(1)).toEqual(seen)
    const sure = told.filter(({ committed, isAnswered }) => committed && isAnswered).map(({ value }) => value)
    const possible = told.filter(({ committed }) => committed).map(({ value }) => value)
    expect([sure.join(), possible.join()]).toContain(seen.join())
    const next = await TestProducer.start(restarted, 'id', 2)
    const last = seen.at(-1)
    expect(await next.offsetOf('g', 'in', 0, true)).toEqual({
      error: 'NONE',
      offset: last === undefined ? 0n : BigInt(last.slice(1)) + 1n,
    })
    expect([await next.send('t', 0, ['after']), await next.end(true)]).toEqual(['NONE', 'NONE'])
    ends.add(`${told.length}: ${seen.join()}`)
    restarted.close()
    if (!isCrashed) break
  }
  expect([...ends]).toEqual(['0: ', '1: ', '1: v0', '2: v0', '3: v0', '3: v0,v2'])
})
