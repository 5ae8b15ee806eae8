import { EnvironmentError } from '../../../errors.ts'
import type { FileSystem } from '../../log/file-system.ts'
import { isDiskError } from '../../log/index.ts'
import { OffsetCheckpoint } from './offset-checkpoint.ts'

/** One of the folders of `log.dirs`. */
export interface LogDirectory {
  readonly path: string
  readonly cleanShutdown: boolean
  /** Whether a log start that is not known may have been, and is lost. */
  readonly hasLostLogStarts: boolean
  /** The same for how far compaction has come. */
  readonly hasLostCleanedOffsets: boolean
  readonly logStartOffsets: OffsetCheckpoint
  readonly recoveryPoints: OffsetCheckpoint
  readonly cleanedOffsets: OffsetCheckpoint
  /** Names of the logs that lie here. */
  readonly logs: Set<string>
  /** When somebody last looked whether the folder is there, and what they saw: once in a millisecond will do. */
  lookedAt: number
  wasThere: boolean
}

export const checkpointsOf = ({
  logStartOffsets,
  recoveryPoints,
  cleanedOffsets,
}: LogDirectory): OffsetCheckpoint[] => [logStartOffsets, recoveryPoints, cleanedOffsets]

/** As Kafka writes it at the end of a clean stop, so that the next start need not look through the logs. */
export const CLEAN_SHUTDOWN = '.kafka_cleanshutdown'

interface DirectoryOptions {
  readonly fileSystem: FileSystem
  readonly warn: (line: string) => void
}

/** `wasUsed`: its checkpoints ought to be there. Throws EnvironmentError. */
export function openDirectory(path: string, wasUsed: boolean, { fileSystem, warn }: DirectoryOptions): LogDirectory {
  const checkpoint = (name: string, isSynced: boolean, ifDamaged: string): OffsetCheckpoint =>
    new OffsetCheckpoint({ fileSystem, path: `${path}/${name}`, isSynced, warn, ifDamaged })
  return reportingDisk(path, () => {
    const logStartOffsets = checkpoint(
      'log-start-offset-checkpoint',
      true,
      'the start of a log that it does not tell is taken from leader-epoch-checkpoint',
    )
    const hasLostLogStarts = wasUsed && !logStartOffsets.wasWhole
    const cleanedOffsets = checkpoint(
      'cleaner-offset-checkpoint',
      false,
      'logs that it does not tell of are compacted from their start',
    )
    const hasLostCleanedOffsets = wasUsed && !cleanedOffsets.wasWhole
    for (const each of [logStartOffsets, cleanedOffsets]) each.create()
    return {
      path,
      logStartOffsets,
      hasLostLogStarts,
      cleanedOffsets,
      hasLostCleanedOffsets,
      cleanShutdown: takeCleanShutdown(fileSystem, path),
      logs: new Set(),
      lookedAt: Number.NaN,
      wasThere: true,
      recoveryPoints: checkpoint(
        'recovery-point-offset-checkpoint',
        false,
        'logs that it does not tell of are looked through',
      ),
    }
  })
}

/**
 * Whether the last stop was a clean one. The mark goes, on the disk as well: after a power cut it would vouch for what
 * it knows nothing of.
 */
function takeCleanShutdown(fileSystem: FileSystem, path: string): boolean {
  const mark = `${path}/${CLEAN_SHUTDOWN}`
  if (!fileSystem.exists(mark)) return false
  fileSystem.remove(mark)
  fileSystem.syncDirectory(path)
  return true
}

/** Turns what a disk says into a sentence for a person. */
export function reportingDisk<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (!isDiskError(error)) throw error
    throw new EnvironmentError(`the data folder ${path} cannot be used: ${error.message}`, {
      cause: error,
      code: error.code,
    })
  }
}
