import { MalformedError } from '../../../errors.ts'
import type { StateEntry, StateRecord, StateTopic, TransactionOwner } from './state-topic.ts'

/** Between a coordinator's records and their bytes. */
export interface StateCodec<R> {
  encode(record: R): StateRecord
  /**
   * Null for a record of a kind that is not known here. Throws MalformedError on damage, and for what makes no sense.
   */
  decode(stored: StateRecord): R | null
}

export type ReplayedEntry<R> =
  | { readonly type: 'record'; readonly record: R; readonly producerId: bigint | null }
  | { readonly type: 'end'; readonly producerId: bigint; readonly committed: boolean }

export interface Replay<R> {
  apply(entry: ReplayedEntry<R>): void
  /** A promise when others are to have their turn. */
  pause(): Promise<void> | undefined
  /** Whether anybody still wants to know. */
  isWanted(): boolean
}

/** A coordinator's records in one partition of its state topic, in the order of their writing. */
export class CoordinatorLog<R> {
  constructor(
    private readonly topic: StateTopic,
    private readonly partition: number,
    private readonly codec: StateCodec<R>,
    private readonly onWarning: (line: string) => void,
  ) {}

  /** Tells this coordinator from those before it. */
  get leaderEpoch(): number {
    return this.topic.leaderEpoch(this.partition)
  }

  /** Appends as one batch, all or nothing. Throws KafkaError NOT_COORDINATOR, KAFKA_STORAGE_ERROR and the like. */
  append(records: readonly R[], owner?: TransactionOwner): void {
    if (records.length === 0) return
    this.topic.append(
      this.partition,
      records.map((record) => this.codec.encode(record)),
      owner,
    )
  }

  /** See StateTopic.awaitCommit. */
  awaitCommit(): undefined | Promise<void> {
    return this.topic.awaitCommit(this.partition)
  }

  /**
   * Reads the partition to its end: in this turn, unless there is so much that others are let go in between. What
   * cannot be read, or makes no sense, is passed over with one warning. Throws or rejects with KafkaError when the disk
   * refuses.
   */
  replay(replay: Replay<R>): undefined | Promise<void> {
    const passedOver: string[] = []
    const readFrom = (from?: bigint): undefined | Promise<void> => {
      for (const { entries, nextOffset } of this.topic.replay(this.partition, from)) {
        for (const entry of entries) this.apply(entry, replay, passedOver)
        const pause = replay.pause()
        if (pause) return pause.then(() => (replay.isWanted() ? readFrom(nextOffset) : undefined))
      }
      this.warnOf(passedOver)
    }
    return readFrom()
  }

  private apply(entry: StateEntry, replay: Replay<R>, passedOver: string[]): void {
    if (entry.type === 'end') return replay.apply(entry)
    if (entry.type === 'damage') return void passedOver.push(entry.reason)
    const record = this.decode(entry.record, (reason) =>
      passedOver.push(`the record at offset ${entry.offset}: ${reason}`),
    )
    if (record !== null) replay.apply({ type: 'record', record, producerId: entry.producerId })
  }

  /** Null for what says nothing here. */
  private decode(stored: StateRecord, report: (reason: string) => void): R | null {
    try {
      return this.codec.decode(stored)
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error
      report(error.message)
      return null
    }
  }

  private warnOf(passedOver: readonly string[]): void {
    const [first] = passedOver
    if (first === undefined) return
    const what =
      passedOver.length === 1
        ? 'something that cannot be used is'
        : `${passedOver.length} things that cannot be used are`
    this.onWarning(`${this.topic.name}-${this.partition}: ${what} passed over, first ${first}`)
  }
}
