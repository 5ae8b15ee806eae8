import { ELECTION_TYPES, ElectLeaders, type ElectLeadersRequest } from '../../protocol/apis/elect-leaders.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'
import type { Cluster } from '../state/cluster/cluster.ts'
import { inTurns } from '../state/turns.ts'

/** ElectionType. */
const { preferred: PREFERRED, unclean: UNCLEAN } = ELECTION_TYPES

type Wanted = { readonly topic: string; readonly partitions: readonly number[] }

/**
 * A partition whose leader is the right one needs no election; whoever asks for all partitions is not told of those
 * (ReplicationControlManager.electLeaders).
 */
export const electLeaders = handle(
  ElectLeaders,
  async ({ electionType, topicPartitions }, { broker: { turns, cluster } }) => {
    if (electionType !== PREFERRED && electionType !== UNCLEAN) return { errorCode: ERRORS.INVALID_REQUEST }
    const results = await inTurns(turns, wantedOf(topicPartitions, cluster), async ({ topic, partitions }) => ({
      topic,
      partitionResult: await inTurns(turns, partitions, (partitionId) =>
        elect(cluster, topic, partitionId, electionType),
      ),
    }))
    if (topicPartitions !== null) return { replicaElectionResults: results }
    const isTold = ({ errorCode }: { errorCode: number }): boolean => errorCode !== ERRORS.ELECTION_NOT_NEEDED
    return {
      replicaElectionResults: results.map(({ topic, partitionResult }) => ({
        topic,
        partitionResult: partitionResult.filter(isTold),
      })),
    }
  },
)

function wantedOf(asked: ElectLeadersRequest['topicPartitions'], cluster: Cluster): readonly Wanted[] {
  return (
    asked ??
    [...cluster.topics()].map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.map(({ partition }) => partition),
    }))
  )
}

function elect(cluster: Cluster, topic: string, partitionId: number, electionType: number) {
  const { code, message } = outcome(cluster, topic, partitionId, electionType)
  return { partitionId, errorCode: ERRORS[code], errorMessage: message }
}

/** With one broker the first replica leads as long as the broker runs: there is never another to elect. */
function outcome(
  cluster: Cluster,
  topic: string,
  partitionId: number,
  electionType: number,
): { code: ErrorName; message: string | null } {
  const found = cluster.topic(topic)
  if (!found) return refused('UNKNOWN_TOPIC_OR_PARTITION', `No such topic as ${topic}`)
  const partition = found.partitions[partitionId]
  if (!partition) return refused('UNKNOWN_TOPIC_OR_PARTITION', `No such partition as ${topic}-${partitionId}`)
  const isServed = cluster.isAlive(partition.leader)
  const isDone = isServed && (electionType === UNCLEAN || partition.leader === partition.replicas[0])
  if (isDone) return refused('ELECTION_NOT_NEEDED')
  return refused(
    electionType === UNCLEAN ? 'ELIGIBLE_LEADERS_NOT_AVAILABLE' : 'PREFERRED_LEADER_NOT_AVAILABLE',
    'No replica that could lead is there.',
  )
}

const refused = (code: ErrorName, message: string | null = null): { code: ErrorName; message: string | null } => ({
  code,
  message,
})
