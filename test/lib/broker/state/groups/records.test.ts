import { describe, expect, test } from 'vitest'
import { memberMetadata, newMember, withMetadata } from '../../../../../src/lib/broker/state/groups/consumer/member.ts'
import {
  decodeRecord,
  encodeRecord,
  tombstone,
  type RecordOf,
} from '../../../../../src/lib/broker/state/groups/records.ts'

const topicId = '_5xboy18TlWICV53sXkHZQ'
const allFour = [{ topicId, partitions: [0, 1, 2, 3] }]

/** Records as Apache Kafka 4.3 wrote them, and what they say. */
const WRITTEN = [
  {
    kind: 'OffsetCommit',
    key: '0001000567632d6731000567632d743100000000',
    value: '00040000000000000003ffffffff01000001a1fde02301010010ff9c5ba32d7c4e5588095e77b1790765',
    says: {
      key: { group: 'gc-g1', topic: 'gc-t1', partition: 0 },
      value: { offset: 3n, leaderEpoch: -1, metadata: '', expireTimestamp: -1n, topicId },
    },
  },
  {
    kind: 'OffsetCommit',
    key: '0001000567632d6731000567632d743200000000',
    value: '0001000000000000000500026869000001a1fde02365000001a1fde1aa05',
    says: { value: { offset: 5n, metadata: 'hi', commitTimestamp: 0x1a1fde02365n, expireTimestamp: 0x1a1fde1aa05n } },
  },
  {
    kind: 'GroupMetadata',
    key: '0002000567632d6731',
    value:
      '00030008636f6e73756d657200000001000572616e6765002a70726f62652d61653961613563612d313632632d343538372d393766642d3333363565353965' +
      '66393265000001a1fde021f100000001002a70726f62652d61653961613563612d313632632d343538372d393766642d333336356535396566393265ffff0005' +
      '70726f6265000a2f3132372e302e302e31000027100000271000000015000100000001000567632d7431ffffffff0000000000000003010203',
    says: {
      value: {
        protocolType: 'consumer',
        generation: 1,
        protocol: 'range',
        members: [{ clientId: 'probe', clientHost: '/127.0.0.1', sessionTimeout: 10_000 }],
      },
    },
  },
  {
    kind: 'GroupMetadata',
    key: '0002000567632d6731',
    value: '00030008636f6e73756d657200000004ffffffff000001a1fde0274500000000',
    says: { value: { generation: 4, protocol: null, leader: null, members: [] } },
  },
  {
    kind: 'ConsumerGroupMetadata',
    key: '0003000567632d6331',
    value: '00000000000301000873d3cdff68c8bebf',
    says: { key: { groupId: 'gc-c1' }, value: { epoch: 3, metadataHash: 0x73d3cdff68c8bebfn } },
  },
  {
    kind: 'ConsumerGroupMemberMetadata',
    key: '0005000567632d64310016744a4a58683830395358794a582d7037522d576a4441',
    value:
      '000000000670726f62650b2f3132372e302e302e31020667632d743101000027100001003e0100002710030672616e676516000100000001000567632d7431' +
      'ffffffff000000000003727216000100000001000567632d7431ffffffff000000000000',
    says: {
      key: { groupId: 'gc-d1', memberId: 'tJJXh809SXyJX-p7R-WjDA' },
      value: {
        instanceId: null,
        subscribedTopicNames: ['gc-t1'],
        subscribedTopicRegex: '',
        rebalanceTimeoutMs: 10_000,
        classicMemberMetadata: { sessionTimeoutMs: 10_000, supportedProtocols: [{ name: 'range' }, { name: 'rr' }] },
      },
    },
  },
  {
    kind: 'ConsumerGroupTargetAssignmentMember',
    key: '0007000567632d633100026d31',
    value: '000002ff9c5ba32d7c4e5588095e77b179076505000000000000000100000002000000030000',
    says: { value: { topicPartitions: allFour } },
  },
  {
    kind: 'ConsumerGroupTargetAssignmentMetadata',
    key: '0006000567632d6331',
    value: '000000000003010008000001a1fde13685',
    says: { value: { assignmentEpoch: 3, assignmentTimestamp: 0x1a1fde13685n } },
  },
  {
    kind: 'ConsumerGroupCurrentMemberAssignment',
    key: '0008000567632d633100026d31',
    value:
      '000000000003000000000002ff9c5ba32d7c4e5588095e77b1790765050000000000000001000000020000000301001105000000030000000300000003000000030100',
    says: {
      value: {
        memberEpoch: 3,
        previousMemberEpoch: 0,
        state: 0,
        assignedPartitions: [{ ...allFour[0], assignmentEpochs: [3, 3, 3, 3] }],
      },
    },
  },
  {
    kind: 'ConsumerGroupRegularExpression',
    key: '0010000567632d6331000667632d742e2a',
    value: '0000030667632d74310667632d74320000000000000889000001a1fde13ebc00',
    says: { key: { regularExpression: 'gc-t.*' }, value: { topics: ['gc-t1', 'gc-t2'] } },
  },
] as const

