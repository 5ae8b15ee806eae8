import type { FileSystem } from './file-system.ts'
import { writeUnsynced } from './unsynced-file.ts'

export const PARTITION_METADATA = 'partition.metadata'

/**
 * The id of the topic whose records a log's folder holds (PartitionMetadataFile in Kafka); null when there is no
 * readable file.
 */
export function readPartitionMetadata(fileSystem: FileSystem, directory: string): string | null {
  const content = fileSystem.readFile(partitionMetadataPath(directory))?.toString('utf8') ?? ''
  const [, version, topicId] = /^version:\s*(\d+)\s*\ntopic_id:\s*([\w-]{22})\s*$/.exec(content) ?? []
  return version === '0' ? (topicId ?? null) : null
}

/** Whether there is a file, with something in it: a power cut may have emptied it. */
export function hasPartitionMetadata(fileSystem: FileSystem, directory: string): boolean {
  return (fileSystem.readFile(partitionMetadataPath(directory))?.length ?? 0) > 0
}

/**
 * Synced with the first records: until then a power cut leaves nothing that somebody could mistake for those of another
 * topic, and a file that it has emptied is written again.
 */
export function writePartitionMetadata(fileSystem: FileSystem, directory: string, topicId: string): void {
  writeUnsynced(fileSystem, partitionMetadataPath(directory), `version: 0\ntopic_id: ${topicId}`)
}

export function partitionMetadataPath(directory: string): string {
  return `${directory}/${PARTITION_METADATA}`
}
