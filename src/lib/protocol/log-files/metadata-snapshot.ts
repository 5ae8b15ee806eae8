import { MalformedError } from '../../errors.ts'
import {
  buildControlBatch,
  readControlRecords,
  type ControlRecord,
  type ControlRecordInput,
} from '../internal-records/control-records.ts'
import type { BatchHeader } from '../records/batch.ts'
import { buildBatch } from '../records/builder.ts'
import { batches, isCrcValid, RecordReader } from '../records/reader.ts'

/** What a snapshot of the metadata log stands for: all records before an offset, and the epoch of the last of them. */
export interface SnapshotId {
  readonly endOffset: bigint
  readonly epoch: number
}

/** The feature levels and users that `kafka-storage format` leaves for the first leader: a snapshot of epoch 0. */
export const BOOTSTRAP_FILE = 'bootstrap.checkpoint'

/** The name of a snapshot's file in the folder of the log: offset in 20 digits, epoch in 10 (Snapshots). */
export const snapshotName = ({ endOffset, epoch }: SnapshotId): string =>
  `${endOffset.toString().padStart(20, '0')}-${epoch.toString().padStart(10, '0')}.checkpoint`

/** Null for the name of any other file. */
export function parseSnapshotName(name: string): SnapshotId | null {
  const [, endOffset, epoch] = /^(\d{20})-(\d{10})\.checkpoint$/.exec(name) ?? []
  return endOffset === undefined ? null : { endOffset: BigInt(endOffset), epoch: Number(epoch) }
}

export type Voters = ControlRecord<'KRaftVoters'>['voters']

/** What a snapshot says before its records. */
interface Preamble {
  /** When the last record that the snapshot stands for was appended; 0 for none. */
  readonly lastContainedLogTimestamp: bigint
  /** The level of kraft.version; 0 in a snapshot that says nothing of it. */
  readonly kraftVersion: number
  /** Null with kraft.version 0, where the configuration has them. */
  readonly voters: Voters | null
}

export interface SnapshotContent extends Preamble {
  /** Metadata records with their frame. */
  readonly values: readonly Buffer[]
}

export interface SnapshotOptions extends Partial<Preamble> {
  readonly lastContainedLogTimestamp: bigint
  readonly epoch: number
  /** When the snapshot is written. */
  readonly timestamp: bigint
}

/** As many as Kafka's controller writes at once, and its largest batch (RaftSnapshotWriter, KafkaRaftClient). */
const BATCH_RECORDS = 1024
const BATCH_BYTES = 8 * 1024 * 1024

/**
 * The file of a snapshot, batch by batch: its header, with the voters from kraft.version 1 on; records, of which the
 * values are given; its footer. Offsets count on from 0.
 */
export function* snapshotBatches(
  { epoch, timestamp, ...preamble }: SnapshotOptions,
  values: Iterable<Buffer>,
): Generator<Buffer> {
  const header = headerRecords(preamble)
  let offset = 0n
  const place = (count: number) => {
    const baseOffset = offset
    offset += BigInt(count)
    return { baseOffset, partitionLeaderEpoch: epoch }
  }
  yield buildControlBatch(header, { timestamp, ...place(header.length) })
  for (const chunk of chunks(values)) {
    const records = chunk.map((value) => ({ timestamp, key: null, value }))
    yield buildBatch(records, place(chunk.length))
  }
  yield buildControlBatch([{ type: 'SnapshotFooter' }], { timestamp, ...place(1) })
}

function headerRecords({
  lastContainedLogTimestamp,
  kraftVersion = 0,
  voters = null,
}: Pick<SnapshotOptions, keyof Preamble>): ControlRecordInput[] {
  const header: ControlRecordInput = { type: 'SnapshotHeader', lastContainedLogTimestamp }
  if (kraftVersion === 0) return [header]
  return [header, { type: 'KRaftVersion', kRaftVersion: kraftVersion }, { type: 'KRaftVoters', voters: voters ?? [] }]
}

function* chunks(values: Iterable<Buffer>): Generator<Buffer[]> {
  let chunk: Buffer[] = []
  let bytes = 0
  for (const value of values) {
    if (chunk.length === BATCH_RECORDS || (chunk.length > 0 && bytes + value.length > BATCH_BYTES)) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(value)
    bytes += value.length
  }
  if (chunk.length > 0) yield chunk
}

/**
 * What the file of a snapshot holds; values are views of it. Throws MalformedError for one that is damaged or does not
 * go from a header to a footer, and for a control record that is not known.
 */
export function readSnapshot(file: Buffer): SnapshotContent {
  const control: ControlRecord[] = []
  const values: Buffer[] = []
  let end = 0
  for (const { header, at } of batches(file)) {
    if (!isCrcValid(file, at, header)) throw new MalformedError(`the checksum of the batch at ${at} is wrong`)
    if (control.at(-1)?.type === 'SnapshotFooter') throw new MalformedError('a snapshot that goes on past its footer')
    if (header.isControl) control.push(...readControlRecords(file, at, header))
    else values.push(...valuesOf(file, at, header))
    end = at + header.sizeInBytes
  }
  if (end < file.length || control.at(-1)?.type !== 'SnapshotFooter')
    throw new MalformedError('a snapshot without an end')
  return { ...preambleOf(control), values }
}

function preambleOf([header, ...rest]: readonly ControlRecord[]): Preamble {
  if (header?.type !== 'SnapshotHeader') throw new MalformedError('a snapshot without a header')
  return {
    lastContainedLogTimestamp: header.lastContainedLogTimestamp,
    kraftVersion: rest.find((record) => record.type === 'KRaftVersion')?.kRaftVersion ?? 0,
    voters: rest.find((record) => record.type === 'KRaftVoters')?.voters ?? null,
  }
}

function* valuesOf(file: Buffer, at: number, header: BatchHeader): Generator<Buffer> {
  const reader = new RecordReader()
  reader.open(file, at, header)
  while (reader.next()) {
    const { body, valueStart, valueLength } = reader
    if (valueLength < 0) throw new MalformedError('a metadata record without a value')
    yield body.subarray(valueStart, valueStart + valueLength)
  }
}
