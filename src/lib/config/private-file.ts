import { realpathSync } from 'node:fs'
import { EnvironmentError } from '../errors.ts'
import { fileProblem } from '../files.ts'
import { writeWholeFile } from '../whole-file.ts'

/**
 * Writes a file that only its owner reads, whole or not at all. Where it is a link, what it points to is written.
 * Throws EnvironmentError.
 */
export function writePrivateFile(file: string, text: string): void {
  try {
    writeWholeFile(realPath(file), text, { isPrivate: true })
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
