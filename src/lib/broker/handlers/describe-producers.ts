import { DescribeProducers, type DescribeProducersResponse } from '../../protocol/apis/describe-producers.ts'
import type { Input } from '../../protocol/schema.ts'
import { handle, type RequestContext } from '../handle.ts'
import { findReplica } from '../state/partition-lookup.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'
import { firstByKey } from './shared/repeated.ts'
import { requireRight } from './shared/rights.ts'

type PartitionAnswer = Input<DescribeProducersResponse['topics'][number]['partitions'][number]>

/** The idempotent producers that partitions know, and the transactions they have open there (KIP-664). */
export const describeProducers = handle(DescribeProducers, 'each', async ({ topics }, context) => ({
  topics: await inTurns(
    context.broker.turns,
    firstByKey(topics, ({ name }) => name),
    async ({ name, partitionIndexes }) => ({
      name,
      partitions: await inTurns(context.broker.turns, [...new Set(partitionIndexes)], (index) =>
        describe(context, name, index),
      ),
    }),
  ),
}))

function describe(context: RequestContext, topic: string, partitionIndex: number): PartitionAnswer {
  try {
    requireRight(context, 'READ', 'TOPIC', topic)
    const producers = findReplica(context.broker, topic, partitionIndex).log.activeProducers()
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
