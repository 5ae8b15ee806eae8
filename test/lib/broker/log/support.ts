import { join } from 'node:path'
import {
  type LogConfig,
  type LogOptions,
  MemoryDisk,
  openLog,
  type PartitionLog,
  PowerCutError,
} from '../../../../src/lib/broker/log/index.ts'
import {
  batches,
  type BatchOptions,
  buildBatch,
  type RecordInput,
  RecordReader,
} from '../../../../src/lib/protocol/records/index.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { randomNumbers } from '../../../support/random.ts'

const NEVER = Number.MAX_SAFE_INTEGER

/** Kafka's defaults of a topic. */
export const DEFAULTS: LogConfig = {
  segmentBytes: 1 << 30,
  segmentMs: 604_800_000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 << 20,
  indexIntervalBytes: 4096,
  retentionMs: 604_800_000,
  retentionBytes: -1,
  fileDeleteDelayMs: 60_000,
  flushMessages: NEVER,
  flushMs: NEVER,
  maxMessageBytes: 1_048_588,
  messageTimestampType: 'CreateTime',
  messageTimestampBeforeMaxMs: NEVER,
  messageTimestampAfterMaxMs: 3_600_000,
  compressionType: 'producer',
  compressionGzipLevel: -1,
  compressionZstdLevel: 3,
  cleanupPolicy: new Set(['delete']),
  deleteRetentionMs: 86_400_000,
  minCompactionLagMs: 0,
  maxCompactionLagMs: NEVER,
  minCleanableDirtyRatio: 0.5,
}

export const TOPIC_ID = 'xtzWWN4bTjitpL3kfd9s5g'
export const DIRECTORY = '/data/retail-0'
export const CLIENT = { leaderEpoch: 0, origin: 'client' } as const
export const ALL = { maxBytes: 1 << 20, minOneMessage: true, upTo: 1n << 62n } as const

/** A log with all that it stands on. */
export class Bench {
  readonly disk = new MemoryDisk()
  readonly clock = new FakeClock()
  readonly warnings: string[] = []
  readonly starts: bigint[] = []
  readonly recoveryPoints: bigint[] = []
  readonly cleanedOffsets: bigint[] = []
  log!: PartitionLog
  config = DEFAULTS

  constructor(config: Partial<LogConfig> = {}, options: Partial<LogOptions> = {}) {
    this.disk.makeDirectory('/data')
    this.disk.syncDirectory('/')
    this.open(config, options)
  }

  /** Opens the log, for the first time or again; after an unclean shutdown unless told otherwise. */
  open(config: Partial<LogConfig> = {}, options: Partial<LogOptions> = {}): PartitionLog {
    this.config = { ...DEFAULTS, ...config }
    this.log = openLog({
      fileSystem: this.disk,
      directory: DIRECTORY,
      topic: 'retail',
      partition: 0,
      topicId: TOPIC_ID,
      config: this.config,
      clock: this.clock,
      onWarning: (message) => this.warnings.push(message),
      cleanShutdown: false,
      onLogStartOffsetChanged: (offset) => this.starts.push(offset),
      onRecoveryPointChanged: (offset) => this.recoveryPoints.push(offset),
      onCleaned: (offset) => this.cleanedOffsets.push(offset),
      ...options,
    })
    return this.log
  }

  /** Names in the log's folder that end so, sorted. */
  files(suffix = ''): string[] {
    return this.disk
      .list(DIRECTORY)
      .filter((name) => name.endsWith(suffix))
      .sort()
  }

  file(name: string): Buffer | null {
    return this.disk.readFile(join(DIRECTORY, name))
  }

  /** A batch of records with these values, all at the clock's time unless told otherwise. */
  batch(values: readonly (string | Partial<RecordInput>)[], options: BatchOptions = {}): Buffer {
    return Buffer.from(
      buildBatch(
        values.map((value) => this.record(value)),
        options,
      ),
    )
  }

  append(...values: (string | Partial<RecordInput>)[]): bigint {
    return this.log.append(this.batch(values), CLIENT).baseOffset
  }

  private record(value: string | Partial<RecordInput>): RecordInput {
    const given = typeof value === 'string' ? { value: Buffer.from(value) } : value
    return { timestamp: BigInt(this.clock.now()), key: null, value: null, ...given }
  }
}

/** A batch of records that have a value only. */
export function batchOf(values: readonly string[]): Buffer {
  return Buffer.from(buildBatch(values.map((value) => ({ timestamp: 5n, key: null, value: Buffer.from(value) }))))
}

export interface SeenRecord {
  readonly offset: bigint
  readonly timestamp: bigint
  readonly key: string | null
  readonly value: string | null
}

/** The records in some batches. */
export function recordsIn(buffer: Buffer): SeenRecord[] {
  const seen: SeenRecord[] = []
  const reader = new RecordReader()
  for (const { header, at } of batches(buffer)) {
    reader.open(buffer, at, header)
    while (reader.next()) {
      seen.push({
        offset: header.baseOffset + BigInt(reader.offsetDelta),
        timestamp: header.isLogAppendTime ? header.maxTimestamp : header.baseTimestamp + BigInt(reader.timestampDelta),
        key: text(reader.body, reader.keyStart, reader.keyLength),
        value: text(reader.body, reader.valueStart, reader.valueLength),
      })
    }
  }
  return seen
}

/** The batches of the whole log, read as a consumer reads. */
export function readAll(log: PartitionLog, maxBytes = 1 << 20): Buffer {
  const parts: Buffer[] = []
  let offset = log.logStartOffset
  for (;;) {
    const part = log.read(offset, { ...ALL, maxBytes })
    if (part.length === 0) return Buffer.concat(parts)
    parts.push(part)
    offset = endOffsetOf(part)
  }
}

export function endOffsetOf(part: Buffer): bigint {
  let end = -1n
  for (const { header } of batches(part)) end = header.lastOffset + 1n
  return end
}

export function valuesOf(log: PartitionLog): (string | null)[] {
  return recordsIn(readAll(log))
    .filter(({ offset }) => offset >= log.logStartOffset)
    .map(({ value }) => value)
}

/** The code of the KafkaError that something throws, or what else happened. */
export function codeOf(run: () => unknown): string {
  try {
    run()
    return 'no error'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Throws a coin that falls the same way again with the same seed. */
export function coin(seed: number, chance = 0.5): () => boolean {
  const random = randomNumbers(seed)
  return () => random() < chance
}

/** Whether the power is cut while something is done; what it throws may only be that. */
export async function isCutShort(disk: MemoryDisk, run: () => unknown): Promise<boolean> {
  try {
    await Promise.race([run(), settle()])
  } catch (error) {
    if (!(error instanceof PowerCutError)) throw error
  }
  return disk.isDown
}

function text(body: Buffer, start: number, length: number): string | null {
  return length < 0 ? null : body.toString('utf8', start, start + length)
}
