import type { Api } from '../../protocol/api.ts'
import type { Fields, Input, Message } from '../../protocol/schema.ts'
import type { Network } from '../network/network.ts'
import type { BrokerState } from '../state/broker.ts'

export interface ReplicationOptions {
  readonly state: Pick<BrokerState, 'nodeId' | 'clock' | 'config' | 'cluster' | 'partitions'>
  readonly network: Network
  /** `inter.broker.listener.name`: where the other brokers are reached. */
  readonly listenerName: string
  /** Epoch of this run of the broker, as it is registered. */
  readonly brokerEpoch: () => bigint
  /** Asks the active controller; rejects when it cannot be reached. */
  readonly ask: <Q extends Fields, S extends Fields>(api: Api<Q, S>, request: Input<Message<Q>>) => Promise<Message<S>>
  readonly warn: (line: string) => void
}

export interface ReplicationContext extends ReplicationOptions {
  /** Raised when replication ends. */
  readonly signal: AbortSignal
}
