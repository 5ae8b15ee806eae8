import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { EnvironmentError } from '../errors.ts'
import { fileProblem } from '../files.ts'
import { makeFolder } from '../make-folder.ts'
import { writeWholeFile } from './whole-file.ts'

/**
 * Writes a file that only its owner reads, whole or not at all. Where it is a link, what it points to is written.
 * Throws EnvironmentError.
 */
export function writePrivateFile(file: string, text: string): void {
  try {
    makeFolder(dirname(file), 0o700)
    writeWholeFile(realPath(file), text, { mode: 0o600 })
  } catch (error) {
    throw new EnvironmentError(`${file} cannot be written: ${fileProblem(error)}`, { cause: error })
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return file
    throw error
  }
}
