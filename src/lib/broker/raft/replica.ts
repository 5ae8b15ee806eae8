import type { Clock } from '../../clock.ts'
import { KafkaError, MalformedError } from '../../errors.ts'
import { encodeMetadataRecord, type NewMetadataRecord } from '../../protocol/internal-records/index.ts'
import {
  formatQuorumState,
  snapshotBatches,
  parseQuorumState,
  type QuorumState,
  type SnapshotId,
} from '../../protocol/log-files/index.ts'
import { CLUSTER_METADATA_TOPIC } from '../../protocol/topic-names.ts'
import {
  onDisk,
  openLog,
  readPartitionMetadata,
  type FileSystem,
  type LogOptions,
  type PartitionLog,
} from '../log/index.ts'
import { CommittedReader, type Committed } from './committed.ts'
import { damaged } from './damage.ts'
import { METADATA_LOG_CONFIG, METADATA_TOPIC_ID, metadataFolder, refusingUnknown, unusable } from './folder.ts'
import { Snapshots } from './snapshots.ts'

export interface ReplicaOptions {
  readonly fileSystem: FileSystem
  /** `metadata.log.dir`, or the first of `log.dirs`. */
  readonly directory: string
  readonly clock: Clock
  readonly nodeId: number
  readonly warn: (line: string) => void
}

/** After so many bytes, or so long after the last one. */
export interface SnapshotLimits {
  readonly maxBytes: number
  readonly maxIntervalMs: number
}

/** A node's copy of `__cluster_metadata-0`: snapshot, log, and what it knows of the quorum. */
export class MetadataReplica {
  readonly folder: string
  readonly log: PartitionLog
  readonly snapshots: Snapshots
  readonly reader = new CommittedReader()
  /** The state that the log goes on from; null when it holds everything. */
  readonly base: Committed | null
  private lastSnapshotAt: number
  private readonly quorumStatePath: string

  /**
   * Throws EnvironmentError DATA_DIR_UNUSABLE when the folder does not hold the whole history, or holds what is not
   * known; KafkaError KAFKA_STORAGE_ERROR. What follows a damaged batch is cut off, unless `beforeRecovery` throws.
   */
  constructor(
    private readonly options: ReplicaOptions,
    closing: Pick<LogOptions, 'cleanShutdown' | 'beforeRecovery'> = { cleanShutdown: false },
  ) {
    const { fileSystem, directory, clock, warn } = options
    this.folder = metadataFolder(directory)
    this.lastSnapshotAt = clock.now()
    this.quorumStatePath = `${this.folder}/quorum-state`
    onDisk('read', this.folder, () => this.refuseTopic())
    this.log = openLog({
      fileSystem,
      clock,
      directory: this.folder,
      topic: CLUSTER_METADATA_TOPIC,
      partition: 0,
      topicId: METADATA_TOPIC_ID,
      config: METADATA_LOG_CONFIG,
      onWarning: warn,
      ...closing,
    })
    try {
      this.snapshots = onDisk('read', this.folder, () => new Snapshots(fileSystem, this.folder))
      this.base = this.readNewest()
    } catch (error) {
      this.log.close({ flush: false })
      throw error
    }
  }

  /** Before the name was Kafka's own a client could make a topic of it. */
  private refuseTopic(): void {
    const topicId = readPartitionMetadata(this.options.fileSystem, this.folder)
    if (topicId !== null && topicId !== METADATA_TOPIC_ID)
      throw unusable(
        `${this.folder} holds the records of a topic, where the metadata of the cluster is to be: move it away`,
      )
  }

  /**
   * The newest snapshot that is whole. The log has to hold what follows; where it ends before the newest one, as when a
   * crash came between the two, it begins anew there.
   */
  private readNewest(): Committed | null {
    const { log, snapshots } = this
    const { latest } = snapshots
    for (const id of snapshots.newestFirst()) {
      const base = this.readSnapshot(id)
      if (base !== null) {
        if (id === latest && isAhead(id, log)) log.restartAt(id.endOffset)
        return this.checkFollowed(base, latest)
      }
      this.options.warn(`${snapshots.pathOf(id)} is not whole: the one before it is used`)
      snapshots.forget(id)
    }
    return this.checkFollowed(null, latest)
  }

  private readSnapshot(id: SnapshotId): Committed | null {
    const snapshot = this.snapshots.read(id)
    return snapshot && refusingUnknown(this.snapshots.pathOf(id), () => this.reader.restart(id, snapshot))
  }

  private checkFollowed(base: Committed | null, latest: SnapshotId | null): Committed | null {
    const { log, folder } = this
    const start = base?.endOffset ?? 0n
    if (log.logStartOffset > start)
      throw unusable(
        `${folder} lacks what was written from offset ${start} to ${log.logStartOffset}: restore the folder`,
      )
    const { endOffset } = latest ?? { endOffset: 0n }
    if (log.logEndOffset < endOffset)
      throw unusable(
        `${folder} lacks what was written from offset ${log.logEndOffset} to ${endOffset}: restore the folder`,
      )
    return base
  }

