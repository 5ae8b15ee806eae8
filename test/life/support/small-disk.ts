import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Only root of a Linux machine mounts a file system. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0 && tryMount()

/** A file system in memory of so many bytes; `remove` takes it away again. */
export function smallDisk(bytes: number): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'kts-disk-'))
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path])
  if (status !== 0) {
    rmdirSync(path)
    throw new Error(`no file system can be mounted: ${String(stderr)}`)
  }
  return {
    path,
    remove() {
      spawnSync('umount', ['-l', path])
      rmdirSync(path)
    },
  }
}

function tryMount(): boolean {
  try {
    smallDisk(65_536).remove()
    return true
  } catch {
    return false
  }
}
