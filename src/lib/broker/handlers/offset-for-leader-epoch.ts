import { OffsetForLeaderEpoch } from '../../protocol/apis/offset-for-leader-epoch.ts'
import { handle } from '../handle.ts'
import { findPartition } from '../state/partition-lookup.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'
import { mayOnCluster, requireRight } from './shared/rights.ts'

export const offsetForLeaderEpoch = handle(OffsetForLeaderEpoch, 'each', async (request, context) => {
  const { broker } = context
  const isBroker = mayOnCluster(context, 'CLUSTER_ACTION')
  return {
    topics: await inTurns(broker.turns, request.topics, async ({ topic, partitions }) => ({
      topic,
      partitions: await inTurns(broker.turns, partitions, ({ partition, currentLeaderEpoch, leaderEpoch }) => {
        try {
          if (!isBroker) requireRight(context, 'DESCRIBE', 'TOPIC', topic)
          const { log } = findPartition(broker, topic, partition, currentLeaderEpoch)
          return { partition, ...log.endOffsetForEpoch(leaderEpoch) }
        } catch (error) {
          return { partition, errorCode: refusalOf(error).errorCode }
        }
      }),
    })),
  }
})
