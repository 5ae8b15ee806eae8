import { ZERO_UUID } from '../../protocol/schema.ts'
import { OFFSET_SPECS } from '../../protocol/apis/list-offsets.ts'
import { partitionName, type TopicPartition } from '../topic-partition.ts'

/** Where reading begins: an offset, or a moment to be turned into one by ListOffsets. */
export type Start = { readonly offset: bigint } | { readonly timestamp: bigint }

export const EARLIEST: Start = { timestamp: OFFSET_SPECS.earliest.timestamp }
export const LATEST: Start = { timestamp: OFFSET_SPECS.latest.timestamp }

export const isTimestamp = (start: Start): start is { readonly timestamp: bigint } => 'timestamp' in start

/**
 * One partition that is being read. A start whose leader epoch is known is checked against the log before the first
 * fetch.
 */
export class PartitionState implements TopicPartition {
  topicId = ZERO_UUID
  leaderId = -1
  leaderEpoch = -1
  /** A start that is still to be turned into an offset; nothing is fetched meanwhile. */
  wanted: Start | undefined
  /** An end that is still to be turned into an offset; nothing is fetched meanwhile. */
  wantedEnd: Start | undefined
  /** The first offset that is not read any more; undefined to read for ever. */
  endOffset: bigint | undefined
  /** The offset of the next record to hand out. */
  position = -1n
  /** The offset to fetch next: ahead of `position` by what has been fetched and not handed out. */
  fetchOffset = -1n
  /**
   * Leader epoch of the last batch before `position`, -1 when there is none: what KIP-320 checks after a change of
   * leader.
   */
  offsetEpoch = -1
  /** Leader epoch of the last record handed out, to be committed with `position`. */
  positionEpoch = -1
  /** The position has to be checked against the new leader's log before the next fetch. */
  needsEpochCheck = false
  /** A replica nearer than the leader (KIP-392), and until when it is to be used. */
  replica: { readonly nodeId: number; readonly untilMs: number } | undefined
  /** Not before this moment. */
  retryAtMs = 0
  /** What the last answer had against it; undefined when all was well. */
  lastError: string | undefined
  /** Goes up with every jump: records that were fetched before it are not wanted any more. */
  version = 0

  constructor(
    readonly topic: string,
    readonly partition: number,
    start: Start,
    offsetEpoch = -1,
    end?: Start,
  ) {
    this.start(start, offsetEpoch)
    if (end) this.endAt(end)
    this.needsEpochCheck = this.wanted === undefined && offsetEpoch >= 0
  }

  get key(): string {
    return partitionName(this)
  }

  /** Jumps to a start and drops what has been fetched from elsewhere. */
  start(start: Start, offsetEpoch = -1): void {
    this.version += 1
    this.offsetEpoch = this.positionEpoch = offsetEpoch
    this.needsEpochCheck = false
    if (isTimestamp(start)) {
      this.wanted = start
      return
    }
    this.wanted = undefined
    this.position = this.fetchOffset = start.offset
  }

  /** Reads no further than this. */
  endAt(end: Start): void {
    this.wantedEnd = isTimestamp(end) ? end : undefined
    if (!isTimestamp(end)) this.endOffset = end.offset
  }

  /** Whether metadata tells of another topic of the same name: this one was deleted. */
  isReplacedBy({ topicId }: { topicId: string }): boolean {
    return topicId !== this.topicId && topicId !== ZERO_UUID && this.topicId !== ZERO_UUID
  }

  /**
   * Takes over a leader from metadata, unless what is known is newer. A new epoch asks for a check of the position
   * (KIP-320).
   */
  follow(leader: { topicId: string; leaderId: number; leaderEpoch: number }): void {
    const isSameTopic = leader.topicId === this.topicId
    if (isSameTopic && leader.leaderEpoch < this.leaderEpoch) return
    if (isSameTopic && leader.leaderEpoch > this.leaderEpoch && this.leaderEpoch >= 0 && this.offsetEpoch >= 0)
      this.needsEpochCheck = true
    if (leader.leaderId !== this.leaderId) this.replica = undefined
    this.topicId = leader.topicId
    this.leaderId = leader.leaderId
    this.leaderEpoch = leader.leaderEpoch
  }

  /** The node to fetch from; -1 while nobody leads. */
  fetchNode(nowMs: number): number {
    if (this.replica && this.replica.untilMs > nowMs) return this.replica.nodeId
    return this.leaderId
  }

  /** Whether everything has been fetched that is to be. */
  get isAtEnd(): boolean {
    return this.endOffset !== undefined && this.wanted === undefined && this.fetchOffset >= this.endOffset
  }

  isFetchable(nowMs: number): boolean {
    return (
      this.wanted === undefined &&
      this.wantedEnd === undefined &&
      !this.needsEpochCheck &&
      this.leaderId >= 0 &&
      this.retryAtMs <= nowMs
    )
  }
}
