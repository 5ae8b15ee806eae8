import { decodeAbortedTransactions, decodeProducerSnapshot } from '../../lib/client/log-files/index.ts'
import { readFile } from './indexes.ts'

/** The transactions that a `.txnindex` says were rolled back. Throws EnvironmentError. */
export function* dumpTransactionIndex(path: string): Generator<string> {
  for (const { producerId, firstOffset, lastOffset, lastStableOffset } of decodeAbortedTransactions(readFile(path))) {
    yield `version: 0 producerId: ${producerId} firstOffset: ${firstOffset} lastOffset: ${lastOffset} lastStableOffset: ${lastStableOffset}\n`
  }
}

/** The producers of a `.snapshot`. Throws EnvironmentError, MalformedError for one that is damaged. */
export function* dumpProducerSnapshot(path: string): Generator<string> {
  for (const producer of decodeProducerSnapshot(readFile(path))) {
    const batch = producer.lastOffset < 0n ? ''
      : `firstSequence: ${firstSequence(producer)} lastSequence: ${producer.lastSequence} lastOffset: ${producer.lastOffset} offsetDelta: ${producer.offsetDelta} timestamp: ${producer.timestamp}`
    const first = producer.currentTransactionFirstOffset < 0n ? 'OptionalLong.empty' : `OptionalLong[${producer.currentTransactionFirstOffset}]`
    yield `producerId: ${producer.producerId} producerEpoch: ${producer.producerEpoch} coordinatorEpoch: ${producer.coordinatorEpoch}`
      + ` currentTxnFirstOffset: ${first} lastTimestamp: ${producer.timestamp} ${batch}\n`
  }
}

/** Sequence numbers begin again at 0 behind 2^31 - 1. */
const firstSequence = ({ lastSequence, offsetDelta }: { readonly lastSequence: number; readonly offsetDelta: number }): number =>
  (lastSequence - offsetDelta + 2 ** 31) % 2 ** 31
