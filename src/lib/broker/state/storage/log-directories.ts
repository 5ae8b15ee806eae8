import type { Clock } from '../../../clock.ts'
import { EnvironmentError } from '../../../errors.ts'
import type { FileSystem } from '../../log/file-system.ts'
import { isDeletedFolder, openLog, readPartitionMetadata } from '../../log/index.ts'
import type { LogConfig, PartitionLog } from '../../log/types.ts'
import { lockDirectory, unlockDirectory, type Processes } from './lock.ts'
import { randomUuid, readMetaProperties, writeMetaProperties } from './meta-properties.ts'
import { OffsetCheckpoint } from './offset-checkpoint.ts'

export interface LogDirectoriesOptions {
  readonly fileSystem: FileSystem
  /** `log.dirs`; the first one also holds the cluster's metadata. */
  readonly paths: readonly string[]
  readonly nodeId: number
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

interface Directory {
  readonly path: string
  readonly cleanShutdown: boolean
  readonly logStartOffsets: OffsetCheckpoint
  /** Names of the logs that lie here. */
  readonly logs: Set<string>
}

/** As Kafka writes it at the end of a clean stop, so that the next start need not look through the logs. */
const CLEAN_SHUTDOWN = '.kafka_cleanshutdown'

/** The folders that a broker keeps its logs in: whose they are, whether they were closed well, and which log is where. */
export class LogDirectories {
  readonly clusterId: string
  private readonly directories: Directory[]

  /** Takes the folders for this process. Throws EnvironmentError when they cannot be used, and says why. */
  constructor(private readonly options: LogDirectoriesOptions) {
    const { fileSystem, paths, nodeId, processes } = options
    for (const path of paths) {
      reportingDisk(path, () => fileSystem.makeDirectory(path))
      refuseApacheKafka(fileSystem, path)
      reportingDisk(path, () => lockDirectory(fileSystem, path, processes))
    }
    const metas = paths.map((path) => readMetaProperties(fileSystem, path))
    this.clusterId = metas.find((meta) => meta !== null)?.clusterId ?? randomUuid()
    for (const [index, path] of paths.entries()) this.claim(path, metas[index]!, nodeId)
    this.directories = paths.map((path) => this.openDirectory(path))
  }

  get metadataDirectory(): string {
    return this.directories[0]!.path
  }

  /** Opens the log of a partition where it lies, or makes it in the folder with the fewest. */
  openLog({ topic, partition, topicId, config }: LogRequest): PartitionLog {
    const { fileSystem, clock, warn, producerIdExpirationMs } = this.options
    const name = `${topic}-${partition}`
    const home = this.directories.find(({ path }) => fileSystem.exists(`${path}/${name}`)) ?? this.emptiest()
    home.logs.add(name)
    return openLog({
      fileSystem, clock, config, topic, partition, topicId, producerIdExpirationMs,
      directory: `${home.path}/${name}`,
      cleanShutdown: home.cleanShutdown,
      onWarning: warn,
      initialLogStartOffset: home.logStartOffsets.get(topic, partition) ?? 0n,
      onLogStartOffsetChanged: (offset) => home.logStartOffsets.set(topic, partition, offset),
    })
  }

  /** To be called when the log of a partition has been deleted. */
  forget(topic: string, partition: number): void {
    for (const directory of this.directories) {
      if (directory.logs.delete(`${topic}-${partition}`)) directory.logStartOffsets.delete(topic, partition)
    }
  }

  /** Removes the folders of partitions whose topic is gone, but which a crash kept from going with it. */
  removeDeleted(isDeleted: (topicId: string) => boolean): void {
    const { fileSystem } = this.options
    for (const { path } of this.directories) {
      for (const name of fileSystem.list(path).filter((entry) => fileSystem.isDirectory(`${path}/${entry}`))) {
        const topicId = readPartitionMetadata(fileSystem, `${path}/${name}`)
        if (isDeletedFolder(name) || (topicId !== null && isDeleted(topicId))) fileSystem.remove(`${path}/${name}`)
      }
    }
  }

  /** Gives the folders back. `isClean` says whether every log was closed well: then the next start need not look through them. */
  close(isClean: boolean): void {
    const { fileSystem } = this.options
    for (const { path, logStartOffsets } of this.directories) {
      logStartOffsets.flush()
      if (isClean) fileSystem.writeFileAtomically(`${path}/${CLEAN_SHUTDOWN}`, '{"version":0}')
      unlockDirectory(fileSystem, path)
    }
  }

  private claim(path: string, meta: ReturnType<typeof readMetaProperties>, nodeId: number): void {
    if (meta !== null && meta.nodeId !== nodeId) {
      throw new EnvironmentError(`${path} belongs to broker ${meta.nodeId}, this is broker ${nodeId}: set node.id=${meta.nodeId}, or choose another folder`)
    }
    if (meta !== null && meta.clusterId !== this.clusterId) {
      throw new EnvironmentError(`${path} belongs to cluster ${meta.clusterId}, the first folder to ${this.clusterId}: they cannot be used together`)
    }
    if (meta === null) writeMetaProperties(this.options.fileSystem, path, { clusterId: this.clusterId, nodeId, directoryId: randomUuid() })
  }

  private openDirectory(path: string): Directory {
    const { fileSystem, warn } = this.options
    const cleanShutdown = fileSystem.exists(`${path}/${CLEAN_SHUTDOWN}`)
    fileSystem.remove(`${path}/${CLEAN_SHUTDOWN}`)
    return { path, cleanShutdown, logs: new Set(), logStartOffsets: new OffsetCheckpoint(fileSystem, `${path}/log-start-offset-checkpoint`, warn) }
  }

  private emptiest(): Directory {
    return this.directories.reduce((best, next) => (next.logs.size < best.logs.size ? next : best))
  }
}

/** Apache Kafka keeps its topics' names and settings where kts does not look: a broker that shares its folder would only do harm. */
function refuseApacheKafka(fileSystem: FileSystem, path: string): void {
  if (!fileSystem.exists(`${path}/__cluster_metadata-0`)) return
  throw new EnvironmentError(`${path} holds the data of an Apache Kafka broker, which kts leaves alone: choose another folder with --data-dir or log.dirs`)
}

/** Turns what a disk says into a sentence for a person. */
function reportingDisk(path: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    if (error instanceof EnvironmentError) throw error
    throw new EnvironmentError(`the data folder ${path} cannot be used: ${(error as Error).message}`)
  }
}
