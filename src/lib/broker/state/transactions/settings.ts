import { TRANSACTION_TOPIC } from '../../../protocol/topic-names.ts'
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
 * How `__transaction_state` is made (TransactionStateManager.transactionTopicConfigs). It has no more replicas than
 * there are brokers, and asks for no more in sync: Kafka's defaults of three and two would leave a broker that stands
 * alone without transactions.
 */
export function transactionTopic(config: BrokerConfig, brokers: number): StateTopicSettings {
  return {
    name: TRANSACTION_TOPIC,
    partitions: config.number('transaction.state.log.num.partitions'),
    replicationFactor: Math.min(config.number('transaction.state.log.replication.factor'), brokers),
    configs: new Map([
      ['cleanup.policy', 'compact'],
      ['compression.type', 'uncompressed'],
      ['min.insync.replicas', String(Math.min(config.number('transaction.state.log.min.isr'), brokers))],
      ['segment.bytes', String(Math.max(config.number('transaction.state.log.segment.bytes'), MIN_SEGMENT_BYTES))],
      ['unclean.leader.election.enable', 'false'],
    ]),
  }
}
