import { array, bytes, int32, int64, nullableString, string, uuid } from '../schema.ts'
import { coordinatorRecord, type CoordinatorRecordTypes } from './coordinator-record.ts'

const OFFSET_KEY = { group: string('0+'), topic: string('0+'), partition: int32('0+') }

/** What groups have committed, of any protocol; the first kind is that of Kafka before 0.9. */
export const OFFSET_RECORDS: CoordinatorRecordTypes = new Map([
  [
    0,
    coordinatorRecord('LEGACY_OFFSET_COMMIT', '0', 'none', OFFSET_KEY, {
      offset: int64('0+'),
      metadata: string('0+'),
      commitTimestamp: int64('0+'),
    }),
  ],
  [
    1,
    coordinatorRecord('OFFSET_COMMIT', '0-4', '4+', OFFSET_KEY, {
      offset: int64('0+'),
      leaderEpoch: int32('3+', { default: -1 }),
      metadata: string('0+'),
      commitTimestamp: int64('0+'),
      expireTimestamp: int64('1', { default: -1n }),
      topicId: uuid('4+', { tag: 0 }),
    }),
  ],
])

/** Groups of the classic protocol. */
export const CLASSIC_GROUP_RECORDS: CoordinatorRecordTypes = new Map([
  [
    2,
    coordinatorRecord(
      'GROUP_METADATA',
      '0-4',
      '4+',
      { group: string('0+') },
      {
        protocolType: string('0+'),
        generation: int32('0+'),
        protocol: nullableString('0+', '0+', { default: '' }),
        leader: nullableString('0+', '0+', { default: '' }),
        currentStateTimestamp: int64('2+', { default: -1n }),
        members: array('0+', {
          memberId: string('0+'),
          groupInstanceId: nullableString('3+', '3+'),
          clientId: string('0+'),
          clientHost: string('0+'),
          rebalanceTimeout: int32('1+', { default: -1 }),
          sessionTimeout: int32('0+'),
          subscription: bytes('0+'),
          assignment: bytes('0+'),
        }),
      },
    ),
  ],
])
