import { KafkaError, MalformedError } from '../../../errors.ts'
import { partitionFor } from './partitioner.ts'
import type { StateRecord, StateTopic, TransactionOwner } from './state-topic.ts'

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
  | { readonly type: 'end'; readonly partition: number; readonly producerId: bigint; readonly committed: boolean }

/**
 * A coordinator's records in the state topic: those of one group or transaction are in one partition, in the order of
 * their writing.
 */
export class CoordinatorLog<R> {
  constructor(
    private readonly topic: StateTopic,
    private readonly codec: StateCodec<R>,
    private readonly onWarning: (line: string) => void,
  ) {}

  /** Whether this node coordinates an id. A topic that is not there yet will be made here, on the first write. */
  coordinates(id: string): boolean {
    return !this.topic.exists() || this.topic.isLeader(this.partitionFor(id))
  }

  exists(): boolean {
    return this.topic.exists()
  }

  /** Makes the topic when it is missing. Throws KafkaError when it cannot. */
  partitionFor(id: string): number {
    return partitionFor(id, this.topic.partitionCount())
  }

  /** Tells this coordinator of an id from those before it. */
  epochFor(id: string): number {
    return this.topic.leaderEpoch(this.partitionFor(id))
  }

  /** Appends as one batch, all or nothing. Throws KafkaError NOT_COORDINATOR, KAFKA_STORAGE_ERROR and the like. */
  append(id: string, records: readonly R[], owner?: TransactionOwner): void {
    if (records.length === 0) return
    const partition = this.partitionFor(id)
    if (!this.topic.isLeader(partition)) throw new KafkaError('NOT_COORDINATOR')
    this.topic.append(
      partition,
      records.map((record) => this.codec.encode(record)),
      owner,
    )
  }

  /**
   * Everything that this node coordinates. What cannot be read, or makes no sense, is passed over with one warning for
   * a partition.
   */
  *replay(): Generator<ReplayedEntry<R>> {
    if (!this.topic.exists()) return
    for (let partition = 0; partition < this.topic.partitionCount(); partition += 1) {
      if (this.topic.isLeader(partition)) yield* this.replayPartition(partition)
    }
  }

  private *replayPartition(partition: number): Generator<ReplayedEntry<R>> {
    const passedOver: string[] = []
    for (const entry of this.topic.replay(partition)) {
      if (entry.type === 'end') yield { ...entry, partition }
      else if (entry.type === 'damage') passedOver.push(entry.reason)
      else {
        const record = this.decode(entry.record, (reason) =>
          passedOver.push(`the record at offset ${entry.offset}: ${reason}`),
        )
        if (record !== null) yield { type: 'record', record, producerId: entry.producerId }
      }
    }
    const [first] = passedOver
    if (first === undefined) return
    const what =
      passedOver.length === 1
        ? 'something that cannot be used is'
        : `${passedOver.length} things that cannot be used are`
    this.onWarning(`${this.topic.name}-${partition}: ${what} passed over, first ${first}`)
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
}
