import { MalformedError } from '../errors.ts'
import { Reader, Writer } from './bytes.ts'
import { compile, type Codec } from './compile.ts'
import { array, int32, nullableBytes, nullableString, string, type Fields, type Input, type Message } from './schema.ts'

/**
 * The protocol that consumers of classic groups speak to each other inside JoinGroup and SyncGroup (ConsumerProtocol of
 * Kafka's clients): a version, then the message.
 */
export const CONSUMER_PROTOCOL_TYPE = 'consumer'
export const LATEST_CONSUMER_VERSION = 3

/** ConsumerProtocolSubscription.json */
export const CONSUMER_SUBSCRIPTION = {
  topics: array('0+', string('0+')),
  userData: nullableBytes('0+', '0+'),
  ownedPartitions: array('1+', { topic: string('1+'), partitions: array('1+', int32('1+')) }, { ignorable: true }),
  generationId: int32('2+', { default: -1, ignorable: true }),
  rackId: nullableString('3+', '3+', { ignorable: true }),
}

/** ConsumerProtocolAssignment.json */
export const CONSUMER_ASSIGNMENT = {
  assignedPartitions: array('0+', { topic: string('0+'), partitions: array('0+', int32('0+')) }),
  userData: nullableBytes('0+', '0+'),
}

export type ConsumerSubscription = Message<typeof CONSUMER_SUBSCRIPTION>
export type ConsumerAssignment = Message<typeof CONSUMER_ASSIGNMENT>

/** Throws MalformedError. A version beyond ours is read as ours: later ones only add fields behind. */
export function readConsumerMessage<F extends Fields>(fields: F, bytes: Buffer): Message<F> {
  const reader = new Reader(bytes)
  const version = reader.int16()
  if (version < 0) throw new MalformedError(`version ${version} of the consumer protocol`)
  return codecOf(fields, Math.min(version, LATEST_CONSUMER_VERSION)).read(reader)
}

export function writeConsumerMessage<F extends Fields>(
  fields: F,
  message: Input<Message<F>>,
  version = LATEST_CONSUMER_VERSION,
): Buffer {
  const writer = new Writer()
  writer.int16(version)
  codecOf(fields, Math.min(version, LATEST_CONSUMER_VERSION)).write(writer, message)
  return writer.toBuffer()
}

/** The subscribed topics, which stand first in every version; null when the bytes are no subscription. */
export function readSubscribedTopics(metadata: Buffer): string[] | null {
  try {
    const reader = new Reader(metadata)
    reader.int16()
    return codecOf(CONSUMER_SUBSCRIPTION, 0).read(reader).topics
  } catch (error) {
    if (error instanceof MalformedError) return null
    throw error
  }
}

/** The version that a subscription or an assignment is written in. */
export function consumerProtocolVersion(bytes: Buffer): number {
  return new Reader(bytes).int16()
}

const codecs = new Map<Fields, Codec<Fields>[]>()

/** Coordinators read it for every member that joins, so each form is compiled once. */
function codecOf<F extends Fields>(fields: F, version: number): Codec<F> {
  const byVersion = codecs.get(fields) ?? []
  codecs.set(fields, byVersion)
  return (byVersion[version] ??= compile(fields as Fields, version, false)) as unknown as Codec<F>
}
