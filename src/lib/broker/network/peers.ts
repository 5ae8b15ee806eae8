import { formatAddress, type Address } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import { EnvironmentError } from '../../errors.ts'
import type { Api } from '../../protocol/api.ts'
import type { Fields, Input, Message } from '../../protocol/schema.ts'
import type { Network } from './network.ts'
import { Requester } from './requester.ts'

export interface PeersOptions {
  readonly network: Network
  readonly clock: Clock
  readonly clientId: string
  /** Where another broker is reached; undefined for one that is not known. */
  readonly addressOf: (nodeId: number) => Address | undefined
}

/** A process on this machine answers or is refused at once. */
const REFUSED_WITHIN_MS = 500
const PROBE_EVERY_MS = 25

/** The other brokers of the cluster, each asked over one connection. */
export class Peers {
  private readonly requesters = new Map<number, Requester>()

  constructor(private readonly options: PeersOptions) {}

  /** See Requester.ask; rejects with EnvironmentError for a node that is not known, too. */
  async ask<Q extends Fields, S extends Fields>(
    nodeId: number,
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    timeoutMs: number,
  ): Promise<Message<S>> {
    return this.requester(nodeId).ask(api, request, timeoutMs)
  }

  /**
   * Calls back if nobody listens at an address, or soon nobody does: a process that is being killed may have broken its
   * connections, and still have its port.
   */
  whenRefused(address: Address, action: () => void): void {
    const { network, clock } = this.options
    const deadline = clock.now() + REFUSED_WITHIN_MS
    const probe = (): void => {
      const stream = (network.plain ?? network).connect(address)
      const timer = clock.inBackground(Math.max(0, deadline - clock.now()), () => stream.destroy())
      let isRefused = false
      stream.once('connect', () => stream.destroy())
      stream.once('error', (error: NodeJS.ErrnoException) => (isRefused = error.code === 'ECONNREFUSED'))
      stream.once('close', () => {
        timer.cancel()
        if (isRefused) action()
        else if (clock.now() + PROBE_EVERY_MS < deadline) clock.inBackground(PROBE_EVERY_MS, probe)
      })
    }
    probe()
  }

  close(): void {
    for (const requester of this.requesters.values()) requester.close()
    this.requesters.clear()
  }

  private requester(nodeId: number): Requester {
    const address = this.options.addressOf(nodeId)
    if (!address) throw new EnvironmentError(`node ${nodeId} is not known`, { code: 'EHOSTUNREACH' })
    const known = this.requesters.get(nodeId)
    if (known && formatAddress(known.address) === formatAddress(address)) return known
    known?.close()
    const requester = new Requester({ ...this.options, address })
    this.requesters.set(nodeId, requester)
    return requester
  }
}
