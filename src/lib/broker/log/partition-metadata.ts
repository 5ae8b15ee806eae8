import { join } from 'node:path'
import type { FileSystem } from './file-system.ts'
import { replaceUnsynced } from './unsynced-file.ts'

const FILE = 'partition.metadata'

/** The id of the topic whose records a log's folder holds (PartitionMetadataFile in Kafka); null when there is no readable file. */
export function readPartitionMetadata(fileSystem: FileSystem, directory: string): string | null {
  const content = fileSystem.readFile(join(directory, FILE))?.toString('utf8') ?? ''
  const [, version, topicId] = /^version:\s*(\d+)\s*\ntopic_id:\s*([\w-]{22})\s*$/.exec(content) ?? []
  return version === '0' ? (topicId ?? null) : null
}

/** Not synced: the owner of the log knows the id, and a file that a power cut has emptied is written again. */
export function writePartitionMetadata(fileSystem: FileSystem, directory: string, topicId: string): void {
  replaceUnsynced(fileSystem, join(directory, FILE), `version: 0\ntopic_id: ${topicId}`)
}
