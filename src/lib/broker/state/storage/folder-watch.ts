import type { Clock, Timer } from '../../../clock.ts'
import type { LogDirectories } from './log-directories.ts'

/** How long a folder can be gone before anybody notices who writes nothing. */
const INTERVAL_MS = 1000

export interface FolderWatch {
  /** Resolves with a sentence when a folder is gone. */
  readonly failed: Promise<string>
  stop(): void
}

/**
 * Files that were open stay open when their folder is removed, and take what is written as if nothing had happened.
 * Kafka notices by what it writes now and then, and ends when it has no folder left.
 */
export function watchFolders(directories: LogDirectories, clock: Clock): FolderWatch {
  let timer: Timer | undefined
  const failed = new Promise<string>((resolve) => {
    const look = (): void => {
      const [gone] = directories.gone()
      if (gone !== undefined) resolve(`the data folder ${gone} is gone: the broker cannot keep anything, and stops`)
      else timer = clock.inBackground(INTERVAL_MS, look)
    }
    timer = clock.inBackground(INTERVAL_MS, look)
  })
  return { failed, stop: () => timer?.cancel() }
}
