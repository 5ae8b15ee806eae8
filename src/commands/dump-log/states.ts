import { decodeAbortedTransactions, decodeProducerSnapshot } from '../../lib/protocol/log-files/index.ts'
import type { Entry } from './entries.ts'
import { readFile } from './indexes.ts'

/** The transactions that a `.txnindex` says were rolled back. Throws EnvironmentError. */
export function* dumpTransactionIndex(path: string): Generator<Entry> {
  for (const transaction of decodeAbortedTransactions(readFile(path)))
    yield { type: 'aborted-transaction', transaction }
}

/** The producers of a `.snapshot`. Throws EnvironmentError, MalformedError for one that is damaged. */
export function* dumpProducerSnapshot(path: string): Generator<Entry> {
  for (const producer of decodeProducerSnapshot(readFile(path)))
    yield { type: 'producer', producer, firstSequence: firstSequence(producer) }
}

/** Sequence numbers begin again at 0 behind 2^31 - 1. */
const firstSequence = ({
  lastSequence,
  offsetDelta,
}: {
  readonly lastSequence: number
  readonly offsetDelta: number
}): number => (lastSequence - offsetDelta + 2 ** 31) % 2 ** 31
