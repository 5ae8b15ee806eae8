import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const passing = new Set()
process.once('exit', () => passing.forEach(removeFolder))

/** A new folder, which is gone when this process ends at the latest, unless somebody wants to look into it. */
export function temporaryFolder(prefix, parent = tmpdir()) {
  const folder = mkdtempSync(join(parent, prefix))
  passing.add(folder)
  return folder
}

export const keepFolder = (folder) => passing.delete(folder)

export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  passing.delete(folder)
}
