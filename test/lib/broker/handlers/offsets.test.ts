import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DeleteRecords } from '../../../../src/lib/protocol/apis/delete-records.ts'
import { ListOffsets } from '../../../../src/lib/protocol/apis/list-offsets.ts'
import { OffsetForLeaderEpoch } from '../../../../src/lib/protocol/apis/offset-for-leader-epoch.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'

let broker: TestBroker
beforeEach(() => {
  broker = new TestBroker()
})
afterEach(() => broker.close())

describe('ListOffsets', () => {
  const list = async (timestamp: bigint, options: { version?: number; topic?: string; partition?: number } = {}) => {
    const { version = ListOffsets.maxVersion, topic = 't', partition = 0 } = options
    const { topics } = await broker.send(
      ListOffsets,
      { replicaId: -1, topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }] },
      version,
    )
    const { errorCode, offset, timestamp: at } = topics[0]!.partitions[0]!
    return { errorCode, offset, at }
  }

  test('knows both ends, a moment, and the latest timestamp', async () => {
    await broker.createTopic('t')
    const began = BigInt(broker.clock.now())
    for (const value of ['a', 'b', 'c']) {
      await broker.produce('t', [value])
      broker.clock.advance(1000)
    }
    expect(await list(-1n)).toMatchObject({ offset: 3n })
    expect(await list(-2n)).toMatchObject({ offset: 0n })
    expect(await list(-3n)).toMatchObject({ offset: 2n, at: began + 2000n })
    expect(await list(-4n)).toMatchObject({ offset: 0n })
    expect(await list(began + 1n)).toEqual({ errorCode: 0, offset: 1n, at: began + 1000n })
    expect(await list(began)).toMatchObject({ offset: 0n })
  })

  test('finds nothing where there is nothing', async () => {
    await broker.createTopic('t')
    for (const timestamp of [-3n, -5n, -6n, 0n])
      expect(await list(timestamp), String(timestamp)).toEqual({ errorCode: 0, offset: -1n, at: -1n })
    expect(await list(-1n)).toMatchObject({ offset: 0n })
  })

  test('refuses what a version does not know, and what nobody knows', async () => {
    await broker.createTopic('t')
    expect((await list(-3n, { version: 6 })).errorCode).toBe(ERRORS.UNSUPPORTED_VERSION)
    expect((await list(-9n)).errorCode).toBe(ERRORS.UNSUPPORTED_VERSION)
    expect((await list(-1n, { topic: 'none' })).errorCode).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
    expect((await list(-1n, { partition: 1 })).errorCode).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
  })
})

describe('DeleteRecords', () => {
  const cut = async (offset: bigint, topic = 't') => {
    const { topics } = await broker.send(DeleteRecords, {
      timeoutMs: 1000,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset }] }],
    })
    return topics[0]!.partitions[0]!
  }

  test('moves the start of the log, for good', async () => {
    await broker.createTopic('t')
    await broker.produce('t', ['a', 'b', 'c'])
    expect(await cut(2n)).toMatchObject({ errorCode: 0, lowWatermark: 2n })
    expect((await broker.fetch('t', 1n)).errorCode).toBe(ERRORS.OFFSET_OUT_OF_RANGE)
    broker.close()
    broker = new TestBroker({ fileSystem: broker.fileSystem })
    expect(await broker.fetch('t', 1n)).toMatchObject({ errorCode: ERRORS.OFFSET_OUT_OF_RANGE, logStartOffset: 2n })
    expect(await cut(0n)).toMatchObject({ errorCode: 0, lowWatermark: 2n })
    expect(await cut(-1n)).toMatchObject({ errorCode: 0, lowWatermark: 3n })
  })

  test('refuses an offset beyond the end, and a topic that is only compacted', async () => {
    await broker.createTopic('t')
    await broker.createTopic('compacted', { configs: { 'cleanup.policy': 'compact' } })
    expect((await cut(1n)).errorCode).toBe(ERRORS.OFFSET_OUT_OF_RANGE)
    expect((await cut(-2n)).errorCode).toBe(ERRORS.OFFSET_OUT_OF_RANGE)
    expect((await cut(0n, 'compacted')).errorCode).toBe(ERRORS.POLICY_VIOLATION)
    expect((await cut(0n, '__consumer_offsets')).errorCode).toBe(ERRORS.INVALID_TOPIC_EXCEPTION)
    expect((await cut(0n, 'none')).errorCode).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
  })
})

test('OffsetForLeaderEpoch tells where an epoch ends', async () => {
  await broker.createTopic('t')
  await broker.produce('t', ['a', 'b'])
  const ask = async (leaderEpoch: number, currentLeaderEpoch = 0) => {
    const { topics } = await broker.send(OffsetForLeaderEpoch, {
      topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch, currentLeaderEpoch }] }],
    })
    const answer = topics[0]!.partitions[0]!
    return [answer.errorCode, answer.leaderEpoch, answer.endOffset]
  }
  expect(await ask(0)).toEqual([0, 0, 2n])
  expect(await ask(5)).toEqual([0, -1, -1n])
  expect((await ask(0, 3))[0]).toBe(ERRORS.UNKNOWN_LEADER_EPOCH)
})
