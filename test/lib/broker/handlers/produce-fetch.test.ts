import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Fetch } from '../../../../src/lib/protocol/apis/fetch.ts'
import { InitProducerId } from '../../../../src/lib/protocol/apis/init-producer-id.ts'
import { Produce } from '../../../../src/lib/protocol/apis/produce.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { buildBatch } from '../../../../src/lib/protocol/records/index.ts'
import { MalformedError } from '../../../../src/lib/errors.ts'
import { readValues, TestBroker } from '../../../support/broker.ts'

let broker: TestBroker
beforeEach(() => {
  broker = new TestBroker()
})
afterEach(() => broker.close())

const batch = (...values: string[]): Buffer =>
  buildBatch(values.map((value) => ({ timestamp: BigInt(broker.clock.now()), key: null, value: Buffer.from(value) })))

describe('Produce', () => {
  test('gives records the next offsets, and Fetch gives them back from any of them', async () => {
    await broker.createTopic('t')
    expect(await broker.produce('t', ['a', 'b'])).toMatchObject({ errorCode: 0, baseOffset: 0n, logStartOffset: 0n })
    expect(await broker.produce('t', ['c'])).toMatchObject({ errorCode: 0, baseOffset: 2n })
    expect(await broker.fetch('t', 0n)).toMatchObject({
      errorCode: 0,
      highWatermark: 3n,
      lastStableOffset: 3n,
      logStartOffset: 0n,
      values: ['a', 'b', 'c'],
    })
    expect((await broker.fetch('t', 2n)).values).toEqual(['c'])
    expect((await broker.fetch('t', 3n)).values).toEqual([])
  })

  test('refuses a topic, a partition and acks that are not there', async () => {
    await broker.createTopic('t')
    expect((await broker.produce('none', ['a'])).errorCode).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
    expect((await broker.produce('t', ['a'], { partition: 1 })).errorCode).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
    expect((await broker.produce('t', ['a'], { acks: 2 })).errorCode).toBe(ERRORS.INVALID_REQUIRED_ACKS)
    expect((await broker.fetch('t', 0n)).highWatermark).toBe(0n)
  })

  test('takes topics by id from version 13 on', async () => {
    const topicId = await broker.createTopic('t')
    const send = (id: string) =>
      broker.send(
        Produce,
        { acks: 1, topicData: [{ topicId: id, partitionData: [{ index: 0, records: batch('a') }] }] },
        13,
      )
    expect((await send(topicId)).responses[0]!.partitionResponses[0]).toMatchObject({ errorCode: 0, baseOffset: 0n })
    expect((await send('BBBBBBBBBBBBBBBBBBBBBA')).responses[0]!.partitionResponses[0]!.errorCode).toBe(
      ERRORS.UNKNOWN_TOPIC_ID,
    )
  })

  test('refuses a batch whose CRC is wrong, and appends nothing', async () => {
    await broker.createTopic('t')
    const records = batch('spoiled')
    records[records.length - 2]! ^= 1
    const { responses } = await broker.send(
      Produce,
      { acks: 1, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] },
      12,
    )
    expect(responses[0]!.partitionResponses[0]!.errorCode).toBe(ERRORS.CORRUPT_MESSAGE)
    expect((await broker.fetch('t', 0n)).highWatermark).toBe(0n)
  })

  test('refuses a batch beyond max.message.bytes', async () => {
    await broker.createTopic('t', { configs: { 'max.message.bytes': '200' } })
    expect((await broker.produce('t', ['x'.repeat(300)])).errorCode).toBe(ERRORS.MESSAGE_TOO_LARGE)
    expect((await broker.produce('t', ['fits'])).errorCode).toBe(0)
  })

  test('takes one batch a partition, and none that is older than format v2', async () => {
    await broker.createTopic('t')
    const send = async (records: Buffer | null, version = 12) => {
      const { responses } = await broker.send(
        Produce,
        { acks: 1, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] },
        version,
      )
      return responses[0]!.partitionResponses[0]!.errorCode
    }
    expect(await send(Buffer.concat([batch('a'), batch('b')]))).toBe(ERRORS.INVALID_RECORD)
    const old = batch('a')
    old.writeInt8(1, 16)
    expect(await send(old)).toBe(ERRORS.INVALID_RECORD)
    expect(await send(null)).toBe(ERRORS.INVALID_RECORD)
    expect(await send(batch('a').subarray(0, 30))).toBe(ERRORS.CORRUPT_MESSAGE)
  })

  test('knows zstd from version 7 on', async () => {
    await broker.createTopic('t')
    const send = async (version: number) => {
      const records = buildBatch([{ timestamp: 0n, key: null, value: Buffer.from('z') }], { codec: 4 })
      const { responses } = await broker.send(
        Produce,
        { acks: 1, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] },
        version,
      )
      return responses[0]!.partitionResponses[0]!.errorCode
    }
    expect(await send(6)).toBe(ERRORS.UNSUPPORTED_COMPRESSION_TYPE)
    expect(await send(7)).toBe(0)
  })

  test('with acks=0 answers nothing, and closes the connection when it fails', async () => {
    await broker.createTopic('t')
    await expect(broker.produce('t', ['quiet'], { acks: 0 })).rejects.toThrow('no answer')
    expect((await broker.fetch('t', 0n)).values).toEqual(['quiet'])
    await expect(broker.produce('none', ['lost'], { acks: 0 })).rejects.toThrow(MalformedError)
  })

  test('asks for no more replicas in sync than the topic has (KIP-966)', async () => {
    await broker.createTopic('t', { configs: { 'min.insync.replicas': '2' } })
    expect((await broker.produce('t', ['a'])).errorCode).toBe(0)
  })
})

