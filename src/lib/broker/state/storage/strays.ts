import type { FileSystem } from '../../log/file-system.ts'
import { partitionOfFolder, readPartitionMetadata } from '../../log/index.ts'

/** Folders with the records of a topic that the metadata does not know. */
export interface Stray {
  readonly topic: string
  /** Null where the folders do not tell, or not the same. */
  readonly topicId: string | null
  readonly folders: readonly string[]
}

type IsExpected = (topic: string, readId: () => string | null) => boolean

/**
 * The strays among the folders of partitions at some places, by topic. `isExpected` holds for topics that are known,
 * and for those whose folders are to go.
 */
export function findStrays(
  fileSystem: FileSystem,
  places: readonly { path: string; folders: readonly string[] }[],
  isExpected: IsExpected,
): Stray[] {
  const found = new Map<string, { folders: string[]; ids: Set<string | null> }>()
  for (const { path, folders } of places) {
    for (const name of folders) {
      const { topic } = partitionOfFolder(name)!
      const folder = `${path}/${name}`
      const readId = (): string | null => idOf(fileSystem, folder)
      if (isExpected(topic, readId)) continue
      const stray = found.get(topic) ?? { folders: [], ids: new Set() }
      found.set(topic, stray)
      stray.folders.push(folder)
      stray.ids.add(readId())
    }
  }
  return [...found].map(([topic, { folders, ids }]) => ({
    topic,
    folders: folders.sort(),
    topicId: ids.size === 1 ? [...ids][0]! : null,
  }))
}

/** What is to be done about one, in a line. */
export function describeStray({ topic, topicId, folders }: Stray): string {
  const [first] = folders
  const where = folders.length === 1 ? first! : `${first} and ${folders.length - 1} more`
  const what = `the metadata knows no topic ${topic}, whose records are in ${where}`
  return topicId === null
    ? `${what}: remove partition.metadata there and create the topic to have them back, or remove the folders`
    : `${what} (topic id ${topicId}): create the topic again, of ${lastPartition(folders) + 1} partition(s), to have them back, or remove the folders`
}

function lastPartition(folders: readonly string[]): number {
  return Math.max(...folders.map((folder) => partitionOfFolder(folder)!.partition))
}

function idOf(fileSystem: FileSystem, folder: string): string | null {
  try {
    return readPartitionMetadata(fileSystem, folder)
  } catch {
    return null
  }
}
