import { MalformedError } from '../../lib/errors.ts'
import { bytesToJson, toJson } from '../../lib/output/json.ts'
import type { ControlContent, StoredRecord } from './entries.ts'

/** What Apache's tool shows of a record's key and value; undefined for nothing. */
export interface Content {
  readonly key?: string | undefined
  readonly payload?: string | undefined
}

export interface Decoder {
  text(record: StoredRecord): Content
  /** Members of a JSON object: `"key":…,"value":…`. */
  json(record: StoredRecord): string
}

/** What control records say. */
export interface ControlDecoder {
  text(control: ControlContent, record: StoredRecord): string
  /** A JSON value. */
  json(control: ControlContent, record: StoredRecord): string
}

/** Bytes that are valid UTF-8 as a string, others as `{"base64": "…"}`: nothing is lost. */
export function plainMembers({ key, value }: StoredRecord): string {
  return `"key":${bytesToJson(key)},"value":${bytesToJson(value)}`
}

/** A record that cannot be read is named, and shown as it is. */
export const problemMembers = (record: StoredRecord, problem: string): string =>
  `${plainMembers(record)},"problem":${toJson(problem)}`

/** The result of a decoder, or what it says of bytes that it cannot read. */
export function orProblem<T>(decode: () => T, problem: (message: string) => T): T {
  try {
    return decode()
  } catch (error) {
    if (!(error instanceof MalformedError || error instanceof RangeError)) throw error
    return problem(error.message)
  }
}
