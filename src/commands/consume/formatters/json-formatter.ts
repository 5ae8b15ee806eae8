import { jsonLine, type JsonLook } from '../../../lib/browse/json-line.ts'
import type { Formatter } from './formatter.ts'

/** A line of JSON for each record, which `kts produce --json` reads. */
export const jsonFormatter = (look: JsonLook): Formatter => ({
  write: (record, batch, output) => output.text(jsonLine(record, batch, look)),
})