describe('idempotent producing', () => {
  test('answers a batch sent again with its first offset, and appends it once', async () => {
    await broker.createTopic('t')
    const { producerId, producerEpoch } = await broker.send(InitProducerId, { transactionalId: null })
    const first = { producerId, producerEpoch, baseSequence: 0 }
    expect(await broker.produce('t', ['a', 'b'], first)).toMatchObject({ errorCode: 0, baseOffset: 0n })
    expect(await broker.produce('t', ['a', 'b'], first)).toMatchObject({ errorCode: 0, baseOffset: 0n })
    expect((await broker.produce('t', ['d'], { ...first, baseSequence: 3 })).errorCode).toBe(
      ERRORS.OUT_OF_ORDER_SEQUENCE_NUMBER,
    )
    expect(await broker.produce('t', ['c'], { ...first, baseSequence: 2 })).toMatchObject({
      errorCode: 0,
      baseOffset: 2n,
    })
    expect((await broker.fetch('t', 0n)).values).toEqual(['a', 'b', 'c'])
  })

  test('never hands out an id twice, also after a restart', async () => {
    const ids = new Set<bigint>()
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 2; n += 1) ids.add((await broker.send(InitProducerId, { transactionalId: null })).producerId)
      broker.close()
      broker = new TestBroker({ fileSystem: broker.fileSystem })
    }
    expect(ids.size).toBe(6)
  })
})

