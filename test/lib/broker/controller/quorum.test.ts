import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Dispatcher } from '../../../../src/lib/broker/dispatch.ts'
import { CONTROLLER_HANDLERS } from '../../../../src/lib/broker/handlers/controller-handlers.ts'
import { BeginQuorumEpoch } from '../../../../src/lib/protocol/apis/begin-quorum-epoch.ts'
import { CreateTopics } from '../../../../src/lib/protocol/apis/create-topics.ts'
import { DescribeQuorum } from '../../../../src/lib/protocol/apis/describe-quorum.ts'
import { Envelope } from '../../../../src/lib/protocol/apis/envelope.ts'
import { Fetch } from '../../../../src/lib/protocol/apis/fetch.ts'
import { FetchSnapshot } from '../../../../src/lib/protocol/apis/fetch-snapshot.ts'
import { Metadata } from '../../../../src/lib/protocol/apis/metadata.ts'
import { Vote } from '../../../../src/lib/protocol/apis/vote.ts'
import type { Api } from '../../../../src/lib/protocol/api.ts'
import { Reader } from '../../../../src/lib/protocol/bytes.ts'
import { ERRORS, type ErrorName } from '../../../../src/lib/protocol/errors.ts'
import { encodeRequest, readResponse } from '../../../../src/lib/protocol/frame.ts'
import { encodePrincipalData } from '../../../../src/lib/protocol/principal-data.ts'
import type { Fields, Input, Message } from '../../../../src/lib/protocol/schema.ts'
import { batches } from '../../../../src/lib/protocol/records/index.ts'
import { connection, TestBroker } from '../../../support/broker.ts'
import { uuid } from './support.ts'

const METADATA_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

let broker: TestBroker
let controller: Dispatcher
beforeEach(() => {
  broker = new TestBroker()
  controller = new Dispatcher(broker.node.broker, CONTROLLER_HANDLERS)
})
afterEach(() => broker.close())

const epoch = (): number => broker.node.broker.metadataLog!.epoch
const end = (): bigint => broker.node.broker.metadataLog!.endOffset

async function ask<Q extends Fields, S extends Fields>(
  api: Api<Q, S>,
  request: Input<Message<Q>>,
): Promise<Message<S>> {
  const frame = Buffer.concat(encodeRequest(api, api.maxVersion, 7, 'test', request)).subarray(4)
  const reply = await controller.dispatch(frame, { ...connection, listener: 'CONTROLLER' })
  return readResponse(api, api.maxVersion, new Reader(Buffer.concat(reply!), 8))
}

async function fetch(partition: object, request: object = {}) {
  const answer = await ask(Fetch, {
    maxWaitMs: 0,
    replicaState: { replicaId: 2, replicaEpoch: -1n },
    topics: [
      {
        topicId: METADATA_ID,
        partitions: [{ partition: 0, currentLeaderEpoch: epoch(), fetchOffset: 0n, lastFetchedEpoch: 0, ...partition }],
      },
    ],
    ...request,
  })
  return { ...answer, partition: answer.responses[0]?.partitions[0] }
}

