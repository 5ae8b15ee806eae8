import type { Duplex } from 'node:stream'
import type { Address } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import type { ConnectionQuotas, Place } from './connection-quotas.ts'

export interface AcceptorOptions {
  readonly listener: string
  readonly quotas: ConnectionQuotas
  readonly clock: Clock
  onAccepted(stream: Duplex, peer: Address, place: Place | null): void
  /** The connection is closed then. */
  onRejected(peer: Address, reason: string): void
}

/**
 * Takes connections in one after the other, as Kafka's acceptor does: where one has to wait for its time or for a
 * place, those behind it wait too, and nothing of them is read.
 */
export class Acceptor {
  private readonly waiting: { readonly stream: Duplex; readonly peer: Address }[] = []
  private isForPlace = false

  constructor(private readonly options: AcceptorOptions) {}

  take(stream: Duplex, peer: Address): void {
    if (this.waiting.length > this.options.quotas.maxWaiting) return void stream.destroy()
    this.waiting.push({ stream, peer })
    if (this.waiting.length === 1) this.begin()
  }

  onFree(): void {
    if (!this.isForPlace) return
    this.isForPlace = false
    this.proceed()
  }

  close(): void {
    for (const { stream } of this.waiting.splice(0)) stream.destroy()
  }

  private begin(): void {
    const { quotas, listener, clock } = this.options
    const delayMs = quotas.arrive(listener)
    if (delayMs > 0) clock.inBackground(delayMs, () => this.proceed())
    else this.proceed()
  }

  private proceed(): void {
    const { quotas, listener } = this.options
    const [first] = this.waiting
    if (!first) return
    if (!quotas.hasRoom(listener)) {
      this.isForPlace = true
      return
    }
    this.waiting.shift()
    this.admit(first.stream, first.peer)
    if (this.waiting.length > 0) this.begin()
  }

  private admit(stream: Duplex, peer: Address): void {
    const { quotas, listener, clock, onAccepted, onRejected } = this.options
    // It did not wait.
    if (stream.destroyed) return
    const admitted = quotas.admit(listener, peer.host)
    if ('release' in admitted) {
      stream.once('close', () => admitted.release())
      return onAccepted(stream, peer, admitted)
    }
    onRejected(peer, admitted.reason)
    if (admitted.afterMs === 0) stream.destroy()
    else clock.inBackground(admitted.afterMs, () => stream.destroy())
  }
}
