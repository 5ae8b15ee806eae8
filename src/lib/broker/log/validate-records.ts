import { KafkaError } from '../../errors.ts'
import {
  AT,
  type BatchHeader,
  CODECS,
  decompress,
  decompressAside,
  NO_TIMESTAMP,
  OversizeError,
  RecordReader,
} from '../../protocol/records/index.ts'
import type { LogConfig, PauseWhenOver, RecordError } from './types.ts'
import type { UnpackRoom } from './unpack-room.ts'
import { withRecords } from './validate.ts'

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

/** A batch refused for some of its records; `recordErrors` tells the producer which (KIP-467). */
export class RecordValidationError extends KafkaError {
  constructor(
    code: 'INVALID_RECORD' | 'INVALID_TIMESTAMP',
    message: string,
    readonly recordErrors: readonly RecordError[],
  ) {
    super(code, message)
  }
}

/** For one batch after the other; it holds nothing in between. */
const reader = new RecordReader()

const RECORDS_AT_ONCE = 50_000
/** So many faulty records are listed: a batch of a kilobyte may have millions. */
const MOST_FAULTS = 1000

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
 * Walks the records of a client's batch once, without making an object of any: they have to parse, to be as many as the
 * header says, to have consecutive offsets, a key where the topic is compacted, and a time within the topic's limits
 * (LogValidator.validateRecord). Throws KafkaError INVALID_RECORD or INVALID_TIMESTAMP, and with a `room`
 * TooMuchAtOnceError for a batch that is too large to be done at once.
 */
export function checkRecords(data: Buffer, header: BatchHeader, rules: RecordRules, room?: UnpackRoom): CheckedRecords {
  checkTimestampType(header, rules)
  return withRecords(
    rules.log,
    () => {
      const body = decompress(header.codec, packedRecords(data, header), room?.atOnce)
      if (header.codec !== CODECS.none) room?.take(body.length)
      reader.openUnpacked(body, header)
      const walk = new RecordWalk(reader, header, rules)
      while (walk.goOn(Infinity)) continue
      return { body, maxTimestamp: walk.finish(body) }
    },
    room !== undefined,
  )
}

/** The same for a batch that may be large: beside this thread where that can be, and else with pauses. */
export async function checkRecordsAside(
  data: Buffer,
  header: BatchHeader,
  rules: RecordRules,
  room: UnpackRoom,
  pause: PauseWhenOver,
): Promise<CheckedRecords> {
  checkTimestampType(header, rules)
  try {
    const body = await decompressAside(header.codec, packedRecords(data, header), room.most, pause)
    if (header.codec !== CODECS.none) room.take(body.length)
    const own = new RecordReader()
    own.openUnpacked(body, header)
    const walk = new RecordWalk(own, header, rules)
    while (walk.goOn(RECORDS_AT_ONCE)) await pause()
    return { body, maxTimestamp: walk.finish(body) }
  } catch (error) {
    if (error instanceof OversizeError && room.isSpent) throw room.refusal(rules.log)
    return withRecords(rules.log, () => {
      throw error
    })
  }
}

function checkTimestampType(header: BatchHeader, { log }: RecordRules): void {
  if (!header.isLogAppendTime) return
  throw new KafkaError('INVALID_TIMESTAMP', `a batch written to ${log} says LogAppendTime, which only a broker may do`)
}

class RecordWalk {
  private maxDelta = -Infinity
  private faults = 0
  private index = 0

  constructor(
    private readonly reader: RecordReader,
    private readonly header: BatchHeader,
    private readonly rules: RecordRules,
  ) {}

  /** Reads so many records at most; false when there are no more. */
  goOn(most: number): boolean {
    const { reader, rules } = this
    const baseTimestamp = Number(this.header.baseTimestamp)
    let { maxDelta, faults, index } = this
    for (let left = most; left > 0; left -= 1) {
      if (!reader.next()) {
        this.maxDelta = maxDelta
        this.faults = faults
        return false
      }
      const timestamp = baseTimestamp + reader.timestampDelta
      if (reader.offsetDelta !== index) throw misplaced(rules.log, index, reader.offsetDelta)
      if (reader.timestampDelta > maxDelta) maxDelta = reader.timestampDelta
      if (isFaultyTime(timestamp, rules) || (rules.needsKey && reader.keyLength < 0)) faults += 1
      index += 1
    }
    this.maxDelta = maxDelta
    this.faults = faults
    this.index = index
    return true
  }

  /** The largest timestamp. Throws RecordValidationError when records were faulty. */
  finish(body: Buffer): bigint {
    if (this.faults > 0) throw recordFaults(body, this.header, this.rules, this.faults)
    return this.header.baseTimestamp + BigInt(this.maxDelta)
  }
}

function isFaultyTime(timestamp: number, { earliest, latest }: RecordRules): boolean {
  return (timestamp < earliest || timestamp > latest) && timestamp !== Number(NO_TIMESTAMP)
}

const packedRecords = (data: Buffer, { sizeInBytes }: BatchHeader): Buffer => data.subarray(AT.records, sizeInBytes)

/** The second walk, when the first has found faults: which records, and why. */
function recordFaults(body: Buffer, header: BatchHeader, rules: RecordRules, count: number): RecordValidationError {
  const baseTimestamp = Number(header.baseTimestamp)
  const recordErrors: RecordError[] = []
  let isTimeFault = false
  reader.openUnpacked(body, header)
  for (let batchIndex = 0; recordErrors.length < MOST_FAULTS && reader.next(); batchIndex += 1) {
    const timestamp = baseTimestamp + reader.timestampDelta
    if (rules.needsKey && reader.keyLength < 0) {
      recordErrors.push({ batchIndex, message: `${rules.log} is compacted: a record needs a key` })
    } else if (isFaultyTime(timestamp, rules)) {
      isTimeFault = true
      recordErrors.push({
        batchIndex,
        message: `timestamp ${timestamp} is not within ${rules.earliest} and ${rules.latest}`,
      })
    }
  }
  const code = isTimeFault ? 'INVALID_TIMESTAMP' : 'INVALID_RECORD'
  const [first] = recordErrors
  return new RecordValidationError(
    code,
    `${count} records refused; record ${first?.batchIndex}: ${first?.message}`,
    recordErrors,
  )
}

function misplaced(log: string, index: number, offsetDelta: number): KafkaError {
  return new KafkaError(
    'INVALID_RECORD',
    `record ${index} of a batch written to ${log} has the offset delta ${offsetDelta}`,
  )
}
