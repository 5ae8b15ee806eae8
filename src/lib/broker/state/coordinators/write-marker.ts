import { buildEndMarker } from '../../../protocol/records/index.ts'
import { OFFSETS_TOPIC } from '../../../protocol/topic-names.ts'
import type { Broker } from '../broker.ts'
import { findPartition } from '../partition-lookup.ts'
import type { TransactionEnd } from '../transactions/transaction-context.ts'

/**
 * Ends a transaction in one partition that this node leads. Offsets that groups have committed in it count from then
 * on, or never. Throws KafkaError: see `findPartition` and PartitionLog.append.
 */
export function writeMarker(
  broker: Omit<Broker, 'transactions'>,
  topic: string,
  partition: number,
  { transactionVersion, ...end }: TransactionEnd,
): void {
  const marker = buildEndMarker({ ...end, timestamp: BigInt(broker.clock.now()) })
  findPartition(broker, topic, partition).append(marker, { origin: 'coordinator', transactionVersion })
  if (topic === OFFSETS_TOPIC) broker.groups.onTransactionEnded(partition, end.producerId, end.committed)
}
