import { MalformedError } from '../../errors.ts'
import { Reader, Writer } from '../../protocol/bytes.ts'
import { compile } from '../../protocol/compile.ts'
import { array, int32, nullableBytes, nullableString, string, type Fields, type Input, type Message } from '../../protocol/schema.ts'
import { byTopic } from '../consumer/by-topic.ts'
import type { TopicPartition } from '../consumer/partition-state.ts'

/** `protocol_type` of groups of consumers. */
export const PROTOCOL_TYPE = 'consumer'
const LOWEST_VERSION = 0
const HIGHEST_VERSION = 3

/** ConsumerProtocolSubscription.json */
const SUBSCRIPTION = {
  topics: array('0+', string('0+')), userData: nullableBytes('0+', '0+'),
  ownedPartitions: array('1+', { topic: string('1+'), partitions: array('1+', int32('1+')) }, { ignorable: true }),
  generationId: int32('2+', { default: -1, ignorable: true }), rackId: nullableString('3+', '3+', { ignorable: true }),
}

/** ConsumerProtocolAssignment.json */
const ASSIGNMENT = {
  assignedPartitions: array('0+', { topic: string('0+'), partitions: array('0+', int32('0+')) }),
  userData: nullableBytes('0+', '0+'),
}

/** What a member tells its group's leader about itself. */
export interface MemberSubscription {
  readonly topics: readonly string[]
  readonly userData: Buffer | null
  readonly ownedPartitions: readonly TopicPartition[]
  /** -1 when the member has none, or speaks a version before 2. */
  readonly generationId: number
  readonly rackId: string | null
}

/** In the order that Java writes: topics sorted, partitions sorted by topic and number. */
export function encodeSubscription(subscription: MemberSubscription, version = HIGHEST_VERSION): Buffer {
  const owned = [...subscription.ownedPartitions].sort(comparePartitions)
  return encode(SUBSCRIPTION, version, {
    topics: [...subscription.topics].sort(), userData: subscription.userData, ownedPartitions: group(owned),
    generationId: subscription.generationId, rackId: subscription.rackId,
  })
}

/** Throws MalformedError. A version beyond ours is read as ours: later ones only add fields behind. */
export function decodeSubscription(bytes: Buffer): MemberSubscription {
  const { topics, userData, ownedPartitions, generationId, rackId } = decode(SUBSCRIPTION, bytes)
  return { topics, userData, ownedPartitions: flatten(ownedPartitions), generationId, rackId: rackId || null }
}

export function encodeAssignment(partitions: readonly TopicPartition[], version = HIGHEST_VERSION): Buffer {
  return encode(ASSIGNMENT, version, { assignedPartitions: group(partitions), userData: null })
}

/** Throws MalformedError. No bytes at all mean no partitions: that is what a broker sends where the leader has said nothing. */
export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  return bytes.length === 0 ? [] : flatten(decode(ASSIGNMENT, bytes).assignedPartitions)
}

export function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  return a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition
}

function encode<F extends Fields>(fields: F, version: number, message: Input<Message<F>>): Buffer {
  const writer = new Writer()
  writer.int16(version)
  compile(fields, version, false).write(writer, message)
  return writer.toBuffer()
}

function decode<F extends Fields>(fields: F, bytes: Buffer): Message<F> {
  const reader = new Reader(bytes)
  const version = reader.int16()
  if (version < LOWEST_VERSION) throw new MalformedError(`version ${version} of the consumer protocol`)
  return compile(fields, Math.min(version, HIGHEST_VERSION), false).read(reader)
}

const group = (partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] =>
  byTopic(partitions).map(({ topic, partitions: list }) => ({ topic, partitions: list.map(({ partition }) => partition) }))

const flatten = (topics: readonly { topic: string; partitions: readonly number[] }[]): TopicPartition[] =>
  topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
