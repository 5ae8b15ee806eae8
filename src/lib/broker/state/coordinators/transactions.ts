import { TRANSACTION_TOPIC } from '../../../protocol/topic-names.ts'
import type { Broker } from '../broker.ts'
import { controllerAddresses } from '../configs/roles.ts'
import { TransactionCoordinator } from '../transactions/coordinator.ts'
import { transactionSettings, transactionTopic } from '../transactions/settings.ts'
import { isWithoutPeers, LogStateTopic } from './log-state-topic.ts'
import { Markers } from './markers.ts'

/** The coordinator of the transactions that this node leads, with what it has kept of them. */
export function openTransactions(
  broker: Omit<Broker, 'transactions'>,
  warn: (line: string) => void,
  info?: (line: string) => void,
): TransactionCoordinator {
  const { clock, cluster, config, producerIds } = broker
  const isAlone = controllerAddresses(config).length === 0
  const markers = new Markers(broker)
  const transactions = new TransactionCoordinator({
    clock,
    warn,
    info,
    settings: transactionSettings(config),
    stateTopic: new LogStateTopic(broker, {
      warn,
      name: TRANSACTION_TOPIC,
      settings: () =>
        transactionTopic(broker.config, isWithoutPeers(broker, 'transaction.state.log.replication.factor')),
      commitTimeoutMs: config.number('request.timeout.ms'),
    }),
    pause: isAlone ? undefined : broker.turns.pause,
    generateProducerId: () => producerIds.generate(),
    noteProducerId: (producerId) => cluster.noteProducerId(producerId),
    writeMarker: (topic, partition, end) => markers.write(topic, partition, end),
  })
  transactions.load()
  return transactions
}
