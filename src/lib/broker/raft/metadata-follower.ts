import { KafkaError, MalformedError } from '../../errors.ts'
import type { FetchResponse } from '../../protocol/apis/fetch.ts'
import type { NewMetadataRecord } from '../../protocol/internal-records/index.ts'
import { readSnapshot, type SnapshotId } from '../../protocol/log-files/index.ts'
import { LATEST_LEVEL } from '../../protocol/metadata-version.ts'
import { ZERO_UUID } from '../../protocol/schema.ts'
import type { Committed } from './committed.ts'
import { refusingUnknown, unusable } from './folder.ts'
import { MetadataReplica, type ReplicaOptions, type SnapshotLimits } from './replica.ts'

/** What to ask the leader for next. */
export type NextFetch =
  | {
      readonly kind: 'fetch'
      readonly currentLeaderEpoch: number
      readonly fetchOffset: bigint
      readonly lastFetchedEpoch: number
      /** Everything below is known to be committed here (KIP-1166). */
      readonly highWatermark: bigint
    }
  | {
      readonly kind: 'snapshot'
      readonly currentLeaderEpoch: number
      readonly id: SnapshotId
      readonly position: number
    }

/** What the leader has answered for `__cluster_metadata-0`, without an error. */
export type FetchedMetadata = Pick<
  FetchResponse['responses'][number]['partitions'][number],
  'highWatermark' | 'divergingEpoch' | 'snapshotId' | 'records'
>

export interface SnapshotPart {
  readonly id: SnapshotId
  /** Size of the whole snapshot. */
  readonly size: number
  readonly position: number
  readonly bytes: Buffer
}

/**
 * A copy of the metadata log on a node that has no vote (an observer of KIP-595): it follows the leader by fetching,
 * and hands out what is committed. Whoever has it speaks to the leader.
 */
export class MetadataFollower {
  private readonly replica: MetadataReplica
  private leader: { readonly leaderId: number; readonly epoch: number }
  private appliedEnd: bigint
  private highWatermark: bigint
  private download: { readonly id: SnapshotId; readonly parts: Buffer[]; position: number } | null = null

  /** Throws EnvironmentError DATA_DIR_UNUSABLE, KafkaError KAFKA_STORAGE_ERROR. */
  constructor(options: ReplicaOptions) {
    this.replica = new MetadataReplica(options)
    const { base, lastEpoch } = this.replica
    this.appliedEnd = this.highWatermark = base?.endOffset ?? 0n
    const known = this.replica.readQuorumState()
    this.leader = { leaderId: -1, epoch: Math.max(known?.leaderEpoch ?? 0, lastEpoch) }
  }

  /** The active controller, -1 while none is known. */
  get leaderId(): number {
    return this.leader.leaderId
  }

  get epoch(): number {
    return this.leader.epoch
  }

  get kraftVersion(): number {
    return this.replica.reader.kraftVersion
  }

  /** Everything below has been handed out. */
  get endOffset(): bigint {
    return this.appliedEnd
  }

  /** What is known to be committed before anybody was asked. */
  load(): Iterable<Committed> {
    const { base } = this.replica
    return base ? [base] : []
  }

  /** Takes note of a leader, unless a later one is known. Returns whether it is one to fetch from. */
  leaderSeen(leaderId: number, epoch: number): boolean {
    if (epoch < this.epoch) return false
    if (epoch === this.epoch && (this.leaderId >= 0 || leaderId < 0)) return leaderId >= 0 && leaderId === this.leaderId
    this.replica.writeQuorumState({
      dataVersion: this.replica.reader.kraftVersion === 0 ? 0 : 1,
      leaderId,
      leaderEpoch: epoch,
      votedId: -1,
      votedDirectoryId: ZERO_UUID,
      currentVoters: leaderId < 0 ? [] : [leaderId],
    })
    this.leader = { leaderId, epoch }
    return leaderId >= 0
  }

  next(): NextFetch {
    const { download, highWatermark, epoch: currentLeaderEpoch } = this
    const { log, lastEpoch } = this.replica
    if (download) return { kind: 'snapshot', currentLeaderEpoch, id: download.id, position: download.position }
    return {
      kind: 'fetch',
      currentLeaderEpoch,
      fetchOffset: log.logEndOffset,
      lastFetchedEpoch: lastEpoch,
      highWatermark,
    }
  }

