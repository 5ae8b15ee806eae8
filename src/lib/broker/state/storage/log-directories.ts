import { KafkaError } from '../../../errors.ts'
import type { FileSystem } from '../../log/file-system.ts'
import {
  describeDiskError,
  isDeletedFolder,
  isDiskError,
  logFolder,
  onDisk,
  openLog,
  partitionOfFolder,
  readPartitionMetadata,
} from '../../log/index.ts'
import type { LogConfig, PartitionLog } from '../../log/types.ts'
import { checkpointsOf, reportingDisk, writeCleanShutdown, type LogDirectory } from './log-directory.ts'
import { findStrays, type Stray } from './strays.ts'
import {
  takeDirectories,
  type LogDirectoriesOptions,
  type OnRefused,
  type TakenDirectories,
} from './take-directories.ts'

interface LogRequest {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly config: LogConfig
  /** The folder that the controller knows it in, by its id; which one it is may be open. */
  readonly directoryId: string
  /** Whether it cannot have been here before. */
  readonly isNew: boolean
}

/** Whether a topic was deleted, by its name and, where that does not settle it, its id: null when that is not known. */
type IsDeleted = (topic: string, readId: () => string | null) => boolean

const META_PROPERTIES = 'meta.properties'

/**
 * The folders that a broker keeps its logs in: whose they are, whether they were closed well, and which log is where.
 * One that fails is used no more in this run (KIP-112).
 */
export class LogDirectories {
  /** Told of a folder that the disk refuses to write to. */
  onRefused: OnRefused = (_, reason) => this.options.warn(reason)
  private readonly taken: TakenDirectories

  /** Takes the folders for this process. Throws EnvironmentError when they cannot be used, and says why. */
  constructor(private readonly options: LogDirectoriesOptions) {
    this.taken = takeDirectories(options, (path, reason) => this.onRefused(path, reason))
  }

  /** Those that work. */
  private get directories(): readonly LogDirectory[] {
    return this.taken.directories
  }

  get clusterId(): string {
    return this.taken.clusterId
  }

  get metadataDirectory(): string {
    return this.options.metadataDirectory
  }

  get metadataDirectoryId(): string {
    return this.taken.metadataDirectoryId
  }

  /** Ids of the folders that work, in their order. */
  get directoryIds(): readonly string[] {
    return this.directories.map(({ id }) => id)
  }

  /** The epoch that this broker had when it was stopped cleanly, -1 when one of the folders does not vouch for that. */
  get previousBrokerEpoch(): bigint {
    const [epoch = -1n, ...others] = new Set(this.directories.map(({ previousBrokerEpoch }) => previousBrokerEpoch))
    return others.length === 0 ? epoch : -1n
  }

  /** Whether the folder of the metadata was closed properly the last time. */
  get hasCleanMetadata(): boolean {
    const holder = this.directories.find(({ path }) => path === this.metadataDirectory)
    return holder?.cleanShutdown ?? false
  }

  /** `log.dirs`, whether they work or not. */
  get paths(): readonly string[] {
    return this.options.paths
  }

  /** Ids of the folders that have failed in this run. */
  get failedIds(): readonly string[] {
    return [...this.taken.failed.values()].flatMap(({ id }) => id ?? [])
  }

  /** Gives a folder up. Returns whether the node can do without it. */
  fail(path: string, reason: string): boolean {
    const { directories, failed } = this.taken
    const found = directories.find((directory) => directory.path === path)
    if (found) directories.splice(directories.indexOf(found), 1)
    failed.set(path, { id: found?.id ?? null, reason })
    return directories.length > 0 && path !== this.metadataDirectory
  }

  /** How much room there is where a folder lies; null when nobody knows. Throws KafkaError KAFKA_STORAGE_ERROR. */
  spaceAt(path: string): ReturnType<FileSystem['space']> {
    const failure = this.taken.failed.get(path)
    if (failure) throw new KafkaError('KAFKA_STORAGE_ERROR', failure.reason)
    return onDisk('read', path, () => this.options.fileSystem.space(path))
  }

  /** The folder that the log of a partition lies in. */
  pathOf(topic: string, partition: number): string | undefined {
    return this.holderOf(topic, partition)?.path
  }

