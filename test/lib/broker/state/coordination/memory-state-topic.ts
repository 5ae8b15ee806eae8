import type { ErrorName } from '../../../../../src/lib/protocol/errors.ts'
import { KafkaError } from '../../../../../src/lib/errors.ts'
import type {
  StateBatch,
  StateEntry,
  StateRecord,
  StateTopic,
  StateTopicListener,
  TransactionOwner,
} from '../../../../../src/lib/broker/state/coordination/state-topic.ts'

/** A state topic in memory, which can refuse to be written and be led by others. */
export class MemoryStateTopic implements StateTopic {
  readonly partitions: StateEntry[][]
  readonly name = '__state'
  refusal: ErrorName | null = null
  ledElsewhere = new Set<number>()
  /** What is waited for before anything counts as committed; nothing by default. */
  commit: (() => undefined | Promise<void>) | null = null
  private isMade = false
  private listener: StateTopicListener | null = null

  constructor(count = 3) {
    this.partitions = Array.from({ length: count }, () => [])
  }

  /** The coordinator that listened last. */
  listen(listener: StateTopicListener): void {
    this.listener = listener
    if (this.isMade) this.electAll()
  }

  partitionCount(): number {
    const isNew = !this.isMade
    this.isMade = true
    if (isNew) this.electAll()
    return this.partitions.length
  }

  private electAll(): void {
    for (const partition of this.partitions.keys()) {
      if (this.ledElsewhere.has(partition)) this.listener?.onResigned(partition)
      else this.listener?.onElected(partition)
    }
  }

  /** Another node leads all partitions from now on, or this one again. */
  move(isHere: boolean): void {
    this.ledElsewhere = new Set(isHere ? [] : this.partitions.keys())
    this.electAll()
  }

  /** The topic is gone, and all that it held. */
  remove(): void {
    this.isMade = false
    for (const [partition, entries] of this.partitions.entries()) {
      entries.length = 0
      this.listener?.onResigned(partition)
    }
  }

  awaitCommit(partition: number): undefined | Promise<void> {
    if (this.ledElsewhere.has(partition)) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
    return this.commit?.()
  }

  append(partition: number, records: readonly StateRecord[], owner?: TransactionOwner): void {
    if (this.refusal) throw new KafkaError(this.refusal)
    if (this.ledElsewhere.has(partition)) throw new KafkaError('NOT_COORDINATOR')
    const producerId = owner?.producerId ?? null
    const next = BigInt(this.partitions[partition]!.length)
    this.partitions[partition]!.push(
      ...records.map(
        (record, index) => ({ type: 'record', record, producerId, offset: next + BigInt(index) }) as const,
      ),
    )
  }

  /** Writes the marker of a transaction. */
  end(partition: number, producerId: bigint, committed: boolean): void {
    this.partitions[partition]!.push({ type: 'end', producerId, committed })
  }

  *replay(partition: number, from = 0n): Generator<StateBatch> {
    const entries = this.partitions[partition]!
    for (let at = Number(from); at < entries.length; at += 1)
      yield { entries: [entries[at]!], nextOffset: BigInt(at + 1) }
  }

  leaderEpoch(partition: number): number {
    if (this.ledElsewhere.has(partition)) throw new KafkaError('NOT_COORDINATOR')
    return 0
  }

  exists(): boolean {
    return this.isMade
  }

  /** Forgets all but the last record of each key, as compaction does. */
  compact(): void {
    for (const entries of this.partitions) {
      const last = new Map(entries.map((entry, index) => [keyOf(entry), index]))
      entries.splice(
        0,
        entries.length,
        ...entries.filter((entry, index) => entry.type === 'end' || last.get(keyOf(entry)) === index),
      )
    }
  }

  records(): StateRecord[] {
    return this.partitions.flat().flatMap((entry) => (entry.type === 'record' ? [entry.record] : []))
  }
}

const keyOf = (entry: StateEntry): string => (entry.type === 'record' ? entry.record.key.toString('hex') : '')
