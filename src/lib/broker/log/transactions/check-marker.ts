import { KafkaError } from '../../../errors.ts'
import type { EndMarker } from '../../../protocol/records/index.ts'
import type { ProducerEntry } from '../producer-entry.ts'

/** Of a version from 2 on (KIP-890) is a transaction whose end raises the epoch of its producer. */
const RAISES_EPOCH_FROM = 2

/**
 * Refuses a marker that comes late (ProducerAppendInfo.checkProducerEpoch). The epoch of a version 2 marker is above
 * that of the records before it, so that it cannot end a later transaction; the same marker once more does no harm,
 * because a coordinator that was interrupted writes it again.
 */
export function checkMarker(
  log: string,
  entry: ProducerEntry,
  marker: EndMarker & { readonly producerEpoch: number },
  transactionVersion: number,
): void {
  const raisesEpoch = transactionVersion >= RAISES_EPOCH_FROM
  const isRepeated =
    raisesEpoch && marker.producerEpoch === entry.producerEpoch && entry.currentTransactionStartOffset < 0n
  const isLate = raisesEpoch ? marker.producerEpoch <= entry.producerEpoch : marker.producerEpoch < entry.producerEpoch
  if (isLate && !isRepeated) {
    throw new KafkaError(
      'INVALID_PRODUCER_EPOCH',
      `a marker for producer ${entry.producerId} in ${log} has epoch ${marker.producerEpoch}, but epoch ${entry.producerEpoch} has begun`,
    )
  }
  if (marker.coordinatorEpoch < entry.coordinatorEpoch) {
    throw new KafkaError(
      'TRANSACTION_COORDINATOR_FENCED',
      `a marker for producer ${entry.producerId} in ${log} is of coordinator epoch ${marker.coordinatorEpoch}, but ${entry.coordinatorEpoch} has begun`,
    )
  }
}
