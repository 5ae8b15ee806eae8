import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createTimeOf, NO_TIMESTAMP, RecordReader } from '../../lib/protocol/records/index.ts'
import {
  OFFSET_ENTRY_BYTES,
  readOffsetEntry,
  readTimeEntry,
  TIME_ENTRY_BYTES,
  type OffsetEntry,
  type TimeEntry,
} from '../../lib/protocol/log-files/index.ts'
import { SegmentFile, type StoredBatch } from './segment-file.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { fileProblem } from '../../lib/files.ts'
import type { Entry } from './entries.ts'
import type { Findings } from './findings.ts'

export interface IndexView {
  readonly indexSanityCheck: boolean
  readonly verifyIndexOnly: boolean
  readonly maxMessageSize: number
}

/** The entries of an `.index`, compared with the log beside it. Throws EnvironmentError. */
export function* dumpOffsetIndex(
  path: string,
  { indexSanityCheck, verifyIndexOnly, maxMessageSize }: IndexView,
  findings: Findings,
): Generator<Entry> {
  const segment = new SegmentFile(`${withoutSuffix(path)}.log`)
  try {
    const content = readFile(path)
    if (content.length < OFFSET_ENTRY_BYTES) {
      yield { type: 'empty-index' }
      return
    }
    if (indexSanityCheck) {
      checkOffsetIndex(path, content)
      yield { type: 'sound-index' }
      return
    }
    for (const entry of offsetEntries(path, content)) {
      const [batch] = segment.batches(entry.position, entry.position + maxMessageSize)
      const found = batch?.header.lastOffset ?? -1n
      if (found !== entry.offset) findings.add('index', resolve(path), entry.offset, found)
      if (!verifyIndexOnly) yield { type: 'offset-index', entry }
    }
  } finally {
    segment.close()
  }
}

/** The entries of a `.timeindex`, compared with the log beside it. Throws EnvironmentError, MalformedError. */
export function* dumpTimeIndex(
  path: string,
  { indexSanityCheck, verifyIndexOnly }: IndexView,
  findings: Findings,
): Generator<Entry> {
  const segment = new SegmentFile(`${withoutSuffix(path)}.log`)
  try {
    const content = readFile(path)
    if (indexSanityCheck) {
      checkTimeIndex(path, content)
      yield { type: 'sound-index' }
      return
    }
    const indexPath = `${withoutSuffix(path)}.index`
    const positions = existsSync(indexPath) ? offsetEntries(indexPath, readFile(indexPath)) : []
    let previous = NO_TIMESTAMP
    for (const entry of timeEntries(path, content)) {
      compare(path, entry, previous, find(segment, positions, entry.offset), findings)
      if (!verifyIndexOnly) yield { type: 'time-index', entry }
      previous = entry.timestamp
    }
  } finally {
    segment.close()
  }
}

function compare(
  path: string,
  { timestamp, offset }: TimeEntry,
  previous: bigint,
  batch: StoredBatch | null,
  findings: Findings,
): void {
  const file = resolve(path)
  if (batch === null || batch.header.lastOffset !== offset) {
    findings.add('missing', file, offset, batch?.header.lastOffset ?? -1n)
    return
  }
  const largest = largestTimestamp(batch)
  if (largest !== timestamp) findings.add('timestamp', file, timestamp, largest)
  if (previous >= timestamp) findings.add('order', file, timestamp, previous)
}

function find(segment: SegmentFile, positions: readonly OffsetEntry[], offset: bigint): StoredBatch | null {
  const from = positions.findLast((entry) => entry.offset <= offset)?.position ?? 0
  for (const batch of segment.batches(from)) if (batch.header.lastOffset >= offset) return batch
  return null
}

function largestTimestamp({ header, bytes }: StoredBatch): bigint {
  if (header.isLogAppendTime) return header.maxTimestamp
  const reader = new RecordReader()
  reader.open(bytes, 0, header)
  let largest = NO_TIMESTAMP
  while (reader.next()) {
    const timestamp = createTimeOf(reader, header)
    if (timestamp > largest) largest = timestamp
  }
  return largest
}

/** As long as a broker writes to an index, zeros follow its entries; after a crash they are still there. */
function untilZeros<E extends { readonly offset: bigint }>(entries: readonly E[], baseOffset: bigint): E[] {
  const end = entries.findIndex(({ offset }, index) => index > 0 && offset === baseOffset)
  return end < 0 ? [...entries] : entries.slice(0, end)
}

const offsetEntries = (path: string, content: Buffer): OffsetEntry[] =>
  untilZeros(
    Array.from({ length: Math.floor(content.length / OFFSET_ENTRY_BYTES) }, (_, n) =>
      readOffsetEntry(content, n * OFFSET_ENTRY_BYTES, baseOffsetOf(path)),
    ),
    baseOffsetOf(path),
  )

const timeEntries = (path: string, content: Buffer): TimeEntry[] =>
  untilZeros(
    Array.from({ length: Math.floor(content.length / TIME_ENTRY_BYTES) }, (_, n) =>
      readTimeEntry(content, n * TIME_ENTRY_BYTES, baseOffsetOf(path)),
    ),
    baseOffsetOf(path),
  )

/** OffsetIndex.sanityCheck. */
function checkOffsetIndex(path: string, content: Buffer): void {
  if (content.length % OFFSET_ENTRY_BYTES !== 0)
    throw corrupt(path, `${content.length} bytes are no whole number of entries`)
  const last = readOffsetEntry(content, content.length - OFFSET_ENTRY_BYTES, baseOffsetOf(path))
  if (last.offset < baseOffsetOf(path))
    throw corrupt(path, `its last offset, ${last.offset}, is before the first of its log`)
}

/** TimeIndex.sanityCheck. */
function checkTimeIndex(path: string, content: Buffer): void {
  if (content.length % TIME_ENTRY_BYTES !== 0)
    throw corrupt(path, `${content.length} bytes are no whole number of entries`)
  if (content.length === 0) return
  const [first, last] = [0, content.length - TIME_ENTRY_BYTES].map((at) =>
    readTimeEntry(content, at, baseOffsetOf(path)),
  ) as [TimeEntry, TimeEntry]
  if (last.timestamp < first.timestamp) throw corrupt(path, 'its last timestamp is before its first')
  if (last.offset < baseOffsetOf(path)) throw corrupt(path, 'its last offset is before the first of its log')
}

const corrupt = (path: string, reason: string): EnvironmentError =>
  new EnvironmentError(`${path} is not sound: ${reason}`)

const withoutSuffix = (path: string): string => path.replace(/\.[^./]*$/, '')
const baseOffsetOf = (path: string): bigint => BigInt(/(\d+)\.[^./]*$/.exec(path)?.[1] ?? 0)

/** Throws EnvironmentError. */
export function readFile(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new EnvironmentError(`${path} cannot be read: ${fileProblem(error)}`)
  }
}
