import { KafkaError } from '../../../errors.ts'
import { partitionFor } from './partitioner.ts'
import type { StateRecord, StateTopic, TransactionOwner } from './state-topic.ts'

/** Between a coordinator's records and their bytes. */
export interface StateCodec<R> {
  encode(record: R): StateRecord
  /** Null for a record of a kind that is not known here. Throws MalformedError on damage. */
  decode(stored: StateRecord): R | null
}

export type ReplayedEntry<R> =
  | { readonly type: 'record'; readonly record: R; readonly producerId: bigint | null }
  | { readonly type: 'end'; readonly partition: number; readonly producerId: bigint; readonly committed: boolean }

/** A coordinator's records in the state topic: those of one group or transaction are in one partition, in the order of their writing. */
export class CoordinatorLog<R> {
  constructor(
    private readonly topic: StateTopic,
    private readonly codec: StateCodec<R>,
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
    this.topic.append(partition, records.map((record) => this.codec.encode(record)), owner)
  }

  /** Everything that this node coordinates; records of kinds that are not known here are left out. */
  *replay(): Generator<ReplayedEntry<R>> {
    if (!this.topic.exists()) return
    for (let partition = 0; partition < this.topic.partitionCount(); partition += 1) {
      if (!this.topic.isLeader(partition)) continue
      for (const entry of this.topic.replay(partition)) {
        if (entry.type === 'end') yield { ...entry, partition }
        else yield* this.decoded(entry.record, entry.producerId)
      }
    }
  }

  private *decoded(stored: StateRecord, producerId: bigint | null): Generator<ReplayedEntry<R>> {
    const record = this.codec.decode(stored)
    if (record !== null) yield { type: 'record', record, producerId }
  }
}
