import type { FileSystem } from './file-system.ts'
import { SEGMENT_SUFFIXES, offsetFile } from './names.ts'

/** Removes the files of a segment, those with a further suffix such as `.deleted` when one is given. */
export function removeSegmentFiles(fileSystem: FileSystem, directory: string, baseOffset: bigint, suffix = ''): void {
  for (const kind of SEGMENT_SUFFIXES) fileSystem.remove(offsetFile(directory, baseOffset, kind) + suffix)
}
