import { TRANSACTION_TOPIC } from '../../../protocol/topic-names.ts'
import type { Broker } from '../broker.ts'
import { transactionSettings, transactionTopic } from '../transactions/settings.ts'
import { LogStateTopic } from './log-state-topic.ts'
import { TransactionCoordinator } from '../transactions/coordinator.ts'
import { writeMarker } from './write-marker.ts'

/** The coordinator of the transactions that this node leads, with what it has kept of them. */
export function openTransactions(
  broker: Omit<Broker, 'transactions'>,
  warn: (line: string) => void,
  info?: (line: string) => void,
): TransactionCoordinator {
  const { clock, cluster, config, producerIds } = broker
  const transactions = new TransactionCoordinator({
    clock,
    warn,
    info,
    settings: transactionSettings(config),
    stateTopic: new LogStateTopic(broker, () => transactionTopic(broker.config, cluster.brokers().length)),
    generateProducerId: () => producerIds.generate(),
    noteProducerId: (producerId) => cluster.noteProducerId(producerId),
    writeMarker: (topic, partition, end) => writeMarker(broker, topic, partition, end),
  })
  transactions.load()
  cluster.listen({
    onTopicRemoved({ name }) {
      if (name === TRANSACTION_TOPIC) transactions.onStateTopicDeleted()
    },
  })
  return transactions
}
