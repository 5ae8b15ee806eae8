import type { Clock } from '../../clock.ts'
import { KafkaError } from '../../errors.ts'
import { headerOrNull } from './batch-scanner.ts'
import { Cleaner } from './cleaner.ts'
import { ENDLESS } from './endless.ts'
import type { FileSystem } from './file-system.ts'
import { LeaderEpochCache } from './leader-epoch-cache.ts'
import { type Loaded, type LoadOptions, loadSegments } from './load-segments.ts'
import type { LogContext } from './log-context.ts'
import type { LogParts } from './log-parts.ts'
import { Log } from './log.ts'
import { logFolder, offsetsOf, SUFFIX } from './names.ts'
import {
  hasPartitionMetadata,
  PARTITION_METADATA,
  readPartitionMetadata,
  writePartitionMetadata,
} from './partition-metadata.ts'
import { ProducerSnapshots } from './producer-snapshots.ts'
import { ProducerState } from './producer-state.ts'
import { SegmentList } from './segment-list.ts'
import type { Segment } from './segment.ts'
import { onDisk } from './storage-error.ts'
import { tidyFolder } from './tidy-folder.ts'
import type { LogConfig, PartitionLog } from './types.ts'

/** Kafka's default of `producer.id.expiration.ms`: a day. */
const PRODUCER_ID_EXPIRATION_MS = 86_400_000
const MAX_COMPACTION_KEYS = 1_000_000

export interface LogOptions {
  readonly fileSystem: FileSystem
  /** The log's own folder, `<data-dir>/<topic>-<partition>`; made when it is missing. */
  readonly directory: string
  /** Whether the folder is known not to be there. */
  readonly isNew?: boolean
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly config: LogConfig
  readonly clock: Clock
  /** Takes one-line sentences about what was found damaged and mended, or could not be cleaned up. */
  readonly onWarning: (message: string) => void
  /** Whether the log was closed properly the last time; if not, its end is checked batch by batch. */
  readonly cleanShutdown: boolean
  /** Called before segments are read in full and may be cut; what it throws leaves them as they are. */
  readonly beforeRecovery?: () => void
  /**
   * The start that was last reported to `onLogStartOffsetChanged`; Kafka keeps it in the data directory's
   * `log-start-offset-checkpoint`.
   */
  readonly initialLogStartOffset?: bigint | undefined
  readonly onLogStartOffsetChanged?: (offset: bigint) => void
  /**
   * Whether an `initialLogStartOffset` that is missing may have been lost: the first epoch then tells where the log
   * began.
   */
  readonly isLogStartLost?: boolean
  /** The `highWatermark` that the log had, Kafka's `replication-offset-checkpoint`; without it, ENDLESS. */
  readonly initialHighWatermark?: bigint | undefined
  /**
   * What was last reported to `onRecoveryPointChanged`, Kafka's `recovery-point-offset-checkpoint`: after an unclean
   * shutdown the segments in front of it are taken to be as they were written. Without it every batch is looked at.
   */
  readonly initialRecoveryPoint?: bigint | undefined
  /** A point that is lower than before has to be on the disk when this returns. */
  readonly onRecoveryPointChanged?: (offset: bigint) => void
  /**
   * What was last reported to `onCleaned`, Kafka's `cleaner-offset-checkpoint`: below, compaction has seen every key.
   */
  readonly initialCleanedOffset?: bigint | undefined
  readonly onCleaned?: (offset: bigint) => void
  /**
   * Whether an `initialCleanedOffset` that is missing may have been lost: the log may then have been compacted
   * anywhere.
   */
  readonly isCleanedOffsetLost?: boolean
  /** Throws KafkaError KAFKA_STORAGE_ERROR when the folder that the log lies in has gone; asked before each append. */
  readonly requireFolder?: () => void
  readonly producerIdExpirationMs?: number
  /**
   * As many keys as one compaction keeps in mind; Kafka counts them in `log.cleaner.dedupe.buffer.size`. A million
   * (about 100 MB) by default.
   */
  readonly maxCompactionKeys?: number
}

/**
 * Opens a partition's log, or makes a new one. Throws KafkaError KAFKA_STORAGE_ERROR when the disk refuses, and
 * INCONSISTENT_TOPIC_ID when the folder holds the records of another topic of the same name.
 */
export function openLog(options: LogOptions): PartitionLog {
  return onDisk('open', options.directory, () => new Log(openParts(options)))
}

