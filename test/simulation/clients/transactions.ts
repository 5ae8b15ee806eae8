import { EndTxn } from '../../../src/lib/protocol/apis/end-txn.ts'
import { COORDINATOR_TYPES } from '../../../src/lib/protocol/apis/find-coordinator.ts'
import { InitProducerId } from '../../../src/lib/protocol/apis/init-producer-id.ts'
import { TxnOffsetCommit } from '../../../src/lib/protocol/apis/txn-offset-commit.ts'
import type { ErrorName } from '../../../src/lib/protocol/errors.ts'
import type { TransactionEntry } from '../checks/ledger.ts'
import type { Simulation } from '../simulation.ts'
import { nameOf, type Client } from './client.ts'
import { type Target, write } from './producers.ts'

/** The producer's transaction is over, one way or the other: it begins anew. */
const OVER: ReadonlySet<ErrorName | null> = new Set<ErrorName>([
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_TXN_STATE',
  'INVALID_PRODUCER_ID_MAPPING',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'TRANSACTION_ABORTABLE',
])
/** How often something is tried before the transaction is given up. */
const TRIES = 30

/** Writes to several partitions, and commits an offset, in one transaction after the other. */
export class TransactionalProducer {
  private producerId = -1n
  private producerEpoch = -1
  private sequences = new Map<string, number>()

  constructor(
    private readonly client: Client,
    private readonly simulation: Simulation,
    private readonly topics: readonly string[],
  ) {}

  get id(): string {
    return this.client.actor.name
  }

  async run(): Promise<void> {
    const { world, ledger } = this.simulation
    await this.init()
    for (let number = 1n; !this.simulation.isEnding; number += 1n) {
      const transaction = ledger.begin(this.id, number)
      const isWritten = await this.fill(transaction)
      const error = await this.end(transaction, isWritten && world.isLucky(0.75))
      if (error !== 'NONE') await this.init()
      await this.client.pause(world.between(0, 300))
    }
    // Nothing is left open.
    await this.init()
  }

  /** Ends what a producer of this id has left. */
  private async init(): Promise<void> {
    for (;;) {
      const answer = await this.atCoordinator((coordinator) =>
        this.client.ask(coordinator, InitProducerId, {
          transactionalId: this.id,
          transactionTimeoutMs: 20_000,
        }),
      )
      if (answer?.errorCode === 0) {
        this.producerId = answer.producerId
        this.producerEpoch = answer.producerEpoch
        this.sequences = new Map()
        return
      }
      await this.client.pauseABit()
    }
  }

  private async fill(transaction: TransactionEntry): Promise<boolean> {
    const { world } = this.simulation
    for (let left = world.integer(1, 3); left > 0; left -= 1) {
      const target = this.simulation.target(this.topics)
      const value = this.simulation.newValue(this.id)
      transaction.values.push({ ...target, value })
      if (!(await this.write(target, value))) return false
    }
    if (!world.isLucky(0.5)) return true
    transaction.hasOffset = true
    return this.commitOffset(transaction.number)
  }

  private async write(target: Target, value: string): Promise<boolean> {
    const name = `${target.topic}-${target.partition}`
    const baseSequence = this.sequences.get(name) ?? 0
    this.sequences.set(name, baseSequence + 1)
    const { producerId, producerEpoch, id: transactionalId } = this
    const batch = { producerId, producerEpoch, baseSequence, isTransactional: true, transactionalId }
    return this.again(async () => (await write(this.client, target, value, batch)).error)
  }

  private async commitOffset(number: bigint): Promise<boolean> {
    const { producerId, producerEpoch, id: transactionalId } = this
    const groupId = groupOf(transactionalId)
    return this.again(async () => {
      const group = await this.client.coordinator(COORDINATOR_TYPES.group, groupId)
      if (group === null) return null
      const answer = await this.client.ask(group, TxnOffsetCommit, {
        transactionalId,
        producerId,
        producerEpoch,
        groupId,
        topics: [{ name: 'source', partitions: [{ partitionIndex: 0, committedOffset: number }] }],
      })
      return nameOf(answer?.topics[0]?.partitions[0]?.errorCode)
    })
  }

  private async again(attempt: () => Promise<ErrorName | null>): Promise<boolean> {
    for (let tried = 0; tried < TRIES; tried += 1) {
      const error = await attempt()
      if (error === 'NONE') return true
      if (OVER.has(error)) return false
      await this.client.pauseABit()
    }
    return false
  }

  private async end(transaction: TransactionEntry, committed: boolean): Promise<ErrorName | null> {
    const { producerId, producerEpoch, id: transactionalId } = this
    // From now on it may be committed, whatever is heard of it.
    transaction.outcome = committed ? 'unknown' : 'aborted'
    for (let tried = 0; tried < TRIES; tried += 1) {
      const answer = await this.atCoordinator((coordinator) =>
        this.client.ask(coordinator, EndTxn, { transactionalId, producerId, producerEpoch, committed }),
      )
      const error = nameOf(answer?.errorCode)
      if (answer && error === 'NONE') {
        transaction.outcome = committed ? 'committed' : 'aborted'
        this.producerId = answer.producerId
        this.producerEpoch = answer.producerEpoch
        this.sequences = new Map()
        return error
      }
      if (OVER.has(error)) return error
      await this.client.pauseABit()
    }
    return null
  }

  private async atCoordinator<T>(ask: (coordinator: number) => Promise<T>): Promise<T | null> {
    const coordinator = await this.client.coordinator(COORDINATOR_TYPES.transaction, this.id)
    return coordinator === null ? null : ask(coordinator)
  }
}

export const groupOf = (transactionalId: string): string => `group-of-${transactionalId}`
