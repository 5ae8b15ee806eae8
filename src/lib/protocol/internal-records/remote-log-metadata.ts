import {
  array,
  bool,
  int32,
  int64,
  int8,
  nullableBytes,
  string,
  struct,
  uuid,
  type Fields,
  type Versions,
} from '../schema.ts'
import type { FramedRecordTypes } from './framed-record.ts'
import { messageType, type MessageType } from '../message-type.ts'

const TOPIC_ID_PARTITION = struct('0+', { name: string('0+'), id: uuid('0+'), partition: int32('0+') })
const SEGMENT_ID = struct('0+', { topicIdPartition: TOPIC_ID_PARTITION, id: uuid('0+') })
const LEADER_EPOCHS = array('0+', { leaderEpoch: int32('0+'), offset: int64('0+') })

const record = (name: string, versions: Versions, fields: Fields): MessageType =>
  messageType(name, versions, '0+', fields)

/** `__remote_log_metadata`: where the segments of tiered storage are (KIP-405). */
export const REMOTE_LOG_METADATA_RECORDS: FramedRecordTypes = new Map([
  [
    0,
    record('REMOTE_LOG_SEGMENT_METADATA_RECORD', '0', {
      remoteLogSegmentId: SEGMENT_ID,
      startOffset: int64('0+'),
      endOffset: int64('0+'),
      brokerId: int32('0+'),
      maxTimestampMs: int64('0+'),
      eventTimestampMs: int64('0+'),
      segmentLeaderEpochs: LEADER_EPOCHS,
      segmentSizeInBytes: int32('0+'),
      customMetadata: nullableBytes('0+', '0+'),
      remoteLogSegmentState: int8('0+'),
      txnIndexEmpty: bool('0+', { tag: 0 }),
    }),
  ],
  [
    1,
    record('REMOTE_LOG_SEGMENT_METADATA_UPDATE_RECORD', '0', {
      remoteLogSegmentId: SEGMENT_ID,
      brokerId: int32('0+'),
      eventTimestampMs: int64('0+'),
      customMetadata: nullableBytes('0+', '0+'),
      remoteLogSegmentState: int8('0+'),
    }),
  ],
  [
    2,
    record('REMOTE_PARTITION_DELETE_METADATA_RECORD', '0', {
      topicIdPartition: TOPIC_ID_PARTITION,
      brokerId: int32('0+'),
      eventTimestampMs: int64('0+'),
      remotePartitionDeleteState: int8('0+'),
    }),
  ],
  [
    3,
    record('REMOTE_LOG_SEGMENT_METADATA_SNAPSHOT_RECORD', '0', {
      segmentId: uuid('0+'),
      startOffset: int64('0+'),
      endOffset: int64('0+'),
      brokerId: int32('0+'),
      maxTimestampMs: int64('0+'),
      eventTimestampMs: int64('0+'),
      segmentLeaderEpochs: LEADER_EPOCHS,
      segmentSizeInBytes: int32('0+'),
      customMetadata: nullableBytes('0+', '0+'),
      remoteLogSegmentState: int8('0+'),
      txnIndexEmpty: bool('0+', { tag: 0 }),
    }),
  ],
])
