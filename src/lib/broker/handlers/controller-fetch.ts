import { Fetch, type FetchRequest, type FetchResponse } from '../../protocol/apis/fetch.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import type { Input } from '../../protocol/schema.ts'
import { CLUSTER_METADATA_TOPIC } from '../../protocol/topic-names.ts'
import { handle, onCluster, type RequestContext } from '../handle.ts'
import { METADATA_TOPIC_ID } from '../raft/index.ts'
import { epochProblem, isOtherCluster, leadershipOf, type Leadership } from './shared/quorum.ts'

type Wanted = FetchRequest['topics'][number]['partitions'][number]
type Answer = Input<FetchResponse['responses'][number]['partitions'][number]>

const EMPTY = Buffer.alloc(0)

/**
 * Fetch of the metadata log by those who follow it (KafkaRaftClient.handleFetchRequest). It waits for records unless it
 * has something else to tell: an error, where the follower's log is another, a snapshot, a newer high watermark.
 */
export const fetchMetadata = handle(Fetch, onCluster('CLUSTER_ACTION'), (request, context) => {
  if (isOtherCluster(request.clusterId, context)) return { errorCode: ERRORS.INCONSISTENT_CLUSTER_ID }
  const wanted = wantedOf(request)
  if (!wanted) return { errorCode: ERRORS.INVALID_REQUEST }
  const { maxWaitMs } = request
  const leadership = leadershipOf(context)
  const answered = (partition: Answer): Input<FetchResponse> => ({
    responses: [{ topic: CLUSTER_METADATA_TOPIC, topicId: METADATA_TOPIC_ID, partitions: [partition] }],
    nodeEndpoints: leadership.nodeEndpoints,
  })
  if (maxWaitMs < 0 || !isSound(wanted)) return answered(refused(leadership, 'INVALID_REQUEST'))
  const find = (): Answer => fetch(request, wanted, leadership, context)
  const found = find()
  if (maxWaitMs === 0 || isTelling(found, wanted)) return answered(found)
  return untilAppended(leadership, maxWaitMs, context).then(() => answered(find()))
})

/** Null for a request of anything but the metadata: versions before 13 have no topic ids. */
function wantedOf({ topics }: FetchRequest): Wanted | null {
  const [topic, ...others] = topics
  const [partition, ...more] = topic?.partitions ?? []
  if (topic?.topicId !== METADATA_TOPIC_ID || others.length > 0 || more.length > 0) return null
  return partition?.partition === 0 ? partition : null
}

const isSound = ({ fetchOffset, lastFetchedEpoch, currentLeaderEpoch }: Wanted): boolean =>
  fetchOffset >= 0n && lastFetchedEpoch >= 0 && lastFetchedEpoch <= currentLeaderEpoch

function fetch(
  request: FetchRequest,
  wanted: Wanted,
  leadership: Leadership,
  { broker: { quorumController } }: RequestContext,
): Answer {
  const { log } = leadership
  const { fetchOffset, lastFetchedEpoch } = wanted
  const problem = epochProblem(wanted.currentLeaderEpoch, log)
  if (problem) return refused(leadership, problem)
  const replicaId = request.replicaState.replicaId >= 0 ? request.replicaState.replicaId : request.replicaId
  if (replicaId === log.leaderId) return refused(leadership, 'UNKNOWN_SERVER_ERROR')
  const { latestSnapshot } = log
  // Who has nothing yet is better off with a snapshot.
  if (fetchOffset === 0n && latestSnapshot && latestSnapshot.endOffset > 0n)
    return { ...partitionOf(leadership), snapshotId: latestSnapshot }
  const { kind, ...place } = log.validate(fetchOffset, lastFetchedEpoch)
  if (kind !== 'valid')
    return { ...partitionOf(leadership), [kind === 'diverging' ? 'divergingEpoch' : 'snapshotId']: place }
  const records = log.read(fetchOffset, request.maxBytes)
  if (replicaId >= 0) quorumController.observers.note(replicaId, wanted.replicaDirectoryId, fetchOffset, log.endOffset)
  return { ...partitionOf(leadership), records }
}

/** What is on the disk of the only voter is committed. */
const partitionOf = ({ log, currentLeader }: Leadership): Answer => ({
  partitionIndex: 0,
  highWatermark: log.endOffset,
  logStartOffset: log.firstOffset,
  currentLeader,
  abortedTransactions: null,
  records: EMPTY,
})

const refused = (leadership: Leadership, code: ErrorName): Answer => ({
  ...partitionOf(leadership),
  errorCode: ERRORS[code],
  highWatermark: -1n,
})

/** Whether there is something that the follower is better told at once. */
const isTelling = (found: Answer, wanted: Wanted): boolean =>
  found.errorCode !== undefined ||
  found.divergingEpoch !== undefined ||
  found.snapshotId !== undefined ||
  found.records!.length > 0 ||
  found.highWatermark! > wanted.highWatermark

function untilAppended(
  { log }: Leadership,
  maxWaitMs: number,
  { broker: { clock, quorumController } }: RequestContext,
): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      timer.cancel()
      unwatch()
      quorumController.parked.delete(finish)
      resolve()
    }
    const timer = clock.inBackground(maxWaitMs, finish)
    const unwatch = log.watch(finish)
    quorumController.parked.add(finish)
  })
}
