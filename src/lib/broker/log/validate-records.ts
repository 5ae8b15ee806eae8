import { KafkaError } from '../../errors.ts'
import type { BatchHeader } from '../../protocol/records/index.ts'
import { AT, CODECS, NO_TIMESTAMP, RecordReader } from '../../protocol/records/index.ts'
import type { LogConfig, RecordError } from './types.ts'
import type { BatchAt } from './validate.ts'
import { withRecords } from './validate.ts'
import { RecordValidationError } from './validation-error.ts'

/** What the records of a topic have to be like at this moment. */
export interface RecordRules {
  readonly log: string
  readonly needsKey: boolean
  /** Timestamps allowed, in milliseconds; with LogAppendTime all are. */
  readonly earliest: number
  readonly latest: number
}

/** What one walk over the records has found. */
export interface CheckedRecords {
  /** The records as they would lie in an uncompressed batch. */
  readonly body: Buffer
  readonly maxTimestamp: bigint
}

const reader = new RecordReader()

export function rulesFor(log: string, config: LogConfig, now: number): RecordRules {
  const isBounded = config.messageTimestampType === 'CreateTime'
  return {
    log,
    needsKey: config.cleanupPolicy.has('compact'),
    earliest: isBounded ? now - config.messageTimestampBeforeMaxMs : -Infinity,
    latest: isBounded ? now + config.messageTimestampAfterMaxMs : Infinity,
  }
}

/**
 * Walks the records of a client's batch once, without making an object of any: they have to parse, to be as many as the header
 * says, to have consecutive offsets, a key where the topic is compacted, and a time within the topic's limits
 * (LogValidator.validateRecord). Throws KafkaError INVALID_RECORD or INVALID_TIMESTAMP.
 */
export function checkRecords(records: Buffer, batch: BatchAt, rules: RecordRules): CheckedRecords {
  if (batch.header.isLogAppendTime) {
    throw new KafkaError('INVALID_TIMESTAMP', `a batch written to ${rules.log} says LogAppendTime, which only a broker may do`)
  }
  return withRecords(rules.log, () => walk(records, batch, rules))
}

function walk(records: Buffer, { header, at }: BatchAt, rules: RecordRules): CheckedRecords {
  const baseTimestamp = Number(header.baseTimestamp)
  let maxDelta = -Infinity
  let isFaulty = false
  let index = 0
  reader.open(records, at, header)
  while (reader.next()) {
    const timestamp = baseTimestamp + reader.timestampDelta
    if (reader.offsetDelta !== index) throw misplaced(rules.log, index)
    if (reader.timestampDelta > maxDelta) maxDelta = reader.timestampDelta
    if (isFaultyTime(timestamp, rules) || (rules.needsKey && reader.keyLength < 0)) isFaulty = true
    index += 1
  }
  if (isFaulty) throw recordFaults(records, { header, at }, rules)
  return { body: bodyOf(records, header, at), maxTimestamp: header.baseTimestamp + BigInt(maxDelta) }
}

function isFaultyTime(timestamp: number, { earliest, latest }: RecordRules): boolean {
  return (timestamp < earliest || timestamp > latest) && timestamp !== Number(NO_TIMESTAMP)
}

/** The reader has decompressed it already, if need be. */
function bodyOf(records: Buffer, header: BatchHeader, at: number): Buffer {
  return header.codec === CODECS.none ? records.subarray(at + AT.records, at + header.sizeInBytes) : reader.body
}

/** The second walk, when the first has found a fault: which records, and why. */
function recordFaults(records: Buffer, { header, at }: BatchAt, rules: RecordRules): RecordValidationError {
  const baseTimestamp = Number(header.baseTimestamp)
  const recordErrors: RecordError[] = []
  let isTimeFault = false
  reader.open(records, at, header)
  for (let batchIndex = 0; reader.next(); batchIndex += 1) {
    const timestamp = baseTimestamp + reader.timestampDelta
    if (rules.needsKey && reader.keyLength < 0) {
      recordErrors.push({ batchIndex, message: `${rules.log} is compacted: a record needs a key` })
    } else if (isFaultyTime(timestamp, rules)) {
      isTimeFault = true
      recordErrors.push({ batchIndex, message: `timestamp ${timestamp} is not within ${rules.earliest} and ${rules.latest}` })
    }
  }
  const code = isTimeFault ? 'INVALID_TIMESTAMP' : 'INVALID_RECORD'
  const [first] = recordErrors
  return new RecordValidationError(code, `${recordErrors.length} records refused; record ${first?.batchIndex}: ${first?.message}`, recordErrors)
}

function misplaced(log: string, index: number): KafkaError {
  return new KafkaError('INVALID_RECORD', `record ${index} of a batch written to ${log} has the offset delta ${reader.offsetDelta}`)
}