describe('fetching the metadata', () => {
  test('begins at its beginning', async () => {
    const { errorCode, responses, partition } = await fetch({})
    expect(errorCode).toBe(0)
    expect(responses[0]).toMatchObject({ topicId: METADATA_ID })
    expect(partition).toMatchObject({
      errorCode: 0,
      highWatermark: end(),
      logStartOffset: 0n,
      currentLeader: { leaderId: 1, leaderEpoch: epoch() },
    })
    const [first] = [...batches(partition!.records!)]
    expect(first!.header).toMatchObject({ baseOffset: 0n, isControl: true })
  })

  test('waits for what is not there yet, so long as it wants to', async () => {
    const caughtUp = { fetchOffset: end(), lastFetchedEpoch: epoch(), highWatermark: end() }
    const [first, second] = [fetch(caughtUp, { maxWaitMs: 500 }), fetch(caughtUp, { maxWaitMs: 500 })]
    await new Promise(setImmediate)
    const before = end()
    await broker.createTopic('x')
    expect((await first).partition).toMatchObject({ errorCode: 0, highWatermark: end() })
    expect([...batches((await second).partition!.records!)][0]!.header.baseOffset).toBe(before)
    const third = fetch({ ...caughtUp, fetchOffset: end(), highWatermark: end() }, { maxWaitMs: 500 })
    await new Promise(setImmediate)
    broker.clock.advance(500)
    expect((await third).partition!.records).toHaveLength(0)
  })

  test('does not wait where the high watermark is news', async () => {
    const { partition } = await fetch(
      { fetchOffset: end(), lastFetchedEpoch: epoch(), highWatermark: end() - 1n },
      { maxWaitMs: 500 },
    )
    expect(partition).toMatchObject({ highWatermark: end() })
  })

  test.each<[string, () => object, ErrorName]>([
    ['an epoch that is over', () => ({ currentLeaderEpoch: epoch() - 1 }), 'FENCED_LEADER_EPOCH'],
    ['an epoch to come', () => ({ currentLeaderEpoch: epoch() + 1 }), 'UNKNOWN_LEADER_EPOCH'],
    ['an offset below nothing', () => ({ fetchOffset: -1n }), 'INVALID_REQUEST'],
    ['no last epoch', () => ({ lastFetchedEpoch: -1 }), 'INVALID_REQUEST'],
    ['a last epoch after the current one', () => ({ lastFetchedEpoch: epoch() + 1 }), 'INVALID_REQUEST'],
  ])('in %s is refused', async (_, partition, code) => {
    expect((await fetch(partition())).partition).toMatchObject({
      errorCode: ERRORS[code],
      currentLeader: { leaderId: 1, leaderEpoch: epoch() },
    })
  })

  test('of another cluster, or of anything else, is refused as a whole', async () => {
    expect(await fetch({}, { clusterId: 'other' })).toMatchObject({ errorCode: ERRORS.INCONSISTENT_CLUSTER_ID })
    expect(await fetch({ partition: 1 })).toMatchObject({ errorCode: ERRORS.INVALID_REQUEST })
    expect(await fetch({}, { topics: [] })).toMatchObject({ errorCode: ERRORS.INVALID_REQUEST })
  })

  test('of a log that goes on differently tells where to cut it', async () => {
    const { partition } = await fetch({ fetchOffset: 999n, lastFetchedEpoch: epoch() })
    expect(partition).toMatchObject({ divergingEpoch: { epoch: epoch(), endOffset: end() } })
  })

  test('from nothing gets a snapshot once there is one', async () => {
    await broker.createTopic('x')
    broker.node.broker.cluster.takeSnapshot()
    const id = broker.node.broker.metadataLog!.latestSnapshot!
    expect((await fetch({})).partition).toMatchObject({ snapshotId: id })
    const piece = async (snapshot: object, request: object = {}) => {
      const { topics } = await ask(FetchSnapshot, {
        maxBytes: 100,
        topics: [
          {
            name: '__cluster_metadata',
            partitions: [{ partition: 0, currentLeaderEpoch: epoch(), snapshotId: id, position: 0n, ...snapshot }],
          },
        ],
        ...request,
      })
      return topics[0]!.partitions[0]!
    }
    const [first, second] = [await piece({}), await piece({ position: 100n })]
    expect([first, second]).toMatchObject([
      { errorCode: 0, position: 0n, snapshotId: id },
      { errorCode: 0, position: 100n, size: first.size },
    ])
    expect(first.unalignedRecords).toHaveLength(100)
    expect(await piece({ position: first.size })).toMatchObject({ errorCode: ERRORS.POSITION_OUT_OF_RANGE })
    expect(await piece({ position: -1n })).toMatchObject({ errorCode: ERRORS.POSITION_OUT_OF_RANGE })
    expect(await piece({ snapshotId: { endOffset: 1n, epoch: 1 } })).toMatchObject({
      errorCode: ERRORS.SNAPSHOT_NOT_FOUND,
    })
    expect(await piece({ currentLeaderEpoch: 99 })).toMatchObject({ errorCode: ERRORS.UNKNOWN_LEADER_EPOCH })
  })
})

test('whoever follows is told of with how far it is', async () => {
  await fetch({}, { replicaState: { replicaId: 2, replicaEpoch: -1n } })
  const behind = broker.clock.now()
  broker.clock.advance(1000)
  await fetch(
    { fetchOffset: end(), lastFetchedEpoch: epoch(), replicaDirectoryId: uuid(3) },
    { replicaState: { replicaId: 3 } },
  )
  const observers = async () => {
    const { topics } = await ask(DescribeQuorum, {
      topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
    })
    return topics[0]!.partitions[0]!.observers
  }
  const now = BigInt(broker.clock.now())
  expect(await observers()).toEqual([
    expect.objectContaining({
      replicaId: 2,
      logEndOffset: 0n,
      lastFetchTimestamp: BigInt(behind),
      lastCaughtUpTimestamp: -1n,
    }),
    {
      replicaId: 3,
      replicaDirectoryId: uuid(3),
      logEndOffset: end(),
      lastFetchTimestamp: now,
      lastCaughtUpTimestamp: now,
    },
  ])
  broker.clock.advance(299_000)
  expect((await observers()).map(({ replicaId }) => replicaId)).toEqual([3])
})