describe.each(WRITTEN)('a $kind of Apache Kafka', ({ kind, key, value, says }) => {
  const stored = { key: Buffer.from(key, 'hex'), value: Buffer.from(value, 'hex') }

  test('is read', () => {
    expect(decodeRecord(stored)).toMatchObject({ kind, ...says })
  })

  test('is written to the byte', () => {
    const written = encodeRecord(decodeRecord(stored)!)
    expect([written.key.toString('hex'), written.value!.toString('hex')]).toEqual([key, value])
  })
})

test('a member that speaks the consumer protocol has no classic metadata, which Kafka says in so many words', () => {
  const key = Buffer.from('0005000567632d633100027332', 'hex')
  const value = Buffer.from('0000036931000670726f62650b2f3132372e302e302e31020667632d743101000013880001000100', 'hex')
  const record = decodeRecord({ key, value })
  expect(record).toMatchObject({
    value: { instanceId: 'i1', rackId: null, subscribedTopicNames: ['gc-t1'], classicMemberMetadata: null },
  })
  const written = encodeRecord(record!)
  expect([written.key, written.value]).toEqual([key, value])
})

test('a tombstone has a key and no value', () => {
  const record = encodeRecord(tombstone('GroupMetadata', { group: 'gc-g1' }))
  expect(record).toEqual({ key: Buffer.from('0002000567632d6731', 'hex'), value: null })
  expect(decodeRecord(record)).toMatchObject({ kind: 'GroupMetadata', value: null })
})

test('records of other kinds of groups are left alone', () => {
  const shareGroupMetadata = Buffer.from('000b000567632d6731', 'hex')
  expect(decodeRecord({ key: shareGroupMetadata, value: Buffer.alloc(4) })).toBeNull()
})

test('the oldest commits have the same key under another number', () => {
  const key = Buffer.from('0000000567632d6731000567632d743100000000', 'hex')
  expect(decodeRecord({ key, value: null })).toMatchObject({ kind: 'OffsetCommit', key: { topic: 'gc-t1' } })
})

test('a member without classic metadata has a null for it, and one that lacks the field is read as the same', () => {
  const member = { ...newMember('s2'), clientId: 'probe', clientHost: '/127.0.0.1', subscribedTopicNames: ['gc-t1'] }
  const stored = encodeRecord(memberMetadata('gc-c1', { ...member, rebalanceTimeoutMs: 5000 }))
  const fields = '000000000670726f62650b2f3132372e302e302e31020667632d7431010000138800'
  expect([stored.key.toString('hex'), stored.value!.toString('hex')]).toEqual([
    '0005000567632d633100027332',
    `${fields}01000100`,
  ])
  for (const value of [stored.value!, Buffer.from(`${fields}00`, 'hex')]) {
    const record = decodeRecord({ key: stored.key, value }) as RecordOf<'ConsumerGroupMemberMetadata'>
    expect(withMetadata(newMember('s2'), record.value!).classic).toBeNull()
  }
})

test('a commit of version 1, which has a deadline, holds no leader epoch and no topic id', () => {
  const stored = encodeRecord({
    kind: 'OffsetCommit',
    key: { group: 'g', topic: 't', partition: 1 },
    value: { offset: 5n, leaderEpoch: 7, metadata: '', commitTimestamp: 1n, expireTimestamp: 2n, topicId },
  })
  expect(stored.value!.toString('hex')).toBe(
    '0001' + '0000000000000005' + '0000' + '0000000000000001' + '0000000000000002',
  )
})
