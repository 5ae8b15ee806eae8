import { timestampOf } from '../../../lib/client/consumer/index.ts'
import type { Formatter } from './formatter.ts'

/** Kafka's LoggingMessageFormatter: each record goes to the output as usual, and as a line to the log. */
export function loggingFormatter(inner: Formatter, log: (line: string) => void): Formatter {
  const text = (body: Buffer, start: number, length: number) => body.toString('utf8', start, start + length)
  return {
    endBatch: (output) => inner.endBatch?.(output),
    write(record, batch, output) {
      const { body, keyStart, keyLength, valueStart, valueLength } = record
      const key = keyLength < 0 ? 'null ' : `${text(body, keyStart, keyLength)}, `
      const value = valueLength < 0 ? 'null' : text(body, valueStart, valueLength)
      log(
        `${batch.header.isLogAppendTime ? 'LogAppendTime' : 'CreateTime'}:${timestampOf(record, batch.header)}, key:${key}value:${value}`,
      )
      // At last: the inner formatter may use up the bytes of the record.
      inner.write(record, batch, output)
    },
  }
}
