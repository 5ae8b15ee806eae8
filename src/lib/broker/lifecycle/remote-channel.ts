import { formatAddress, type Address } from '../../address.ts'
import { wait, type Clock } from '../../clock.ts'
import { EnvironmentError } from '../../errors.ts'
import { CONTROLLER_TIMEOUT_MS, type ControllerChannel } from '../network/controller-channel.ts'
import type { Network } from '../network/network.ts'
import { Requester } from '../network/requester.ts'
import type { Api } from '../../protocol/api.ts'
import { ERRORS } from '../../protocol/errors.ts'
import type { Fields, Input, Message } from '../../protocol/schema.ts'
import type { ActiveController } from './active-controller.ts'

export interface RemoteChannelOptions {
  readonly network: Network
  readonly clock: Clock
  readonly nodeId: number
  readonly active: ActiveController
}

/** Before the same is asked again (`retry.backoff.ms` of NodeToControllerRequestThread). */
const RETRY_MS = 50

/**
 * Asks the active controller of another process over a connection of its own. When the connection breaks, or it says
 * that another is active, the same is asked again, as Kafka's brokers do (NodeToControllerChannelManager).
 */
export class RemoteChannel implements ControllerChannel {
  private requester: Requester | null = null
  private readonly closing = new AbortController()

  constructor(private readonly options: RemoteChannelOptions) {}

  async ask<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    timeoutMs = CONTROLLER_TIMEOUT_MS,
  ): Promise<Message<S>> {
    const { clock, active } = this.options
    const until = clock.now() + timeoutMs
    for (;;) {
      const address = await this.locate(until)
      try {
        const answer = await this.requesterFor(address).ask(api, request, until - clock.now())
        if (!isFromInactive(answer)) return answer
      } catch (error) {
        if (!(error instanceof EnvironmentError) || this.closing.signal.aborted || clock.now() >= until) throw error
      }
      active.lost(address)
      await wait(clock, RETRY_MS, this.closing.signal)
    }
  }

  /** Rejects what has no answer yet. */
  close(): void {
    this.closing.abort()
    this.requester?.close()
  }

  private async locate(until: number): Promise<Address> {
    const { clock, active } = this.options
    const { signal } = this.closing
    while (!signal.aborted && clock.now() < until) {
      if (active.address) return active.address
      const found = new AbortController()
      active.onFound(() => found.abort())
      await wait(clock, until - clock.now(), AbortSignal.any([signal, found.signal]))
    }
    if (signal.aborted) throw new EnvironmentError('this node stops', { code: 'ECANCELED' })
    throw new EnvironmentError(`no active controller answers at ${active.names}`, { code: 'ETIMEDOUT' })
  }

  private requesterFor(address: Address): Requester {
    const { network, clock, nodeId } = this.options
    if (this.requester && formatAddress(this.requester.address) === formatAddress(address)) return this.requester
    this.requester?.close()
    this.requester = new Requester({ network, clock, address, clientId: String(nodeId) })
    return this.requester
  }
}

/** One that is active no more says so of the whole request, or of each item in it. */
function isFromInactive(answer: Readonly<Record<string, unknown>>): boolean {
  const isRefusal = (item: unknown): boolean =>
    (item as { readonly errorCode?: unknown } | null)?.errorCode === ERRORS.NOT_CONTROLLER
  return isRefusal(answer) || Object.values(answer).some((items) => Array.isArray(items) && items.some(isRefusal))
}
