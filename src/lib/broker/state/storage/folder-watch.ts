import type { Clock, Timer } from '../../../clock.ts'
import type { LogDirectories } from './log-directories.ts'

/** How long a folder can be gone before anybody notices who writes nothing. */
const INTERVAL_MS = 1000

export interface FolderWatch {
  stop(): void
}

/**
 * Files that were open stay open when their folder is removed, and take what is written as if nothing had happened.
 * Kafka notices by what it writes now and then, and ends when it has no folder left.
 */
export function watchFolders(
  directories: LogDirectories,
  clock: Clock,
  onLost: (folder: { path: string; reason: string }) => void,
): FolderWatch {
  let timer: Timer
  const look = (): void => {
    for (const folder of directories.lost()) onLost(folder)
    watch()
  }
  const watch = (): void => void (timer = clock.inBackground(INTERVAL_MS, look))
  watch()
  return { stop: () => timer.cancel() }
}
