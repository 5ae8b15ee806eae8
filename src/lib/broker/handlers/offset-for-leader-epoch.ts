import { KafkaError } from '../../errors.ts'
import { OffsetForLeaderEpoch } from '../../protocol/apis/offset-for-leader-epoch.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'
import { findPartition } from '../state/partition-lookup.ts'

export const offsetForLeaderEpoch = handle(OffsetForLeaderEpoch, (request, { broker }) => ({
  topics: request.topics.map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) => {
      try {
        const { log } = findPartition(broker, topic, partition, currentLeaderEpoch)
        return { partition, ...log.endOffsetForEpoch(leaderEpoch) }
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        return { partition, errorCode: ERRORS[error.code as ErrorName] }
      }
    }),
  })),
}))
