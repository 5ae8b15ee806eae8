import { MalformedError } from '../../errors.ts'
import { Reader, Writer } from '../bytes.ts'
import { crc32c } from '../records/crc32c.ts'

/** One producer in a `.snapshot` file, with its last batch; a last offset of -1 where there is none. */
export interface SnapshotProducer {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastOffset: bigint
  /** Last offset of the batch minus its first. */
  readonly offsetDelta: number
  readonly timestamp: bigint
  readonly coordinatorEpoch: number
  /** -1 while the producer has no open transaction. */
  readonly currentTransactionFirstOffset: bigint
}

const VERSION = 1
const CRC_AT = 2
const PRODUCERS_AT = 6

/**
 * Producer state as Kafka keeps it in `.snapshot` files (ProducerSnapshot.json): version int16, crc uint32 of what
 * follows, then an array of producers with their last batch.
 */
export function encodeProducerSnapshot(producers: readonly SnapshotProducer[]): Buffer {
  const writer = new Writer(64 + producers.length * 64)
  writer.int16(VERSION)
  writer.int32(0)
  writer.int32(producers.length)
  for (const producer of producers) {
    writer.int64(producer.producerId)
    writer.int16(producer.producerEpoch)
    writer.int32(producer.lastSequence)
    writer.int64(producer.lastOffset)
    writer.int32(producer.offsetDelta)
    writer.int64(producer.timestamp)
    writer.int32(producer.coordinatorEpoch)
    writer.int64(producer.currentTransactionFirstOffset)
  }
  const snapshot = writer.toBuffer()
  snapshot.writeUInt32BE(crc32c(snapshot, PRODUCERS_AT), CRC_AT)
  return snapshot
}

/** Throws MalformedError for a snapshot that is damaged or of another version. */
export function decodeProducerSnapshot(snapshot: Buffer): SnapshotProducer[] {
  const reader = new Reader(snapshot)
  const version = reader.int16()
  if (version !== VERSION) throw new MalformedError(`producer snapshot of version ${version}`)
  const crc = reader.int32() >>> 0
  if (crc !== crc32c(snapshot, PRODUCERS_AT)) throw new MalformedError('the checksum of the producer snapshot is wrong')
  return Array.from({ length: reader.int32() }, () => ({
    producerId: reader.int64(),
    producerEpoch: reader.int16(),
    lastSequence: reader.int32(),
    lastOffset: reader.int64(),
    offsetDelta: reader.int32(),
    timestamp: reader.int64(),
    coordinatorEpoch: reader.int32(),
    currentTransactionFirstOffset: reader.int64(),
  }))
}