function openParts(options: LogOptions): LogParts {
  const { fileSystem, directory, topic, partition, clock, onWarning, config } = options
  const context: LogContext = { fileSystem, directory, log: logFolder(topic, partition), clock, onWarning, config }
  const names = options.isNew ? [] : tidyFolder(context)
  if (names.length === 0) fileSystem.makeDirectory(directory)
  checkTopicId(options, names)
  const epochs = new LeaderEpochCache(fileSystem, directory, onWarning, names)
  const loaded = loadSegments(context, epochs, loadOptions(options, epochs), names)
  const { logStartOffset, logEndOffset } = loaded
  adjustEpochs(epochs, loaded.segments, logStartOffset, logEndOffset)
  const { producers, snapshots } = restoreProducers(options, context, loaded, offsetsOf(names, SUFFIX.snapshot))
  const segments = new SegmentList(context, loaded.segments)
  return {
    context,
    topic,
    partition,
    segments,
    epochs,
    producers,
    snapshots,
    logStartOffset,
    cleaner: new Cleaner(context, segments, producers, {
      maxKeys: options.maxCompactionKeys ?? MAX_COMPACTION_KEYS,
      cleanedOffset: cleanedOffsetOf(options, logEndOffset),
      onCleaned: options.onCleaned ?? (() => {}),
    }),
    logEndOffset,
    highWatermark: options.initialHighWatermark ?? ENDLESS,
    recoveryPoint: loaded.recoveryPoint,
    areNamesSynced: loaded.areNamesSynced,
    requireFolder: options.requireFolder ?? (() => {}),
    onRecoveryPointChanged: options.onRecoveryPointChanged ?? (() => {}),
    onLogStartOffsetChanged: options.onLogStartOffsetChanged ?? (() => {}),
  }
}

function loadOptions(options: LogOptions, { firstOffset }: LeaderEpochCache): LoadOptions {
  return {
    cleanShutdown: options.cleanShutdown,
    beforeRecovery: options.beforeRecovery,
    recoveryPoint: options.initialRecoveryPoint,
    cleanedOffset: options.initialCleanedOffset ?? (options.isCleanedOffsetLost ? ENDLESS : 0n),
    logStartOffset: options.initialLogStartOffset ?? (options.isLogStartLost ? firstOffset : 0n),
  }
}

function checkTopicId({ fileSystem, directory, topicId, onWarning }: LogOptions, names: readonly string[]): void {
  const isThere = names.includes(PARTITION_METADATA)
  const found = isThere ? readPartitionMetadata(fileSystem, directory) : null
  if (found === null && isThere && hasPartitionMetadata(fileSystem, directory))
    onWarning(`${directory}/partition.metadata is damaged: it is written anew, with the topic id ${topicId}`)
  if (found === null) writePartitionMetadata(fileSystem, directory, topicId)
  else if (found !== topicId)
    throw new KafkaError('INCONSISTENT_TOPIC_ID', `${directory} belongs to the topic with id ${found}, not ${topicId}`)
}

/** Makes the epochs fit the log: found again in the batches when their file was lost, and none outside the log. */
function adjustEpochs(
  epochs: LeaderEpochCache,
  segments: readonly Segment[],
  logStartOffset: bigint,
  logEndOffset: bigint,
): void {
  if (!epochs.wasReadable) collectEpochs(epochs, segments)
  epochs.truncateFromEnd(logEndOffset)
  epochs.truncateFromStart(logStartOffset)
}

function collectEpochs(epochs: LeaderEpochCache, segments: readonly Segment[]): void {
  epochs.reset()
  for (const segment of segments) {
    const scanner = segment.scan()
    for (let header = headerOrNull(scanner); header; header = headerOrNull(scanner)) {
      epochs.assign(header.partitionLeaderEpoch, header.baseOffset)
    }
  }
}

function restoreProducers(
  options: LogOptions,
  context: LogContext,
  { segments, recovered, logStartOffset, logEndOffset }: Loaded,
  offsets: readonly bigint[],
): { producers: ProducerState; snapshots: ProducerSnapshots } {
  const producers = new ProducerState(context.log, options.producerIdExpirationMs ?? PRODUCER_ID_EXPIRATION_MS)
  const snapshots = new ProducerSnapshots(context.fileSystem, context.directory, context.onWarning, offsets)
  snapshots.restore(producers, segments, logStartOffset, logEndOffset, context.clock.now(), recovered)
  snapshots.removeStray(segments)
  return { producers, snapshots }
}

/**
 * One that lies behind the end was noted for a log that is no more: all counts as dirty. Where it is lost, and nothing
 * is compacted any more, all may have been.
 */
function cleanedOffsetOf(
  { initialCleanedOffset, isCleanedOffsetLost = false, config, onCleaned }: LogOptions,
  logEndOffset: bigint,
): bigint {
  if (
    initialCleanedOffset === undefined &&
    isCleanedOffsetLost &&
    logEndOffset > 0n &&
    !config.cleanupPolicy.has('compact')
  ) {
    onCleaned?.(logEndOffset)
    return logEndOffset
  }
  if (initialCleanedOffset === undefined) return 0n
  return initialCleanedOffset <= logEndOffset ? initialCleanedOffset : 0n
}
