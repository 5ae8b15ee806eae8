import type { Address } from '../../address.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import { Fetch, type FetchResponse } from '../../protocol/apis/fetch.ts'
import { ListOffsets, OFFSET_SPECS } from '../../protocol/apis/list-offsets.ts'
import { ERRORS, errorName } from '../../protocol/errors.ts'
import { pause } from '../network/pause.ts'
import { Requester } from '../network/requester.ts'
import type { Partition } from '../state/partition.ts'
import type { ReplicationContext } from './context.ts'
import { truncationOffset } from './truncation.ts'

type Answer = FetchResponse['responses'][number]['partitions'][number]

/** One that is followed, and when it is asked for again after a failure. */
interface Followed {
  readonly partition: Partition
  failures: number
  askedFrom: number
  /** The leader knows of a newer epoch than the metadata here: it begins again when that has come. */
  isFenced: boolean
}

/** What was asked for, to know whether the answer still fits. */
interface Asked {
  readonly followed: Followed
  readonly fetchOffset: bigint
  readonly leaderEpoch: number
}

const FIRST_BACKOFF_MS = 50
const NO_SESSION = { sessionId: 0, sessionEpoch: -1 }
/** Asked for everything that it has, committed or not. */
const LOG_END = -1n
const LOG_START = OFFSET_SPECS['earliest-local'].timestamp
/** What goes by when both sides know the same metadata. */
const EXPECTED = new Set(['NOT_LEADER_OR_FOLLOWER', 'UNKNOWN_LEADER_EPOCH', 'UNKNOWN_TOPIC_OR_PARTITION', 'UNKNOWN_TOPIC_ID'])

/** Fetches from one leader, one request after the other, what this node follows of it (ReplicaFetcherThread). */
export class LeaderFetcher {
  private readonly followed = new Map<string, Followed>()
  private readonly ending = new AbortController()
  private requester: Requester | null = null
  private wakeUp = new AbortController()
  /** What was said of the leader last, so that it is said once. */
  private problem: string | null = null

  constructor(
    private readonly leader: number,
    private readonly context: ReplicationContext,
  ) {
    void this.run()
  }

  get isEmpty(): boolean {
    return this.followed.size === 0
  }

  add(partition: Partition): void {
    this.followed.set(keyOf(partition), { partition, failures: 0, askedFrom: 0, isFenced: false })
    this.wake()
  }

  remove(partition: Partition): void {
    this.followed.delete(keyOf(partition))
  }

  /** Lets it look again for what there is to do. */
  wake(): void {
    this.wakeUp.abort()
    this.wakeUp = new AbortController()
  }

  stop(): void {
    this.ending.abort()
    this.wake()
    this.requester?.close()
  }
}

const keyOf = ({ topicId, partition }: Partition): string => `${topicId} ${partition}`
