import { COORDINATOR_RECORDS, describeCoordinatorRecord } from '../../../lib/client/consumer/index.ts'
import { MalformedError, UserError } from '../../../lib/errors.ts'
import type { Formatter } from './formatter.ts'

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
