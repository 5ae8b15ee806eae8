import { OffsetForLeaderEpoch } from '../../protocol/apis/offset-for-leader-epoch.ts'
import { handle } from '../handle.ts'
import { findPartition } from '../state/partition-lookup.ts'
import { refusalOf } from '../state/refusal.ts'
import { inTurns } from '../state/turns.ts'

export const offsetForLeaderEpoch = handle(OffsetForLeaderEpoch, async (request, { broker }) => ({
  topics: await inTurns(broker.turns, request.topics, async ({ topic, partitions }) => ({
    topic,
    partitions: await inTurns(broker.turns, partitions, ({ partition, currentLeaderEpoch, leaderEpoch }) => {
      try {
        const { log } = findPartition(broker, topic, partition, currentLeaderEpoch)
        return { partition, ...log.endOffsetForEpoch(leaderEpoch) }
      } catch (error) {
        return { partition, errorCode: refusalOf(error).errorCode }
      }
    }),
  })),
}))
