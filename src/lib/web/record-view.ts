import { isUtf8 } from 'node:buffer'
import type { BatchView } from '../browse/batch-view.ts'
import { timestampOf } from '../client/consumer/index.ts'
import type { RecordReader } from '../protocol/records/index.ts'
import type { Content, RecordView } from './wire.ts'

/** How much of each part of a record goes to the page: in a list, and of one record that is looked at. */
export const LIST_BYTES = 2 * 1024
export const DETAIL_BYTES = 64 * 1024

export interface Showing {
  /** Of each key, value and header. */
  readonly mostBytes: number
  /** Keys and sizes only. */
  readonly hidesValues: boolean
}

/** A record as the page gets it; nothing of the batch's memory is kept. */
export function viewOf(record: RecordReader, { partition, header }: BatchView, showing: Showing): RecordView {
  const { body, keyStart, keyLength, valueStart, valueLength, headerCount } = record
  const part = (start: number, length: number): Buffer | null =>
    length < 0 ? null : body.subarray(start, start + length)
  const headers = headerCount === 0 ? [] : record.headers()
  return {
    partition: partition.partition,
    offset: String(header.baseOffset + BigInt(record.offsetDelta)),
    timestamp: String(timestampOf(record, header)),
    key: contentOf(part(keyStart, keyLength), { ...showing, hidesValues: false }),
    value: contentOf(part(valueStart, valueLength), showing),
    headers: headers.map(({ key, value }) => ({ key, value: contentOf(value, showing) })),
  }
}

/** Text where the bytes are UTF-8, cut between two characters where they are many. */
export function contentOf(bytes: Buffer | null, { mostBytes, hidesValues }: Showing): Content | null {
  if (bytes === null) return null
  const size = bytes.length
  if (hidesValues) return { size, isHidden: true }
  const { text, isCut } = cutText(bytes, mostBytes)
  const form = text === undefined ? { base64: bytes.toString('base64', 0, mostBytes) } : { text }
  return { ...form, size, ...(isCut && { isCut }) }
}

/** The text of bytes, cut between two characters; none where they are not UTF-8. */
export function cutText(bytes: Buffer, mostBytes: number): Pick<Content, 'text' | 'isCut'> {
  const isCut = bytes.length > mostBytes
  const shown = isCut ? bytes.subarray(0, characterEnd(bytes, mostBytes)) : bytes
  return { ...(isUtf8(shown) && { text: shown.toString('utf8') }), ...(isCut && { isCut }) }
}

/** The last place up to `at` where a character of UTF-8 begins. */
function characterEnd(bytes: Buffer, at: number): number {
  let end = at
  while (end > at - 4 && end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1
  return end
}
