import {
  CONSUMER_ASSIGNMENT,
  CONSUMER_SUBSCRIPTION,
  readConsumerMessage,
  writeConsumerMessage,
  type ConsumerAssignment,
  type ConsumerSubscription,
} from '../../../protocol/consumer-protocol.ts'

/** Throws MalformedError where the bytes are no subscription. */
export function readSubscription(metadata: Buffer): ConsumerSubscription {
  return readConsumerMessage(CONSUMER_SUBSCRIPTION, metadata)
}

/** No bytes at all stand for no partitions. Throws MalformedError where the bytes are no assignment. */
export function readAssignment(assignment: Buffer): ConsumerAssignment {
  return assignment.length === 0
    ? { assignedPartitions: [], userData: null }
    : readConsumerMessage(CONSUMER_ASSIGNMENT, assignment)
}

/** In the version that a member's subscription was written in. */
export function writeAssignment(assignedPartitions: ConsumerAssignment['assignedPartitions'], version: number): Buffer {
  return writeConsumerMessage(CONSUMER_ASSIGNMENT, { assignedPartitions }, version)
}
