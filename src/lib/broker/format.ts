import type { Clock } from '../clock.ts'
import type { NewMetadataRecord } from '../protocol/internal-records/index.ts'
import { snapshotBatches, snapshotName, type Voters } from '../protocol/log-files/index.ts'
import { randomUuid } from '../protocol/uuid.ts'
import type { FileSystem } from './log/file-system.ts'
import { metadataFolder, writeBootstrapFile } from './raft/index.ts'
import { writeMetaProperties } from './state/storage/meta-properties.ts'

export interface NewFolder {
  readonly directory: string
  readonly clusterId: string
  readonly nodeId: number
  /** A random one by default. */
  readonly directoryId?: string | undefined
  /** What the first leader begins with: feature levels and users. */
  readonly records: readonly NewMetadataRecord[]
  /** The first voters, in the folder of the metadata of a quorum that may change (KIP-853). */
  readonly voters?: Voters | undefined
}

/**
 * Makes a folder of a node, as `kafka-storage format` leaves it. What says that it is formatted comes last. Throws the
 * error of the disk.
 */
export function formatFolder(fileSystem: FileSystem, clock: Clock, folder: NewFolder): void {
  const { directory, clusterId, nodeId, directoryId = randomUuid(), records, voters } = folder
  fileSystem.makeDirectory(directory)
  writeBootstrapFile({ fileSystem, directory, clock }, records)
  if (voters) writeVoters(fileSystem, clock, directory, voters)
  writeMetaProperties(fileSystem, directory, { clusterId, nodeId, directoryId })
}

/** A snapshot of the empty log, which says who votes. */
function writeVoters(fileSystem: FileSystem, clock: Clock, directory: string, voters: Voters): void {
  const now = BigInt(clock.now())
  const folder = metadataFolder(directory)
  const batches = snapshotBatches(
    { epoch: 0, timestamp: now, lastContainedLogTimestamp: now, kraftVersion: 1, voters },
    [],
  )
  fileSystem.makeDirectory(folder)
  fileSystem.writeFileAtomically(`${folder}/${snapshotName({ endOffset: 0n, epoch: 0 })}`, Buffer.concat([...batches]))
}
