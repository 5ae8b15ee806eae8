import { isUtf8 } from 'node:buffer'
import { KafkaError } from '../../lib/errors.ts'
import type { LineCursor } from './line-cursor.ts'
import { LineParser } from './line-parser.ts'
import type { Destination, LineRecords } from './line-sender.ts'
import type { ReaderSettings } from './reader-settings.ts'

/** Room for a key, a separator or a marker in a line beside what is sent. */
const SLACK_BYTES = 64 * 1024

export interface TextRecordsOptions {
  readonly reader: ReaderSettings
  /** Of lines that have no key of their own. */
  readonly key?: Buffer | null
  /** Of lines that have no headers of their own, as `encodeHeaders` returns them. */
  readonly headers?: Buffer | null
  /** The largest record that can be sent; of longer lines no more is kept. */
  readonly maxRequestSize: number
  /** Whether bytes that are no UTF-8 are replaced, as Java's reader does. */
  readonly repairsUtf8: boolean
}

/** Lines that are values, with keys and headers in front where the settings say so (LineMessageReader). */
export class TextRecords implements LineRecords {
  readonly maxLineBytes: number
  private readonly parser: LineParser | null
  private readonly key: Buffer | null
  private readonly headers: Buffer | null
  private chunk: Buffer | null = null
  /** Whether a line of the chunk may hold what is no UTF-8. */
  private isDirty = false
  private timestampMs = 0

  constructor(private readonly options: TextRecordsOptions) {
    const { reader, maxRequestSize, key = null, headers = null } = options
    this.key = key
    this.headers = headers
    this.maxLineBytes = maxRequestSize + SLACK_BYTES
    this.parser =
      reader.parseKey || reader.parseHeaders || reader.nullMarker !== undefined ? new LineParser(reader) : null
  }

  open(chunk: Buffer, timestampMs: number): void {
    this.chunk = chunk
    this.isDirty = this.options.repairsUtf8 && !isUtf8(chunk)
    this.timestampMs = timestampMs
  }

  send(cursor: LineCursor, number: number, { producer, writer }: Destination): boolean {
    const { parser, timestampMs } = this
    if (cursor.omitted > 0) {
      producer.refuse(
        number,
        new KafkaError(
          'MESSAGE_TOO_LARGE',
          `${cursor.end - cursor.start + cursor.omitted} bytes are more than max.request.size (${this.options.maxRequestSize})`,
        ),
      )
      return true
    }
    if (this.options.repairsUtf8 && (this.isDirty || cursor.buffer !== this.chunk)) repair(cursor)
    const { buffer, start, end } = cursor
    const { key, headers } = this
    const keyEnd = key === null ? 0 : key.length
    if (parser === null) return writer!.append(timestampMs, key, 0, keyEnd, buffer, start, end, headers, number)
    parser.parse(buffer, start, end)
    const { hasKey, hasValue, keyStart, valueStart, valueEnd } = parser
    return writer!.append(
      timestampMs,
      hasKey ? buffer : key,
      hasKey ? keyStart : 0,
      hasKey ? parser.keyEnd : keyEnd,
      hasValue ? buffer : null,
      valueStart,
      valueEnd,
      parser.headers ?? headers,
      number,
    )
  }

  sendRun(cursor: LineCursor, number: number, most: number, { writer }: Destination): number {
    if (this.parser !== null || this.key !== null || this.headers !== null || this.isDirty) return 0
    return cursor.lookAhead() === 0 ? 0 : writer!.appendRun(this.timestampMs, cursor.ahead, most, number)
  }

  room({ producer }: Destination): Promise<boolean> {
    return producer.room()
  }
}

function repair(cursor: LineCursor): void {
  cursor.buffer = repairUtf8(cursor.buffer.subarray(cursor.start, cursor.end))
  cursor.start = 0
  cursor.end = cursor.buffer.length
}

const REPLACEMENT = Buffer.from('\ufffd')

/** The same line as Java's UTF-8 decoder and encoder make of it: each malformed sequence becomes one U+FFFD. */
export function repairUtf8(line: Buffer): Buffer {
  if (isUtf8(line)) return line
  const parts: Buffer[] = []
  let from = 0
  for (let at = 0; at < line.length; ) {
    const length = sequenceLength(line, at)
    if (length > 0) {
      at += length
      continue
    }
    parts.push(line.subarray(from, at), REPLACEMENT)
    from = at -= length
  }
  return Buffer.concat([...parts, line.subarray(from)])
}

/** Bytes of the character at a position, or minus those of the malformed sequence there (sun.nio.cs.UTF_8). */
function sequenceLength(line: Buffer, at: number): number {
  const first = line[at]!
  if (first < 0x80) return 1
  if (first >= 0xc2 && first <= 0xdf) return isContinuation(line[at + 1]) ? 2 : -1
  if (first >= 0xe0 && first <= 0xef) return threeBytes(first, line[at + 1], line[at + 2])
  if (first >= 0xf0 && first <= 0xf4) return fourBytes(first, line[at + 1], line[at + 2], line[at + 3])
  return -1
}

function threeBytes(first: number, second: number | undefined, third: number | undefined): number {
  if (!isContinuation(second) || (first === 0xe0 && second < 0xa0)) return -1
  if (!isContinuation(third)) return -2
  // A surrogate is malformed as a whole.
  return first === 0xed && second >= 0xa0 ? -3 : 3
}

function fourBytes(
  first: number,
  second: number | undefined,
  third: number | undefined,
  fourth: number | undefined,
): number {
  if (!isContinuation(second) || (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return -1
  if (!isContinuation(third)) return -2
  return isContinuation(fourth) ? 4 : -3
}

const isContinuation = (byte: number | undefined): byte is number => byte !== undefined && (byte & 0xc0) === 0x80
