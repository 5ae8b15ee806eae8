// What a process takes of the machine (Linux).
import { readdirSync, readFileSync } from 'node:fs'

/** Resident memory in bytes; NaN when the process has ended. */
export function memoryOf(pid) {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
  } catch {
    return NaN
  }
}

/** How many files and sockets are open; NaN when the process has ended. */
export function openFilesOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return NaN
  }
}

export const inMiB = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`

/** Takes figures of a process again and again until `stop`, which returns them as `{ atMs, memory, files }`. */
export function sample(pid, everyMs = 200) {
  const samples = []
  const timer = setInterval(() => {
    const [memory, files] = [memoryOf(pid), openFilesOf(pid)]
    if (memory > 0) samples.push({ atMs: performance.now(), memory, files })
  }, everyMs)
  return {
    samples,
    stop: () => {
      clearInterval(timer)
      return samples
    },
  }
}
