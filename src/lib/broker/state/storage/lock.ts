import { EnvironmentError } from '../../../errors.ts'
import type { FileSystem } from '../../log/file-system.ts'

/** A look at the machine's processes, so that tests need none. */
export interface Processes {
  readonly pid: number
  /** Something that tells a process from a later one with the same pid; null when there is no such process. */
  identity(pid: number): string | null
}

/**
 * Marks a folder as in use. A mark whose process is gone, or whose pid now belongs to another process, is taken over.
 * Throws EnvironmentError, naming the pid, while another process holds the folder.
 */
export function lockDirectory(fileSystem: FileSystem, directory: string, processes: Processes): void {
  const path = `${directory}/.lock`
  const [pid = '', identity] = (fileSystem.readFile(path)?.toString() ?? '').split('\n')
  const holder = Number(pid)
  if (holder > 0 && holder !== processes.pid && processes.identity(holder) === identity) {
    throw new EnvironmentError(`${directory} is in use by another broker (pid ${holder}); stop it, or choose another folder with --data-dir`)
  }
  fileSystem.writeFileAtomically(path, `${processes.pid}\n${processes.identity(processes.pid)}\n`)
}

export function unlockDirectory(fileSystem: FileSystem, directory: string): void {
  fileSystem.remove(`${directory}/.lock`)
}
