import { MalformedError, UserError } from '../../../lib/errors.ts'
import {
  CLASSIC_GROUP_RECORDS,
  messageJson,
  OFFSET_RECORDS,
  readCoordinatorRecord,
  TRANSACTION_RECORDS,
  type CoordinatorRecordTypes,
  type StoredMessage,
} from '../../../lib/protocol/internal-records/index.ts'
import type { Formatter } from './formatter.ts'

/** The records that each of Kafka's formatters shows; others in the topic it passes over. */
export const COORDINATOR_RECORDS = {
  offsets: OFFSET_RECORDS,
  groups: CLASSIC_GROUP_RECORDS,
  transactions: TRANSACTION_RECORDS,
} as const

/**
 * Kafka's formatters for its own topics: JSON documents with nothing between them; records of other kinds are passed
 * over.
 */
export function coordinatorFormatter(kind: keyof typeof COORDINATOR_RECORDS): Formatter {
  const types = COORDINATOR_RECORDS[kind]
  return {
    write({ body, keyStart, keyLength, valueStart, valueLength }, _batch, output) {
      if (keyLength < 0) return
      const value = valueLength < 0 ? null : body.subarray(valueStart, valueStart + valueLength)
      try {
        output.text(describeCoordinatorRecord(types, body.subarray(keyStart, keyStart + keyLength), value) ?? '')
      } catch (error) {
        throw error instanceof MalformedError ? new UserError(error.message) : error
      }
    },
  }
}

/**
 * A record as one JSON document, in the form of those formatters; undefined for another kind. Throws MalformedError.
 */
export function describeCoordinatorRecord(
  types: CoordinatorRecordTypes,
  key: Buffer,
  value: Buffer | null,
): string | undefined {
  const record = readCoordinatorRecord(types, key, value)
  return (
    record &&
    `{"key":{"type":${record.type},"data":${messageJson(record.key)}},"value":${record.value === null ? 'null' : valueJson(record.value)}}`
  )
}

const valueJson = (value: StoredMessage): string => `{"version":${value.version},"data":${messageJson(value)}}`
