import {
  decodeProducerSnapshot,
  encodeProducerSnapshot,
  type SnapshotProducer,
} from '../../protocol/log-files/index.ts'
import { ProducerEntry } from './producer-entry.ts'

/** The state of producers as a `.snapshot` file. */
export const encodeSnapshot = (entries: Iterable<ProducerEntry>): Buffer =>
  encodeProducerSnapshot([...entries].map(toProducer))

/** Throws MalformedError for a snapshot that is damaged or of another version. */
export const decodeSnapshot = (snapshot: Buffer): ProducerEntry[] => decodeProducerSnapshot(snapshot).map(toEntry)

const toProducer = ({
  producerId,
  producerEpoch,
  lastSequence,
  lastBatch,
  lastTimestamp,
  coordinatorEpoch,
  currentTransactionStartOffset,
}: ProducerEntry): SnapshotProducer => ({
  producerId,
  producerEpoch,
  lastSequence,
  lastOffset: lastBatch?.lastOffset ?? -1n,
  offsetDelta: lastBatch?.offsetDelta ?? 0,
  timestamp: lastTimestamp,
  coordinatorEpoch,
  currentTransactionFirstOffset: currentTransactionStartOffset,
})

function toEntry({
  producerId,
  producerEpoch,
  lastSequence,
  lastOffset,
  offsetDelta,
  timestamp,
  coordinatorEpoch,
  currentTransactionFirstOffset,
}: SnapshotProducer): ProducerEntry {
  const entry = new ProducerEntry(producerId)
  if (lastOffset >= 0n) entry.add(producerEpoch, { lastSequence, lastOffset, offsetDelta, timestamp })
  entry.producerEpoch = producerEpoch
  entry.lastTimestamp = timestamp
  entry.coordinatorEpoch = coordinatorEpoch
  entry.currentTransactionStartOffset = currentTransactionFirstOffset
  return entry
}
