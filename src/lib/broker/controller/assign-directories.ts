import { KafkaError } from '../../errors.ts'
import type {
  AssignReplicasToDirsRequest,
  AssignReplicasToDirsResponse,
} from '../../protocol/apis/assign-replicas-to-dirs.ts'
import { ERRORS, type ErrorName } from '../../protocol/errors.ts'
import { hasDirectoryAssignment } from '../../protocol/metadata-version.ts'
import type { NewMetadataRecord } from '../../protocol/internal-records/index.ts'
import type { Input } from '../../protocol/schema.ts'
import { isOnlineDirectory } from '../state/cluster/directory-ids.ts'
import type { BrokerRegistration } from '../state/cluster/types.ts'
import { leaderAndIsrChanges } from './broker-changes.ts'
import { changeOf, type ControllerView, type TopicPartition } from './view.ts'

type Directories = NonNullable<Input<AssignReplicasToDirsResponse>['directories']>

/**
 * In which of its folders a broker has put its replicas (ReplicationControlManager.handleAssignReplicasToDirs); one
 * that lies in a folder that has failed leaves its ISR. Throws KafkaError UNSUPPORTED_VERSION.
 */
export function assignDirectories(
  view: ControllerView,
  broker: BrokerRegistration,
  { directories }: AssignReplicasToDirsRequest,
): { readonly records: readonly NewMetadataRecord[]; readonly directories: Directories } {
  if (!hasDirectoryAssignment(view.cluster.metadataLevel))
    throw new KafkaError('UNSUPPORTED_VERSION', 'Directory assignment is not supported yet.')
  const records: NewMetadataRecord[] = []
  const lost = new Map<string, TopicPartition>()
  const assign = (directory: string, topicId: string, index: number): ErrorName => {
    const topic = view.cluster.topicById(topicId)
    if (!topic) return 'UNKNOWN_TOPIC_ID'
    const partition = topic.partitions[index]
    if (!partition) return 'UNKNOWN_TOPIC_OR_PARTITION'
    const { nodeId } = broker
    if (!partition.replicas.includes(nodeId)) return 'NOT_LEADER_OR_FOLLOWER'
    const record = changeOf(view, { topic, partition }, { directory: { nodeId, id: directory } })
    if (record) records.push(record)
    if (!isOnlineDirectory(directory, broker.directories)) lost.set(`${topicId} ${index}`, { topic, partition })
    return 'NONE'
  }
  const answered = directories.map(({ id, topics }) => ({
    id,
    topics: topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: ERRORS[assign(id, topicId, partitionIndex)],
      })),
    })),
  }))
  return {
    records: [...records, ...leaderAndIsrChanges(view, lost.values(), { removed: broker.nodeId })],
    directories: answered,
  }
}
