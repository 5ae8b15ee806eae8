import { KafkaError } from '../../errors.ts'
import {
  type BatchHeader,
  compress,
  compressAside,
  type EndMarker,
  readBatchHeader,
  readEndMarker,
} from '../../protocol/records/index.ts'
import { stampBatch, targetCodec, withBody } from './stamp.ts'
import type { AppendOptions, CheckedBatch, LogConfig, PauseWhenOver } from './types.ts'
import type { UnpackRoom } from './unpack-room.ts'
import { checkBatchSize, validateBatch, withRecords } from './validate.ts'
import { checkRecords, checkRecordsAside, rulesFor } from './validate-records.ts'

/** A batch as it will lie in the log. */
export interface PreparedBatch {
  readonly header: BatchHeader
  /** Null for records. */
  readonly marker: EndMarker | null
}

export interface PrepareContext extends AppendOptions {
  readonly log: string
  readonly config: LogConfig
  readonly baseOffset: bigint
  readonly now: number
}

/**
 * Checks the batch of a request and makes it what the log will hold: offsets, leader epoch, time, codec. The request's
 * own buffer is used unless the codec changes. Throws KafkaError as PartitionLog.append does.
 */
export function prepareBatch(records: Buffer, context: PrepareContext): { data: Buffer; batch: PreparedBatch } {
  const { log, config, baseOffset, leaderEpoch, now } = context
  const checked = context.checked ?? checkBatch(records, context)
  const isLogAppendTime = config.messageTimestampType === 'LogAppendTime'
  const maxTimestamp = isLogAppendTime ? BigInt(now) : checked.maxTimestamp
  const header = stampBatch(checked, { baseOffset, leaderEpoch, maxTimestamp, isLogAppendTime })
  if (header.sizeInBytes > config.segmentBytes) {
    throw new KafkaError(
      'RECORD_LIST_TOO_LARGE',
      `${header.sizeInBytes} bytes of records are over segment.bytes=${config.segmentBytes} of ${log}`,
    )
  }
  return { data: checked.data.subarray(0, header.sizeInBytes), batch: { header, marker: checked.marker } }
}

/** The broker's own control batches have no records that a topic's rules are for. */
function checkBatch(data: Buffer, { log, config, origin, room, now }: PrepareContext): CheckedBatch {
  const header = validateBatch(data, log, config, origin)
  if (header.isControl) {
    const marker = withRecords(log, () => readEndMarker(data, 0, header))
    return { data, header, maxTimestamp: header.maxTimestamp, marker }
  }
  const { body, maxTimestamp } = checkRecords(data, header, rulesFor(log, config, now), room)
  const { codec, level } = targetCodec(config, header.codec)
  if (codec === header.codec) return { data, header, maxTimestamp, marker: null }
  const compressed = withRecords(log, () => compress(codec, body, level))
  return recompressed(withBody(data, header, compressed, codec), maxTimestamp, log, config)
}

/** As `prepareBatch` checks a client's batch, for one that is too large to be done at once. */
export async function checkBatchAside(
  data: Buffer,
  log: string,
  config: LogConfig,
  now: number,
  room: UnpackRoom,
  pause: PauseWhenOver,
): Promise<CheckedBatch> {
  const header = validateBatch(data, log, config, 'client')
  const { body, maxTimestamp } = await checkRecordsAside(data, header, rulesFor(log, config, now), room, pause)
  const { codec, level } = targetCodec(config, header.codec)
  if (codec === header.codec) return { data, header, maxTimestamp, marker: null }
  const compressed = await compressAside(codec, body, level).catch((error: unknown) =>
    withRecords(log, () => {
      throw error
    }),
  )
  return recompressed(withBody(data, header, compressed, codec), maxTimestamp, log, config)
}

function recompressed(data: Buffer, maxTimestamp: bigint, log: string, config: LogConfig): CheckedBatch {
  checkBatchSize(data.length, log, config.maxMessageBytes)
  return { data, header: readBatchHeader(data), maxTimestamp, marker: null }
}
