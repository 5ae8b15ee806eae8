import { basename, resolve } from 'node:path'
import {
  createTimeOf,
  isCrcValid,
  readEndMarker,
  RecordReader,
  type BatchHeader,
} from '../../lib/protocol/records/index.ts'
import { SegmentFile, type StoredBatch } from './segment-file.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import type { ControlContent, Entry, StoredRecord } from './entries.ts'
import type { Findings } from './findings.ts'

export interface LogView {
  readonly isDeep: boolean
  readonly maxBytes: number | undefined
}

/**
 * The batches of a `.log`, or of a controllers' `.checkpoint`, and their records. Throws EnvironmentError,
 * MalformedError.
 */
export function* dumpLog(path: string, { isDeep, maxBytes }: LogView, findings: Findings): Generator<Entry> {
  yield heading(basename(path))
  const segment = new SegmentFile(path)
  let validBytes = 0
  let last: bigint | null = null
  try {
    for (const batch of segment.batches(0, maxBytes)) {
      yield batchEntry(batch)
      validBytes += batch.header.sizeInBytes
      if (!isDeep) continue
      for (const record of recordsOf(batch)) {
        if (last !== null && record.offset !== last + 1n) findings.add('gap', resolve(path), last, record.offset)
        last = record.offset
        yield { type: 'record', record, control: batch.header.isControl ? controlContent(record, batch) : null }
      }
    }
    const bytes = segment.sizeInBytes - validBytes
    if (bytes > 0 && maxBytes === undefined) yield { type: 'invalid-bytes', bytes }
  } finally {
    segment.close()
  }
}

/** Throws EnvironmentError for a log whose name is not that of a segment. */
function heading(name: string): Entry {
  if (name.endsWith('.log')) {
    const [, start] = /^(\d+)\./.exec(name) ?? []
    if (start === undefined)
      throw new EnvironmentError(
        `${name} is not named like a segment: a segment's name is its first offset, e.g. 00000000000000000000.log`,
      )
    return { type: 'log', startOffset: BigInt(start) }
  }
  const [, offset, epoch] = /^(\d+)-(\d+)\./.exec(name) ?? []
  return { type: 'snapshot', end: offset === undefined ? null : { offset: BigInt(offset), epoch: Number(epoch) } }
}

const batchEntry = ({ header, bytes, position }: StoredBatch): Entry => ({
  type: 'batch',
  header,
  lastSequence: sequenceAt(header, header.lastOffsetDelta),
  position,
  isValid: isCrcValid(bytes, 0, header),
})

function* recordsOf({ header, bytes }: StoredBatch): Generator<StoredRecord> {
  const reader = new RecordReader()
  reader.open(bytes, 0, header)
  while (reader.next()) {
    yield {
      offset: header.baseOffset + BigInt(reader.offsetDelta),
      timestamp: header.isLogAppendTime ? header.maxTimestamp : createTimeOf(reader, header),
      sequence: sequenceAt(header, reader.offsetDelta),
      headers: reader.headers(),
      batch: header,
      key: slice(reader.body, reader.keyStart, reader.keyLength),
      value: slice(reader.body, reader.valueStart, reader.valueLength),
    }
  }
}

function controlContent({ key }: StoredRecord, { header, bytes }: StoredBatch): ControlContent {
  return readEndMarker(bytes, 0, header) ?? { kind: key === null || key.length < 4 ? -1 : key.readInt16BE(2) }
}

const slice = (body: Buffer, start: number, length: number): Buffer | null =>
  length < 0 ? null : body.subarray(start, start + length)

/** Sequence numbers begin again at 0 behind 2^31 - 1. */
const sequenceAt = ({ baseSequence }: BatchHeader, delta: number): number =>
  baseSequence < 0 ? -1 : (baseSequence + delta) % 2 ** 31
