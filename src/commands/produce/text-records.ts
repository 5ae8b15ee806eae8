import { isUtf8 } from 'node:buffer'
import { KafkaError } from '../../lib/errors.ts'
import type { LineCursor } from './line-cursor.ts'
import { LineParser } from './line-parser.ts'
import type { Destination, LineRecords } from './line-records.ts'
import type { ReaderSettings } from './reader-settings.ts'
import { repairUtf8 } from './utf8.ts'

/** Room for a key, a separator or a marker in a line beside what is sent. */
const SLACK_BYTES = 64 * 1024

export interface TextRecordsOptions {
  readonly reader: ReaderSettings
  /** The largest record that can be sent; of longer lines no more is kept. */
  readonly maxRequestSize: number
  /** Whether bytes that are no UTF-8 are replaced, as Java's reader does. */
  readonly repairsUtf8: boolean
}

/** Lines that are values, with keys and headers in front where the settings say so (LineMessageReader). */
export class TextRecords implements LineRecords {
  readonly maxLineBytes: number
  private readonly parser: LineParser | null
  private chunk: Buffer | null = null
  /** Whether a line of the chunk may hold what is no UTF-8. */
  private isDirty = false
  private timestampMs = 0

  constructor(private readonly options: TextRecordsOptions) {
    const { reader, maxRequestSize } = options
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
    if (parser === null) return writer!.append(timestampMs, null, 0, 0, buffer, start, end, null, number)
    parser.parse(buffer, start, end)
    return writer!.append(
      timestampMs,
      parser.hasKey ? buffer : null,
      parser.keyStart,
      parser.keyEnd,
      parser.hasValue ? buffer : null,
      parser.valueStart,
      parser.valueEnd,
      parser.headers,
      number,
    )
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
