import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deleteRecords } from '../../../../src/lib/client/admin/delete-records.ts'
import { listOffsets } from '../../../../src/lib/client/admin/list-offsets.ts'
import { connectClient } from '../../../../src/lib/client/connect.ts'
import type { KafkaClient } from '../../../../src/lib/client/types.ts'
import { DeleteRecords } from '../../../../src/lib/protocol/apis/delete-records.ts'
import { ListOffsets } from '../../../../src/lib/protocol/apis/list-offsets.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { FakeBroker } from '../../../support/fake-broker.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

let first: FakeBroker
let second: FakeBroker
let client: KafkaClient

/** Leader of each partition of topic t. */
let leaders: number[]

beforeEach(async () => {
  ;[first, second] = [
    await FakeBroker.start({ nodeId: 1 }),
    await FakeBroker.start({ nodeId: 2, versions: { ListOffsets: [1, 6] } }),
  ]
  leaders = [1, 2, 1]
  first.on(Metadata, ({ topics }) =>
    first.metadata(
      topics!.map(({ name }) =>
        name === 't'
          ? { name, partitions: leaders.map((leaderId, partitionIndex) => ({ partitionIndex, leaderId })) }
          : { name, errorCode: 3 },
      ),
      [second],
    ),
  )
  for (const broker of [first, second]) {
    broker.on(ListOffsets, ({ topics }) => ({
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions
          .map(({ partitionIndex }) => ({ partitionIndex, offset: BigInt(broker.nodeId * 100 + partitionIndex) }))
          .reverse(),
      })),
    }))
  }
  client = await connectClient({ bootstrapServers: [first.address], clientId: 'kts/1', properties: new Map() })
})
afterEach(async () => {
  await client.close()
  await Promise.all([first.stop(), second.stop()])
})

const query = (partition: number, topic = 't', timestamp = -1n) => ({ topic, partition, timestamp })

/** A clock that moves on by itself whenever somebody waits. */
class EagerClock extends FakeClock {
  override after(delayMs: number, action: () => void) {
    const timer = super.after(delayMs, action)
    queueMicrotask(() => this.advance(delayMs))
    return timer
  }
}

describe('listOffsets', () => {
  it('asks each leader once, and answers in the order of the queries', async () => {
    const found = await listOffsets(client, [query(2), query(1), query(0)])
    expect(found.map(({ partition, offset, error }) => [partition, offset, error])).toEqual([
      [2, 102n, null],
      [1, 201n, null],
      [0, 100n, null],
    ])
    expect([first, second].map((broker) => broker.requests(ListOffsets).length)).toEqual([1, 1])
  })

  it('reports what does not exist at once', async () => {
    const found = await listOffsets(client, [query(9), query(0, 'none'), query(0)])
    expect(found.map(({ error, offset }) => [error?.code, offset])).toEqual([
      ['UNKNOWN_TOPIC_OR_PARTITION', -1n],
      ['UNKNOWN_TOPIC_OR_PARTITION', -1n],
      [undefined, 100n],
    ])
    expect(first.requests(Metadata)).toHaveLength(1)
  })

  it('follows a leader that has moved', async () => {
    first.on(ListOffsets, ({ topics }) => {
      leaders = [2, 2, 2]
      return {
        topics: topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: 6 })),
        })),
      }
    })
    expect(await listOffsets(client, [query(0), query(1)], { clock: new EagerClock() })).toMatchObject([
      { offset: 200n },
      { offset: 201n },
    ])
  })

  it('waits for a leader, though not for ever', async () => {
    leaders = [-1]
    const found = await listOffsets(client, [query(0)], { clock: new EagerClock() })
    expect(found[0]!.error).toMatchObject({ code: 'LEADER_NOT_AVAILABLE' })
  })

  it('says which look-up a broker is too old for, and does the others', async () => {
    const found = await listOffsets(client, [query(1, 't', -3n), query(0, 't', -3n)])
    expect(found.map(({ error, offset }) => [error?.code, offset])).toEqual([
      ['UNSUPPORTED_VERSION', -1n],
      [undefined, 100n],
    ])
    expect(second.requests(ListOffsets)).toEqual([])
  })
})

describe('deleteRecords', () => {
  it('gives each partition its own result', async () => {
    first.on(DeleteRecords, ({ topics }) => ({
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, offset }) =>
          offset > 50n ? { partitionIndex, errorCode: 1, lowWatermark: -1n } : { partitionIndex, lowWatermark: offset },
        ),
      })),
    }))
    const deleted = await deleteRecords(client, [
      { topic: 't', partition: 0, offset: 7n },
      { topic: 't', partition: 2, offset: 99n },
      { topic: 'none', partition: 0, offset: 1n },
    ])
    expect(deleted).toMatchObject([
      { partition: 0, lowWatermark: 7n, error: null },
      { partition: 2, error: { code: 'OFFSET_OUT_OF_RANGE' } },
      { topic: 'none', error: { code: 'UNKNOWN_TOPIC_OR_PARTITION' } },
    ])
  })
})
