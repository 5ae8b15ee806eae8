import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from './make-folder.ts'

export interface WholeFileOptions {
  /** Nobody but the owner reads the file, or the folder where that is new. */
  readonly isPrivate?: boolean
  /** Throws EEXIST for a file that is there; without it that one is replaced. */
  readonly isNew?: boolean
}

/**
 * Writes a file that is there whole or not at all, whatever becomes of the disk, and its folder where there is none.
 * Throws the system's error.
 */
export function writeWholeFile(
  file: string,
  text: string,
  { isPrivate = false, isNew = false }: WholeFileOptions = {},
): void {
  const draft = isNew ? file : `${file}.${process.pid}.new`
  makeFolder(dirname(file), isPrivate ? 0o700 : undefined)
  try {
    writeFileSync(draft, text, { flag: 'wx', flush: true, ...(isPrivate && { mode: 0o600 }) })
    if (!isNew) renameSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') rmSync(draft, { force: true })
    throw error
  }
}
