import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder, which is gone when this process ends at the latest. */
export function temporaryFolder(prefix, parent = tmpdir()) {
  const folder = mkdtempSync(join(parent, prefix))
  process.once('exit', () => removeFolder(folder))
  return folder
}

export const removeFolder = (folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