describe('Fetch', () => {
  test('waits for the first record, and no longer', async () => {
    await broker.createTopic('t')
    const waiting = broker.fetch('t', 0n, { maxWaitMs: 500 })
    broker.clock.advance(499)
    await broker.produce('t', ['at last'])
    expect((await waiting).values).toEqual(['at last'])
  })

  test('comes back empty when the time is over', async () => {
    await broker.createTopic('t')
    const waiting = broker.fetch('t', 0n, { maxWaitMs: 500 })
    broker.clock.advance(500)
    expect(await waiting).toMatchObject({ errorCode: 0, highWatermark: 0n, values: [] })
  })

  test('waits for as many bytes as it asks for', async () => {
    await broker.createTopic('t')
    let isDone = false
    const waiting = broker.fetch('t', 0n, { maxWaitMs: 500, minBytes: 150 }).then((answer) => {
      isDone = true
      return answer
    })
    await broker.produce('t', ['one'])
    await Promise.resolve()
    expect(isDone).toBe(false)
    await broker.produce('t', ['two'])
    await broker.produce('t', ['three'])
    expect((await waiting).values).toEqual(['one', 'two', 'three'])
  })

  test('does not wait for more bytes than one answer may have', async () => {
    await broker.createTopic('t')
    for (let n = 0; n < 6; n += 1) await broker.produce('t', ['x'.repeat(900_000)])
    const options = { maxWaitMs: 500, minBytes: 50_000_000, partitionMaxBytes: 50_000_000 }
    const { values } = await broker.fetch('t', 0n, options)
    expect(values.length).toBeGreaterThan(1)
    expect((await broker.fetch('t', BigInt(values.length), { ...options, minBytes: 1 })).values).toHaveLength(
      6 - values.length,
    )
  })

  test('says at once what is wrong', async () => {
    await broker.createTopic('t')
    await broker.produce('t', ['a'])
    const options = { maxWaitMs: 10_000 }
    expect((await broker.fetch('t', 2n, options)).errorCode).toBe(ERRORS.OFFSET_OUT_OF_RANGE)
    expect((await broker.fetch('t', -1n, options)).errorCode).toBe(ERRORS.OFFSET_OUT_OF_RANGE)
    expect((await broker.fetch('none', 0n, options)).errorCode).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
  })

  test('checks the leader epoch that the client believes in', async () => {
    await broker.createTopic('t')
    const send = async (currentLeaderEpoch: number) => {
      const topics = [
        { topic: 't', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000, currentLeaderEpoch }] },
      ]
      return (await broker.send(Fetch, { topics }, 12)).responses[0]!.partitions[0]!.errorCode
    }
    expect(await send(1)).toBe(ERRORS.UNKNOWN_LEADER_EPOCH)
    expect(await send(0)).toBe(0)
  })

  test('gives a batch larger than the limit whole, but only to the first partition that has something', async () => {
    await broker.createTopic('t', { partitions: 2 })
    for (const partition of [0, 1]) await broker.produce('t', ['x'.repeat(500)], { partition })
    const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: 0n, partitionMaxBytes: 100 }))
    const { responses } = await broker.send(Fetch, { minBytes: 1, topics: [{ topic: 't', partitions }] }, 12)
    expect(responses[0]!.partitions.map(({ records }) => readValues(records!).length)).toEqual([1, 0])
  })

  test('declines sessions: an answer has none, and one that is named is not found', async () => {
    const topicId = await broker.createTopic('t')
    const topics = [{ topicId, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 100 }] }]
    expect(await broker.send(Fetch, { sessionEpoch: 0, topics })).toMatchObject({ errorCode: 0, sessionId: 0 })
    expect(await broker.send(Fetch, { sessionId: 5, sessionEpoch: 1 })).toMatchObject({
      errorCode: ERRORS.FETCH_SESSION_ID_NOT_FOUND,
    })
  })

  // As Kafka 4.3 answers them.
  test.each([
    [0, -1],
    [0, 0],
    [-1, -1],
    [77, -1],
    [77, 0],
    [-1, 0],
  ])('answers session %i, epoch %i in full', async (sessionId, sessionEpoch) => {
    const topicId = await broker.createTopic('t')
    await broker.produce('t', ['a'])
    const topics = [{ topicId, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 100 }] }]
    const { errorCode, responses } = await broker.send(Fetch, { sessionId, sessionEpoch, topics })
    expect([errorCode, responses.length, readValues(responses[0]!.partitions[0]!.records!)]).toEqual([0, 1, ['a']])
  })

  test.each([
    [77, 3],
    [0, 1],
    [-1, 2],
  ])('finds no session %i for epoch %i', async (sessionId, sessionEpoch) => {
    expect(await broker.send(Fetch, { sessionId, sessionEpoch })).toMatchObject({
      errorCode: ERRORS.FETCH_SESSION_ID_NOT_FOUND,
      sessionId: 0,
      responses: [],
    })
  })

  test('wakes up when its topic is deleted', async () => {
    await broker.createTopic('t')
    const waiting = broker.fetch('t', 0n, { maxWaitMs: 10_000 })
    broker.node.broker.cluster.removeTopic('t')
    expect((await waiting).errorCode).toBe(ERRORS.UNKNOWN_TOPIC_OR_PARTITION)
  })
})