  /** The same by its id. */
  idOf(topic: string, partition: number): string | undefined {
    return this.holderOf(topic, partition)?.id
  }

  private holderOf(topic: string, partition: number): LogDirectory | undefined {
    const name = logFolder(topic, partition)
    return this.directories.find(({ logs }) => logs.has(name))
  }

  /**
   * Opens the log of a partition where it lies, or makes it where it is expected, or else in the folder with the
   * fewest. What is left of a deleted topic goes first. Null for one that lies in a folder that has failed, as far as
   * anybody knows.
   */
  openLog(request: LogRequest, isDeleted: IsDeleted): PartitionLog | null {
    const { topic, partition, topicId, config } = request
    const { fileSystem, clock, warn, producerIdExpirationMs } = this.options
    const name = logFolder(topic, partition)
    const found = this.homeOf(request, isDeleted)
    const home = found ?? this.homeOfNew(request)
    if (!home) return null
    home.logs.add(name)
    return openLog({
      fileSystem,
      clock,
      config,
      topic,
      partition,
      topicId,
      producerIdExpirationMs,
      directory: `${home.path}/${name}`,
      isNew: !found,
      cleanShutdown: home.cleanShutdown,
      onWarning: warn,
      requireFolder: () => this.requireFolder(home),
      initialLogStartOffset: home.logStartOffsets.get(topic, partition),
      isLogStartLost: home.hasLostLogStarts,
      isCleanedOffsetLost: home.hasLostCleanedOffsets,
      onLogStartOffsetChanged: (offset) => home.logStartOffsets.set(topic, partition, offset),
      initialHighWatermark: home.highWatermarks.get(topic, partition) ?? 0n,
      initialRecoveryPoint: home.recoveryPoints.get(topic, partition),
      onRecoveryPointChanged: (offset) => home.recoveryPoints.set(topic, partition, offset),
      initialCleanedOffset: home.cleanedOffsets.get(topic, partition),
      onCleaned: (offset) => home.cleanedOffsets.set(topic, partition, offset),
    })
  }

  private homeOfNew({ topic, partition, directoryId, isNew }: LogRequest): LogDirectory | null {
    const expected = this.directories.find(({ id }) => id === directoryId)
    if (!expected && !isNew && this.taken.failed.size > 0) return null
    // What is noted for a log that is not there was noted for one of the same name that a crash took away, or somebody.
    this.forgetMissing(topic, partition)
    return expected ?? this.emptiest()
  }

  private forgetMissing(topic: string, partition: number): void {
    const home = this.directories.find(
      ({ cleanShutdown, recoveryPoints }) => cleanShutdown && (recoveryPoints.get(topic, partition) ?? 0n) > 0n,
    )
    if (home)
      this.options.warn(
        `${home.path}/${topic}-${partition} is gone, with ${home.recoveryPoints.get(topic, partition)} offsets of records: the partition begins anew, empty`,
      )
    this.forget(topic, partition)
  }

  /** Folders of topics that the metadata does not know, and did not know until they were deleted. */
  strays(isExpected: IsDeleted): Stray[] {
    return findStrays(
      this.options.fileSystem,
      this.directories.map(({ path, logs }) => ({ path, folders: [...logs] })),
      isExpected,
    )
  }

  /** Removes the folder of a partition that could not be opened. */
  discard(topic: string, partition: number): void {
    const name = logFolder(topic, partition)
    for (const { path } of this.directories)
      this.attempt(`${path}/${name}`, () => this.options.fileSystem.remove(`${path}/${name}`))
    this.forget(topic, partition)
  }

  /** The folders that have gone from under the broker, or cannot be looked at, and why nothing can be kept there. */
  lost(): { path: string; reason: string }[] {
    const paths = new Set([...this.directories.map(({ path }) => path), this.metadataDirectory])
    return [...paths].flatMap((path) => {
      try {
        return this.isThere(path) ? [] : [{ path, reason: goneReason(path) }]
      } catch (error) {
        if (!isDiskError(error)) throw error
        return [{ path, reason: describeDiskError('read', path, error) }]
      }
    })
  }

