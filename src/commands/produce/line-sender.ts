import { isUtf8 } from 'node:buffer'
import type { Producer, TopicWriter } from '../../lib/client/producer/index.ts'
import type { Clock } from '../../lib/clock.ts'
import { KafkaError } from '../../lib/errors.ts'
import { LineCursor } from './line-cursor.ts'
import { LineError, LineParser } from './line-parser.ts'
import type { LineTransactions } from './line-transactions.ts'
import type { ReaderSettings } from './reader-settings.ts'
import { repairUtf8 } from './utf8.ts'

/** Room for a key, a separator or a marker in a line beside what is sent. */
const SLACK_BYTES = 64 * 1024

export interface LineSenderOptions {
  readonly reader: ReaderSettings
  readonly clock: Clock
  /** The largest record that can be sent; of longer lines no more is kept. */
  readonly maxRequestSize: number
  /** Whether bytes that are no UTF-8 are replaced, as Java's reader does. */
  readonly repairsUtf8: boolean
  /** Whether each line is waited for, and the first that fails ends it all. */
  readonly isSync: boolean
  /** The transactions that lines are sent in, if any. */
  readonly transactions?: LineTransactions | undefined
}

/** Turns chunks of bytes into lines, and lines into records. Within a chunk nothing is made per line. */
export class LineSender {
  lines = 0
  bytes = 0
  /** Set when no further line may be sent. */
  isStopped = false
  private readonly cursor: LineCursor
  private readonly parser: LineParser | null
  private chunk: Buffer | null = null
  /** Whether a line of the chunk may hold what is no UTF-8. */
  private isDirty = false
  private timestampMs = 0

  constructor(private readonly options: LineSenderOptions) {
    const { reader, maxRequestSize } = options
    this.cursor = new LineCursor(maxRequestSize + SLACK_BYTES)
    this.parser = reader.parseKey || reader.parseHeaders || reader.nullMarker !== undefined ? new LineParser(reader) : null
  }

  open(chunk: Buffer): void {
    this.cursor.open(chunk)
    this.chunk = chunk
    this.isDirty = this.options.repairsUtf8 && !isUtf8(chunk)
    this.timestampMs = this.options.clock.now()
  }

  /** Whether there is a line to send, of the chunk that was opened. */
  next(): boolean {
    return !this.isStopped && this.count(this.cursor.next())
  }

  /** Whether a last line stands behind the last end of line. */
  last(): boolean {
    return !this.isStopped && this.count(this.cursor.finish())
  }

  private count(isLine: boolean): boolean {
    if (!isLine) return false
    this.lines += 1
    this.bytes += this.cursor.end - this.cursor.start
    return true
  }

  /** Sends the current line and all that follow in the chunk. Throws LineError for a line that cannot be read. */
  async sendAll(producer: Producer, writer: TopicWriter): Promise<void> {
    const { transactions } = this.options
    do {
      if (transactions?.isOpen === false) await transactions.begin(producer, this.lines)
      if (!this.send(producer, writer)) await this.sendLater(producer, writer)
      if (this.options.isSync) await this.confirm(producer)
      if (transactions && this.lines === transactions.lastLine) await transactions.commit(this.lines)
    } while (this.next())
  }

  /** False when there is no memory for the record. */
  private send(producer: Producer, writer: TopicWriter): boolean {
    const { cursor, parser, timestampMs, lines } = this
    if (cursor.omitted > 0) {
      producer.refuse(lines, new KafkaError('MESSAGE_TOO_LARGE', `${cursor.end - cursor.start + cursor.omitted} bytes are more than max.request.size (${this.options.maxRequestSize})`))
      return true
    }
    if (this.options.repairsUtf8 && (this.isDirty || cursor.buffer !== this.chunk)) this.repair()
    const { buffer, start, end } = cursor
    if (parser === null) return writer.append(timestampMs, null, 0, 0, buffer, start, end, null, lines)
    this.parse(parser)
    return writer.append(
      timestampMs, parser.hasKey ? buffer : null, parser.keyStart, parser.keyEnd,
      parser.hasValue ? buffer : null, parser.valueStart, parser.valueEnd, parser.headers, lines,
    )
  }

  private repair(): void {
    const { cursor } = this
    cursor.buffer = repairUtf8(cursor.buffer.subarray(cursor.start, cursor.end))
    cursor.start = 0
    cursor.end = cursor.buffer.length
  }

  private parse(parser: LineParser): void {
    const { buffer, start, end } = this.cursor
    try {
      parser.parse(buffer, start, end)
    } catch (error) {
      if (error instanceof LineError) this.isStopped = true
      throw error
    }
  }

  private async sendLater(producer: Producer, writer: TopicWriter): Promise<void> {
    do {
      if (!(await producer.room())) {
        producer.refuse(this.lines, new KafkaError('REQUEST_TIMED_OUT', 'no memory came free within max.block.ms'))
        return
      }
    } while (!this.send(producer, writer))
  }

  private async confirm(producer: Producer): Promise<void> {
    await producer.flush()
    if (producer.failedRecords > 0) this.isStopped = true
  }
}
