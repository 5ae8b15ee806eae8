import { expect, test } from 'vitest'
import { MalformedError } from '../../../../../src/lib/errors.ts'
import { readSubscribedTopics } from '../../../../../src/lib/protocol/consumer-protocol.ts'
import {
  readAssignment,
  readSubscription,
  writeAssignment,
} from '../../../../../src/lib/broker/state/groups/consumer-protocol.ts'
import { subscription } from './group-node.ts'

test('an assignment as Apache Kafka 4.3 writes it', () => {
  const written = writeAssignment([{ topic: 'gc-t1', partitions: [0, 1, 2, 3] }], 1)
  expect(written.toString('hex')).toBe('000100000001000567632d74310000000400000000000000010000000200000003ffffffff')
  expect(readAssignment(written)).toEqual({
    assignedPartitions: [{ topic: 'gc-t1', partitions: [0, 1, 2, 3] }],
    userData: null,
  })
})

test('no bytes stand for no partitions', () => {
  expect(readAssignment(Buffer.alloc(0)).assignedPartitions).toEqual([])
})

test('topics of a subscription of any version, also one to come', () => {
  const future = Buffer.concat([subscription('t', 'u'), Buffer.from('more')])
  future.writeInt16BE(9)
  expect(readSubscribedTopics(subscription('t', 'u'))).toEqual(['t', 'u'])
  expect(readSubscribedTopics(future)).toEqual(['t', 'u'])
})

test('a subscription with everything in it', () => {
  const parts = [
    '0003',
    '00000001',
    '000174',
    'ffffffff',
    '00000001',
    '000174',
    '00000002',
    '00000000',
    '00000001',
    '00000007',
    '0004',
    '7261636b',
  ]
  expect(readSubscription(Buffer.from(parts.join(''), 'hex'))).toEqual({
    topics: ['t'],
    userData: null,
    ownedPartitions: [{ topic: 't', partitions: [0, 1] }],
    generationId: 7,
    rackId: 'rack',
  })
})

test('garbage', () => {
  expect(readSubscribedTopics(Buffer.from([0]))).toBeNull()
  expect(() => readSubscription(Buffer.from([0, 1, 0, 0]))).toThrow(MalformedError)
})
