import { afterEach, beforeEach, expect, test } from 'vitest'
import { AlterPartitionReassignments } from '../../../../src/lib/protocol/apis/alter-partition-reassignments.ts'
import { AlterReplicaLogDirs } from '../../../../src/lib/protocol/apis/alter-replica-log-dirs.ts'
import { ERRORS } from '../../../../src/lib/protocol/errors.ts'
import { TestBroker } from '../../../support/broker.ts'

let broker: TestBroker
beforeEach(async () => {
  broker = new TestBroker({ properties: { 'log.dirs': '/data,/more' } })
  await broker.createTopic('x', { partitions: 2 })
})
afterEach(() => broker.close())

async function reassign(
  name: string,
  partitionIndex: number,
  replicas: number[] | null,
  allowReplicationFactorChange = true,
) {
  const { errorCode, responses } = await broker.send(AlterPartitionReassignments, {
    allowReplicationFactorChange,
    topics: [{ name, partitions: [{ partitionIndex, replicas }] }],
  })
  expect(errorCode).toBe(0)
  return [responses[0]!.partitions[0]!.errorCode, responses[0]!.partitions[0]!.errorMessage]
}

test('a partition may stay where it is', async () => {
  expect(await reassign('x', 1, [1])).toEqual([0, null])
  expect(await reassign('x', 1, [1], false)).toEqual([0, null])
})

test.each<[string, number, number[] | null, keyof typeof ERRORS, string]>([
  ['none', 0, [1], 'UNKNOWN_TOPIC_OR_PARTITION', 'Unable to find a topic named none.'],
  ['x', 2, [1], 'UNKNOWN_TOPIC_OR_PARTITION', 'Unable to find partition x:2.'],
  [
    'x',
    0,
    [2],
    'INVALID_REPLICA_ASSIGNMENT',
    'The manual partition assignment includes broker 2, but no such broker is registered.',
  ],
  [
    'x',
    0,
    [1, 1],
    'INVALID_REPLICA_ASSIGNMENT',
    'The manual partition assignment includes the broker 1 more than once.',
  ],
  ['x', 0, [], 'INVALID_REPLICA_ASSIGNMENT', 'The manual partition assignment includes an empty replica list.'],
  ['x', 0, null, 'NO_REASSIGNMENT_IN_PROGRESS', 'No partition reassignment is in progress.'],
])('%s-%i to %j is refused', async (name, partition, replicas, code, message) => {
  expect(await reassign(name, partition, replicas)).toEqual([ERRORS[code], message])
})

test('a replica lies in one directory, and stays there', async () => {
  const { directories } = broker.node.broker
  const own = directories.pathOf('x', 0)!
  const other = directories.paths.find((path) => path !== own)!
  const place = async (path: string, name: string, partition: number) =>
    (await broker.send(AlterReplicaLogDirs, { dirs: [{ path, topics: [{ name, partitions: [partition] }] }] }))
      .results[0]!.partitions[0]!.errorCode
  expect(await place(own, 'x', 0)).toBe(ERRORS.NONE)
  expect(await place(other, 'x', 0)).toBe(ERRORS.OPERATION_NOT_ATTEMPTED)
  expect(await place('/elsewhere', 'x', 0)).toBe(ERRORS.LOG_DIR_NOT_FOUND)
  expect(await place(own, 'x', 9)).toBe(ERRORS.REPLICA_NOT_AVAILABLE)
})
