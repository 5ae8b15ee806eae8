import type { FileSystem } from './file-system.ts'
import { SUFFIX } from './names.ts'

/**
 * Replaces a small file without waiting for the disk: a crash of the process leaves the old or the new content, a power
 * cut may also leave an empty file, or none. For what can be found out again in the log; a topic of a hundred
 * partitions would otherwise take a second to make.
 */
export function replaceUnsynced(fileSystem: FileSystem, path: string, content: Buffer | string): void {
  const temporary = path + SUFFIX.temporary
  const file = fileSystem.create(temporary)
  try {
    file.write(Buffer.from(content), 0)
  } finally {
    file.close()
  }
  fileSystem.rename(temporary, path)
}

/** The same where there may be no such file, and most often is none: then one step is enough. */
export function writeUnsynced(fileSystem: FileSystem, path: string, content: string): void {
  if (!fileSystem.createExclusively(path, content)) replaceUnsynced(fileSystem, path, content)
}
