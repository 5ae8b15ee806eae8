import { afterEach, describe, expect, test } from 'vitest'
import { DeleteRecords } from '../../../../src/lib/protocol/apis/delete-records.ts'
import { Fetch } from '../../../../src/lib/protocol/apis/fetch.ts'
import { ListOffsets } from '../../../../src/lib/protocol/apis/list-offsets.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestCluster, TOPIC, TOPIC_ID } from './support.ts'

let cluster: TestCluster

afterEach(() => cluster.close())

async function start(replicas: readonly number[], configs: Record<string, string> = {}): Promise<TestCluster> {
  cluster = await TestCluster.start(replicas)
  cluster.createTopic(replicas, configs)
  return cluster
}

describe('what is written', () => {
  test('is acknowledged when all in sync have it, byte by byte', async () => {
    await start([1, 2, 3])
    const { errorCode, baseOffset } = await cluster.finish(cluster.node(1).produce(['a', 'b']))
    expect([errorCode, baseOffset]).toEqual([0, 0n])
    for (const id of [2, 3]) expect(cluster.node(id).logBytes).toEqual(cluster.node(1).logBytes)
  })

  test('is not seen by readers before it is committed', async () => {
    await start([1, 2])
    await cluster.finish(cluster.node(1).produce(['a']))
    cluster.node(2).kill()
    expect((await cluster.finish(cluster.node(1).produce(['b'], { acks: 1 }))).errorCode).toBe(0)
    expect(cluster.node(1).logged).toEqual(['a', 'b'])
    expect(await cluster.finish(cluster.node(1).consume())).toEqual(['a'])
    cluster.fence(2)
    cluster.change({ isr: [1] })
    expect(await cluster.finish(cluster.node(1).consume())).toEqual(['a', 'b'])
  })

  test('is waited for no longer than the client says', async () => {
    await start([1, 2])
    cluster.node(2).kill()
    const { errorCode } = await cluster.finish(cluster.node(1).produce(['a'], { timeoutMs: 1000 }))
    expect(errorCode).toBe(ERRORS.REQUEST_TIMED_OUT)
  })

  test('is refused while too few are in sync, and said when they became too few meanwhile', async () => {
    await start([1, 2, 3], { 'min.insync.replicas': '2' })
    for (const id of [2, 3]) cluster.node(id).kill()
    const waiting = cluster.node(1).produce(['a'])
    await cluster.run(100)
    cluster.change({ isr: [1] })
    expect((await cluster.finish(cluster.node(1).produce(['b']))).errorCode).toBe(ERRORS.NOT_ENOUGH_REPLICAS)
    // The high watermark stands still below the minimum (KIP-966).
    expect(cluster.node(1).partition.highWatermark).toBe(0n)
    expect((await cluster.finish(waiting)).errorCode).toBe(ERRORS.REQUEST_TIMED_OUT)
  })
})

describe('who is in sync', () => {
  test('leaves when it is behind for too long, and comes back when it has caught up', async () => {
    await start([1, 2, 3])
    await cluster.finish(cluster.node(1).produce(['a']))
    cluster.node(3).kill()
    const waiting = cluster.node(1).produce(['b'], { timeoutMs: 120_000 })
    await cluster.until(() => cluster.registration.isr.length === 2, 60_000)
    expect(cluster.registration.isr).toEqual([1, 2])
    expect((await cluster.finish(waiting)).errorCode).toBe(0)
    await cluster.node(3).start()
    await cluster.until(() => cluster.registration.isr.length === 3)
    expect(cluster.node(3).logged).toEqual(['a', 'b'])
  })

  test('comes back as soon as it is unfenced, not when its Fetch under way is answered', async () => {
    await start([1, 2])
    cluster.fence(2)
    cluster.change({ isr: [1] })
    await cluster.run(700)
    expect(cluster.registration.isr).toEqual([1])
    cluster.unfence(2)
    await cluster.until(() => cluster.registration.isr.length === 2, 50)
  })

  test('is asked for with the epochs of the runs that were heard of', async () => {
    await start([1, 2])
    cluster.node(2).kill()
    cluster.change({ isr: [1] })
    await cluster.node(2).start()
    await cluster.until(() => cluster.registration.isr.length === 2)
    expect(cluster.asked.at(-1)!.topics[0]!.partitions[0]).toMatchObject({
      leaderEpoch: 0,
      newIsrWithEpochs: [
        { brokerId: 1, brokerEpoch: cluster.node(1).brokerEpoch },
        { brokerId: 2, brokerEpoch: cluster.node(2).brokerEpoch },
      ],
    })
  })

  test('is asked for again where the controller finds a replica not eligible yet', async () => {
    await start([1, 2])
    cluster.node(2).kill()
    cluster.change({ isr: [1] })
    cluster.refusal = 'INELIGIBLE_REPLICA'
    await cluster.node(2).start()
    await cluster.run(1000)
    expect(cluster.registration.isr).toEqual([1])
    cluster.refusal = null
    await cluster.until(() => cluster.registration.isr.length === 2)
  })
})

