import { kafkaErrorOf } from '../../../errors.ts'
import type { ErrorName } from '../../../protocol/errors.ts'

/**
 * How the coordinator tells clients of errors that only its own log could have (CoordinatorOperationExceptionHelper).
 */
const TOLD_AS: Partial<Record<ErrorName, ErrorName>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'COORDINATOR_NOT_AVAILABLE',
  NOT_ENOUGH_REPLICAS: 'COORDINATOR_NOT_AVAILABLE',
  REQUEST_TIMED_OUT: 'COORDINATOR_NOT_AVAILABLE',
  NOT_LEADER_OR_FOLLOWER: 'NOT_COORDINATOR',
  KAFKA_STORAGE_ERROR: 'NOT_COORDINATOR',
  MESSAGE_TOO_LARGE: 'UNKNOWN_SERVER_ERROR',
  RECORD_LIST_TOO_LARGE: 'UNKNOWN_SERVER_ERROR',
  INVALID_FETCH_SIZE: 'UNKNOWN_SERVER_ERROR',
}

/** Throws on what is no KafkaError. */
export function coordinatorErrorName(error: unknown): ErrorName {
  const { code } = kafkaErrorOf(error)
  return TOLD_AS[code] ?? code
}
