import { timestampOf } from '../client/consumer/index.ts'
import { bytesToJson, toJson } from '../output/json.ts'
import type { RecordReader } from '../protocol/records/index.ts'
import { offsetOf, type BatchView } from './batch-view.ts'

/** Makes a value of JSON of bytes; null stays null. */
export type JsonDecoder = (bytes: Buffer | null, record: RecordReader, batch: BatchView) => string

export interface JsonLook {
  /** Without it timestamps are numbers. */
  readonly formatTime?: ((timestamp: number | bigint) => string) | undefined
  /** Without them what is valid UTF-8 becomes a string. */
  readonly decodeKey?: JsonDecoder | undefined
  readonly decodeValue?: JsonDecoder | undefined
  /** Fields that follow from the record that has just been decoded, each with a comma in front. */
  readonly more?: (() => string) | undefined
}

/**
 * A record as one JSON object in a line: topic, partition, offset, timestamp (milliseconds; a string where a double
 * does not hold them), key, value and headers, in their order. Bytes that are valid UTF-8 become a string, others
 * `{"base64": "…"}`, null stays null: nothing is lost. `kts produce --json` reads it.
 */
export function jsonLine(
  record: RecordReader,
  batch: BatchView,
  { formatTime, decodeKey = bytesToJson, decodeValue = bytesToJson, more }: JsonLook = {},
): string {
  const { body, keyStart, keyLength, valueStart, valueLength, headerCount } = record
  const timestamp = timestampOf(record, batch.header)
  const part = (start: number, length: number): Buffer | null =>
    length < 0 ? null : body.subarray(start, start + length)
  return (
    `{"topic":${JSON.stringify(batch.partition.topic)},"partition":${batch.partition.partition},"offset":${offsetOf(record, batch)},` +
    `"timestamp":${formatTime ? JSON.stringify(formatTime(timestamp)) : toJson(timestamp)},` +
    `"key":${decodeKey(part(keyStart, keyLength), record, batch)},` +
    `"value":${decodeValue(part(valueStart, valueLength), record, batch)},` +
    `"headers":[${headerCount === 0 ? '' : headers(record)}]${more ? more() : ''}}\n`
  )
}

const headers = (record: RecordReader): string =>
  record
    .rawHeaders()
    .map(({ key, value }) => `{"key":${bytesToJson(key)},"value":${bytesToJson(value)}}`)
    .join(',')
