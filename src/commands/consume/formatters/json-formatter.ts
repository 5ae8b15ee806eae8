import { timestampOf } from '../../../lib/client/consumer/index.ts'
import type { RecordReader } from '../../../lib/protocol/records/index.ts'
import { bytesToJson, toJson } from '../../../lib/output/json.ts'
import type { Output } from '../output.ts'
import { offsetOf, type Formatter } from './formatter.ts'

/**
 * One JSON object a line: topic, partition, offset, timestamp (milliseconds; a string where a double does not hold
 * them), key, value and headers, in their order. Bytes that are valid UTF-8 become a string, others `{"base64": "…"}`,
 * null stays null: nothing is lost. `kts produce --json` reads it.
 */
export const jsonFormatter: Formatter = {
  write(record, batch, output) {
    output.text(
      `{"topic":${JSON.stringify(batch.partition.topic)},"partition":${batch.partition.partition},"offset":${offsetOf(record, batch)},` +
        `"timestamp":${toJson(timestampOf(record, batch.header))},"key":`,
    )
    writePlace(record.body, record.keyStart, record.keyLength, output)
    output.text(',"value":')
    writePlace(record.body, record.valueStart, record.valueLength, output)
    output.text(',"headers":[')
    writeHeaders(record, output)
    output.text(']}\n')
  },
}

function writePlace(body: Buffer, start: number, length: number, output: Output): void {
  output.text(bytesToJson(length < 0 ? null : body.subarray(start, start + length)))
}

function writeHeaders(record: RecordReader, output: Output): void {
  if (record.headerCount === 0) return
  output.text(
    record
      .rawHeaders()
      .map(({ key, value }) => `{"key":${bytesToJson(key)},"value":${bytesToJson(value)}}`)
      .join(','),
  )
}
