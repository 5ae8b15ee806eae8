import { EnvironmentError } from '../../../errors.ts'
import { CLUSTER_METADATA_TOPIC } from '../../../protocol/topic-names.ts'
import type { FileSystem } from '../../log/file-system.ts'
import { readPartitionMetadata } from '../../log/index.ts'

/** Uuid.METADATA_TOPIC_ID in Kafka: no other topic has it. */
const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/**
 * Apache Kafka keeps its topics' names and settings where kts does not look: a broker that shares its folder would only
 * do harm. Throws EnvironmentError. A topic of that name which kts itself had let somebody make has an id of its own.
 */
export function refuseApacheKafka(fileSystem: FileSystem, path: string): void {
  const folder = `${path}/${CLUSTER_METADATA_TOPIC}-0`
  if (!fileSystem.exists(folder)) return
  const topicId = readPartitionMetadata(fileSystem, folder)
  if (topicId !== null && topicId !== METADATA_TOPIC_ID && !fileSystem.exists(`${folder}/quorum-state`)) return
  throw new EnvironmentError(
    `${path} holds the data of an Apache Kafka broker, which kts leaves alone: choose another folder`,
    { code: 'DATA_DIR_UNUSABLE' },
  )
}
