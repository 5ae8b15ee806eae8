import { existsSync, readFileSync, rmSync } from 'node:fs'
import { writeWholeFile } from './whole-file.ts'
import { EnvironmentError } from './errors.ts'
import { processIdentity } from './processes.ts'

/**
 * Notes this process in a file as the only one of its kind. Returns how to take the note away again. Throws
 * EnvironmentError when the process that the file names still runs; the note of one that is gone is replaced.
 */
export function claimPidFile(path: string): () => void {
  const note = `${process.pid}\n${processIdentity(process.pid)}\n`
  for (;;) {
    try {
      writeWholeFile(path, note, { isNew: true })
      return () => {
        if (readNote(path) === note) rmSync(path, { force: true })
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !existsSync(path))
        throw new EnvironmentError(`${path} cannot be written: ${(error as Error).message}`)
    }
    const pid = runningPid(path)
    if (pid !== undefined) throw new EnvironmentError(`already running, with pid ${pid}`)
    rmSync(path, { force: true })
  }
}

/** The process that a file names, when it still runs and is the one that wrote the note: pids are used again. */
export function runningPid(path: string): number | undefined {
  const [pid = '', start] = (readNote(path) ?? '').split('\n')
  return /^\d+$/.test(pid) && start !== '' && processIdentity(Number(pid)) === start ? Number(pid) : undefined
}

function readNote(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
