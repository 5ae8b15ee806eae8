import type { FileSystem } from './file-system.ts'
import { SUFFIX } from './names.ts'

/**
 * Replaces a small file without waiting for the disk: a crash of the process leaves the old or the new content, a power
 * cut may also leave an empty file, or none. For what can be found out again in the log; a topic of a hundred
 * partitions would otherwise take a second to make.
 */
export function replaceUnsynced(fileSystem: FileSystem, path: string, content: Buffer | string): void {
  fileSystem.rename(writeDraft(fileSystem, path, content), path)
}

/**
 * The same while others go on, unless the content is out of date by then. It is on the disk before it takes the file's
 * place: ext4 would let the rename, and so everybody, wait until it can be written there, 80 ms beside a producer at
 * full speed. Resolves with whether it has taken the place.
 */
export async function replaceInBackground(
  fileSystem: FileSystem,
  path: string,
  content: Buffer | string,
  isOutOfDate: () => boolean,
): Promise<boolean> {
  const draft = writeDraft(fileSystem, path, content)
  await fileSystem.syncInBackground([draft], [])
  if (isOutOfDate()) return false
  fileSystem.rename(draft, path)
  return true
}

function writeDraft(fileSystem: FileSystem, path: string, content: Buffer | string): string {
  const draft = path + SUFFIX.temporary
  const file = fileSystem.create(draft)
  try {
    file.write(Buffer.from(content), 0)
  } finally {
    file.close()
  }
  return draft
}

/** The same where there may be no such file, and most often is none: then one step is enough. */
export function writeUnsynced(fileSystem: FileSystem, path: string, content: string): void {
  if (!fileSystem.createExclusively(path, content)) replaceUnsynced(fileSystem, path, content)
}