describe('another leader', () => {
  test('goes on with all that was acknowledged, and the old one follows it', async () => {
    await start([1, 2, 3])
    await cluster.finish(cluster.node(1).produce(['a']))
    cluster.node(1).kill()
    cluster.change({ leader: 2, isr: [2, 3] })
    expect((await cluster.finish(cluster.node(2).produce(['b']))).errorCode).toBe(0)
    await cluster.node(1).start()
    await cluster.until(() => cluster.registration.isr.length === 3)
    for (const id of [1, 2, 3]) expect(cluster.node(id).logged).toEqual(['a', 'b'])
    expect(cluster.node(1).logBytes).toEqual(cluster.node(2).logBytes)
  })

  test('cuts off what the old one had alone', async () => {
    await start([1, 2])
    await cluster.finish(cluster.node(1).produce(['a']))
    cluster.node(2).kill()
    await cluster.finish(cluster.node(1).produce(['lost', 'too'], { acks: 1 }))
    cluster.node(1).kill()
    await cluster.node(2).start()
    cluster.change({ leader: 2, isr: [2] })
    await cluster.finish(cluster.node(2).produce(['b']))
    await cluster.node(1).start()
    await cluster.until(() => cluster.registration.isr.length === 2)
    expect(cluster.node(1).logged).toEqual(['a', 'b'])
    expect(cluster.node(1).logBytes).toEqual(cluster.node(2).logBytes)
  })

  test('leads at once who wrote nothing in its time', async () => {
    await start([1, 2])
    await cluster.finish(cluster.node(1).produce(['a']))
    for (const leader of [2, 1, 2]) {
      cluster.change({ leader })
      await cluster.run(1000)
    }
    expect((await cluster.finish(cluster.node(2).produce(['b']))).errorCode).toBe(0)
    expect(cluster.node(1).logBytes).toEqual(cluster.node(2).logBytes)
  })

  test('ends the waiting at the old one', async () => {
    await start([1, 2])
    cluster.node(2).isInformed = false
    cluster.network.cut(cluster.node(1).port)
    const waiting = cluster.node(1).produce(['a'])
    cluster.node(2).kill()
    await cluster.run(100)
    cluster.change({ leader: 2 })
    const { errorCode, currentLeader } = await cluster.finish(waiting)
    expect([errorCode, currentLeader]).toEqual([ERRORS.NOT_LEADER_OR_FOLLOWER, { leaderId: 2, leaderEpoch: 1 }])
  })

  test('takes the next number of a producer, which the old one misses until it hears that it leads no longer', async () => {
    await start([1, 2, 3])
    const send = (id: number, baseSequence: number) =>
      cluster.finish(
        cluster.node(id).produce([String(baseSequence)], { producerId: 7n, producerEpoch: 0, baseSequence }),
      )
    await send(1, 0)
    cluster.node(1).isInformed = false
    cluster.change({ leader: 2, isr: [2, 3] })
    await send(2, 1)
    expect((await send(1, 2)).errorCode).toBe(ERRORS.OUT_OF_ORDER_SEQUENCE_NUMBER)
    expect((await send(2, 2)).errorCode).toBe(0)
    cluster.inform(1)
    expect((await send(1, 3)).errorCode).toBe(ERRORS.NOT_LEADER_OR_FOLLOWER)
    await cluster.until(() => cluster.registration.isr.length === 3)
    for (const id of [1, 2, 3]) expect(cluster.node(id).logged).toEqual(['0', '1', '2'])
  })

  test('says no end of its log before it knows what is committed (KIP-207)', async () => {
    await start([1, 2])
    await cluster.finish(cluster.node(1).produce(['a']))
    cluster.node(1).kill()
    await cluster.finish(Promise.resolve())
    const { partition } = cluster.node(2)
    expect([partition.log.logEndOffset, partition.highWatermark]).toEqual([1n, 0n])
    cluster.change({ leader: 2 })
    const end = async () => {
      const { topics } = await cluster.node(2).send(ListOffsets, {
        replicaId: -1,
        topics: [{ name: TOPIC, partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
      })
      return topics[0]!.partitions[0]!
    }
    expect((await cluster.finish(end())).errorCode).toBe(ERRORS.OFFSET_NOT_AVAILABLE)
    cluster.change({ isr: [2] })
    expect(await cluster.finish(end())).toMatchObject({ errorCode: 0, offset: 1n, leaderEpoch: 1 })
  })

  test('is followed from where its log begins', async () => {
    await start([1, 2])
    cluster.node(2).kill()
    cluster.change({ isr: [1] })
    for (const value of ['a', 'b', 'c']) await cluster.finish(cluster.node(1).produce([value]))
    cluster.node(1).partition.log.deleteRecordsBefore(2n)
    await cluster.node(2).start()
    await cluster.until(() => cluster.registration.isr.length === 2)
    expect(cluster.node(2).partition.log.logStartOffset).toBe(2n)
    expect(cluster.node(2).logged).toEqual(['c'])
  })
})

describe('DeleteRecords', () => {
  const deleteBefore = async (offset: bigint) => {
    const partitions = [{ partitionIndex: 0, offset }]
    const { topics } = await cluster
      .node(1)
      .send(DeleteRecords, { topics: [{ name: TOPIC, partitions }], timeoutMs: 2000 })
    return topics[0]!.partitions[0]!
  }

  test('is over when no replica has them any more', async () => {
    await start([1, 2])
    await cluster.finish(cluster.node(1).produce(['a', 'b']))
    expect(await cluster.finish(deleteBefore(1n))).toMatchObject({ errorCode: 0, lowWatermark: 1n })
    expect(cluster.node(2).partition.log.logStartOffset).toBe(1n)
  })

  test('waits for one that is alive, and for no other', async () => {
    await start([1, 2])
    await cluster.finish(cluster.node(1).produce(['a', 'b']))
    cluster.node(2).kill()
    expect((await cluster.finish(deleteBefore(1n))).errorCode).toBe(ERRORS.REQUEST_TIMED_OUT)
    cluster.fence(2)
    expect(await cluster.finish(deleteBefore(1n))).toMatchObject({ errorCode: 0, lowWatermark: 1n })
  })
})

describe('whoever fetches as a follower', () => {
  const fetchAs = async (replicaId: number, replicaEpoch: bigint, currentLeaderEpoch = 0) => {
    const partition = { partition: 0, currentLeaderEpoch, fetchOffset: 0n, partitionMaxBytes: 1 << 20 }
    const { responses } = await cluster.node(1).send(Fetch, {
      replicaState: { replicaId, replicaEpoch },
      maxWaitMs: 0,
      minBytes: 0,
      isolationLevel: 0,
      topics: [{ topicId: TOPIC_ID, partitions: [partition] }],
    })
    return responses[0]!.partitions[0]!.errorCode
  }

  test('is to be one, in its present run, and to know the leader', async () => {
    await start([1, 2])
    const { brokerEpoch } = cluster.node(2)
    const answers = [
      await cluster.finish(fetchAs(2, brokerEpoch)),
      await cluster.finish(fetchAs(2, brokerEpoch - 1n)),
      await cluster.finish(fetchAs(3, 1n)),
      await cluster.finish(fetchAs(3, 1n, -1)),
      await cluster.finish(fetchAs(2, brokerEpoch, 1)),
    ]
    expect(answers).toEqual([
      0,
      ERRORS.NOT_LEADER_OR_FOLLOWER,
      ERRORS.UNKNOWN_LEADER_EPOCH,
      ERRORS.NOT_LEADER_OR_FOLLOWER,
      ERRORS.UNKNOWN_LEADER_EPOCH,
    ])
  })
})

test('consumers may read from a follower, as far as it knows what is committed (KIP-392)', async () => {
  await start([1, 2])
  await cluster.finish(cluster.node(1).produce(['a']))
  await cluster.run(1000)
  expect(await cluster.finish(cluster.node(2).consume())).toEqual(['a'])
})

test('a node leaves what it has lost', async () => {
  await start([1, 2, 3])
  await cluster.finish(cluster.node(1).produce(['a']))
  cluster.change({ replicas: [1, 2], isr: [1, 2] })
  expect(cluster.node(3).partition).toBeUndefined()
  expect((await cluster.finish(cluster.node(1).produce(['b']))).errorCode).toBe(0)
  expect(TOPIC_ID).toBe(cluster.node(1).partition.topicId)
})
