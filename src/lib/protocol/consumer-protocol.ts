import { MalformedError } from '../errors.ts'
import { Reader, Writer } from './bytes.ts'
import { messageType, type MessageType } from './message-type.ts'
import { array, int32, nullableBytes, nullableString, string, type Fields, type Input, type Message } from './schema.ts'

/**
 * The protocol that consumers of classic groups speak to each other inside JoinGroup and SyncGroup (ConsumerProtocol of
 * Kafka's clients): a version, then the message.
 */
export const CONSUMER_PROTOCOL_TYPE = 'consumer'
const VERSIONS = '0-3'

export const CONSUMER_SUBSCRIPTION = messageType('ConsumerProtocolSubscription', VERSIONS, 'none', {
  topics: array('0+', string('0+')),
  userData: nullableBytes('0+', '0+'),
  ownedPartitions: array('1+', { topic: string('1+'), partitions: array('1+', int32('1+')) }, { ignorable: true }),
  generationId: int32('2+', { default: -1, ignorable: true }),
  rackId: nullableString('3+', '3+', { ignorable: true }),
})

export const CONSUMER_ASSIGNMENT = messageType('ConsumerProtocolAssignment', VERSIONS, 'none', {
  assignedPartitions: array('0+', { topic: string('0+'), partitions: array('0+', int32('0+')) }),
  userData: nullableBytes('0+', '0+'),
})

export type ConsumerSubscription = Message<typeof CONSUMER_SUBSCRIPTION.fields>
export type ConsumerAssignment = Message<typeof CONSUMER_ASSIGNMENT.fields>

/** Throws MalformedError. A version beyond ours is read as ours: later ones only add fields behind. */
export function readConsumerMessage<F extends Fields>(type: MessageType<F>, bytes: Buffer): Message<F> {
  const reader = new Reader(bytes)
  const version = reader.int16()
  if (version < 0) throw new MalformedError(`version ${version} of the consumer protocol`)
  return type.codec(Math.min(version, type.maxVersion)).read(reader)
}

export function writeConsumerMessage<F extends Fields>(
  type: MessageType<F>,
  message: Input<Message<F>>,
  version = type.maxVersion,
): Buffer {
  const writer = new Writer()
  writer.int16(version)
  type.codec(Math.min(version, type.maxVersion)).write(writer, message)
  return writer.toBuffer()
}

/** The subscribed topics, which stand first in every version; null when the bytes are no subscription. */
export function readSubscribedTopics(metadata: Buffer): string[] | null {
  try {
    const reader = new Reader(metadata)
    reader.int16()
    return CONSUMER_SUBSCRIPTION.codec(0).read(reader).topics
  } catch (error) {
    if (error instanceof MalformedError) return null
    throw error
  }
}

/** The version that a subscription or an assignment is written in. */
export function consumerProtocolVersion(bytes: Buffer): number {
  return new Reader(bytes).int16()
}
