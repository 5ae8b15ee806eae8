import { basename, resolve } from 'node:path'
import { codecName, isCrcValid, readEndMarker, RecordReader, SegmentFile, type BatchHeader, type StoredBatch } from '../../lib/client/log-files/index.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import type { Decoder } from './decoders.ts'
import type { Findings } from './findings.ts'

export interface LogView {
  readonly isDeep: boolean
  readonly printsContent: boolean
  readonly skipRecordMetadata: boolean
  readonly maxBytes: number | undefined
  readonly decode: Decoder
}

/** The batches of a `.log`, or of a controllers' `.checkpoint`, and their records. Throws EnvironmentError, MalformedError. */
export function* dumpLog(path: string, view: LogView, findings: Findings): Generator<string> {
  yield heading(basename(path))
  const segment = new SegmentFile(path)
  let validBytes = 0
  let last: bigint | null = null
  try {
    for (const batch of segment.batches(0, view.maxBytes)) {
      yield batchLine(batch)
      validBytes += batch.header.sizeInBytes
      if (!view.isDeep) continue
      for (const { offset, line } of recordLines(batch, view)) {
        if (last !== null && offset !== last + 1n) findings.add('gap', resolve(path), last, offset)
        last = offset
        yield line
      }
    }
    const left = segment.sizeInBytes - validBytes
    if (left > 0 && view.maxBytes === undefined) yield `Found ${left} invalid bytes at the end of ${basename(path)}\n`
  } finally {
    segment.close()
  }
}

/** Throws EnvironmentError for a log whose name is not that of a segment. */
function heading(name: string): string {
  if (name.endsWith('.log')) {
    const [, start] = /^(\d+)\./.exec(name) ?? []
    if (start === undefined) throw new EnvironmentError(`${name} is not named like a segment: a segment's name is its first offset, e.g. 00000000000000000000.log`)
    return `Log starting offset: ${BigInt(start)}\n`
  }
  const [, offset, epoch] = /^(\d+)-(\d+)\./.exec(name) ?? []
  return offset === undefined ? 'KRaft bootstrap snapshot\n' : `Snapshot end offset: ${BigInt(offset)}, epoch: ${Number(epoch)}\n`
}

function batchLine({ header, bytes, position }: StoredBatch): string {
  const deleteHorizon = (header.attributes & DELETE_HORIZON) === 0 ? 'OptionalLong.empty' : `OptionalLong[${header.baseTimestamp}]`
  return `baseOffset: ${header.baseOffset} lastOffset: ${header.lastOffset} count: ${header.recordsCount}`
    + ` baseSequence: ${header.baseSequence} lastSequence: ${sequenceAt(header, header.lastOffsetDelta)} producerId: ${header.producerId} producerEpoch: ${header.producerEpoch}`
    + ` partitionLeaderEpoch: ${header.partitionLeaderEpoch} isTransactional: ${header.isTransactional} isControl: ${header.isControl} deleteHorizonMs: ${deleteHorizon}`
    + ` position: ${position} ${timestampType(header)}: ${header.maxTimestamp} size: ${header.sizeInBytes} magic: ${header.magic}`
    + ` compresscodec: ${codecName(header.codec)} crc: ${header.crc} isvalid: ${isCrcValid(bytes, 0, header)}\n`
}

function* recordLines({ header, bytes }: StoredBatch, view: LogView): Generator<{ offset: bigint; line: string }> {
  const reader = new RecordReader()
  reader.open(bytes, 0, header)
  while (reader.next()) {
    const offset = header.baseOffset + BigInt(reader.offsetDelta)
    const parts = [...(view.skipRecordMetadata ? [] : [metadata(reader, header, offset) + control(reader, header, bytes)]), ...content(reader, header, offset, view)]
    yield { offset, line: parts.length === 0 ? '\n' : `| ${parts.join(' ')}\n` }
  }
}

function metadata(reader: RecordReader, header: BatchHeader, offset: bigint): string {
  const timestamp = header.isLogAppendTime ? header.maxTimestamp : header.baseTimestamp + BigInt(reader.timestampDelta)
  return `offset: ${offset} ${timestampType(header)}: ${timestamp} keySize: ${reader.keyLength} valueSize: ${reader.valueLength}`
    + ` sequence: ${sequenceAt(header, reader.offsetDelta)} headerKeys: [${reader.headers().map(({ key }) => key).join(',')}]`
}

/** What a control record says (ControlRecordType). */
function control(reader: RecordReader, header: BatchHeader, bytes: Buffer): string {
  if (!header.isControl) return ''
  const marker = readEndMarker(bytes, 0, header)
  if (marker) return ` endTxnMarker: ${marker.committed ? 'COMMIT' : 'ABORT'} coordinatorEpoch: ${marker.coordinatorEpoch}`
  const type = reader.keyLength < 4 ? -1 : reader.body.readInt16BE(reader.keyStart + 2)
  return ` controlType: ${CONTROL_TYPES[type] ?? 'UNKNOWN'}(${type})`
}

function content(reader: RecordReader, header: BatchHeader, offset: bigint, { printsContent, decode }: LogView): string[] {
  if (!printsContent || header.isControl) return []
  const { key, payload } = decode(slice(reader.body, reader.keyStart, reader.keyLength), slice(reader.body, reader.valueStart, reader.valueLength), offset)
  return [...(key === undefined ? [] : [`key: ${key}`]), ...(payload === undefined ? [] : [`payload: ${payload}`])]
}

const slice = (body: Buffer, start: number, length: number): Buffer | null => (length < 0 ? null : body.subarray(start, start + length))

const timestampType = ({ isLogAppendTime }: BatchHeader): string => (isLogAppendTime ? 'LogAppendTime' : 'CreateTime')

/** Sequence numbers begin again at 0 behind 2^31 - 1. */
const sequenceAt = ({ baseSequence }: BatchHeader, delta: number): number => (baseSequence < 0 ? -1 : (baseSequence + delta) % 2 ** 31)

const DELETE_HORIZON = 0x40
const CONTROL_TYPES = ['ABORT', 'COMMIT', 'LEADER_CHANGE', 'SNAPSHOT_HEADER', 'SNAPSHOT_FOOTER', 'KRAFT_VERSION', 'KRAFT_VOTERS']
