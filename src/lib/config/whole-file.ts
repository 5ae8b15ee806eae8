import { renameSync, rmSync, writeFileSync } from 'node:fs'

export interface WholeFileOptions {
  readonly mode?: number
  /** Throws EEXIST for a file that is there; without it that one is replaced. */
  readonly isNew?: boolean
}

/** Writes a file that is there whole or not at all, whatever becomes of the disk. Throws the system's error. */
export function writeWholeFile(file: string, text: string, { mode, isNew = false }: WholeFileOptions = {}): void {
  const draft = isNew ? file : `${file}.${process.pid}.new`
  try {
    writeFileSync(draft, text, { flag: 'wx', flush: true, ...(mode !== undefined && { mode }) })
    if (!isNew) renameSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') rmSync(draft, { force: true })
    throw error
  }
}
