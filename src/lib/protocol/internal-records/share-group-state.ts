import { array, int16, int32, int64, int8, string, uuid } from '../schema.ts'
import { coordinatorRecord, recordTypes } from './coordinator-record.ts'

const PARTITION_KEY = { groupId: string('0+'), topicId: uuid('0+'), partition: int32('0+') }
const STATE_BATCHES = array('0+', {
  firstOffset: int64('0+'),
  lastOffset: int64('0+'),
  deliveryState: int8('0+'),
  deliveryCount: int16('0+'),
})

/** `__share_group_state`: how far the records of each share-partition have come (KIP-932). */
export const SHARE_STATE_RECORDS = recordTypes(
  coordinatorRecord(0, 'SHARE_SNAPSHOT', '0', '0+', PARTITION_KEY, {
    snapshotEpoch: int32('0+'),
    stateEpoch: int32('0+'),
    leaderEpoch: int32('0+'),
    startOffset: int64('0+'),
    deliveryCompleteCount: int32('0+', { default: -1, tag: 0 }),
    createTimestamp: int64('0+'),
    writeTimestamp: int64('0+'),
    stateBatches: STATE_BATCHES,
  }),
  coordinatorRecord(1, 'SHARE_UPDATE', '0', '0+', PARTITION_KEY, {
    snapshotEpoch: int32('0+'),
    leaderEpoch: int32('0+'),
    startOffset: int64('0+'),
    deliveryCompleteCount: int32('0+', { default: -1, tag: 0 }),
    stateBatches: STATE_BATCHES,
  }),
)
