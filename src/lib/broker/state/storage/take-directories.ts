import type { Clock } from '../../../clock.ts'
import { EnvironmentError } from '../../../errors.ts'
import type { FileSystem } from '../../log/file-system.ts'
import { describeDiskError, isDiskError, partitionOfFolder } from '../../log/index.ts'
import { metadataFolder } from '../../raft/index.ts'
import { randomUuid } from '../../../protocol/uuid.ts'
import { openDirectory, reportingDisk, type LogDirectory } from './log-directory.ts'
import { lockDirectory, unlockDirectory, type Processes } from './lock.ts'
import { readMetaProperties, writeMetaProperties, type MetaProperties } from './meta-properties.ts'

export interface LogDirectoriesOptions {
  readonly fileSystem: FileSystem
  /** `log.dirs` */
  readonly paths: readonly string[]
  /** `metadata.log.dir`, or one of the others: where the cluster's metadata lies. */
  readonly metadataDirectory: string
  readonly nodeId: number
  /** The cluster of folders that are new; a new one by default. */
  readonly clusterId?: string | undefined
  readonly clock: Clock
  readonly processes: Processes
  readonly producerIdExpirationMs: number
  readonly warn: (line: string) => void
}

export interface FailedDirectory {
  /** Null where it could not be read. */
  readonly id: string | null
  readonly reason: string
}

/** Told of a folder that the disk refuses to write to. */
export type OnRefused = (path: string, reason: string) => void

/** The folders of a node, as far as they can be used. */
export interface TakenDirectories {
  readonly clusterId: string
  readonly metadataDirectoryId: string
  readonly directories: LogDirectory[]
  /** Those of `log.dirs` that cannot be used, by path. */
  readonly failed: Map<string, FailedDirectory>
  giveBack(): void
}

const META_PROPERTIES = 'meta.properties'

/**
 * Takes the folders of a node for this process. One that the disk refuses is left out where there are others, but for
 * that of the metadata (KIP-112). Throws EnvironmentError when they cannot be used, and says why.
 */
export function takeDirectories(options: LogDirectoriesOptions, onRefused: OnRefused): TakenDirectories {
  const claim = new Claim(options, onRefused)
  try {
    return claim.take()
  } catch (error) {
    claim.giveBack()
    throw error
  }
}

class Claim {
  private readonly held: string[] = []
  private readonly failed = new Map<string, FailedDirectory>()

  constructor(
    private readonly options: LogDirectoriesOptions,
    private readonly onRefused: OnRefused,
  ) {}

  take(): TakenDirectories {
    const { paths, metadataDirectory } = this.options
    this.refuseForgottenMetadata()
    const metas = new Map<string, MetaProperties | null>()
    for (const path of new Set([metadataDirectory, ...paths]))
      this.unlessRefused(path, () => metas.set(path, this.hold(path)))
    const known = [...metas.values()].find((meta) => meta !== null)
    const clusterId = known?.clusterId ?? this.options.clusterId ?? randomUuid()
    const ids = new Map<string, string>()
    const directories: LogDirectory[] = []
    for (const [path, meta] of metas) {
      this.unlessRefused(path, () => {
        const id = this.idOf(path, meta, clusterId)
        ids.set(path, id)
        if (paths.includes(path)) directories.push(this.open(path, id, meta !== null))
      })
    }
    const { failed } = this
    const [first] = failed.values()
    if (directories.length === 0) throw new EnvironmentError(first!.reason, { code: 'DATA_DIR_UNUSABLE' })
    directories.sort((one, other) => paths.indexOf(one.path) - paths.indexOf(other.path))
    for (const { reason } of failed.values()) this.options.warn(`${reason}: the replicas that lie there are offline`)
    const giveBack = (): void => this.giveBack()
    return { clusterId, metadataDirectoryId: ids.get(metadataDirectory)!, directories, failed, giveBack }
  }

  private open(path: string, id: string, wasUsed: boolean): LogDirectory {
    const { fileSystem, clock, warn } = this.options
    const onRefused = (reason: string): void => this.onRefused(path, reason)
    return openDirectory(path, id, { fileSystem, clock, warn, wasUsed, onRefused })
  }

  giveBack(): void {
    const { fileSystem, warn } = this.options
    for (const path of this.held.splice(0)) {
      try {
        unlockDirectory(fileSystem, path)
      } catch (error) {
        if (!isDiskError(error)) throw error
        if (!this.failed.has(path)) warn(describeDiskError('write to', path, error))
      }
    }
  }

  /** A node whose setting is new would begin a cluster anew, beside the one that it has. */
  private refuseForgottenMetadata(): void {
    const { fileSystem, paths, metadataDirectory } = this.options
    const [first] = paths as [string]
    if (metadataDirectory === first) return
    const isIn = (path: string): boolean => reportingDisk(path, () => fileSystem.exists(metadataFolder(path)))
    if (isIn(first) && !isIn(metadataDirectory))
      throw new EnvironmentError(
        `metadata.log.dir is ${metadataDirectory}, but the metadata of the cluster lies in ${metadataFolder(first)}: move it there, or leave metadata.log.dir out`,
        { code: 'DATA_DIR_UNUSABLE' },
      )
  }

  /** What others say against a folder is fatal; what the disk says concerns the folder alone. */
  private unlessRefused(path: string, action: () => void): void {
    try {
      action()
    } catch (error) {
      const isRefusal = error instanceof EnvironmentError && isDiskError(error.cause)
      if (!isRefusal || path === this.options.metadataDirectory) throw error
      this.failed.set(path, { id: null, reason: error.message })
    }
  }

  private hold(path: string): MetaProperties | null {
    const { fileSystem, processes } = this.options
    return reportingDisk(path, () => {
      fileSystem.makeDirectory(path)
      lockDirectory(fileSystem, path, processes)
      this.held.push(path)
      return readMetaProperties(fileSystem, path)
    })
  }

  /** The folder's id; a new folder gets one. */
  private idOf(path: string, meta: MetaProperties | null, clusterId: string): string {
    const { fileSystem, nodeId, warn } = this.options
    if (meta !== null) {
      this.refuseForeign(path, meta, clusterId)
      return meta.directoryId
    }
    const directoryId = randomUuid()
    if (reportingDisk(path, () => fileSystem.list(path)).some((name) => partitionOfFolder(name)))
      warn(`${path}/${META_PROPERTIES} is gone: the folder is now of cluster ${clusterId}, broker ${nodeId}`)
    reportingDisk(path, () => writeMetaProperties(fileSystem, path, { clusterId, nodeId, directoryId }))
    return directoryId
  }

  private refuseForeign(path: string, meta: MetaProperties, clusterId: string): void {
    const { nodeId } = this.options
    if (meta.nodeId !== nodeId)
      throw new EnvironmentError(
        `${path} belongs to broker ${meta.nodeId}, this is broker ${nodeId}: set node.id=${meta.nodeId}, or choose another folder`,
        { code: 'DATA_DIR_UNUSABLE' },
      )
    if (meta.clusterId !== clusterId)
      throw new EnvironmentError(
        `${path} belongs to cluster ${meta.clusterId}, the first folder to ${clusterId}: they cannot be used together`,
        { code: 'DATA_DIR_UNUSABLE' },
      )
  }
}
