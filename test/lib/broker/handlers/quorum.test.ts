import { afterEach, beforeEach, expect, test } from 'vitest'
import { AddRaftVoter } from '../../../../src/lib/protocol/apis/add-raft-voter.ts'
import { DescribeQuorum } from '../../../../src/lib/protocol/apis/describe-quorum.ts'
import { RemoveRaftVoter } from '../../../../src/lib/protocol/apis/remove-raft-voter.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'

let broker: TestBroker
beforeEach(() => {
  broker = new TestBroker()
})
afterEach(() => broker.close())

async function quorum() {
  const { topics, nodes } = await broker.send(DescribeQuorum, {
    topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
  })
  return { ...topics[0]!.partitions[0]!, nodes }
}

test('the one controller leads, votes and is never behind', async () => {
  const now = BigInt(broker.clock.now())
  const { nodes, ...state } = await quorum()
  const voter = { replicaId: 1, logEndOffset: state.highWatermark, lastFetchTimestamp: now, lastCaughtUpTimestamp: now }
  expect(state).toMatchObject({ errorCode: 0, leaderId: 1, leaderEpoch: 1, currentVoters: [voter], observers: [] })
  expect(nodes).toEqual([{ nodeId: 1, listeners: [{ name: 'PLAINTEXT', host: '127.0.0.1', port: 9092 }] }])
})

test('the log of the metadata grows with each change, also over restarts, and each start is an epoch', async () => {
  const { highWatermark: before } = await quorum()
  for (const name of ['a', 'b', 'c']) await broker.createTopic(name)
  expect((await quorum()).highWatermark).toBe(before + 6n)
  // Each start takes the lead, and registers the broker.
  for (const leaderEpoch of [2, 3]) {
    broker.close()
    broker = new TestBroker({ fileSystem: broker.fileSystem })
    expect(await quorum()).toMatchObject({ leaderEpoch, highWatermark: before + 2n + 2n * BigInt(leaderEpoch + 1) })
  }
  await broker.createTopic('d')
  expect((await quorum()).highWatermark).toBe(before + 12n)
})

test('nothing else has a quorum', async () => {
  const { errorCode, topics } = await broker.send(DescribeQuorum, {
    topics: [{ topicName: 'x', partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }] }],
  })
  expect(errorCode).toBe(0)
  expect(topics[0]!.partitions.map((partition) => partition.errorCode)).toEqual([
    ERRORS.UNKNOWN_TOPIC_OR_PARTITION,
    ERRORS.UNKNOWN_TOPIC_OR_PARTITION,
  ])
})

test('its voters stay as they are', async () => {
  expect((await broker.send(AddRaftVoter, { voterId: 2 })).errorCode).toBe(ERRORS.UNSUPPORTED_VERSION)
  expect((await broker.send(RemoveRaftVoter, { voterId: 1 })).errorCode).toBe(ERRORS.UNSUPPORTED_VERSION)
})
