import { EnvironmentError, KafkaError, MalformedError } from '../../errors.ts'
import {
  AT,
  BATCH_OVERHEAD,
  type BatchHeader,
  codecName,
  isCrcValid,
  LOG_OVERHEAD,
  MAGIC_V2,
  NO_PRODUCER_ID,
  OversizeError,
  readBatchHeader,
} from '../../protocol/records/index.ts'
import type { AppendOptions, LogConfig } from './types.ts'
import { TooMuchAtOnceError } from './unpack-room.ts'

const MAGIC_END = AT.magic + 1

/**
 * The header of the one batch of an append request, checked, and its checksum (UnifiedLog.analyzeAndValidateRecords,
 * LogValidator.validateBatch). `log` is the partition's name, for errors.
 */
export function validateBatch(
  records: Buffer,
  log: string,
  config: LogConfig,
  origin: AppendOptions['origin'],
): BatchHeader {
  if (!isWholeBatch(records, 0, log))
    throw new KafkaError('INVALID_RECORD', `a write to ${log} holds no whole record batch`)
  const header = readBatchHeader(records)
  checkBatch(records, header, log, config)
  if (origin === 'client') checkClientBatch(header, log)
  if (isWholeBatch(records, header.sizeInBytes, log))
    throw invalid(`a write to ${log} holds more than one record batch`)
  return header
}

/** An incomplete batch ends the request, as it ends Kafka's; a length or format that cannot be is an error. */
export function isWholeBatch(records: Buffer, at: number, log: string): boolean {
  const left = records.length - at
  if (left < MAGIC_END) return false
  const magic = records.readInt8(at + AT.magic)
  const bytes = records.readInt32BE(at + AT.batchLength) + LOG_OVERHEAD
  if (magic === 0 || magic === 1)
    throw invalid(`message format ${magic} in a write to ${log}; Kafka 4 takes format 2 only`)
  if (magic !== MAGIC_V2) throw corrupt(`unknown message format ${magic} in a write to ${log}`)
  if (bytes < BATCH_OVERHEAD) throw corrupt(`a batch of ${bytes} bytes in a write to ${log} is too small`)
  return bytes <= left
}

function checkBatch(records: Buffer, header: BatchHeader, log: string, { maxMessageBytes }: LogConfig): void {
  checkBatchSize(header.sizeInBytes, log, maxMessageBytes)
  checkCrc(records, 0, header, log)
  if (codecName(header.codec) === undefined) {
    throw new KafkaError(
      'UNSUPPORTED_COMPRESSION_TYPE',
      `a batch written to ${log} has the unknown compression type ${header.codec}`,
    )
  }
  const { lastOffsetDelta, recordsCount } = header
  if (recordsCount <= 0 || lastOffsetDelta !== recordsCount - 1) {
    throw invalid(
      `a batch written to ${log} claims ${recordsCount} records, with ${lastOffsetDelta} as its last offset delta`,
    )
  }
}

/** Throws CORRUPT_MESSAGE. */
export function checkCrc(records: Buffer, at: number, header: BatchHeader, log: string): void {
  if (!isCrcValid(records, at, header)) throw corrupt(`the checksum of a batch written to ${log} is wrong`)
}

/** Throws MESSAGE_TOO_LARGE for a batch over `max.message.bytes`. */
export function checkBatchSize(bytes: number, log: string, maxMessageBytes: number): void {
  if (bytes <= maxMessageBytes) return
  throw new KafkaError(
    'MESSAGE_TOO_LARGE',
    `a batch of ${bytes} bytes is over max.message.bytes=${maxMessageBytes} of ${log}`,
  )
}

/** What only a client can get wrong. */
function checkClientBatch(header: BatchHeader, log: string): void {
  if (header.baseOffset !== 0n)
    throw invalid(`a batch written to ${log} has base offset ${header.baseOffset}; producers send 0`)
  if (header.isControl) throw invalid(`clients may not write control records to ${log}`)
  if (header.producerId !== NO_PRODUCER_ID && header.baseSequence < 0) {
    throw invalid(`producer ${header.producerId} writes to ${log} with the sequence number ${header.baseSequence}`)
  }
  if (header.isTransactional && header.producerId === NO_PRODUCER_ID)
    throw invalid(`a transactional write to ${log} names no producer`)
}

/**
 * Runs what reads or rewrites records: bytes that break their rules are INVALID_RECORD, a codec that cannot be had here
 * is named. With `isAtOnce` a batch that unpacks to too much is TooMuchAtOnceError.
 */
export function withRecords<T>(log: string, run: () => T, isAtOnce = false): T {
  try {
    return run()
  } catch (error) {
    if (isAtOnce && error instanceof OversizeError) throw new TooMuchAtOnceError(error.message)
    if (error instanceof MalformedError)
      throw invalid(`the records of a batch written to ${log} make no sense: ${error.message}`)
    if (error instanceof EnvironmentError)
      throw new KafkaError('UNSUPPORTED_COMPRESSION_TYPE', `a write to ${log}: ${error.message}`)
    throw error
  }
}

function invalid(message: string): KafkaError {
  return new KafkaError('INVALID_RECORD', message)
}

function corrupt(message: string): KafkaError {
  return new KafkaError('CORRUPT_MESSAGE', message)
}
