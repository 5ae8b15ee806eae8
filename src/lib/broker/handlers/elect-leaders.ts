import { ELECTION_TYPES, ElectLeaders, type ElectLeadersRequest } from '../../protocol/apis/elect-leaders.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { electLeader } from '../controller/elections.ts'
import { handle, onCluster } from '../handle.ts'
import type { Cluster } from '../state/cluster/cluster.ts'
import { refusalOf } from '../state/refusal.ts'
import { decideInTurns } from './shared/decide.ts'

const ELECTIONS = ['preferred', 'unclean'] as const
const DONE = { errorCode: ERRORS.NONE, errorMessage: null }

/**
 * A partition whose leader is the right one needs no election; whoever asks for all partitions is not told of those
 * (ReplicationControlManager.electLeaders).
 */
export const electLeaders = handle(
  ElectLeaders,
  onCluster('ALTER'),
  async ({ electionType, topicPartitions }, { broker }) => {
    const election = ELECTIONS.find((type) => ELECTION_TYPES[type] === electionType)
    if (!election) return { errorCode: ERRORS.INVALID_REQUEST }
    const wanted = topicPartitions ?? allPartitions(broker.cluster)
    const results = await decideInTurns(
      broker,
      wanted.flatMap(({ topic, partitions }) => partitions.map((partitionId) => ({ topic, partitionId }))),
      ({ topic, partitionId }) => electLeader(broker, topic, partitionId, election),
      ({ partitionId }, error) => ({ partitionId, ...(error === undefined ? DONE : refusalOf(error)) }),
    )
    let first = 0
    return {
      replicaElectionResults: wanted.map(({ topic, partitions }) => ({
        topic,
        partitionResult: results
          .slice(first, (first += partitions.length))
          .filter(({ errorCode }) => topicPartitions !== null || errorCode !== ERRORS.ELECTION_NOT_NEEDED),
      })),
    }
  },
  ({ topicPartitions }, { errorCode, errorMessage }) => ({
    errorCode,
    replicaElectionResults: (topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({ partitionId, errorCode, errorMessage })),
    })),
  }),
)

const allPartitions = (cluster: Cluster): NonNullable<ElectLeadersRequest['topicPartitions']> =>
  [...cluster.topics()].map(({ name, partitions }) => ({
    topic: name,
    partitions: partitions.map(({ partition }) => partition),
  }))
