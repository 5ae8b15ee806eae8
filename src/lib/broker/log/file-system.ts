/**
 * The little that the log asks of a disk. What is quick is synchronous: writes end in the page cache, so a call takes
 * microseconds, and what has been acknowledged has been written. What may take a second, as a gigabyte does to reach
 * the disk or to be let go, can be left to the background. Errors are Node's own, with `code` (ENOSPC, EIO, EACCES).
 */
export interface FileSystem {
  /** Opens a file for reading and writing; `create` makes it when it is missing. */
  open(path: string, options: { create: boolean }): LogFile
  /** Makes an empty file for reading and writing; one that is there is emptied. */
  create(path: string): LogFile
  /** The whole file, or null when there is none. */
  readFile(path: string): Buffer | null
  /** Replaces a file so that a crash leaves the old or the new content, never a mixture. */
  writeFileAtomically(path: string, content: Buffer | string): void
  /** Makes a small file, unless there is one; whether it did. Of several that try at the same time one succeeds. */
  createExclusively(path: string, content: string): boolean
  exists(path: string): boolean
  /** Names in a folder, in no order; empty when there is no such folder. */
  list(path: string): string[]
  /** The same of the folders alone. */
  listFolders(path: string): string[]
  isDirectory(path: string): boolean
  /** Makes a folder and those above it. */
  makeDirectory(path: string): void
  /** Renames a file or a folder. Files held open are closed first: an open file does not follow its name. */
  rename(from: string, to: string): void
  /** Removes a file or a whole folder; what is not there is no error. */
  remove(path: string): void
  /** Bytes of the volume that a folder lies on, and those of them that are free to us; null where nobody knows. */
  space(path: string): { readonly totalBytes: bigint; readonly usableBytes: bigint } | null
  /** Makes sure that the names in a folder survive a power cut. */
  syncDirectory(path: string): void
  /**
   * Puts the content of files on the disk, then the names in folders, while others go on. What is gone meanwhile is
   * passed over.
   */
  syncInBackground(files: readonly string[], directories: readonly string[]): Promise<void>
  /** As `remove`, while others go on. */
  removeInBackground(path: string): Promise<void>
}

export interface LogFile {
  readonly size: number
  /** Reads up to `length` bytes at `position` into `target` from its start; returns how many were there. */
  read(target: Buffer, length: number, position: number): number
  /** Writes all of `data` at `position`, or throws. */
  write(data: Buffer, position: number): void
  truncate(size: number): void
  /** Returns when the content is on the disk. */
  sync(): void
  close(): void
}
