import { MalformedError } from '../../errors.ts'
import { Reader, Writer } from '../../protocol/bytes.ts'
import { crc32c } from '../../protocol/records/index.ts'
import { ProducerEntry } from './producer-entry.ts'

const VERSION = 1
const CRC_AT = 2
const ENTRIES_AT = 6

/**
 * Producer state as Kafka keeps it in `.snapshot` files (ProducerSnapshot.json): version int16, crc uint32 of what follows,
 * then an array of producers with their last batch.
 */
export function encodeSnapshot(entries: Iterable<ProducerEntry>): Buffer {
  const producers = [...entries]
  const writer = new Writer(64 + producers.length * 64)
  writer.int16(VERSION)
  writer.int32(0)
  writer.int32(producers.length)
  for (const entry of producers) writeEntry(writer, entry)
  const snapshot = writer.toBuffer()
  snapshot.writeUInt32BE(crc32c(snapshot, ENTRIES_AT), CRC_AT)
  return snapshot
}

function writeEntry(writer: Writer, entry: ProducerEntry): void {
  const { lastBatch } = entry
  writer.int64(entry.producerId)
  writer.int16(entry.producerEpoch)
  writer.int32(entry.lastSequence)
  writer.int64(lastBatch?.lastOffset ?? -1n)
  writer.int32(lastBatch?.offsetDelta ?? 0)
  writer.int64(entry.lastTimestamp)
  writer.int32(entry.coordinatorEpoch)
  writer.int64(entry.currentTransactionStartOffset)
}

/** Throws MalformedError for a snapshot that is damaged or of another version. */
export function decodeSnapshot(snapshot: Buffer): ProducerEntry[] {
  const reader = new Reader(snapshot)
  const version = reader.int16()
  if (version !== VERSION) throw new MalformedError(`producer snapshot of version ${version}`)
  const crc = reader.int32() >>> 0
  if (crc !== crc32c(snapshot, ENTRIES_AT)) throw new MalformedError('the checksum of the producer snapshot is wrong')
  return Array.from({ length: reader.int32() }, () => readEntry(reader))
}

function readEntry(reader: Reader): ProducerEntry {
  const entry = new ProducerEntry(reader.int64())
  const producerEpoch = reader.int16()
  const lastSequence = reader.int32()
  const lastOffset = reader.int64()
  const offsetDelta = reader.int32()
  const timestamp = reader.int64()
  if (lastOffset >= 0n) entry.add(producerEpoch, { lastSequence, lastOffset, offsetDelta, timestamp })
  entry.producerEpoch = producerEpoch
  entry.lastTimestamp = timestamp
  entry.coordinatorEpoch = reader.int32()
  entry.currentTransactionStartOffset = reader.int64()
  return entry
}
