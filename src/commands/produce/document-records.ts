import { isUtf8 } from 'node:buffer'
import type { TopicWriter } from '../../lib/client/producer/index.ts'
import { KafkaError } from '../../lib/errors.ts'
import { DocumentError, DocumentParser, type DocumentEncoder, type Ignorable } from './document-parser.ts'
import type { LineCursor } from './line-cursor.ts'
import type { Destination, LineRecords } from './line-sender.ts'

/** A byte of a record may take six in JSON (\u0000); what stands around it takes little. */
const BYTES_PER_BYTE = 6
const SLACK_BYTES = 64 * 1024

export interface DocumentRecordsOptions {
  readonly ignored: readonly Ignorable[]
  /** The largest record that can be sent. */
  readonly maxRequestSize: number
  /** Opens a topic that a document names; see Producer.topic for the errors. */
  openTopic(name: string): Promise<TopicWriter>
  readonly encoder?: DocumentEncoder | undefined
}

/**
 * Lines that are JSON documents, as `kts consume --json` writes them. A line that is none is refused, and the next one
 * read.
 */
export class DocumentRecords implements LineRecords {
  readonly maxLineBytes: number
  private readonly parser: DocumentParser
  /** Topics that documents have named, or why they are out of reach. */
  private readonly topics = new Map<string, TopicWriter | KafkaError>()
  /** What the current line waits for, beside memory. */
  private awaited: (() => Promise<void>) | undefined
  private chunk: Buffer | null = null
  private isClean = false
  private nowMs = 0

  constructor(private readonly options: DocumentRecordsOptions) {
    this.maxLineBytes = options.maxRequestSize * BYTES_PER_BYTE + SLACK_BYTES
    this.parser = new DocumentParser(options.ignored, options.encoder)
  }

  open(chunk: Buffer, timestampMs: number): void {
    this.chunk = chunk
    this.isClean = isUtf8(chunk)
    this.nowMs = timestampMs
  }

  send(cursor: LineCursor, number: number, destination: Destination): boolean {
    try {
      return isBlank(cursor) || this.sendDocument(this.textOf(cursor), number, destination)
    } catch (error) {
      if (error instanceof DocumentError) error = new KafkaError('INVALID_RECORD', error.message)
      if (!(error instanceof KafkaError)) throw error
      destination.producer.refuse(number, error)
      return true
    }
  }

  /** Throws DocumentError, KafkaError. */
  private sendDocument(text: string, number: number, destination: Destination): boolean {
    const { parser } = this
    if (!parser.parse(text)) {
      this.awaited = () => this.options.encoder!.room()
      return false
    }
    const writer = destination.writer ?? this.writerOf(parser.topic)
    if (writer === undefined) return false
    const { partition: index, timestampMs = this.nowMs, bytes, hasKey, keyEnd, hasValue, valueEnd, headers } = parser
    const [key, value] = [hasKey ? bytes : null, hasValue ? bytes : null]
    if (index < 0) return writer.append(timestampMs, key, 0, keyEnd, value, keyEnd, valueEnd, headers, number)
    const partition = writer.partition(index)
    if (partition === undefined)
      throw new KafkaError(
        'UNKNOWN_TOPIC_OR_PARTITION',
        `topic ${writer.topicName} has no partition ${index}, only 0 to ${writer.partitionCount - 1} (UNKNOWN_TOPIC_OR_PARTITION); --ignore partition lets keys choose`,
      )
    return writer.appendTo(partition, timestampMs, key, 0, keyEnd, value, keyEnd, valueEnd, headers, number)
  }

  /** Undefined for a topic that is to be waited for. */
  private writerOf(topic: string | undefined): TopicWriter | undefined {
    if (topic === undefined) throw new DocumentError('"topic" is missing, and so is --topic')
    const known = this.topics.get(topic)
    if (known instanceof KafkaError) throw known
    if (known === undefined) this.awaited = () => this.openTopic(topic)
    return known
  }

  /** Line ends are ASCII: no character lies across two lines. */
  private textOf({ buffer, start, end, omitted }: LineCursor): string {
    if (omitted > 0)
      throw new KafkaError(
        'MESSAGE_TOO_LARGE',
        `${end - start + omitted} bytes are more than a record of max.request.size (${this.options.maxRequestSize}) can take`,
      )
    const isClean = this.isClean && buffer === this.chunk
    if (!isClean && !isUtf8(buffer.subarray(start, end))) throw new DocumentError('no UTF-8')
    return buffer.toString('utf8', start, end)
  }

  async room({ producer }: Destination): Promise<boolean> {
    const { awaited } = this
    if (awaited === undefined) return producer.room()
    this.awaited = undefined
    await awaited()
    return true
  }

  private async openTopic(name: string): Promise<void> {
    this.topics.set(name, await this.options.openTopic(name).catch(refusal))
  }
}

/** A topic that is refused spoils its own lines alone; a cluster out of reach is the end of all. */
function refusal(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error
  throw error
}

function isBlank({ buffer, start, end }: LineCursor): boolean {
  for (let at = start; at < end; at += 1) if (buffer[at] !== 0x20 && buffer[at] !== 0x09) return false
  return true
}
