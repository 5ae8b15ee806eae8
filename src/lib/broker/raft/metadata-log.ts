import { kafkaErrorOf } from '../../errors.ts'
import {
  buildControlBatch,
  encodeMetadataRecord,
  type ControlRecordInput,
  type NewMetadataRecord,
} from '../../protocol/internal-records/index.ts'
import type { SnapshotId } from '../../protocol/log-files/index.ts'
import { buildBatch } from '../../protocol/records/index.ts'
import { LATEST_LEVEL } from '../../protocol/metadata-version.ts'
import { ZERO_UUID } from '../../protocol/schema.ts'
import { ENDLESS } from '../log/index.ts'
import { bootstrapRecords, type BootstrapOptions } from './bootstrap.ts'
import type { Committed } from './committed.ts'
import { refuseDamage } from './damage.ts'
import { metadataFolder, unusable } from './folder.ts'
import { LegacyJournal } from './legacy-journal.ts'
import { MetadataReplica, type ReplicaOptions, type SnapshotLimits } from './replica.ts'

export type MetadataLogOptions = ReplicaOptions &
  BootstrapOptions & {
    /** Whether the folder was closed properly the last time; if not, the whole log is checked before it is read. */
    readonly cleanShutdown: boolean
  }

export type Validity = { readonly kind: 'valid' } | ({ readonly kind: 'diverging' | 'snapshot' } & SnapshotId)

/** As many records as Kafka puts into one batch (QuorumController.MAX_RECORDS_PER_USER_OP). */
const RECORDS_PER_BATCH = 10_000

/**
 * The metadata log of the cluster on its only voter: this node leads it, and what is on its disk is committed
 * (KIP-500, KIP-595). The folder is Kafka's own.
 */
export class MetadataLog {
  readonly epoch: number
  private committedEnd: bigint
  private loaded: Committed[]
  private readonly watchers = new Set<() => void>()

  private constructor(
    private readonly replica: MetadataReplica,
    private readonly options: MetadataLogOptions,
  ) {
    const { log, base } = replica
    this.loaded = [...(base ? [base] : []), ...replica.committed(ENDLESS)]
    this.committedEnd = log.logEndOffset
    log.highWatermark = ENDLESS
    this.refuseOtherVoters()
    this.epoch = Math.max(replica.lastEpoch, replica.readQuorumState()?.leaderEpoch ?? 0) + 1
  }

  /**
   * Opens the log, or makes a new one, and takes the lead in a new epoch. What an older kts kept in
   * cluster-metadata.jsonl goes into a new log. Throws EnvironmentError DATA_DIR_UNUSABLE for a folder that is damaged,
   * that a newer Kafka wrote, or that belongs to a quorum of several; KafkaError KAFKA_STORAGE_ERROR.
   */
  static open(options: MetadataLogOptions): MetadataLog {
    const { fileSystem, directory, cleanShutdown } = options
    // A follower fetches again what a damaged log is cut by; what is gone here is known nowhere else.
    const beforeRecovery = (): void => refuseDamage(fileSystem, metadataFolder(directory))
    const replica = new MetadataReplica(options, { cleanShutdown, beforeRecovery })
    try {
      const log = new MetadataLog(replica, options)
      log.lead()
      return log
    } catch (error) {
      replica.log.close({ flush: false })
      throw error
    }
  }

  private refuseOtherVoters(): void {
    const { nodeId } = this.options
    const { reader, folder } = this.replica
    const voters = reader.voters?.map(({ voterId }) => voterId) ?? this.replica.readQuorumState()?.currentVoters ?? []
    if (voters.some((voter) => voter !== nodeId))
      throw unusable(
        `${folder} belongs to a quorum of the nodes ${voters.join(', ')}: kts leads one of node ${nodeId} alone`,
      )
  }

  private lead(): void {
    const isNew = this.loaded.every(({ records }) => records.length === 0)
    const journal = new LegacyJournal(this.options.fileSystem, this.options.directory)
    this.claimEpoch()
    const batches = [this.leaderChange()]
    if (this.replica.reader.isInTransaction)
      batches.push(this.batchOf([{ type: 'ABORT_TRANSACTION_RECORD', reason: 'Controller failover' }]))
    if (isNew) batches.push(...this.bootstrapBatches(journal))
    this.write(batches)
    journal.retire()
    this.loaded.push(...this.replica.committed(ENDLESS))
  }

  /** Its name is on the disk before the first record of the epoch is (QuorumState.transitionToLeader). */
  private claimEpoch(): void {
    const { replica, epoch, leaderId } = this
    replica.writeQuorumState({
      dataVersion: replica.reader.kraftVersion === 0 ? 0 : 1,
      leaderId,
      leaderEpoch: epoch,
      votedId: -1,
      votedDirectoryId: ZERO_UUID,
      currentVoters: [leaderId],
    })
  }

  private leaderChange(): Buffer {
    const { committedEnd, leaderId } = this
    const { kraftVersion, voters } = this.replica.reader
    const voter = [{ voterId: leaderId }]
    const records: ControlRecordInput[] = [{ type: 'LeaderChange', leaderId, voters: voter, grantingVoters: voter }]
    // The first leader repeats what `kafka-storage format` has put into a snapshot at offset 0 (KIP-853).
    if (committedEnd === 0n && voters !== null)
      records.push({ type: 'KRaftVersion', kRaftVersion: kraftVersion }, { type: 'KRaftVoters', voters })
    return buildControlBatch(records, { timestamp: this.now() })
  }

