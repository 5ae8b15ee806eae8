import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { processIdentity } from '../processes.ts'
import { writeWholeFile } from '../whole-file.ts'

/** What every note begins with. */
export interface NotedProcess {
  readonly pid: number
  /** Tells the process from a later one with its pid. */
  readonly identity: string
}

/** Leaves a note of what this process is in a folder. Returns how to take it away again. */
export function noteProcess<T extends NotedProcess>(folder: string, about: Omit<T, keyof NotedProcess>): () => void {
  const { pid } = process
  const path = join(folder, `${pid}.json`)
  writeWholeFile(path, JSON.stringify({ pid, identity: processIdentity(pid), ...about }))
  return () => rmSync(path, { force: true })
}

/** Those of a folder that run now; notes of processes that ended without taking theirs away are cleared. */
export function runningProcesses<T extends NotedProcess>(folder: string): T[] {
  return noteFiles(folder).flatMap((path) => {
    const note = readNote<T>(path)
    if (note && processIdentity(note.pid) === note.identity) return [note]
    rmSync(path, { force: true })
    return []
  })
}

function noteFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

function readNote<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch {
    return undefined
  }
}
