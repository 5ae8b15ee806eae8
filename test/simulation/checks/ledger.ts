import type { Target } from '../clients/producers.ts'
import type { CoordinatorChecks } from './coordinators.ts'
import type { ReplicaChecks } from './replicas.ts'
import { Violation } from './violation.ts'

export interface TransactionEntry {
  readonly producer: string
  readonly number: bigint
  readonly values: (Target & { readonly value: string })[]
  hasOffset: boolean
  outcome: 'aborted' | 'committed' | 'unknown'
}

interface GroupEntry {
  attempted: bigint
  acknowledged: bigint
}

/** What clients have been told, and what they must find therefore. */
export class Ledger {
  readonly transactions: TransactionEntry[] = []
  private readonly offsets = new Map<string, GroupEntry>()
  acknowledgements = 0
  private readonly shown = new Set<string>()
  private readonly lastOffsets = new Map<string, bigint>()

  constructor(
    private readonly replicas: ReplicaChecks,
    private readonly coordinators: CoordinatorChecks,
  ) {}

  /** Whoever is told so with acks=all can rely on it: it is committed at that moment. */
  acknowledged(topicId: string, { topic, partition }: Target, offset: bigint, value: string): void {
    this.acknowledgements += 1
    const found = this.replicas.committedLog(topicId, partition).valueAt(offset)
    if (found !== value)
      throw new Violation(
        `${value} was acknowledged at ${topic}-${partition}@${offset}, where ${found ?? 'nothing'} is committed`,
      )
  }

  begin(producer: string, number: bigint): TransactionEntry {
    const transaction: TransactionEntry = { producer, number, values: [], hasOffset: false, outcome: 'aborted' }
    this.transactions.push(transaction)
    return transaction
  }

  /** The next offset that a group commits. */
  nextOffset(group: string, target: Target): bigint {
    const entry = this.entryOf(group, target)
    return (entry.attempted += 1n)
  }

  offsetCommitted(group: string, target: Target, offset: bigint): void {
    this.coordinators.offsetCommitted(group, target, offset)
    const entry = this.entryOf(group, target)
    if (offset > entry.acknowledged) entry.acknowledged = offset
  }

  /** What a group must find at least, from now on. */
  committedOffset(group: string, target: Target): bigint {
    return this.entryOf(group, target).acknowledged
  }

  offsetFetched(group: string, { topic, partition }: Target, offset: bigint, least: bigint): void {
    const { attempted } = this.entryOf(group, { topic, partition })
    if (offset < least || offset > attempted)
      throw new Violation(`${group} finds offset ${offset} of ${topic}-${partition}, at least ${least} was committed`)
  }

  /** Readers of committed data have been shown these. */
  seen(values: readonly string[]): void {
    for (const value of values) this.shown.add(value)
  }

  /** What readers of committed data find in the end: each transaction whole or not at all, nothing twice. */
  settle(values: readonly string[]): void {
    const present = new Set(values)
    if (present.size < values.length) {
      const twice = values.find((value, index) => values.indexOf(value) < index)
      throw new Violation(`${twice} is there twice`)
    }
    for (const transaction of this.transactions) this.settleTransaction(transaction, present)
  }

  private settleTransaction(transaction: TransactionEntry, present: ReadonlySet<string>): void {
    const { producer, number, values, outcome } = transaction
    const there = values.filter(({ value }) => present.has(value))
    const complain = (what: string): never => {
      throw new Violation(
        `transaction ${number} of ${producer} (${outcome}) ${what}: ${values.map(({ value }) => value).join(' ')}`,
      )
    }
    if (there.length > 0 && there.length < values.length)
      complain(`is there in part, ${there.length} of ${values.length}`)
    const isThere = there.length > 0
    if (outcome === 'committed' && !isThere) complain('was committed, and is not there')
    if (outcome === 'aborted' && isThere) complain('was rolled back, and is there')
    if (!isThere && values.some(({ value }) => this.shown.has(value))) complain('was shown, and is not there')
    if (isThere && transaction.hasOffset) this.lastOffsets.set(producer, number)
  }

  /** Number of the last transaction of a producer that is there and has committed an offset, -1 for none. */
  lastOffset(producer: string): bigint {
    return this.lastOffsets.get(producer) ?? -1n
  }

  private entryOf(group: string, { topic, partition }: Target): GroupEntry {
    const key = `${group} ${topic} ${partition}`
    const known = this.offsets.get(key)
    if (known) return known
    // -1 is what a group is told that has committed nothing.
    const entry = { attempted: 0n, acknowledged: -1n }
    this.offsets.set(key, entry)
    return entry
  }
}
