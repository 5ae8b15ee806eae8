import { EnvironmentError } from '../../../errors.ts'
import { processIdentity } from '../../../processes.ts'
import type { FileSystem } from '../../log/file-system.ts'

/** A look at the machine's processes, so that tests need none. */
export interface Processes {
  readonly pid: number
  /** Something that tells a process from a later one with the same pid; null when there is no such process. */
  identity(pid: number): string | null
}

/** This machine's processes. */
export const systemProcesses: Processes = { pid: process.pid, identity: processIdentity }

const FILE = '.lock'

/**
 * Marks a folder as in use. A mark whose process is gone, or whose pid now belongs to another process, is taken over.
 * Throws EnvironmentError, naming the pid, while a broker holds the folder, be it one of this process.
 */
export function lockDirectory(fileSystem: FileSystem, directory: string, processes: Processes): void {
  const path = `${directory}/${FILE}`
  while (!fileSystem.createExclusively(path, markOf(processes))) {
    const mark = checkUnlocked(fileSystem, directory, processes)
    if (mark !== undefined) takeAway(fileSystem, path, mark, processes)
  }
}

/**
 * Returns the mark of a process that is gone, undefined without one. Throws EnvironmentError, naming the pid, while a
 * broker holds the folder.
 */
export function checkUnlocked(fileSystem: FileSystem, directory: string, processes: Processes): string | undefined {
  const mark = fileSystem.readFile(`${directory}/${FILE}`)?.toString()
  const holder = mark === undefined ? null : livingHolder(mark, processes)
  if (holder === null) return mark
  throw new EnvironmentError(
    `${directory} is in use by another broker (pid ${holder}); stop it, or choose another folder`,
    { code: 'DATA_DIR_IN_USE' },
  )
}

export function unlockDirectory(fileSystem: FileSystem, directory: string): void {
  fileSystem.remove(`${directory}/${FILE}`)
}

const markOf = ({ pid, identity }: Processes): string => `${pid}\n${identity(pid)}\n`

function livingHolder(mark: string, processes: Processes): number | null {
  const [pid = '', identity] = mark.split('\n')
  const holder = Number(pid)
  return holder > 0 && processes.identity(holder) === identity ? holder : null
}

/** Removes the mark of a process that is gone, but gives back one that somebody has put there in the meantime. */
function takeAway(fileSystem: FileSystem, path: string, dead: string, { pid }: Processes): void {
  const aside = `${path}.${pid}`
  fileSystem.rename(path, aside)
  const found = fileSystem.readFile(aside)?.toString()
  if (found !== undefined && found !== dead) fileSystem.createExclusively(path, found)
  fileSystem.remove(aside)
}
