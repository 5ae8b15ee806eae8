import { BrokerConfig } from '../../../../../src/lib/broker/state/configs/broker-config.ts'
import type { ErrorName } from '../../../../../src/lib/protocol/errors.ts'
import { KafkaError } from '../../../../../src/lib/errors.ts'
import { TransactionCoordinator } from '../../../../../src/lib/broker/state/transactions/coordinator.ts'
import { PartitionSet } from '../../../../../src/lib/broker/state/transactions/partition-set.ts'
import { TRANSACTION_CODEC } from '../../../../../src/lib/broker/state/transactions/records.ts'
import {
  transactionSettings,
  type TransactionSettings,
} from '../../../../../src/lib/broker/state/transactions/settings.ts'
import type { TransactionEnd } from '../../../../../src/lib/broker/state/transactions/transaction-context.ts'
import type { Producer, Transaction } from '../../../../../src/lib/broker/state/transactions/transaction.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { MemoryStateTopic } from '../coordination/memory-state-topic.ts'

export interface WrittenMarker extends TransactionEnd {
  readonly partition: string
}

/** A coordinator whose state topic and partitions are in memory; each partition can refuse its marker. */
export class TransactionNode {
  readonly clock = new FakeClock()
  readonly stateTopic = new MemoryStateTopic()
  readonly told: string[] = []
  readonly markers: WrittenMarker[] = []
  /** Why a partition, as `topic-0`, takes no marker. */
  readonly refusals = new Map<string, ErrorName>()
  coordinator!: TransactionCoordinator
  private nextProducerId = 1000n
  private isStarted = false

  constructor(private readonly settings: Partial<TransactionSettings> = {}) {
    this.start()
  }

  /** Begins with what the state topic holds, as after a crash. */
  start(): void {
    if (this.isStarted) this.coordinator.close()
    this.isStarted = true
    this.coordinator = new TransactionCoordinator({
      clock: this.clock,
      settings: { ...transactionSettings(new BrokerConfig(new Map())), ...this.settings },
      stateTopic: this.stateTopic,
      info: (line) => this.told.push(line),
      generateProducerId: () => this.nextProducerId++,
      writeMarker: (topic, partition, end) => {
        const name = `${topic}-${partition}`
        const refusal = this.refusals.get(name)
        if (refusal) throw new KafkaError(refusal)
        this.markers.push({ partition: name, ...end })
        return undefined
      },
    })
    this.coordinator.load()
  }

  init(producer: Partial<Producer> = {}, timeoutMs = 60_000): Producer {
    return this.coordinator.initProducerId({
      transactionalId: 'id',
      timeoutMs,
      producerId: -1n,
      producerEpoch: -1,
      ...producer,
    })
  }

  add(producer: Producer, topic = 't', partitions = [0], clientVersion = 2): void {
    this.coordinator.addPartitions(
      { transactionalId: 'id', ...producer, partitions: PartitionSet.of([[topic, partitions]]) },
      clientVersion,
    )
  }

  end(producer: Producer, committed: boolean, clientVersion = 2): Producer {
    return this.coordinator.endTransaction({ transactionalId: 'id', ...producer, committed, clientVersion })
  }

  get transaction(): Transaction {
    return this.coordinator.describe('id')
  }

  /** The states that were written, oldest first. */
  statuses(): (string | null)[] {
    return this.stateTopic.records().map((record) => TRANSACTION_CODEC.decode(record)!.transaction?.status ?? null)
  }

  /** Writes a state of its own, for what would take long to get to. */
  overwrite(changes: Partial<Transaction>): void {
    const transaction = { ...this.transaction, ...changes }
    this.stateTopic.append(this.coordinator.partitionFor('id'), [
      TRANSACTION_CODEC.encode({ transactionalId: 'id', transaction }),
    ])
    this.start()
  }
}

/** The code of the KafkaError that something throws, or what it returns. */
export function outcome<T>(run: () => T): T | string {
  try {
    return run()
  } catch (error) {
    if (error instanceof KafkaError) return error.code
    throw error
  }
}
