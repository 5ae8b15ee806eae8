import {
  FetchSnapshot,
  type FetchSnapshotRequest,
  type FetchSnapshotResponse,
} from '../../protocol/apis/fetch-snapshot.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { CLUSTER_METADATA_TOPIC } from '../../protocol/topic-names.ts'
import { handle, onCluster } from '../handle.ts'
import { epochProblem, isOtherCluster, leadershipOf, type Leadership } from './shared/quorum.ts'

type Wanted = FetchSnapshotRequest['topics'][number]['partitions'][number]
type Answer = Input<FetchSnapshotResponse['topics'][number]['partitions'][number]>

/** A piece of a snapshot of the metadata (KafkaRaftClient.handleFetchSnapshotRequest). */
export const fetchSnapshot = handle(
  FetchSnapshot,
  onCluster('CLUSTER_ACTION'),
  ({ clusterId, maxBytes, topics }, context) => {
    if (isOtherCluster(clusterId, context)) return { errorCode: ERRORS.INCONSISTENT_CLUSTER_ID }
    const [topic, ...others] = topics
    const [wanted, ...more] = topic?.partitions ?? []
    if (!topic || !wanted || others.length > 0 || more.length > 0) return { errorCode: ERRORS.INVALID_REQUEST }
    const leadership = leadershipOf(context)
    const { partition: index } = wanted
    const partition =
      topic.name === CLUSTER_METADATA_TOPIC && index === 0
        ? pieceOf(leadership, wanted, maxBytes)
        : { index, errorCode: ERRORS.UNKNOWN_TOPIC_OR_PARTITION }
    return { topics: [{ name: topic.name, partitions: [partition] }], nodeEndpoints: leadership.nodeEndpoints }
  },
)

function pieceOf({ log, currentLeader }: Leadership, wanted: Wanted, maxBytes: number): Answer {
  const { snapshotId, position } = wanted
  const refused = (code: ErrorName): Answer => ({ index: 0, errorCode: ERRORS[code], currentLeader })
  const problem = epochProblem(wanted.currentLeaderEpoch, log)
  if (problem) return refused(problem)
  // What a cluster begins with is in the log as well, and not for others.
  const piece =
    snapshotId.endOffset === 0n ? null : log.readSnapshot(snapshotId, Math.max(0, Number(position)), maxBytes)
  if (!piece) return refused('SNAPSHOT_NOT_FOUND')
  const { size, bytes } = piece
  if (position < 0n || position >= size) return refused('POSITION_OUT_OF_RANGE')
  return { index: 0, snapshotId, currentLeader, size: BigInt(size), position, unalignedRecords: bytes }
}
