import { mkdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { EnvironmentError } from '../errors.ts'
import { systemReason } from '../output/failure.ts'
import { writeWholeFile } from './whole-file.ts'

/** Writes a file that only its owner reads, whole or not at all. Where it is a link, what it points to is written. Throws EnvironmentError. */
export function writePrivateFile(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeWholeFile(realPath(file), text, { mode: 0o600 })
  } catch (error) {
    throw new EnvironmentError(`cannot write ${file}: ${systemReason(error as Error)}`, { cause: error })
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
