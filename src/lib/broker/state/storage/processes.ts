import { readFileSync } from 'node:fs'
import type { Processes } from './lock.ts'

/** This machine's processes. On Linux the start time tells a process from a later one with its pid; elsewhere the pid must do. */
export const systemProcesses: Processes = {
  pid: process.pid,
  identity(pid) {
    try {
      process.kill(pid, 0)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null
    }
    return startTime(pid) ?? 'running'
  },
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces, so counting begins behind its bracket. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
