import { timestampOf } from '../../../lib/client/consumer/index.ts'
import type { RecordReader } from '../../../lib/protocol/records/index.ts'
import { bytesToJson, toJson } from '../../../lib/output/json.ts'
import { offsetOf, type BatchView } from '../../../lib/browse/batch-view.ts'
import type { Formatter } from './formatter.ts'
import type { Decoder } from './parts.ts'
import type { TimeFormat } from './time-format.ts'

export interface JsonLook {
  /** Without it timestamps are numbers. */
  readonly formatTime?: TimeFormat | undefined
  /** Without them what is valid UTF-8 becomes a string. */
  readonly decodeKey?: Decoder | undefined
  readonly decodeValue?: Decoder | undefined
}

/**
 * One JSON object a line: topic, partition, offset, timestamp (milliseconds; a string where a double does not hold
 * them), key, value and headers, in their order. Bytes that are valid UTF-8 become a string, others `{"base64": "…"}`,
 * null stays null: nothing is lost. `kts produce --json` reads it.
 */
export function jsonFormatter({
  formatTime,
  decodeKey = bytesToJson,
  decodeValue = bytesToJson,
}: JsonLook = {}): Formatter {
  return {
    write(record, batch, output) {
      const { body, keyStart, keyLength, valueStart, valueLength } = record
      const timestamp = timestampOf(record, batch.header)
      output.text(
        `{"topic":${JSON.stringify(batch.partition.topic)},"partition":${batch.partition.partition},"offset":${offsetOf(record, batch)},` +
          `"timestamp":${formatTime ? JSON.stringify(formatTime(timestamp)) : toJson(timestamp)},"key":`,
      )
      output.text(show(decodeKey, body, keyStart, keyLength, record, batch))
      output.text(',"value":')
      output.text(show(decodeValue, body, valueStart, valueLength, record, batch))
      output.text(record.headerCount === 0 ? ',"headers":[]}\n' : `,"headers":[${headers(record)}]}\n`)
    },
  }
}

const show = (
  decode: Decoder,
  body: Buffer,
  start: number,
  length: number,
  record: RecordReader,
  batch: BatchView,
): string => decode(length < 0 ? null : body.subarray(start, start + length), record, batch)

const headers = (record: RecordReader): string =>
  record
    .rawHeaders()
    .map(({ key, value }) => `{"key":${bytesToJson(key)},"value":${bytesToJson(value)}}`)
    .join(',')
