import type { StateTopicSettings } from '../coordination/state-topic.ts'
import type { BrokerConfig } from '../configs/broker-config.ts'

export type TransactionSettings = Readonly<ReturnType<typeof transactionSettings>>

/** A topic's smallest segment; that of the transactions has a range of its own. */
const MIN_SEGMENT_BYTES = 1_048_576

/** What the transaction coordinator acts on. */
export function transactionSettings(config: BrokerConfig) {
  return {
    maxTimeoutMs: config.number('transaction.max.timeout.ms'),
    idExpirationMs: config.number('transactional.id.expiration.ms'),
    abortTimedOutIntervalMs: config.number('transaction.abort.timed.out.transaction.cleanup.interval.ms'),
    removeExpiredIntervalMs: config.number('transaction.remove.expired.transaction.cleanup.interval.ms'),
  }
}

/**
 * How `__transaction_state` is made (TransactionStateManager.transactionTopicConfigs). A broker that stands alone has
 * one replica of it: Kafka's defaults of three, and two in sync, would leave it without transactions.
 */
export function transactionTopic(config: BrokerConfig, isAlone: boolean): StateTopicSettings {
  return {
    partitions: config.number('transaction.state.log.num.partitions'),
    replicationFactor: isAlone ? 1 : config.number('transaction.state.log.replication.factor'),
    configs: new Map([
      ['cleanup.policy', 'compact'],
      ['compression.type', 'uncompressed'],
      ['min.insync.replicas', isAlone ? '1' : String(config.number('transaction.state.log.min.isr'))],
      ['segment.bytes', String(Math.max(config.number('transaction.state.log.segment.bytes'), MIN_SEGMENT_BYTES))],
      ['unclean.leader.election.enable', 'false'],
    ]),
  }
}