describe('a stranger', () => {
  test.each<[string, () => object, ErrorName]>([
    ['with a higher epoch', () => ({ replicaEpoch: epoch() + 1 }), 'INCONSISTENT_VOTER_SET'],
    [
      'with an epoch that is over',
      () => ({ replicaEpoch: epoch() - 1, lastOffsetEpoch: 0, preVote: true }),
      'FENCED_LEADER_EPOCH',
    ],
    ['without a name', () => ({ replicaId: -1 }), 'INVALID_REQUEST'],
    ['whose log is of a later epoch', () => ({ lastOffsetEpoch: epoch() + 1 }), 'INVALID_REQUEST'],
  ])('%s gets no vote', async (_, change, code) => {
    const { topics } = await ask(Vote, {
      topics: [
        {
          topicName: '__cluster_metadata',
          partitions: [
            {
              partitionIndex: 0,
              replicaId: 2,
              replicaEpoch: epoch() + 1,
              lastOffset: 9n,
              lastOffsetEpoch: 1,
              ...change(),
            },
          ],
        },
      ],
    })
    expect(topics[0]!.partitions[0]).toMatchObject({
      errorCode: ERRORS[code],
      leaderId: 1,
      leaderEpoch: epoch(),
      voteGranted: false,
    })
  })

  test('does not lead', async () => {
    const { topics } = await ask(BeginQuorumEpoch, {
      topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0, leaderId: 2, leaderEpoch: 99 }] }],
    })
    expect(topics[0]!.partitions[0]).toMatchObject({ errorCode: ERRORS.INCONSISTENT_VOTER_SET, leaderId: 1 })
  })
})

describe('an envelope', () => {
  const principal = encodePrincipalData({ type: 'User', name: 'alice', tokenAuthenticated: false })
  const requestOf = <Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    version?: number,
  ) => Buffer.concat(encodeRequest(api, version ?? api.maxVersion, 5, 'client', request)).subarray(4)
  const topics = [{ name: 'x', numPartitions: 1, replicationFactor: 1 }]
  const envelope = {
    requestData: requestOf(CreateTopics, { topics }),
    requestPrincipal: principal,
    clientHostAddress: Buffer.from([127, 0, 0, 1]),
  }

  test('is answered with what is inside', async () => {
    const { errorCode, responseData } = await ask(Envelope, envelope)
    expect(errorCode).toBe(0)
    expect(responseData!.readInt32BE(0)).toBe(5)
    const answer = readResponse(CreateTopics, CreateTopics.maxVersion, new Reader(responseData!, 4))
    expect(answer.topics).toMatchObject([{ name: 'x', errorCode: 0, numPartitions: 1 }])
  })

  test.each<[string, object, ErrorName]>([
    ['of what brokers answer themselves', { requestData: requestOf(Metadata, {}) }, 'INVALID_REQUEST'],
    ['of nothing', { requestData: Buffer.alloc(0) }, 'INVALID_REQUEST'],
    ['of half a request', { requestData: envelope.requestData.subarray(0, 20) }, 'INVALID_REQUEST'],
    ['from nobody', { requestPrincipal: null }, 'PRINCIPAL_DESERIALIZATION_FAILURE'],
    ['from nowhere', { clientHostAddress: Buffer.alloc(3) }, 'INVALID_REQUEST'],
  ])('%s is refused', async (_, change, code) => {
    expect(await ask(Envelope, { ...envelope, ...change })).toMatchObject({
      errorCode: ERRORS[code],
      responseData: null,
    })
  })

  test('of a version to come is refused', async () => {
    const requestData = Buffer.from(envelope.requestData)
    requestData.writeInt16BE(99, 2)
    expect(await ask(Envelope, { ...envelope, requestData })).toMatchObject({ errorCode: ERRORS.UNSUPPORTED_VERSION })
  })
})
