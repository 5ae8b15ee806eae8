import type { Network } from '../network/network.ts'
import type { BrokerState } from '../state/broker.ts'

export interface ReplicationOptions {
  readonly state: Pick<
    BrokerState,
    'nodeId' | 'clock' | 'config' | 'cluster' | 'partitions' | 'directories' | 'controller' | 'quotas'
  >
  readonly network: Network
  /** `inter.broker.listener.name`: where the other brokers are reached. */
  readonly listenerName: string
  /** Epoch of this run of the broker, as it is registered. */
  readonly brokerEpoch: () => bigint
  readonly warn: (line: string) => void
}

export interface ReplicationContext extends ReplicationOptions {
  /** Raised when replication ends. */
  readonly signal: AbortSignal
}
