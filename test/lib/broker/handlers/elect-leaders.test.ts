import { afterEach, beforeEach, expect, test } from 'vitest'
import { ElectLeaders } from '../../../../src/lib/protocol/apis/elect-leaders.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'

const [PREFERRED, UNCLEAN] = [0, 1]
const {
  ELECTION_NOT_NEEDED,
  UNKNOWN_TOPIC_OR_PARTITION,
  PREFERRED_LEADER_NOT_AVAILABLE,
  ELIGIBLE_LEADERS_NOT_AVAILABLE,
  INVALID_REQUEST,
} = ERRORS

let broker: TestBroker
beforeEach(async () => {
  broker = new TestBroker()
  await broker.createTopic('x', { partitions: 2 })
})
afterEach(() => broker.close())

async function elect(
  electionType: number,
  partitions: readonly (readonly [topic: string, partition: number])[] | null,
) {
  const topicPartitions = partitions && partitions.map(([topic, partition]) => ({ topic, partitions: [partition] }))
  const { errorCode, replicaElectionResults } = await broker.send(ElectLeaders, {
    electionType,
    topicPartitions,
    timeoutMs: 1000,
  })
  return (
    errorCode ||
    replicaElectionResults.flatMap(({ topic, partitionResult }) =>
      partitionResult.map((result) => [topic, result.partitionId, result.errorCode, result.errorMessage]),
    )
  )
}

test('no election is needed where the right replica leads', async () => {
  const message = 'Leader election not needed for topic partition.'
  expect(await elect(PREFERRED, [['x', 1]])).toEqual([['x', 1, ELECTION_NOT_NEEDED, message]])
  expect(await elect(UNCLEAN, [['x', 0]])).toEqual([['x', 0, ELECTION_NOT_NEEDED, message]])
})

test('whoever asks for all partitions does not hear of those', async () => {
  expect(await elect(PREFERRED, null)).toEqual([])
})

test('what is not there cannot be led', async () => {
  expect(
    await elect(PREFERRED, [
      ['none', 0],
      ['x', 2],
      ['x', -1],
    ]),
  ).toEqual([
    ['none', 0, UNKNOWN_TOPIC_OR_PARTITION, 'No such topic as none'],
    ['x', 2, UNKNOWN_TOPIC_OR_PARTITION, 'No such partition as x-2'],
    ['x', -1, UNKNOWN_TOPIC_OR_PARTITION, 'No such partition as x--1'],
  ])
})

test('a broker that is gone leads nothing, and nobody takes its place', async () => {
  const partition = {
    leaderEpoch: 0,
    replicas: [9],
    isr: [9],
    leader: -1,
    partition: 0,
    directories: ['AAAAAAAAAAAAAAAAAAAAAQ'],
  }
  broker.node.broker.cluster.createTopic(
    'lost',
    'AAAAAAAAAAAAAAAAAAAACQ',
    [{ ...broker.node.broker.cluster.topic('x')!.partitions[0]!, ...partition }],
    new Map(),
  )
  expect(await elect(PREFERRED, null)).toMatchObject([['lost', 0, PREFERRED_LEADER_NOT_AVAILABLE, expect.any(String)]])
  expect(await elect(UNCLEAN, [['lost', 0]])).toMatchObject([
    ['lost', 0, ELIGIBLE_LEADERS_NOT_AVAILABLE, expect.any(String)],
  ])
})

test('there are two kinds of elections', async () => {
  expect(await elect(2, null)).toBe(INVALID_REQUEST)
})
