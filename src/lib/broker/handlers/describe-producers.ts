import { KafkaError } from '../../errors.ts'
import { DescribeProducers, type DescribeProducersResponse } from '../../protocol/apis/describe-producers.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle } from '../handle.ts'
import type { Broker } from '../state/broker.ts'
import { findPartition } from '../state/partition-lookup.ts'

type PartitionAnswer = Input<DescribeProducersResponse['topics'][number]['partitions'][number]>

/** The idempotent producers that partitions know, and the transactions they have open there (KIP-664). */
export const describeProducers = handle(DescribeProducers, ({ topics }, { broker }) => ({
  topics: topics.map(({ name, partitionIndexes }) => ({ name, partitions: partitionIndexes.map((index) => describe(broker, name, index)) })),
}))

function describe(broker: Broker, topic: string, partitionIndex: number): PartitionAnswer {
  try {
    const producers = findPartition(broker, topic, partitionIndex).log.activeProducers()
    return {
      partitionIndex,
      activeProducers: producers.map(({ currentTransactionStartOffset: currentTxnStartOffset, ...producer }) => ({ ...producer, currentTxnStartOffset })),
    }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return { partitionIndex, errorCode: ERRORS[error.code as ErrorName] }
  }
}
