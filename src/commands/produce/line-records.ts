import type { Producer, TopicWriter } from '../../lib/client/producer/index.ts'
import type { LineCursor } from './line-cursor.ts'

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
  /** Waits for what the line lacked; false when it has not come in time. */
  room(destination: Destination): Promise<boolean>
}
