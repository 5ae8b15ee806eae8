import { MalformedError } from '../../../errors.ts'
import { Reader, Writer } from '../../../protocol/bytes.ts'
import { compile, type Codec } from '../../../protocol/compile.ts'
import { array, int32, nullableBytes, nullableString, string, type Fields, type Message } from '../../../protocol/schema.ts'

/**
 * The protocol that consumers of classic groups speak to each other inside JoinGroup and SyncGroup (ConsumerProtocol
 * of Kafka's clients). A version is in front; unknown ones are read as the latest known, for each extends the last.
 */
export const CONSUMER_PROTOCOL_TYPE = 'consumer'
const LATEST = 3

const SUBSCRIPTION = {
  topics: array('0+', string('0+')), userData: nullableBytes('0+', '0+'),
  ownedPartitions: array('1+', { topic: string('1+'), partitions: array('1+', int32('1+')) }, { ignorable: true }),
  generationId: int32('2+', { default: -1, ignorable: true }), rackId: nullableString('3+', '3+', { ignorable: true }),
}

const ASSIGNMENT = {
  assignedPartitions: array('0+', { topic: string('0+'), partitions: array('0+', int32('0+')) }),
  userData: nullableBytes('0+', '0+'),
}

export type ConsumerSubscription = Message<typeof SUBSCRIPTION>
export type ConsumerAssignment = Message<typeof ASSIGNMENT>

/** Throws MalformedError where the bytes are no subscription. */
export function readSubscription(metadata: Buffer): ConsumerSubscription {
  return read(SUBSCRIPTION, metadata)
}

/** The subscribed topics, which stand first in every version; null when the bytes are no subscription. */
export function readSubscribedTopics(metadata: Buffer): string[] | null {
  try {
    const reader = new Reader(metadata)
    reader.int16()
    return codec(SUBSCRIPTION, 0).read(reader).topics
  } catch (error) {
    if (error instanceof MalformedError) return null
    throw error
  }
}

/** No bytes at all stand for no partitions. Throws MalformedError where the bytes are no assignment. */
export function readAssignment(assignment: Buffer): ConsumerAssignment {
  return assignment.length === 0 ? { assignedPartitions: [], userData: null } : read(ASSIGNMENT, assignment)
}

export function writeAssignment(assignedPartitions: ConsumerAssignment['assignedPartitions'], version: number): Buffer {
  const writer = new Writer()
  writer.int16(version)
  codec(ASSIGNMENT, version).write(writer, { assignedPartitions })
  return writer.toBuffer()
}

/** The version that a subscription or an assignment is written in. */
export function protocolVersion(bytes: Buffer): number {
  return new Reader(bytes).int16()
}

function read<F extends Fields>(fields: F, bytes: Buffer): Message<F> {
  const reader = new Reader(bytes)
  return codec(fields, reader.int16()).read(reader)
}

const codecs = new Map<Fields, Codec<Fields>[]>()

function codec<F extends Fields>(fields: F, version: number): Codec<F> {
  const known = Math.max(0, Math.min(version, LATEST))
  const byVersion = codecs.get(fields) ?? []
  codecs.set(fields, byVersion)
  return (byVersion[known] ??= compile(fields as Fields, known, false)) as unknown as Codec<F>
}
