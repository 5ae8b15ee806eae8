import { timestampOf } from '../client/consumer/index.ts'
import { encodeHeaders, type RecordReader } from '../protocol/records/index.ts'
import type { BatchView } from './batch-view.ts'

/** A record in memory of its own, as a RecordReader that stands on it has it. */
export interface KeptRecord {
  readonly batch: BatchView
  readonly timestampMs: number | bigint
  readonly place: Pick<
    RecordReader,
    | 'body'
    | 'offsetDelta'
    | 'timestampDelta'
    | 'bigTimestampDelta'
    | 'keyStart'
    | 'keyLength'
    | 'valueStart'
    | 'valueLength'
    | 'headersStart'
    | 'headerCount'
  >
}

/** Copies the record that the reader stands on. */
export function keepRecord(reader: RecordReader, batch: BatchView): KeptRecord {
  const {
    body,
    offsetDelta,
    timestampDelta,
    bigTimestampDelta,
    keyStart,
    keyLength,
    valueStart,
    valueLength,
    headerCount,
  } = reader
  const [keyBytes, valueBytes] = [Math.max(keyLength, 0), Math.max(valueLength, 0)]
  const headers = encodeHeaders(reader.rawHeaders())
  const count = encodeCount(headerCount)
  const copy = Buffer.concat([
    body.subarray(keyStart, keyStart + keyBytes),
    body.subarray(valueStart, valueStart + valueBytes),
    headers,
  ])
  return {
    batch,
    timestampMs: timestampOf(reader, batch.header),
    place: {
      body: copy,
      offsetDelta,
      timestampDelta,
      bigTimestampDelta,
      keyStart: 0,
      keyLength,
      valueStart: keyBytes,
      valueLength,
      headersStart: keyBytes + valueBytes + count,
      headerCount,
    },
  }
}

/** Bytes of the count in front of encoded headers: a varint that is zigzag. */
function encodeCount(count: number): number {
  let bytes = 1
  for (let rest = Math.floor(count / 64); rest > 0; rest = Math.floor(rest / 128)) bytes += 1
  return bytes
}
