import { KafkaError } from '../../../lib/errors.ts'
import { addHeaders, type HeaderInput } from '../../../lib/protocol/records/index.ts'
import { SchemaError } from '../../../lib/schemas/format.ts'
import { SCHEMA_ID_HEADERS, type RecordPart } from '../../../lib/schemas/wire.ts'
import type { LineCursor } from '../line-cursor.ts'
import { LineError, LineParser } from '../line-parser.ts'
import type { Destination, LineRecords } from '../line-sender.ts'
import type { TextRecordsOptions } from '../text-records.ts'
import type { Encoding, RecordEncoder } from './record-encoder.ts'

export interface SchemaRecordsOptions
  extends Pick<TextRecordsOptions, 'reader' | 'key' | 'headers' | 'maxRequestSize'> {
  readonly encoder: RecordEncoder
  readonly topic: string
  /** Makes bytes of a key that no schema encodes. Throws LineError. */
  readonly serializeKey?: ((text: string) => Buffer) | undefined
  /** Whether a line that cannot be encoded ends it all, as with Confluent's tools. */
  readonly stopsAtFault: boolean
}

/** As in documents: JSON may be longer than what it is encoded to. */
const BYTES_PER_BYTE = 6
const SLACK_BYTES = 64 * 1024

/** Lines of text that are JSON, and become what their schemas make of them. */
export class SchemaRecords implements LineRecords {
  readonly maxLineBytes: number
  private readonly parser: LineParser
  private timestampMs = 0
  /** What the current line waits for. */
  private unprepared: RecordPart | undefined

  constructor(private readonly options: SchemaRecordsOptions) {
    this.maxLineBytes = options.maxRequestSize * BYTES_PER_BYTE + SLACK_BYTES
    this.parser = new LineParser(options.reader)
  }

  open(_chunk: Buffer, timestampMs: number): void {
    this.timestampMs = timestampMs
  }

  send(cursor: LineCursor, number: number, destination: Destination): boolean {
    try {
      return this.sendLine(cursor, number, destination)
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error
      if (this.options.stopsAtFault) throw new LineError(error.message)
      destination.producer.refuse(number, new KafkaError('INVALID_RECORD', error.message))
      return true
    }
  }

  /** Throws SchemaError, LineError. */
  private sendLine({ buffer, start, end, omitted }: LineCursor, number: number, { writer }: Destination): boolean {
    const { encoder, topic, key: fixedKey = null, headers = null } = this.options
    if (omitted > 0) throw new SchemaError(`${end - start + omitted} bytes are more than a record can take`)
    const { parser } = this
    parser.parse(buffer, start, end)
    const value = parser.hasValue ? buffer.toString('utf8', parser.valueStart, parser.valueEnd) : null
    const key = parser.hasKey ? buffer.toString('utf8', parser.keyStart, parser.keyEnd) : (fixedKey?.toString() ?? null)
    const [byKey, byValue] = [key === null ? null : encoder.find('key', topic), encoder.find('value', topic)]
    if (byKey === undefined || byValue === undefined) {
      this.unprepared = byKey === undefined ? 'key' : 'value'
      return false
    }
    const keyBytes = key === null ? null : byKey ? encode(byKey, key, 'key') : this.serializeKey(key)
    const valueBytes = value === null ? null : byValue ? encode(byValue, value, 'value') : Buffer.from(value)
    const ids = [...idHeader('key', keyBytes, byKey), ...idHeader('value', valueBytes, byValue)]
    const own = parser.headers ?? headers
    const all = ids.length === 0 ? own : addHeaders(own, ids)
    const [keyEnd, valueEnd] = [keyBytes?.length ?? 0, valueBytes?.length ?? 0]
    return writer!.append(this.timestampMs, keyBytes, 0, keyEnd, valueBytes, 0, valueEnd, all, number)
  }

  private serializeKey(text: string): Buffer {
    return this.options.serializeKey?.(text) ?? Buffer.from(text)
  }

  async room({ producer }: Destination): Promise<boolean> {
    const { unprepared } = this
    if (unprepared === undefined) return producer.room()
    this.unprepared = undefined
    await this.options.encoder.prepare(unprepared, this.options.topic)
    return true
  }
}

/** Throws SchemaError. */
export function encode({ id, isInHeader, encode: toPayload }: Encoding, json: string, part: RecordPart): Buffer {
  try {
    return isInHeader ? toPayload(json) : toPayload(json, id)
  } catch (error) {
    throw error instanceof SchemaError
      ? new SchemaError(`the ${part} does not fit its schema: ${error.message}`)
      : error
  }
}

/** The id of a schema, where it stands in a header. */
const idHeader = (part: RecordPart, bytes: Buffer | null, encoding: Encoding | null): HeaderInput[] =>
  bytes !== null && encoding?.isInHeader ? [{ key: SCHEMA_ID_HEADERS[part], value: encoding.id }] : []