  /**
   * Throws KafkaError KAFKA_STORAGE_ERROR when a folder has gone: the files of its logs would take records, and be
   * nowhere.
   */
  private requireFolder(home: LogDirectory): void {
    const now = this.options.clock.now()
    if (now !== home.lookedAt) home.wasThere = this.isThere(home.path)
    home.lookedAt = now
    if (!home.wasThere) throw new KafkaError('KAFKA_STORAGE_ERROR', goneReason(home.path))
  }

  private isThere(path: string): boolean {
    return this.options.fileSystem.exists(`${path}/${META_PROPERTIES}`)
  }

  /** A folder that was not there at the start may have come since: the disk had not let go of it. */
  private homeOf({ topic, partition }: LogRequest, isDeleted: IsDeleted): LogDirectory | undefined {
    const name = logFolder(topic, partition)
    return this.directories.find((directory) => {
      const folder = `${directory.path}/${name}`
      return onDisk('open', folder, () => {
        this.removeIfDeleted(directory, name, topic, isDeleted)
        return directory.logs.has(name) || this.options.fileSystem.exists(folder)
      })
    })
  }

  /** Returns when the log starts that were reported are on the disk. Throws KafkaError KAFKA_STORAGE_ERROR. */
  saveLogStartOffsets(): void {
    for (const { path, logStartOffsets } of this.directories) onDisk('write to', path, () => logStartOffsets.save())
  }

  /** Notes how far a log is committed, for the next start; it is written in a moment. */
  noteHighWatermark(topic: string, partition: number, offset: bigint): void {
    this.holderOf(topic, partition)?.highWatermarks.set(topic, partition, offset)
  }

  /** To be called when the log of a partition has been deleted. */
  forget(topic: string, partition: number): void {
    for (const directory of this.directories) {
      directory.logs.delete(logFolder(topic, partition))
      for (const checkpoint of checkpointsOf(directory)) checkpoint.delete(topic, partition)
    }
  }

  /**
   * Removes the folders of partitions whose topic is gone, but which a crash kept from going with it. False when the
   * disk would not let go of all of them.
   */
  removeDeleted(isDeleted: IsDeleted): boolean {
    const { fileSystem } = this.options
    const outcomes = this.directories.flatMap((directory) =>
      reportingDisk(directory.path, () => fileSystem.listFolders(directory.path)).map((name) =>
        this.attempt(`${directory.path}/${name}`, () => {
          const topic = partitionOfFolder(name)?.topic
          if (isDeletedFolder(name)) fileSystem.remove(`${directory.path}/${name}`)
          else if (topic !== undefined) this.removeIfDeleted(directory, name, topic, isDeleted)
        }),
      ),
    )
    // They must not come back with a power cut, when nobody knows any more that they were to go.
    const areSynced = this.directories.map(({ path }) => this.attempt(path, () => fileSystem.syncDirectory(path)))
    return ![...outcomes, ...areSynced].includes(false)
  }

  private removeIfDeleted({ path, logs }: LogDirectory, name: string, topic: string, isDeleted: IsDeleted): void {
    const { fileSystem } = this.options
    const folder = `${path}/${name}`
    if (!isDeleted(topic, () => readPartitionMetadata(fileSystem, folder)) || !fileSystem.exists(folder)) return
    fileSystem.remove(folder)
    logs.delete(name)
  }

  /**
   * Gives the folders back. `isClean` says whether every log was closed well: then the next start need not look through
   * them. The broker epoch is that of this run, -1 where it had none.
   */
  close(isClean: boolean, brokerEpoch = -1n): void {
    for (const directory of this.directories) {
      const { path } = directory
      for (const checkpoint of checkpointsOf(directory)) checkpoint.flush()
      if (isClean) this.attempt(path, () => writeCleanShutdown(this.options.fileSystem, path, brokerEpoch))
    }
    this.taken.giveBack()
  }

  private attempt(path: string, action: () => void): boolean {
    try {
      action()
      return true
    } catch (error) {
      if (!isDiskError(error)) throw error
      this.options.warn(describeDiskError('write to', path, error))
      return false
    }
  }

  /** Null where all have failed, and the process is about to end. */
  private emptiest(): LogDirectory | null {
    return this.directories.reduce<LogDirectory | null>(
      (best, next) => (best && best.logs.size <= next.logs.size ? best : next),
      null,
    )
  }
}

const goneReason = (path: string): string => `the data folder ${path} is gone`
