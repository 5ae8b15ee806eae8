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
import type { AppendOptions, BatchAt, CheckedBatch, LogConfig, PauseWhenOver } from './types.ts'
import type { UnpackRoom } from './unpack-room.ts'
import { checkBatchSize, validateBatches, withRecords } from './validate.ts'
import { checkRecords, checkRecordsAside, type RecordRules, rulesFor } from './validate-records.ts'

/** Batches as they will lie in the log, in one segment. */
export interface Prepared {
  readonly data: Buffer
  readonly batches: readonly PreparedBatch[]
}

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
 * Checks the batches of a request and makes them what the log will hold: offsets, leader epoch, time, codec. The
 * request's own buffer is used unless the codec changes. Throws KafkaError as PartitionLog.append does.
 */
export function prepareBatches(records: Buffer, context: PrepareContext): Prepared {
  const parts = context.checked ? [context.checked] : checkAll(records, context)
  const batches = stampAll(parts, context)
  const data = joined(records, parts)
  const { log, config } = context
  if (data.length > config.segmentBytes) {
    throw new KafkaError(
      'RECORD_LIST_TOO_LARGE',
      `${data.length} bytes of records are over segment.bytes=${config.segmentBytes} of ${log}`,
    )
  }
  return { data, batches }
}

function checkAll(records: Buffer, context: PrepareContext): CheckedBatch[] {
  const { log, config, origin, now } = context
  const rules = rulesFor(log, config, now)
  return validateBatches(records, log, config, origin).map((batch) => checkedPart(records, batch, rules, context))
}

/** As `prepareBatches` checks a client's batch, for one that is too large to be done at once. */
export async function checkBatchAside(
  records: Buffer,
  log: string,
  config: LogConfig,
  now: number,
  room: UnpackRoom,
  pause: PauseWhenOver,
): Promise<CheckedBatch> {
  const [batch] = validateBatches(records, log, config, 'client')
  const { header } = batch!
  const { body, maxTimestamp } = await checkRecordsAside(records, batch!, rulesFor(log, config, now), room, pause)
  const { codec, level } = targetCodec(config, header.codec)
  if (codec === header.codec) return { ...batch!, data: records, maxTimestamp, marker: null }
  const compressed = await compressAside(codec, body, level).catch((error: unknown) =>
    withRecords(log, () => {
      throw error
    }),
  )
  return recompressed(withBody(records, batch!, compressed, codec), maxTimestamp, log, config)
}

/** The broker's own control batches have no records that a topic's rules are for. */
function checkedPart(
  records: Buffer,
  batch: BatchAt,
  rules: RecordRules,
  { log, config, room }: PrepareContext,
): CheckedBatch {
  const { header } = batch
  if (header.isControl) {
    const marker = withRecords(log, () => readEndMarker(records, batch.at, header))
    return { ...batch, data: records, maxTimestamp: header.maxTimestamp, marker }
  }
  const { body, maxTimestamp } = checkRecords(records, batch, rules, room)
  const { codec, level } = targetCodec(config, header.codec)
  if (codec === header.codec) return { ...batch, data: records, maxTimestamp, marker: null }
  return recompressed(
    withRecords(log, () => withBody(records, batch, compress(codec, body, level), codec)),
    maxTimestamp,
    log,
    config,
  )
}

function recompressed(data: Buffer, maxTimestamp: bigint, log: string, config: LogConfig): CheckedBatch {
  checkBatchSize(data.length, log, config.maxMessageBytes)
  return { data, header: readBatchHeader(data), at: 0, maxTimestamp, marker: null }
}

function stampAll(
  parts: readonly CheckedBatch[],
  { baseOffset, leaderEpoch, config, now }: PrepareContext,
): PreparedBatch[] {
  const isLogAppendTime = config.messageTimestampType === 'LogAppendTime'
  let nextOffset = baseOffset
  return parts.map((part) => {
    const maxTimestamp = isLogAppendTime ? BigInt(now) : part.maxTimestamp
    const header = stampBatch(part.data, part, { baseOffset: nextOffset, leaderEpoch, maxTimestamp, isLogAppendTime })
    nextOffset = header.lastOffset + 1n
    return { header, marker: part.marker }
  })
}

/** One buffer of everything: the request's own where nothing was rewritten, without an incomplete tail. */
function joined(records: Buffer, parts: readonly CheckedBatch[]): Buffer {
  if (parts.some(({ data }) => data !== records)) {
    return Buffer.concat(parts.map(({ data, at, header }) => data.subarray(at, at + header.sizeInBytes)))
  }
  const { at, header } = parts.at(-1)!
  return records.subarray(0, at + header.sizeInBytes)
}
