import { DescribeProducers, type DescribeProducersResponse } from '../../protocol/apis/describe-producers.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { findReplica } from '../state/partition-lookup.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'
import { firstByKey } from './shared/repeated.ts'

type PartitionAnswer = Input<DescribeProducersResponse['topics'][number]['partitions'][number]>

/** The idempotent producers that partitions know, and the transactions they have open there (KIP-664). */
export const describeProducers = handle(DescribeProducers, async ({ topics }, { broker }) => ({
  topics: await inTurns(
    broker.turns,
    firstByKey(topics, ({ name }) => name),
    async ({ name, partitionIndexes }) => ({
      name,
      partitions: await inTurns(broker.turns, [...new Set(partitionIndexes)], (index) => describe(broker, name, index)),
    }),
  ),
}))

function describe(broker: Broker, topic: string, partitionIndex: number): PartitionAnswer {
  try {
    const producers = findReplica(broker, topic, partitionIndex).log.activeProducers()
    return {
      partitionIndex,
      activeProducers: producers.map(({ currentTransactionStartOffset: currentTxnStartOffset, ...producer }) => ({
        ...producer,
        currentTxnStartOffset,
      })),
    }
  } catch (error) {
    return { partitionIndex, errorCode: refusalOf(error).errorCode }
  }
}
