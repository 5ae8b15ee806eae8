import type { Clock } from '../../../clock.ts'
import { EnvironmentError } from '../../../errors.ts'
import type { FileSystem } from '../../log/file-system.ts'
import { isDeletedFolder, isDiskError, partitionOfFolder } from '../../log/index.ts'
import { CLUSTER_METADATA_TOPIC } from '../../../protocol/topic-names.ts'
import { OffsetCheckpoint } from './offset-checkpoint.ts'

/** One of the folders of `log.dirs`. */
export interface LogDirectory {
  readonly path: string
  readonly id: string
  readonly cleanShutdown: boolean
  /** The epoch of the broker that was stopped cleanly, -1 when it was not, or is not known. */
  readonly previousBrokerEpoch: bigint
  /** Whether a log start that is not known may have been, and is lost. */
  readonly hasLostLogStarts: boolean
  /** The same for how far compaction has come. */
  readonly hasLostCleanedOffsets: boolean
  readonly logStartOffsets: OffsetCheckpoint
  readonly recoveryPoints: OffsetCheckpoint
  readonly cleanedOffsets: OffsetCheckpoint
  readonly highWatermarks: OffsetCheckpoint
  /** Names of the logs that lie here, those of topics that the metadata does not know too. */
  readonly logs: Set<string>
  /** When somebody last looked whether the folder is there, and what they saw: once in a millisecond will do. */
  lookedAt: number
  wasThere: boolean
}

export const checkpointsOf = ({
  logStartOffsets,
  recoveryPoints,
  cleanedOffsets,
  highWatermarks,
}: LogDirectory): OffsetCheckpoint[] => [logStartOffsets, recoveryPoints, cleanedOffsets, highWatermarks]

const CLEAN_SHUTDOWN = '.kafka_cleanshutdown'
const NO_EPOCH = -1n

interface DirectoryOptions {
  readonly fileSystem: FileSystem
  readonly clock: Clock
  /** Its checkpoints ought to be there. */
  readonly wasUsed: boolean
  readonly warn: (line: string) => void
  /** Told when a checkpoint cannot be written. */
  readonly onRefused: (reason: string) => void
}

/** Throws EnvironmentError. */
export function openDirectory(path: string, id: string, options: DirectoryOptions): LogDirectory {
  const { fileSystem, clock, wasUsed, warn, onRefused } = options
  const checkpoint = (name: string, isSynced: boolean, ifDamaged: string): OffsetCheckpoint =>
    new OffsetCheckpoint({ fileSystem, clock, path: `${path}/${name}`, isSynced, warn, onRefused, ifDamaged })
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
    const stoppedEpoch = takeCleanShutdown(fileSystem, path)
    return {
      path,
      id,
      logStartOffsets,
      hasLostLogStarts,
      cleanedOffsets,
      hasLostCleanedOffsets,
      cleanShutdown: stoppedEpoch !== null,
      previousBrokerEpoch: stoppedEpoch ?? NO_EPOCH,
      logs: new Set(fileSystem.listFolders(path).filter(isLogFolder)),
      lookedAt: Number.NaN,
      wasThere: true,
      recoveryPoints: checkpoint(
        'recovery-point-offset-checkpoint',
        false,
        'logs that it does not tell of are looked through',
      ),
      highWatermarks: checkpoint(
        'replication-offset-checkpoint',
        false,
        'followers learn from their leaders what is committed',
      ),
    }
  })
}

/** The folder of the metadata log is no broker's to open, and that of a deleted one is about to go. */
function isLogFolder(name: string): boolean {
  const topic = isDeletedFolder(name) ? undefined : partitionOfFolder(name)?.topic
  return topic !== undefined && topic !== CLUSTER_METADATA_TOPIC
}

/**
 * As Kafka writes it at the end of a clean stop (CleanShutdownFileHandler, version 0), so that the next start need not
 * look through the logs, and the controller believes that they have all they had (KIP-966).
 */
export function writeCleanShutdown(fileSystem: FileSystem, path: string, brokerEpoch: bigint): void {
  fileSystem.writeFileAtomically(`${path}/${CLEAN_SHUTDOWN}`, `{"version":0,"brokerEpoch":${brokerEpoch}}`)
}

/**
 * The broker epoch of the last stop if it was a clean one, null otherwise. The mark goes, on the disk as well: after a
 * power cut it would vouch for what it knows nothing of.
 */
function takeCleanShutdown(fileSystem: FileSystem, path: string): bigint | null {
  const mark = `${path}/${CLEAN_SHUTDOWN}`
  if (!fileSystem.exists(mark)) return null
  const content = fileSystem.readFile(mark)?.toString() ?? ''
  fileSystem.remove(mark)
  fileSystem.syncDirectory(path)
  return BigInt(/"brokerEpoch"\s*:\s*(\d+)/.exec(content)?.[1] ?? NO_EPOCH)
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