  /**
   * Follows the leader's answer, and returns what has become committed, in order. Throws EnvironmentError for records
   * that are not known and for a leader whose log contradicts what was committed; KafkaError CORRUPT_MESSAGE,
   * OFFSET_OUT_OF_RANGE for an answer that is to be asked for again; KAFKA_STORAGE_ERROR.
   */
  fetched({ highWatermark, divergingEpoch, snapshotId, records }: FetchedMetadata): Committed[] {
    const { log } = this.replica
    if (divergingEpoch.epoch >= 0) {
      this.cut(divergingEpoch)
      return []
    }
    if (snapshotId.endOffset >= 0n) {
      this.download = { id: snapshotId, parts: [], position: 0 }
      return []
    }
    if (records !== null && records.length > 0) log.appendAsFollower(records)
    if (highWatermark > this.highWatermark) this.highWatermark = highWatermark
    log.highWatermark = this.highWatermark
    return this.takeCommitted()
  }

  /** Removes what the leader does not have (ReplicatedLog.truncateToEndOffset). */
  private cut({ epoch, endOffset }: SnapshotId): void {
    const { log, reader, folder } = this.replica
    const own = log.endOffsetForEpoch(epoch)
    const isOlder = own.leaderEpoch >= 0 && (own.leaderEpoch < epoch || own.endOffset < endOffset)
    const offset = isOlder ? own.endOffset : endOffset
    if (offset < reader.nextOffset)
      throw unusable(
        `the controller's log contradicts ${folder} from offset ${offset} on: the folder belongs to another cluster, or the controller has lost what it had committed`,
      )
    log.truncateTo(offset)
  }

  private takeCommitted(): Committed[] {
    const { log } = this.replica
    const upTo = this.highWatermark < log.logEndOffset ? this.highWatermark : log.logEndOffset
    const committed = [...this.replica.committed(upTo)]
    this.appliedEnd = committed.at(-1)?.endOffset ?? this.appliedEnd
    return committed
  }

  /**
   * Takes the next part of the snapshot that is being fetched; another one is passed over. Returns the whole of it once
   * it is there. Throws as `fetched`.
   */
  snapshotPart({ id, size, position, bytes }: SnapshotPart): Committed[] {
    const { download } = this
    if (!download || download.id.endOffset !== id.endOffset || download.id.epoch !== id.epoch) return []
    if (position !== download.position) return []
    download.parts.push(bytes)
    download.position += bytes.length
    if (download.position < size) return []
    const content = Buffer.concat(download.parts)
    // Where the disk refuses it, it is fetched again: the log may have been emptied for it already.
    this.download = { id, parts: [], position: 0 }
    const installed = this.install(id, content)
    this.download = null
    return [installed]
  }

  /** The leader has none of this name any more: it says at the next fetch what it has. */
  snapshotGone(): void {
    this.download = null
  }

  /** The snapshot first: whatever a crash leaves of the log is then known to be older. */
  private install(id: SnapshotId, content: Buffer): Committed {
    const { log, reader, snapshots } = this.replica
    const snapshot = refusingBroken(id, () => readSnapshot(content))
    snapshots.write(id, content)
    log.restartAt(id.endOffset)
    snapshots.removeBefore(id.endOffset)
    this.appliedEnd = id.endOffset
    if (this.highWatermark < id.endOffset) this.highWatermark = id.endOffset
    return refusingUnknown(snapshots.pathOf(id), () => reader.restart(id, snapshot))
  }

  /** Throws KafkaError NOT_CONTROLLER. */
  append(_records: readonly NewMetadataRecord[]): never {
    throw new KafkaError('NOT_CONTROLLER', 'the controller alone changes the metadata')
  }

  isSnapshotDue(limits: SnapshotLimits): boolean {
    return this.replica.isSnapshotDue(limits)
  }

  /** Keeps these records in place of all before them. Throws KafkaError KAFKA_STORAGE_ERROR. */
  snapshot(records: Iterable<NewMetadataRecord>, metadataLevel = LATEST_LEVEL): void {
    this.replica.snapshot(this.appliedEnd, records, metadataLevel)
  }

  close(): void {
    this.replica.log.close()
  }
}

function refusingBroken<T>({ endOffset }: SnapshotId, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error
    throw new KafkaError('CORRUPT_MESSAGE', `the snapshot at offset ${endOffset} arrived broken: ${error.message}`)
  }
}
