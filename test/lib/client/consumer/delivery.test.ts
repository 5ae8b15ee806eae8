import { describe, expect, it } from 'vitest'
import {
  Delivery,
  PartitionState,
  type FetchedRecords,
  type RecordSink,
} from '../../../../src/lib/client/consumer/index.ts'
import { UserError } from '../../../../src/lib/errors.ts'
import { AT, buildBatch, CODECS, type BatchOptions } from '../../../../src/lib/protocol/records/index.ts'

const batchOf = (values: readonly string[], options: BatchOptions = {}): Buffer =>
  Buffer.from(
    buildBatch(
      values.map((value) => ({ timestamp: 0n, key: null, value: Buffer.from(value) })),
      options,
    ),
  )

/** Batches one behind the other, the first at offset 10. */
function fetched(batches: readonly (readonly string[])[], position = 10n, options: BatchOptions = {}): FetchedRecords {
  let baseOffset = 10n
  const records = batches.map((values) => {
    const batch = batchOf(values, { ...options, baseOffset, partitionLeaderEpoch: 4 })
    baseOffset += BigInt(values.length)
    return batch
  })
  const partition = new PartitionState('t', 0, { offset: position })
  return { partition, version: partition.version, records: Buffer.concat(records), abortedTransactions: [] }
}

function deliveryTo(
  values: string[],
  options: {
    maxRecords?: number
    checkCrcs?: boolean
    isReadCommitted?: boolean
    isStopped?: () => boolean
    sink?: Partial<RecordSink>
  } = {},
) {
  const sink: RecordSink = {
    batch() {},
    record: ({ body, valueStart, valueLength }) =>
      void values.push(body.toString('utf8', valueStart, valueStart + valueLength)),
    endBatch() {},
    ready: () => undefined,
    ...options.sink,
  }
  return new Delivery(sink, {
    checkCrcs: true,
    isReadCommitted: false,
    maxRecords: Infinity,
    isStopped: () => false,
    ...options,
  })
}

describe('handing records out', () => {
  it('moves the position and its epoch behind the last record', async () => {
    const values: string[] = []
    const delivery = deliveryTo(values)
    const records = fetched([['a', 'b'], ['c']])
    await delivery.deliver(records)
    expect(values).toEqual(['a', 'b', 'c'])
    expect(records.partition).toMatchObject({ position: 13n, positionEpoch: 4 })
    expect(delivery).toMatchObject({ count: 3, isDone: false })
  })

  it('stops exactly behind the last record of the limit', async () => {
    const values: string[] = []
    const delivery = deliveryTo(values, { maxRecords: 3 })
    const records = fetched([['a', 'b'], ['c', 'd'], ['e']])
    await delivery.deliver(records)
    expect(values).toEqual(['a', 'b', 'c'])
    expect(records.partition.position).toBe(13n)
    expect(delivery.isDone).toBe(true)
  })

  it.each([{}, { codec: CODECS.gzip }])(
    'hands a record over again once what it awaits is there, whatever the sink has made of those before: %j',
    async (options) => {
      const values: string[] = []
      const arrived = new Set(['a'])
      const delivery = deliveryTo(values, {
        sink: {
          awaits({ body, valueStart, valueLength }) {
            const value = body.toString('utf8', valueStart, valueStart + valueLength)
            return arrived.has(value) ? undefined : Promise.resolve().then(() => void arrived.add(value))
          },
          record({ body, valueStart, valueLength }) {
            values.push(body.toString('utf8', valueStart, valueStart + valueLength))
            body.fill(0xff, 0, valueStart + valueLength)
          },
        },
      })
      const records = fetched([['a', 'b', 'c']], 10n, options)
      await delivery.deliver(records)
      expect(values).toEqual(['a', 'b', 'c'])
      expect(delivery).toMatchObject({ count: 3, seen: 3 })
      expect(records.partition.position).toBe(13n)
    },
  )

  it('takes no record that still awaits something when all is stopped', async () => {
    const values: string[] = []
    let isStopped = false
    const awaits = (): Promise<unknown> | undefined =>
      values.length === 0 ? undefined : Promise.resolve().then(() => (isStopped = true))
    const records = fetched([['a', 'b']])
    await deliveryTo(values, { isStopped: () => isStopped, sink: { awaits } }).deliver(records)
    expect(values).toEqual(['a'])
    expect(records.partition.position).toBe(11n)
  })

  it('counts the offsets that compaction has left empty at the end of a batch', async () => {
    const batch = batchOf(['a', 'b'], { baseOffset: 10n })
    batch.writeInt32BE(9, AT.lastOffsetDelta)
    const partition = new PartitionState('t', 0, { offset: 10n })
    await deliveryTo([], { checkCrcs: false }).deliver({
      partition,
      version: partition.version,
      records: batch,
      abortedTransactions: [],
    })
    expect(partition.position).toBe(20n)
  })

  it('does so also when the limit falls on the last record of the batch', async () => {
    const records = fetched([['a', 'b']])
    await deliveryTo([], { maxRecords: 2 }).deliver(records)
    expect(records.partition.position).toBe(12n)
  })

  it('hands out nothing of a partition that has jumped or was taken away', async () => {
    const values: string[] = []
    const records = fetched([['a']])
    records.partition.start({ offset: 50n })
    await deliveryTo(values).deliver(records)
    expect(values).toEqual([])
    expect(records.partition.position).toBe(50n)
  })

  it('waits for a slow sink between batches, and goes no further once the partition is gone', async () => {
    const values: string[] = []
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => (open = resolve))
    const records = fetched([['a'], ['b'], ['c']])
    const delivering = deliveryTo(values, { sink: { ready: () => gate } }).deliver(records)
    await new Promise(setImmediate)
    expect(values).toEqual(['a'])
    records.partition.version += 1
    open()
    await delivering
    expect(values).toEqual(['a'])
    expect(records.partition.position).toBe(11n)
  })

  it('stops between batches when asked to', async () => {
    const values: string[] = []
    await deliveryTo(values, { isStopped: () => values.length > 0 }).deliver(fetched([['a'], ['b']]))
    expect(values).toEqual(['a'])
  })

  it('counts a record that the sink has refused as handed out', async () => {
    const records = fetched([['a', 'b', 'c']])
    let ended = 0
    const sink = {
      record: (): void => {
        throw new UserError('no')
      },
      endBatch: () => void (ended += 1),
    }
    const delivery = deliveryTo([], { sink })
    await expect(delivery.deliver(records)).rejects.toThrow('no')
    expect(records.partition.position).toBe(11n)
    expect(delivery.count).toBe(1)
    expect(ended).toBe(1)
  })
})

