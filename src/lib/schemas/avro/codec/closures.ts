import type { BinaryInput } from './binary-input.ts'
import type { BinaryOutput } from './binary-output.ts'
import type { JsonCursor } from './json-cursor.ts'
import type { JsonBytes } from '../../json-bytes.ts'

/** Reads one value and writes it as JSON without blanks. */
export type Decode = (input: BinaryInput, json: JsonBytes) => void

/** Reads one value of JSON and writes it. */
export type Encode = (json: JsonCursor, out: BinaryOutput) => void
