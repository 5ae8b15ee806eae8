import { formatAddress, type Address } from '../../address.ts'
import { wait, type Clock } from '../../clock.ts'
import { EnvironmentError, KafkaError } from '../../errors.ts'
import type { Api } from '../../protocol/api.ts'
import type { Fields, Input, Message } from '../../protocol/schema.ts'
import type { Network } from './network.ts'
import { PeerConnection, type PeerVersions } from './peer-connection.ts'

export interface RequesterOptions {
  readonly network: Network
  readonly clock: Clock
  readonly address: Address
  /** As Kafka's nodes call themselves: the node id, `raft-client-1`, `broker-1-fetcher-0`. */
  readonly clientId: string
}

/** Kafka's `reconnect.backoff.ms` and `reconnect.backoff.max.ms`. */
const FIRST_BACKOFF_MS = 50
const LAST_BACKOFF_MS = 1000

/**
 * Asks one node, over one connection that is made when it is needed and made again after it broke. A request that the
 * other side does not hold up is sent once: whoever asks decides whether to ask again.
 */
export class Requester {
  private connection: PeerConnection | null = null
  /** How many connections in a row ended before the other side had said what it answers. */
  private failures = 0
  private connectableAt = 0
  private readonly closing = new AbortController()

  constructor(private readonly options: RequesterOptions) {}

  get address(): Address {
    return this.options.address
  }

  /**
   * Sends the highest version that both sides have. Rejects with EnvironmentError when no answer comes, in time or at
   * all, and with KafkaError UNSUPPORTED_VERSION when there is no such version; an error code in the answer is the
   * answer.
   */
  async ask<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    request: Input<Message<Q>>,
    timeoutMs: number,
  ): Promise<Message<S>> {
    const { clock } = this.options
    const until = clock.now() + timeoutMs
    const connection = await this.connect(until)
    const version = this.versionOf(api, await connection.versions)
    return connection.ask(api, version, request, Math.max(until - clock.now(), 0))
  }

  /** Rejects what has no answer yet, and whatever is asked from now on. */
  close(): void {
    this.closing.abort()
    this.connection?.close()
  }

  private async connect(until: number): Promise<PeerConnection> {
    const { network, clock, address, clientId } = this.options
    const peer = formatAddress(address)
    const isConnected = (): boolean => this.connection?.problem === null && this.connection.endsAtMs > clock.now()
    if (!isConnected() && this.connectableAt > clock.now()) {
      await wait(clock, Math.min(this.connectableAt, until) - clock.now(), this.closing.signal)
    }
    if (this.closing.signal.aborted) throw new EnvironmentError(`${peer} is no longer asked`, { code: 'ECANCELED' })
    if (isConnected()) return this.connection!
    if (clock.now() >= until && this.connection?.problem) throw this.connection.problem
    this.connection?.retire()
    const connection = new PeerConnection(
      network.connect(address),
      { peer, clientId, clock, login: network.login },
      until - clock.now(),
    )
    this.connection = connection
    const madeAt = clock.now()
    this.connectableAt = madeAt + Math.min(FIRST_BACKOFF_MS * 2 ** this.failures, LAST_BACKOFF_MS)
    this.failures += 1
    connection.versions.then(
      () => {
        this.failures = 0
        this.connectableAt = madeAt + FIRST_BACKOFF_MS
      },
      () => {},
    )
    return connection
  }

  private versionOf(
    { key, name, minVersion, maxVersion }: Pick<Api, 'key' | 'name' | 'minVersion' | 'maxVersion'>,
    theirs: PeerVersions,
  ): number {
    const their = theirs.get(key)
    const version = Math.min(maxVersion, their?.maxVersion ?? -1)
    if (!their || version < Math.max(minVersion, their.minVersion)) {
      const peer = formatAddress(this.options.address)
      throw new KafkaError(
        'UNSUPPORTED_VERSION',
        `${peer} does not answer ${name} in a version from ${minVersion} to ${maxVersion}`,
      )
    }
    return version
  }
}
