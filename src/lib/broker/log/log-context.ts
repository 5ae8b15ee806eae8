import type { Clock } from '../../clock.ts'
import type { FileSystem } from './file-system.ts'
import type { LogConfig } from './types.ts'

/** What every part of a log works with. */
export interface LogContext {
  readonly fileSystem: FileSystem
  /** The log's own folder. */
  readonly directory: string
  /** The partition's name, such as `retail-0`, for errors. */
  readonly log: string
  readonly clock: Clock
  readonly onWarning: (message: string) => void
  /** Changes when the topic's settings do. */
  config: LogConfig
}