describe('damage', () => {
  const damaged = (): FetchedRecords => {
    const records = fetched([['a'], ['b']])
    records.records[records.records.length - 2]! ^= 1
    return records
  }

  it('is found by the checksum, behind what was sound', async () => {
    const values: string[] = []
    const records = damaged()
    await expect(deliveryTo(values).deliver(records)).rejects.toMatchObject({
      code: 'CORRUPT_MESSAGE',
      message: expect.stringContaining('t-0 at offset 11'),
    })
    expect(values).toEqual(['a'])
    expect(records.partition.position).toBe(11n)
  })

  it('is let through with check.crcs=false where records can be read', async () => {
    const values: string[] = []
    await deliveryTo(values, { checkCrcs: false }).deliver(damaged())
    expect(values).toEqual(['a', 'c'])
  })

  it('is named when a record cannot be read at all', async () => {
    const records = fetched([['a']])
    records.records.writeInt32BE(1000, AT.recordsCount)
    await expect(deliveryTo([], { checkCrcs: false }).deliver(records)).rejects.toMatchObject({
      code: 'CORRUPT_MESSAGE',
    })
  })
})

describe('transactions', () => {
  const ABORT = Buffer.from([0, 0, 0, 0])
  const COMMIT = Buffer.from([0, 0, 0, 1])
  const data = (producerId: bigint, baseOffset: bigint, value: string): Buffer =>
    batchOf([value], { producerId, producerEpoch: 0, baseSequence: 0, isTransactional: true, baseOffset })
  const marker = (producerId: bigint, baseOffset: bigint, key: Buffer): Buffer =>
    Buffer.from(
      buildBatch([{ timestamp: 0n, key, value: Buffer.alloc(6) }], {
        producerId,
        producerEpoch: 0,
        isTransactional: true,
        isControl: true,
        baseOffset,
      }),
    )

  const records = (): FetchedRecords => {
    const partition = new PartitionState('t', 0, { offset: 0n })
    const batches = [
      data(1n, 0n, 'one'),
      data(2n, 1n, 'two'),
      batchOf(['plain'], { baseOffset: 2n }),
      marker(1n, 3n, ABORT),
      data(1n, 4n, 'one again'),
      marker(2n, 5n, COMMIT),
      marker(1n, 6n, COMMIT),
      data(2n, 7n, 'two again'),
      marker(2n, 8n, ABORT),
    ]
    return {
      partition,
      version: partition.version,
      records: Buffer.concat(batches),
      abortedTransactions: [
        { producerId: 2n, firstOffset: 7n },
        { producerId: 1n, firstOffset: 0n },
      ],
    }
  }

  it('leaves out what was rolled back when reading committed records, and never shows a marker', async () => {
    const values: string[] = []
    const fetchedRecords = records()
    await deliveryTo(values, { isReadCommitted: true }).deliver(fetchedRecords)
    expect(values).toEqual(['two', 'plain', 'one again'])
    expect(fetchedRecords.partition.position).toBe(9n)
  })

  it('shows everything but the markers otherwise', async () => {
    const values: string[] = []
    await deliveryTo(values).deliver(records())
    expect(values).toEqual(['one', 'two', 'plain', 'one again', 'two again'])
  })
})