  private *bootstrapBatches(journal: LegacyJournal): Generator<Buffer> {
    const { records, metadataLevel } = bootstrapRecords(this.options, journal)
    for (let at = 0; at < records.length; at += RECORDS_PER_BATCH)
      yield this.batchOf(records.slice(at, at + RECORDS_PER_BATCH), metadataLevel)
  }

  private batchOf(records: readonly NewMetadataRecord[], metadataLevel = LATEST_LEVEL): Buffer {
    const timestamp = this.now()
    const values = records.map((record) => encodeMetadataRecord(record, metadataLevel))
    return buildBatch(values.map((value) => ({ timestamp, key: null, value })))
  }

  /** What was committed up to now, oldest first; to be asked for once, before the first append. */
  load(): Iterable<Committed> {
    const { loaded } = this
    this.loaded = []
    return loaded
  }

  get leaderId(): number {
    return this.options.nodeId
  }

  get kraftVersion(): number {
    return this.replica.reader.kraftVersion
  }

  /** The offset that the next record gets. */
  get endOffset(): bigint {
    return this.committedEnd
  }

  get firstOffset(): bigint {
    return this.replica.log.logStartOffset
  }

  get latestSnapshot(): SnapshotId | null {
    return this.replica.snapshots.latest
  }

  /**
   * Commits records as one batch, in versions for a level of metadata.version: they are on the disk when it returns.
   * Returns the offset of the first. Throws KafkaError KAFKA_STORAGE_ERROR, and RECORD_LIST_TOO_LARGE for more than 16
   * MiB; then nothing has happened.
   */
  append(records: readonly NewMetadataRecord[], metadataLevel = LATEST_LEVEL): bigint {
    const batch = this.batchOf(records, metadataLevel)
    const baseOffset = this.write([batch])
    this.replica.reader.bytesSinceSnapshot += batch.length
    for (const watcher of this.watchers) watcher()
    return baseOffset
  }

  /** All of them, or none. */
  private write(batches: readonly Buffer[]): bigint {
    const { log } = this.replica
    this.replica.requireFolder()
    this.cutUncommitted()
    try {
      for (const batch of batches) log.append(batch, { leaderEpoch: this.epoch, origin: 'coordinator' })
      log.flush()
    } catch (error) {
      this.tryToCut()
      throw error
    }
    const baseOffset = this.committedEnd
    this.committedEnd = log.logEndOffset
    this.replica.reader.lastTimestamp = this.now()
    return baseOffset
  }

  /** What was written and not synced must not come back once its writer has been told that it failed. */
  private cutUncommitted(): void {
    const { log } = this.replica
    if (log.logEndOffset > this.committedEnd) log.truncateTo(this.committedEnd)
  }

  private tryToCut(): void {
    try {
      this.cutUncommitted()
    } catch (error) {
      // The disk refuses this too: nothing is written before it has been done.
      kafkaErrorOf(error)
    }
  }

  /** Whole batches from the one that holds `offset` on, for those who follow. Throws KafkaError OFFSET_OUT_OF_RANGE. */
  read(offset: bigint, maxBytes: number): Buffer {
    return this.replica.log.read(offset, { maxBytes, minOneMessage: true, upTo: this.committedEnd })
  }

  /** Calls back after each append, until the function returned is called. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  /**
   * Whether a follower that has fetched up to `offset`, its last record of an epoch, can go on from there
   * (ReplicatedLog.validateOffsetAndEpoch); if not, where it has to cut its log, or which snapshot to fetch.
   */
  validate(offset: bigint, lastFetchedEpoch: number): Validity {
    const { earliest, latest } = this.replica.snapshots
    const start = this.firstOffset
    if (start === 0n && offset === 0n && lastFetchedEpoch === 0) return { kind: 'valid' }
    if (
      earliest &&
      (offset < start || (offset === start && lastFetchedEpoch !== earliest.epoch) || lastFetchedEpoch < earliest.epoch)
    )
      return { kind: 'snapshot', ...latest! }
    const end = this.endOffsetForEpoch(lastFetchedEpoch)
    return end.epoch === lastFetchedEpoch && end.endOffset >= offset ? { kind: 'valid' } : { kind: 'diverging', ...end }
  }

  /** The epoch asked for or the largest below it, and where it ends; the end of the log where neither is known. */
  private endOffsetForEpoch(epoch: number): SnapshotId {
    const { log, lastEpoch } = this.replica
    const { earliest } = this.replica.snapshots
    const found = log.endOffsetForEpoch(epoch)
    if (found.leaderEpoch < 0) return { endOffset: this.committedEnd, epoch: lastEpoch }
    if (earliest && found.endOffset === earliest.endOffset && found.leaderEpoch === epoch) return earliest
    return { endOffset: found.endOffset, epoch: found.leaderEpoch }
  }

  isSnapshotDue(limits: SnapshotLimits): boolean {
    return this.replica.isSnapshotDue(limits)
  }

  /** Keeps these records in place of all before them. Throws KafkaError KAFKA_STORAGE_ERROR. */
  snapshot(records: Iterable<NewMetadataRecord>, metadataLevel = LATEST_LEVEL): void {
    this.replica.snapshot(this.committedEnd, records, metadataLevel)
  }

  /** A part of a snapshot, and the size of all of it; null when there is none of this name. */
  readSnapshot(id: SnapshotId, position: number, maxBytes: number): { size: number; bytes: Buffer } | null {
    return this.replica.snapshots.readPart(id, position, maxBytes)
  }

  close(): void {
    this.replica.log.close()
  }

  private now(): bigint {
    return BigInt(this.options.clock.now())
  }
}
