import { MalformedError } from '../../errors.ts'
import { Reader, Writer } from '../../protocol/bytes.ts'
import { groupByTopic, type TopicPartition } from '../topic-partition.ts'

/** What a member had, and in which generation; -1 when that is not known. */
export interface PreviousAssignment {
  readonly partitions: readonly TopicPartition[]
  readonly generation: number
}

/** The user data of Java's StickyAssignor, version 1: topics with their partitions, then the generation. */
export function encodeStickyUserData({ partitions, generation }: PreviousAssignment): Buffer {
  const writer = new Writer()
  const topics = groupByTopic(partitions)
  writer.int32(topics.length)
  for (const { topic, items } of topics) {
    writer.string(topic, false)
    writer.int32(items.length)
    for (const { partition } of items) writer.int32(partition)
  }
  writer.int32(generation)
  return writer.toBuffer()
}

/**
 * Bytes that cannot be read count as nothing, as in Java: the member then has no claim. Version 0 has no generation.
 */
export function decodeStickyUserData(bytes: Buffer | null): PreviousAssignment {
  if (!bytes || bytes.length === 0) return { partitions: [], generation: -1 }
  try {
    const reader = new Reader(bytes)
    const partitions = readTopics(reader)
    return { partitions, generation: reader.remaining >= 4 ? reader.int32() : -1 }
  } catch (error) {
    if (error instanceof MalformedError) return { partitions: [], generation: -1 }
    throw error
  }
}

/** The user data of Java's CooperativeStickyAssignor: the generation. */
export function encodeCooperativeUserData(generation: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(generation)
  return bytes
}

export const decodeCooperativeUserData = (bytes: Buffer | null): number =>
  bytes && bytes.length >= 4 ? bytes.readInt32BE() : -1

function readTopics(reader: Reader): TopicPartition[] {
  const partitions: TopicPartition[] = []
  for (let topics = count(reader); topics > 0; topics -= 1) {
    const topic = reader.string(false) ?? ''
    for (let left = count(reader); left > 0; left -= 1) partitions.push({ topic, partition: reader.int32() })
  }
  return partitions
}

function count(reader: Reader): number {
  const length = reader.int32()
  if (length < 0 || length > reader.remaining) throw new MalformedError(`${length} items in ${reader.remaining} bytes`)
  return length
}
