import { expect, test } from 'vitest'
import { MalformedError } from '../../../../../src/lib/errors.ts'
import { PartitionSet } from '../../../../../src/lib/broker/state/transactions/partition-set.ts'
import { TRANSACTION_CODEC } from '../../../../../src/lib/broker/state/transactions/records.ts'

const KEY = '0000000774786e2d696431'

/** Records as Apache Kafka 4.3 wrote them for one producer, and what they say. */
const WRITTEN = [
  [
    'a new producer',
    '0001000000000000001100000000ea600000000001a1fea831edffffffffffffffff0100080000000000000011',
    {
      status: 'Empty',
      producerId: 17n,
      producerEpoch: 0,
      timeoutMs: 60_000,
      startTimestamp: -1,
      previousProducerId: 17n,
      nextProducerId: -1n,
      clientVersion: 0,
    },
  ],
  [
    'a transaction with a partition',
    '0001000000000000001100000000ea6001020774786e2d6731020000000000000001a1fea83232000001a1fea83232020008000000000000001102020002',
    {
      status: 'Ongoing',
      partitions: PartitionSet.of([['txn-g1', [0]]]),
      startTimestamp: 0x1a1fea83232,
      lastUpdateTimestamp: 0x1a1fea83232,
      clientVersion: 2,
    },
  ],
  [
    'one with the offsets of a group',
    '0001000000000000001100000000ea6001030774786e2d673103000000000000000100135f5f636f6e73756d65725f6f666673657473020000000f00000001a1fe' +
      'a832b8000001a1fea83232020008000000000000001102020002',
    {
      status: 'Ongoing',
      partitions: PartitionSet.of([
        ['txn-g1', [0, 1]],
        ['__consumer_offsets', [15]],
      ]),
    },
  ],
  [
    'one that is to be committed',
    '0001000000000000001100010000ea6002030774786e2d673103000000000000000100135f5f636f6e73756d65725f6f666673657473020000000f00000001a1fe' +
      'a832c7000001a1fea83232020008000000000000001102020002',
    { status: 'PrepareCommit', producerEpoch: 1 },
  ],
  [
    'one that has been committed',
    '0001000000000000001100010000ea600401000001a1fea832ca000001a1fea83232020008000000000000001102020002',
    { status: 'CompleteCommit', producerEpoch: 1, partitions: PartitionSet.empty, startTimestamp: 0x1a1fea83232 },
  ],
  [
    'one that is to be aborted',
    '0001000000000000001100020000ea6003020774786e2d6731020000000000000001a1fea832f4000001a1fea832ed020008000000000000001102020002',
    { status: 'PrepareAbort', producerEpoch: 2 },
  ],
  [
    'one that has been aborted',
    '0001000000000000001100020000ea600501000001a1fea832f5000001a1fea832ed020008000000000000001102020002',
    { status: 'CompleteAbort', producerEpoch: 2 },
  ],
] as const

test.each(WRITTEN)('%s of Apache Kafka is read, and written to the byte', (_, value, says) => {
  const stored = { key: Buffer.from(KEY, 'hex'), value: Buffer.from(value, 'hex') }
  const record = TRANSACTION_CODEC.decode(stored)!
  expect(record).toMatchObject({
    transactionalId: 'txn-id1',
    transaction: { transactionalId: 'txn-id1', lastProducerEpoch: -1, ...says },
  })
  const written = TRANSACTION_CODEC.encode(record)
  expect([written.key.toString('hex'), written.value!.toString('hex')]).toEqual([KEY, value])
})

test('the first version, which Kafka before 3.7 wrote, is read', () => {
  const value = Buffer.from(
    '0000' +
      '0000000000000011' +
      '0001' +
      '0000ea60' +
      '01' +
      '00000001' +
      '0006' +
      '74786e2d6731' +
      '00000001' +
      '00000000' +
      '000001a1fea83232' +
      '000001a1fea83232',
    'hex',
  )
  expect(TRANSACTION_CODEC.decode({ key: Buffer.from(KEY, 'hex'), value })).toMatchObject({
    transaction: {
      producerId: 17n,
      producerEpoch: 1,
      status: 'Ongoing',
      previousProducerId: -1n,
      partitions: PartitionSet.of([['txn-g1', [0]]]),
    },
  })
})

test('a tombstone is an id that is forgotten', () => {
  const stored = TRANSACTION_CODEC.encode({ transactionalId: 'txn-id1', transaction: null })
  expect(stored).toEqual({ key: Buffer.from(KEY, 'hex'), value: null })
  expect(TRANSACTION_CODEC.decode(stored)).toEqual({ transactionalId: 'txn-id1', transaction: null })
})

test('other keys are left alone, other states are damage', () => {
  expect(TRANSACTION_CODEC.decode({ key: Buffer.from('0001', 'hex'), value: null })).toBeNull()
  const value = Buffer.from(WRITTEN[0][1], 'hex')
  value.writeInt8(9, 16)
  expect(() => TRANSACTION_CODEC.decode({ key: Buffer.from(KEY, 'hex'), value })).toThrow(MalformedError)
})
