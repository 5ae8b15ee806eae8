import type { BrokerHeartbeatRequest } from '../../protocol/apis/broker-heartbeat.ts'
import type { BrokerRegistration } from '../state/cluster/types.ts'

/** What a broker is, by what the controller has decided (BrokerControlState). */
export type BrokerControlState = 'fenced' | 'unfenced' | 'controlled shutdown' | 'shutdown now'

interface Reported {
  /** The last record that the broker has taken up, -1 while it has not said so. */
  metadataOffset: bigint
  /** The record that all others must have taken up before it may stop, -1 while it does not want to. */
  controlledShutdownOffset: bigint
  /** Where its registration stands in the log. */
  readonly registrationOffset: bigint
}

/** What brokers report with their heartbeats, and what follows from it (BrokerHeartbeatManager). */
export class Heartbeats {
  private readonly byNode = new Map<number, Reported>()

  has(nodeId: number): boolean {
    return this.byNode.has(nodeId)
  }

  begin(nodeId: number, registrationOffset: bigint): void {
    this.byNode.set(nodeId, { metadataOffset: -1n, controlledShutdownOffset: -1n, registrationOffset })
  }

  end(nodeId: number): void {
    this.byNode.delete(nodeId)
  }

  isCaughtUp({ brokerId, currentMetadataOffset }: BrokerHeartbeatRequest): boolean {
    return currentMetadataOffset >= this.reported(brokerId).registrationOffset
  }

  state({ nodeId, isFenced }: BrokerRegistration): BrokerControlState {
    if (this.reported(nodeId).controlledShutdownOffset >= 0n) return 'controlled shutdown'
    return isFenced ? 'fenced' : 'unfenced'
  }

  /**
   * What the broker becomes by what it asks for (calculateNextBrokerState). `active` are those that others wait for.
   */
  nextState(
    broker: BrokerRegistration,
    request: BrokerHeartbeatRequest,
    leadsAny: () => boolean,
    active: readonly BrokerRegistration[],
  ): BrokerControlState {
    const { wantFence, wantShutDown } = request
    switch (this.state(broker)) {
      case 'fenced':
        if (wantShutDown) return 'shutdown now'
        return !wantFence && this.isCaughtUp(request) ? 'unfenced' : 'fenced'
      case 'unfenced':
        if (wantFence) return wantShutDown ? 'shutdown now' : 'fenced'
        if (!wantShutDown) return 'unfenced'
        return leadsAny() ? 'controlled shutdown' : 'shutdown now'
      default:
        if (leadsAny()) return 'controlled shutdown'
        return this.haveAllSeen(this.reported(broker.nodeId).controlledShutdownOffset, active)
          ? 'shutdown now'
          : 'controlled shutdown'
    }
  }

  /** To be called after the records of the heartbeat, the last of which stands at `endOffset`. */
  note(
    { brokerId, currentMetadataOffset }: BrokerHeartbeatRequest,
    state: BrokerControlState,
    endOffset: bigint,
  ): void {
    const reported = this.reported(brokerId)
    reported.metadataOffset = currentMetadataOffset
    if (state === 'fenced' || state === 'shutdown now') reported.controlledShutdownOffset = -1n
    if (state === 'controlled shutdown' && reported.controlledShutdownOffset < 0n)
      reported.controlledShutdownOffset = endOffset
  }

  /** A fenced broker is no longer about to stop: it stops with its next heartbeat. */
  fence(nodeId: number): void {
    const reported = this.byNode.get(nodeId)
    if (reported) reported.controlledShutdownOffset = -1n
  }

  private haveAllSeen(offset: bigint, active: readonly BrokerRegistration[]): boolean {
    return active
      .filter((broker) => this.byNode.has(broker.nodeId) && this.state(broker) === 'unfenced')
      .every(({ nodeId }) => this.reported(nodeId).metadataOffset >= offset)
  }

  private reported(nodeId: number): Reported {
    return this.byNode.get(nodeId)!
  }
}
