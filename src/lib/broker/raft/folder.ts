import { join } from 'node:path'
import { EnvironmentError, MalformedError } from '../../errors.ts'
import { CLUSTER_METADATA_TOPIC } from '../../protocol/topic-names.ts'
import type { LogConfig } from '../log/index.ts'

/** Uuid.METADATA_TOPIC_ID in Kafka: no other topic has it. */
export const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** The folder of the metadata log in a data folder. */
export const metadataFolder = (directory: string): string => join(directory, `${CLUSTER_METADATA_TOPIC}-0`)

/** Kafka has segments of 1 GiB; the whole log is read at each start, so what a snapshot makes superfluous has to go. */
const SEGMENT_BYTES = 16 << 20
const NEVER = Number.MAX_SAFE_INTEGER

/** The log is cut by snapshots alone, and synced batch by batch. */
export const METADATA_LOG_CONFIG: LogConfig = {
  segmentBytes: SEGMENT_BYTES,
  segmentMs: 604_800_000,
  segmentJitterMs: 0,
  segmentIndexBytes: 1 << 20,
  indexIntervalBytes: 4096,
  retentionMs: -1,
  retentionBytes: -1,
  fileDeleteDelayMs: 60_000,
  flushMessages: NEVER,
  flushMs: NEVER,
  maxMessageBytes: SEGMENT_BYTES,
  messageTimestampType: 'CreateTime',
  messageTimestampBeforeMaxMs: NEVER,
  messageTimestampAfterMaxMs: NEVER,
  compressionType: 'producer',
  compressionGzipLevel: -1,
  compressionZstdLevel: 3,
  cleanupPolicy: new Set(['delete']),
  deleteRetentionMs: NEVER,
  minCompactionLagMs: 0,
  maxCompactionLagMs: NEVER,
  minCleanableDirtyRatio: 0.5,
}

/** Why a node cannot start: what it needs to know of the cluster is not there, or is not to be understood. */
export function unusable(message: string): EnvironmentError {
  return new EnvironmentError(message, { code: 'DATA_DIR_UNUSABLE' })
}

/** Turns bytes that nobody understands into a sentence that names the place. */
export function refusingUnknown<T>(place: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    const reason = error.message.replace(/^(org\.apache\.kafka\.[\w.]+: )/, '')
    throw unusable(`${place} cannot be read (${reason}): it is damaged, or a newer Kafka wrote it`)
  }
}
