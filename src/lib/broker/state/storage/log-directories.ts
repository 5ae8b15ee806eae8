import type { Clock } from '../../../clock.ts'
import { EnvironmentError, KafkaError } from '../../../errors.ts'
import type { FileSystem } from '../../log/file-system.ts'
import {
  describeDiskError,
  isDeletedFolder,
  isDiskError,
  onDisk,
  openLog,
  partitionOfFolder,
  readPartitionMetadata,
} from '../../log/index.ts'
import type { LogConfig, PartitionLog } from '../../log/types.ts'
import { checkpointsOf, openDirectory, reportingDisk, writeCleanShutdown, type LogDirectory } from './log-directory.ts'
import { lockDirectory, unlockDirectory, type Processes } from './lock.ts'
import { randomUuid } from '../../../protocol/uuid.ts'
import { readMetaProperties, writeMetaProperties } from './meta-properties.ts'
import { findStrays, type Stray } from './strays.ts'

export interface LogDirectoriesOptions {
  readonly fileSystem: FileSystem
  /** `log.dirs`; the first one also holds the cluster's metadata. */
  readonly paths: readonly string[]
  readonly nodeId: number
  /** The cluster of folders that are new; a new one by default. */
  readonly clusterId?: string | undefined
  readonly clock: Clock
  readonly processes: Processes
  readonly producerIdExpirationMs: number
  readonly warn: (line: string) => void
}

interface LogRequest {
  readonly topic: string
  readonly partition: number
  readonly topicId: string
  readonly config: LogConfig
}

/** Whether a topic was deleted, by its id, null when that is not known, and its name. */
type IsDeleted = (topicId: string | null, topic: string) => boolean

const META_PROPERTIES = 'meta.properties'

/**
 * The folders that a broker keeps its logs in: whose they are, whether they were closed well, and which log is where.
 */
export class LogDirectories {
  readonly clusterId: string
  /** Ids of the folders, in their order. */
  readonly directoryIds: readonly string[]
  private readonly directories: LogDirectory[]
  private readonly taken: string[] = []

  /** Takes the folders for this process. Throws EnvironmentError when they cannot be used, and says why. */
  constructor(private readonly options: LogDirectoriesOptions) {
    const { fileSystem, paths, nodeId } = options
    try {
      for (const path of paths) this.take(path)
      const metas = paths.map((path) => reportingDisk(path, () => readMetaProperties(fileSystem, path)))
      this.clusterId = metas.find((meta) => meta !== null)?.clusterId ?? options.clusterId ?? randomUuid()
      this.directoryIds = paths.map((path, index) => this.claim(path, metas[index]!, nodeId))
      this.directories = paths.map((path, index) => openDirectory(path, metas[index] !== null, options))
    } catch (error) {
      this.giveBack()
      throw error
    }
  }

  get metadataDirectory(): string {
    return this.directories[0]!.path
  }

  /** The epoch that this broker had when it was stopped cleanly, -1 when one of the folders does not vouch for that. */
  get previousBrokerEpoch(): bigint {
    const [epoch = -1n, ...others] = new Set(this.directories.map(({ previousBrokerEpoch }) => previousBrokerEpoch))
    return others.length === 0 ? epoch : -1n
  }

  /** Whether the folder of the metadata was closed properly the last time. */
  get hasCleanMetadata(): boolean {
    return this.directories[0]!.cleanShutdown
  }

  get paths(): readonly string[] {
    return this.directories.map(({ path }) => path)
  }

  /** How much room there is where a folder lies; null when nobody knows. Throws KafkaError KAFKA_STORAGE_ERROR. */
  spaceAt(path: string): ReturnType<FileSystem['space']> {
    return onDisk('read', path, () => this.options.fileSystem.space(path))
  }

  /** The folder that the log of a partition lies in. */
  pathOf(topic: string, partition: number): string | undefined {
    return this.directories.find(({ logs }) => logs.has(`${topic}-${partition}`))?.path
  }

