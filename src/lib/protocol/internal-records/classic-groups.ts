import { array, bytes, int32, int64, nullableString, string, uuid } from '../schema.ts'
import { coordinatorRecord, recordTypes } from './coordinator-record.ts'

const OFFSET_KEY = { group: string('0+'), topic: string('0+'), partition: int32('0+') }

/** Written by Kafka before 0.9. */
const LEGACY_OFFSET_COMMIT = coordinatorRecord(0, 'LEGACY_OFFSET_COMMIT', '0', 'none', OFFSET_KEY, {
  offset: int64('0+'),
  metadata: string('0+'),
  commitTimestamp: int64('0+'),
})

export const OFFSET_COMMIT = coordinatorRecord(1, 'OFFSET_COMMIT', '0-4', '4+', OFFSET_KEY, {
  offset: int64('0+'),
  leaderEpoch: int32('3+', { default: -1, ignorable: true }),
  metadata: string('0+'),
  commitTimestamp: int64('0+'),
  expireTimestamp: int64('1', { default: -1n, ignorable: true }),
  topicId: uuid('4+', { tag: 0, ignorable: true }),
})

export const GROUP_METADATA = coordinatorRecord(
  2,
  'GROUP_METADATA',
  '0-4',
  '4+',
  { group: string('0+') },
  {
    protocolType: string('0+'),
    generation: int32('0+'),
    protocol: nullableString('0+', '0+', { default: '' }),
    leader: nullableString('0+', '0+', { default: '' }),
    currentStateTimestamp: int64('2+', { default: -1n, ignorable: true }),
    members: array('0+', {
      memberId: string('0+'),
      groupInstanceId: nullableString('3+', '3+', { ignorable: true }),
      clientId: string('0+'),
      clientHost: string('0+'),
      rebalanceTimeout: int32('1+', { default: -1, ignorable: true }),
      sessionTimeout: int32('0+'),
      subscription: bytes('0+'),
      assignment: bytes('0+'),
    }),
  },
)

/** What groups have committed, of any protocol. */
export const OFFSET_RECORDS = recordTypes(LEGACY_OFFSET_COMMIT, OFFSET_COMMIT)

/** Groups of the classic protocol. */
export const CLASSIC_GROUP_RECORDS = recordTypes(GROUP_METADATA)
