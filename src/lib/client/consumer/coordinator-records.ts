import { CLASSIC_GROUP_RECORDS, OFFSET_RECORDS } from '../../protocol/internal-records/classic-groups.ts'
import {
  readCoordinatorRecord,
  type CoordinatorRecordTypes,
} from '../../protocol/internal-records/coordinator-record.ts'
import { messageJson } from '../../protocol/internal-records/message-json.ts'
import type { StoredMessage } from '../../protocol/message-type.ts'
import { TRANSACTION_RECORDS } from '../../protocol/internal-records/transactions.ts'

/** The records that each of Kafka's formatters shows; others in the topic it passes over. */
export const COORDINATOR_RECORDS = {
  offsets: OFFSET_RECORDS,
  groups: CLASSIC_GROUP_RECORDS,
  transactions: TRANSACTION_RECORDS,
} as const

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
