import type { ElectedLeader, ElectionType } from '../../lib/client/admin/elect-leaders.ts'
import { itemError, namedError } from '../../lib/client/admin/item-error.ts'
import { partitionName, type TopicPartition } from '../../lib/client/topic-partition.ts'
import type { KafkaClient } from '../../lib/client/types.ts'

export interface PlannedElection extends ElectedLeader {
  /** Who leads, or would; null with an error other than ELECTION_NOT_NEEDED. */
  readonly leader: number | null
}

type Metadata = Awaited<ReturnType<KafkaClient['metadata']>>
type Partition = Metadata['topics'][number]['partitions'][number]

/** What an election would come to, by the rules of ReplicationControlManager.electLeader. */
export async function planElections(
  client: KafkaClient,
  type: ElectionType,
  wanted: readonly TopicPartition[] | null,
): Promise<PlannedElection[]> {
  const { topics } = await client.metadata(wanted && [...new Set(wanted.map(({ topic }) => topic))])
  const live = new Set((await client.brokers()).map(({ nodeId }) => nodeId))
  const found = new Map(
    topics.flatMap(({ name, partitions }) =>
      partitions.map(
        (partition) =>
          [
            partitionName({ topic: name!, partition: partition.partitionIndex }),
            { topic: name!, ...judge(partition, type, live) },
          ] as const,
      ),
    ),
  )
  // Whoever asks for all is not told of those that need none.
  if (wanted === null) return [...found.values()].filter(({ error }) => error?.code !== 'ELECTION_NOT_NEEDED')
  const errors = new Map(topics.map(({ name, errorCode }) => [name, itemError(errorCode)]))
  return wanted.map(
    ({ topic, partition }) =>
      found.get(partitionName({ topic, partition })) ?? {
        topic,
        partition,
        leader: null,
        error: errors.get(topic) ?? namedError('UNKNOWN_TOPIC_OR_PARTITION'),
      },
  )
}

type Verdict = Omit<PlannedElection, 'topic'>

function judge(
  { partitionIndex, leaderId, replicaNodes, isrNodes, offlineReplicas }: Partition,
  type: ElectionType,
  live: ReadonlySet<number>,
): Verdict {
  const isThere = (id: number): boolean => live.has(id) && !offlineReplicas.includes(id)
  const elect = (leader: number): Verdict => ({ partition: partitionIndex, leader, error: null })
  const preferred = replicaNodes[0]!
  const hasLeader = leaderId >= 0
  const isFine = type === 'unclean' ? hasLeader : leaderId === preferred
  if (isFine) return { partition: partitionIndex, leader: leaderId, error: namedError('ELECTION_NOT_NEEDED') }
  const inSync = replicaNodes.filter((id) => isThere(id) && isrNodes.includes(id))
  if (inSync.includes(preferred)) return elect(preferred)
  const other = hasLeader ? undefined : (inSync[0] ?? (type === 'unclean' ? replicaNodes.find(isThere) : undefined))
  if (other !== undefined) return elect(other)
  const code = type === 'unclean' ? 'ELIGIBLE_LEADERS_NOT_AVAILABLE' : 'PREFERRED_LEADER_NOT_AVAILABLE'
  return { partition: partitionIndex, leader: null, error: namedError(code) }
}