  /**
   * Opens the log of a partition where it lies, or makes it in the folder with the fewest. What is left of a deleted
   * topic goes first.
   */
  openLog({ topic, partition, topicId, config }: LogRequest, isDeleted: IsDeleted): PartitionLog {
    const { fileSystem, clock, warn, producerIdExpirationMs } = this.options
    const name = `${topic}-${partition}`
    const found = this.homeOf(name, isDeleted)
    // What is noted for a log that is not there was noted for one of the same name that a crash took away, or somebody.
    if (!found) this.forgetMissing(topic, partition)
    const home = found ?? this.emptiest()
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
      this.directories.map(({ path }) => ({ path, folders: this.foldersIn(path) })),
      isExpected,
    )
  }

  /** Removes the folder of a partition that could not be opened. */
  discard(topic: string, partition: number): void {
    const name = `${topic}-${partition}`
    for (const { path } of this.directories)
      this.attempt(`${path}/${name}`, () => this.options.fileSystem.remove(`${path}/${name}`))
    this.forget(topic, partition)
  }

  /** The folders that have gone from under the broker. */
  gone(): string[] {
    return this.directories.filter((directory) => !this.isThere(directory)).map(({ path }) => path)
  }

  /**
   * Throws KafkaError KAFKA_STORAGE_ERROR when a folder has gone: the files of its logs would take records, and be
   * nowhere.
   */
  private requireFolder(home: LogDirectory): void {
    const now = this.options.clock.now()
    if (now !== home.lookedAt) home.wasThere = this.isThere(home)
    home.lookedAt = now
    if (!home.wasThere) throw new KafkaError('KAFKA_STORAGE_ERROR', `the data folder ${home.path} is gone`)
  }

  private isThere({ path }: LogDirectory): boolean {
    return this.options.fileSystem.exists(`${path}/${META_PROPERTIES}`)
  }

  private homeOf(name: string, isDeleted: IsDeleted): LogDirectory | undefined {
    return this.directories.find(({ path }) =>
      onDisk('open', `${path}/${name}`, () => {
        this.removeIfDeleted(path, name, isDeleted)
        return this.options.fileSystem.exists(`${path}/${name}`)
      }),
    )
  }

  /** Returns when the log starts that were reported are on the disk. Throws KafkaError KAFKA_STORAGE_ERROR. */
  saveLogStartOffsets(): void {
    for (const { path, logStartOffsets } of this.directories) onDisk('write to', path, () => logStartOffsets.save())
  }

  /** Notes how far a log is committed, for the next start; it is written in a moment. */
  noteHighWatermark(topic: string, partition: number, offset: bigint): void {
    const home = this.directories.find(({ logs }) => logs.has(`${topic}-${partition}`))
    home?.highWatermarks.set(topic, partition, offset)
  }

  /** To be called when the log of a partition has been deleted. */
  forget(topic: string, partition: number): void {
    for (const directory of this.directories) {
      directory.logs.delete(`${topic}-${partition}`)
      for (const checkpoint of checkpointsOf(directory)) checkpoint.delete(topic, partition)
    }
  }

  /**
   * Removes the folders of partitions whose topic is gone, but which a crash kept from going with it. False when the
   * disk would not let go of all of them.
   */
  removeDeleted(isDeleted: IsDeleted): boolean {
    const outcomes = this.directories.flatMap(({ path }) =>
      this.foldersIn(path).map((name) =>
        this.attempt(`${path}/${name}`, () => {
          if (isDeletedFolder(name)) this.options.fileSystem.remove(`${path}/${name}`)
          else this.removeIfDeleted(path, name, isDeleted)
        }),
      ),
    )
    // They must not come back with a power cut, when nobody knows any more that they were to go.
    const areSynced = this.directories.map(({ path }) =>
      this.attempt(path, () => this.options.fileSystem.syncDirectory(path)),
    )
    return ![...outcomes, ...areSynced].includes(false)
  }

  private foldersIn(path: string): string[] {
    const { fileSystem } = this.options
    return reportingDisk(path, () => fileSystem.list(path).filter((name) => fileSystem.isDirectory(`${path}/${name}`)))
  }

  private removeIfDeleted(path: string, name: string, isDeleted: IsDeleted): void {
    const { fileSystem } = this.options
    const partition = partitionOfFolder(name)
    const folder = `${path}/${name}`
    if (partition && fileSystem.exists(folder) && isDeleted(readPartitionMetadata(fileSystem, folder), partition.topic))
      fileSystem.remove(folder)
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
    this.giveBack()
  }

  private giveBack(): void {
    for (const path of this.taken.splice(0)) this.attempt(path, () => unlockDirectory(this.options.fileSystem, path))
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

  private take(path: string): void {
    const { fileSystem, processes } = this.options
    reportingDisk(path, () => fileSystem.makeDirectory(path))
    reportingDisk(path, () => lockDirectory(fileSystem, path, processes))
    this.taken.push(path)
  }

  private claim(path: string, meta: ReturnType<typeof readMetaProperties>, nodeId: number): string {
    if (meta !== null && meta.nodeId !== nodeId) {
      throw new EnvironmentError(
        `${path} belongs to broker ${meta.nodeId}, this is broker ${nodeId}: set node.id=${meta.nodeId}, or choose another folder`,
        { code: 'DATA_DIR_UNUSABLE' },
      )
    }
    if (meta !== null && meta.clusterId !== this.clusterId) {
      throw new EnvironmentError(
        `${path} belongs to cluster ${meta.clusterId}, the first folder to ${this.clusterId}: they cannot be used together`,
        { code: 'DATA_DIR_UNUSABLE' },
      )
    }
    if (meta !== null) return meta.directoryId
    const directoryId = randomUuid()
    const { fileSystem, warn } = this.options
    if (reportingDisk(path, () => fileSystem.list(path)).some((name) => partitionOfFolder(name))) {
      warn(`${path}/${META_PROPERTIES} is gone: the folder is now of cluster ${this.clusterId}, broker ${nodeId}`)
    }
    reportingDisk(path, () => writeMetaProperties(fileSystem, path, { clusterId: this.clusterId, nodeId, directoryId }))
    return directoryId
  }

  private emptiest(): LogDirectory {
    return this.directories.reduce((best, next) => (next.logs.size < best.logs.size ? next : best))
  }
}
