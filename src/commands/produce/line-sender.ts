import type { Producer, TopicWriter } from '../../lib/client/producer/index.ts'
import type { Clock } from '../../lib/clock.ts'
import { KafkaError } from '../../lib/errors.ts'
import type { LineCursor } from './line-cursor.ts'
import { LineError } from './line-parser.ts'
import type { LineTransactions } from './line-transactions.ts'

/** Where records go. */
export interface Destination {
  readonly producer: Producer
  /** Undefined where each line names its topic. */
  readonly writer: TopicWriter | undefined
}

/** Makes records of lines: one of the ways to read them. Nothing is made per line that need not be. */
export interface LineRecords {
  /** How much of a line is worth keeping. */
  readonly maxLineBytes: number
  /** The lines that follow are of this chunk, and belong to this moment. */
  open(chunk: Buffer, timestampMs: number): void
  /**
   * Sends the record of the line that the cursor stands at, under this number. False when it has to wait: then nothing
   * is done, and the same line has to be sent again after `room`. A line that cannot be sent is refused, and counts as
   * sent; throws LineError for one that makes it idle to go on.
   */
  send(cursor: LineCursor, number: number, destination: Destination): boolean
  /**
   * Sends lines ahead of the cursor that need no look at each, `most` of them, under numbers from this one on; returns
   * how many, which may be none.
   */
  sendRun?(cursor: LineCursor, number: number, most: number, destination: Destination): number
  /** Waits for what the line lacked; false when it has not come in time. */
  room(destination: Destination): Promise<boolean>
}

export interface LineSenderOptions {
  /** Finds the lines. */
  readonly cursor: LineCursor
  /** How lines are read. */
  readonly records: LineRecords
  readonly clock: Clock
  /** Whether each line is waited for, and the first that fails ends it all. */
  readonly isSync: boolean
  /** Whether a byte order mark in front of the first line is no part of it. */
  readonly skipsMark: boolean
  /** The transactions that lines are sent in, if any. */
  readonly transactions?: LineTransactions | undefined
}

/** U+FEFF in UTF-8, as some editors and PowerShell put it in front of a text. */
const MARK = Buffer.from('\ufeff')

/** Turns chunks of bytes into lines, and lines into records. Within a chunk nothing is made per line. */
export class LineSender {
  lines = 0
  bytes = 0
  /** Set when no further line may be sent. */
  isStopped = false
  /** A line could not be read: the rest of the input is not looked at. */
  isMalformed = false
  /** The last line that has become a record, or has been refused. */
  taken = 0
  private readonly cursor: LineCursor

  constructor(private readonly options: LineSenderOptions) {
    this.cursor = options.cursor
  }

  open(chunk: Buffer): void {
    this.cursor.open(chunk)
    this.options.records.open(chunk, this.options.clock.now())
  }

  /** Whether there is a line to send, of the chunk that was opened. */
  next(): boolean {
    return !this.isStopped && this.count(this.cursor.next())
  }

  /** Whether a last line stands behind the last end of line. */
  last(): boolean {
    return !this.isStopped && this.count(this.cursor.finish())
  }

  /**
   * The numbers of all lines that have been read and have not been taken, with those of the chunk that nobody has
   * looked at.
   */
  untaken(): Float64Array {
    while (this.count(this.cursor.next()));
    return Float64Array.from({ length: this.lines - this.taken }, (_, index) => this.taken + 1 + index)
  }

  /** Gives up the lines that have been read and not been taken; returns their numbers. */
  abandon(): Float64Array {
    const numbers = this.untaken()
    this.taken = this.lines
    if (this.options.isSync) this.isStopped = true
    return numbers
  }

  private count(isLine: boolean): boolean {
    if (!isLine) return false
    if (this.lines === 0 && this.options.skipsMark && !this.skipMark()) return false
    this.lines += 1
    this.bytes += this.cursor.end - this.cursor.start
    return true
  }

  /** False when there is nothing but the mark. */
  private skipMark(): boolean {
    const { cursor } = this
    if (
      cursor.end - cursor.start < MARK.length ||
      MARK.compare(cursor.buffer, cursor.start, cursor.start + MARK.length) !== 0
    )
      return true
    cursor.start += MARK.length
    return cursor.start < cursor.end || !cursor.isLast
  }

  /** Sends the current line and all that follow in the chunk, up to one that cannot be read. */
  async sendAll(destination: Destination): Promise<void> {
    const { transactions, records, isSync } = this.options
    const { cursor } = this
    try {
      do {
        if (transactions?.isOpen === false) await transactions.begin(destination.producer, this.lines)
        if (!records.send(cursor, this.lines, destination)) await this.sendLater(destination)
        this.taken = this.lines
        if (isSync) await this.confirm(destination.producer)
        else this.sendRun(destination)
        if (transactions && this.lines === transactions.lastLine) await transactions.commit(this.lines)
      } while (this.next())
    } catch (error) {
      if (!(error instanceof LineError)) throw error
      this.isStopped = this.isMalformed = true
      this.taken = this.lines
      destination.producer.refuse(this.lines, new KafkaError('INVALID_RECORD', error.message))
    }
    destination.producer.drain()
  }

  private sendRun(destination: Destination): void {
    const { records, transactions } = this.options
    const most = transactions ? transactions.lastLine - this.lines : Infinity
    const count = records.sendRun?.(this.cursor, this.lines + 1, most, destination) ?? 0
    if (count === 0) return
    this.bytes += this.cursor.skip(count)
    this.lines += count
    this.taken = this.lines
  }

  private async sendLater(destination: Destination): Promise<void> {
    const { records } = this.options
    do {
      if (!(await records.room(destination)))
        return destination.producer.refuse(this.lines, destination.producer.roomError())
    } while (!records.send(this.cursor, this.lines, destination))
  }

  private async confirm(producer: Producer): Promise<void> {
    await producer.flush()
    if (producer.failedRecords > 0) this.isStopped = true
  }
}
