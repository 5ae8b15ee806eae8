import type { StoredMessage } from '../../lib/protocol/internal-records/index.ts'
import { MalformedError } from '../../lib/errors.ts'

/**
 * A record of tiered storage in the words of Java's classes (RemoteLogMetadata and those below it). Throws
 * MalformedError where they throw.
 */
export function remoteLogText({ type, values }: StoredMessage): string {
  const record = values as unknown as RemoteLogRecord
  switch (type.name) {
    case 'REMOTE_LOG_SEGMENT_METADATA_RECORD':
      checkOffsets(record)
      return javaText('RemoteLogSegmentMetadata', {
        remoteLogSegmentId: segmentId(record),
        ...offsets(record),
        brokerId: record.brokerId,
        maxTimestampMs: record.maxTimestampMs,
        eventTimestampMs: record.eventTimestampMs,
        ...segment(record),
      })
    case 'REMOTE_LOG_SEGMENT_METADATA_SNAPSHOT_RECORD':
      return javaText('RemoteLogSegmentMetadataSnapshot', {
        segmentId: record.segmentId,
        ...offsets(record),
        maxTimestampMs: record.maxTimestampMs,
        ...segment(record),
      })
    case 'REMOTE_LOG_SEGMENT_METADATA_UPDATE_RECORD':
      return javaText('RemoteLogSegmentMetadataUpdate', {
        remoteLogSegmentId: segmentId(record),
        customMetadata: custom(record),
        state: stateName(SEGMENT_STATES, record.remoteLogSegmentState),
        eventTimestampMs: record.eventTimestampMs,
        brokerId: record.brokerId,
      })
    default:
      return javaText('RemotePartitionDeleteMetadata', {
        topicPartition: partition(record.topicIdPartition),
        state: stateName(DELETE_STATES, record.remotePartitionDeleteState),
        eventTimestampMs: record.eventTimestampMs,
        brokerId: record.brokerId,
      })
  }
}

/** The fields of all four kinds; each has those that are asked of it above. */
interface RemoteLogRecord {
  readonly remoteLogSegmentId: { readonly topicIdPartition: TopicIdPartition; readonly id: string }
  readonly topicIdPartition: TopicIdPartition
  readonly segmentId: string
  readonly startOffset: bigint
  readonly endOffset: bigint
  readonly brokerId: number
  readonly maxTimestampMs: bigint
  readonly eventTimestampMs: bigint
  readonly segmentLeaderEpochs: readonly { readonly leaderEpoch: number; readonly offset: bigint }[]
  readonly segmentSizeInBytes: number
  readonly customMetadata: Buffer | null
  readonly remoteLogSegmentState: number
  readonly remotePartitionDeleteState: number
  readonly txnIndexEmpty: boolean
}

interface TopicIdPartition {
  readonly name: string
  readonly id: string
  readonly partition: number
}

/** RemoteLogSegmentMetadata refuses to be made of anything else. */
function checkOffsets({ startOffset, endOffset }: RemoteLogRecord): void {
  if (startOffset < 0n)
    throw new MalformedError(
      `Unexpected start offset = ${startOffset}. StartOffset for a remote segment cannot be negative`,
    )
  if (endOffset < startOffset) {
    throw new MalformedError(
      `Unexpected end offset = ${endOffset}. EndOffset for a remote segment cannot be less than startOffset = ${startOffset}`,
    )
  }
}

const offsets = ({ startOffset, endOffset }: RemoteLogRecord): object => ({ startOffset, endOffset })

const segment = (record: RemoteLogRecord): object => ({
  segmentLeaderEpochs: epochs(record),
  segmentSizeInBytes: record.segmentSizeInBytes,
  customMetadata: custom(record),
  state: stateName(SEGMENT_STATES, record.remoteLogSegmentState),
  txnIdxEmpty: record.txnIndexEmpty,
})

const segmentId = ({ remoteLogSegmentId: { topicIdPartition, id } }: RemoteLogRecord): string =>
  javaText('RemoteLogSegmentId', { topicIdPartition: partition(topicIdPartition), id })

const partition = ({ name, id, partition: index }: TopicIdPartition): string => `${id}:${name}-${index}`

/** A TreeMap: one entry for each epoch, in their order. */
function epochs({ segmentLeaderEpochs }: RemoteLogRecord): string {
  if (segmentLeaderEpochs.length === 0) throw new MalformedError('segmentLeaderEpochs can not be null or empty')
  const byEpoch = new Map(segmentLeaderEpochs.map(({ leaderEpoch, offset }) => [leaderEpoch, offset]))
  return `{${[...byEpoch]
    .sort(([a], [b]) => a - b)
    .map(([epoch, offset]) => `${epoch}=${offset}`)
    .join(', ')}}`
}

const custom = ({ customMetadata }: RemoteLogRecord): string =>
  customMetadata === null ? 'Optional.empty' : `Optional[CustomMetadata{${customMetadata.length} bytes}]`

const javaText = (name: string, fields: object): string =>
  `${name}{${Object.entries(fields)
    .map(([field, value]) => `${field}=${String(value)}`)
    .join(', ')}}`

/** RemoteLogSegmentState, RemotePartitionDeleteState. */
const SEGMENT_STATES = [
  'COPY_SEGMENT_STARTED',
  'COPY_SEGMENT_FINISHED',
  'DELETE_SEGMENT_STARTED',
  'DELETE_SEGMENT_FINISHED',
]
const DELETE_STATES = ['DELETE_PARTITION_MARKED', 'DELETE_PARTITION_STARTED', 'DELETE_PARTITION_FINISHED']

function stateName(names: readonly string[], state: number): string {
  const name = names[state]
  if (name === undefined) throw new MalformedError(`There is no state ${state}.`)
  return name
}
