import { OffsetForLeaderEpoch } from '../../protocol/apis/offset-for-leader-epoch.ts'
import { handle } from '../handle.ts'
import { findPartition } from '../state/partition-lookup.ts'
import { refusalOf } from '../state/refusal.ts'

export const offsetForLeaderEpoch = handle(OffsetForLeaderEpoch, (request, { broker }) => ({
  topics: request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) => {
      try {
        const { log } = findPartition(broker, topic, partition, currentLeaderEpoch)
        return { partition, ...log.endOffsetForEpoch(leaderEpoch) }
      } catch (error) {
        return { partition, errorCode: refusalOf(error).errorCode }
      }
    }),
  })),
}))