  /** What takes effect next, below an offset. Throws EnvironmentError for what is not known. */
  *committed(upTo: bigint): Generator<Committed> {
    const refuse = (damage: string): never => {
      throw damaged(damage)
    }
    let epoch = 0
    for (const batch of this.log.wholeBatches(this.reader.nextOffset, refuse)) {
      const { baseOffset, lastOffset, partitionLeaderEpoch } = batch.header
      const { nextOffset } = this.reader
      // The checksum covers neither offset nor epoch.
      if (baseOffset > nextOffset || partitionLeaderEpoch < epoch)
        refuse(`${this.folder} is damaged where offset ${nextOffset} should be`)
      epoch = partitionLeaderEpoch
      if (lastOffset >= upTo) return
      const committed = refusingUnknown(`${this.folder} at offset ${baseOffset}`, () => this.reader.read(batch))
      if (committed) yield committed
    }
  }

  /**
   * Whether a snapshot is worth it: there is something new, and it has so many bytes, or the last snapshot is so old
   * (0: never by age).
   */
  isSnapshotDue({ maxBytes, maxIntervalMs }: SnapshotLimits): boolean {
    const { bytesSinceSnapshot, isInTransaction } = this.reader
    if (bytesSinceSnapshot === 0 || isInTransaction) return false
    const ageMs = this.options.clock.now() - this.lastSnapshotAt
    return bytesSinceSnapshot >= maxBytes || (maxIntervalMs > 0 && ageMs >= maxIntervalMs)
  }

  /**
   * Writes the whole state at an offset down, and lets go of what lies below the snapshot before: the newest may turn
   * out damaged. Throws KafkaError KAFKA_STORAGE_ERROR.
   */
  snapshot(endOffset: bigint, records: Iterable<NewMetadataRecord>, metadataLevel: number): void {
    const { log, snapshots, reader } = this
    const before = snapshots.latest
    if (before?.endOffset === endOffset) return
    const now = this.options.clock.now()
    const id = { endOffset, epoch: log.epochAt(endOffset - 1n) }
    const { kraftVersion, voters, lastTimestamp } = reader
    const batches = snapshotBatches(
      { epoch: id.epoch, timestamp: BigInt(now), lastContainedLogTimestamp: lastTimestamp, kraftVersion, voters },
      encoded(records, metadataLevel),
    )
    snapshots.write(id, Buffer.concat([...batches]))
    reader.bytesSinceSnapshot = 0
    this.lastSnapshotAt = now
    if (before === null) return
    log.deleteRecordsBefore(before.endOffset)
    snapshots.removeBefore(before.endOffset)
  }

  /** The epoch of the last record, 0 when there is none. */
  get lastEpoch(): number {
    const latest = this.log.latestEpoch()
    return latest >= 0 ? latest : (this.snapshots.latest?.epoch ?? 0)
  }

  /** Null where none was written yet. */
  readQuorumState(): QuorumState | null {
    const content = onDisk('read', this.folder, () => this.options.fileSystem.readFile(this.quorumStatePath))
    if (content === null) return null
    try {
      return parseQuorumState(content.toString())
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      throw unusable(`${this.quorumStatePath} cannot be read (${error.message}): restore it`)
    }
  }

  /** Returns when it is on the disk. Throws KafkaError KAFKA_STORAGE_ERROR. */
  writeQuorumState(state: QuorumState): void {
    onDisk('write to', this.folder, () =>
      this.options.fileSystem.writeFileAtomically(this.quorumStatePath, formatQuorumState(state)),
    )
  }

  /**
   * Throws KafkaError KAFKA_STORAGE_ERROR when the folder has gone: files that were open take what nobody will ever
   * find.
   */
  requireFolder(): void {
    if (!onDisk('write to', this.folder, () => this.options.fileSystem.exists(this.quorumStatePath)))
      throw new KafkaError('KAFKA_STORAGE_ERROR', `${this.folder} is gone`)
  }
}

function* encoded(records: Iterable<NewMetadataRecord>, metadataLevel: number): Generator<Buffer> {
  for (const record of records) yield encodeMetadataRecord(record, metadataLevel)
}

/** Whether a snapshot knows more than the log (KafkaMetadataLog.truncateToLatestSnapshot). */
function isAhead({ endOffset, epoch }: SnapshotId, log: PartitionLog): boolean {
  const latest = Math.max(log.latestEpoch(), 0)
  return epoch > latest || (epoch === latest && endOffset > log.logEndOffset)
}
