import type { ErrorName } from '../../../../../src/lib/protocol/errors.ts'
import { KafkaError } from '../../../../../src/lib/errors.ts'
import type {
  StateEntry,
  StateRecord,
  StateTopic,
  TransactionOwner,
} from '../../../../../src/lib/broker/state/coordination/state-topic.ts'

/** A state topic in memory, which can refuse to be written and be led by others. */
export class MemoryStateTopic implements StateTopic {
  readonly partitions: StateEntry[][]
  readonly name = '__state'
  refusal: ErrorName | null = null
  ledElsewhere = new Set<number>()
  private isMade = false
  constructor(count = 3) {
    this.partitions = Array.from({ length: count }, () => [])
  }

  partitionCount(): number {
    this.isMade = true
    return this.partitions.length
  }

  append(partition: number, records: readonly StateRecord[], owner?: TransactionOwner): void {
    if (this.refusal) throw new KafkaError(this.refusal)
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

  replay(partition: number): Iterable<StateEntry> {
    return this.partitions[partition]!
  }

  isLeader(partition: number): boolean {
    return !this.ledElsewhere.has(partition)
  }

  leaderEpoch(): number {
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
