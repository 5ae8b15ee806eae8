import { readFileSync } from 'node:fs'

/**
 * Tells a process from a later one with its pid: when it started, in words of the system's own. Null when there is no
 * such process, or only what is left of one that has ended.
 */
export function processIdentity(pid: number): string | null {
  try {
    if (process.platform !== 'linux') return startOf(pid)
    // Field 22 of proc(5)'s stat, counted after the name, which may hold anything; a zombie has ended.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return fields[0] === 'Z' ? null : fields[19]!
  } catch {
    return null
  }
}

/** Throws when there is no such process. */
function startOf(pid: number): string | null {
  const { execFileSync } = process.getBuiltinModule('node:child_process')
  return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null
}
