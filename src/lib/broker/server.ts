import type { Duplex } from 'node:stream'
import { formatAddress, type Address } from '../address.ts'
import type { Clock } from '../clock.ts'
import type { SecurityProtocol } from '../protocol/security-protocols.ts'
import { ClientReport } from './client-report.ts'
import { ClientConnection } from './connection.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import type { Dispatcher } from './dispatch.ts'
import { ANONYMOUS, type Connection } from './handle.ts'
import type { ListenOptions, Network, NetworkServer } from './network/network.ts'
import { Refusals } from './refusals.ts'
import type { ListenerSecurity, SecureStream } from './security/listener-security.ts'
import type { ScramCredentials } from './state/cluster/scram-credentials.ts'
import type { BrokerConfig } from './state/configs/broker-config.ts'

export interface ListenerOptions extends ListenOptions {
  readonly network: Network
  readonly name: string
  readonly securityProtocol: SecurityProtocol
  /** Null for PLAINTEXT. */
  readonly security: ListenerSecurity | null
  /** Left out for none. */
  readonly limits?: ConnectionLimits
  readonly maxRequestBytes: number
  readonly clock: Clock
  readonly warn: (line: string) => void
  /** Told of clients that come and go. */
  readonly info?: (line: string) => void
}

/** What answers the clients of a listener, and whom it knows. */
export interface Service {
  readonly dispatcher: Dispatcher
  readonly credentials: ScramCredentials
}

/** One listener of the broker's settings and the connections that came in by it. */
export class Listener {
  private server: NetworkServer | null = null
  private readonly streams = new Set<Duplex>()
  private readonly connections = new Set<ClientConnection>()
  private readonly refusals: Refusals
  private service: Service | null = null

  constructor(private readonly options: ListenerOptions) {
    this.refusals = new Refusals(options.name, options.clock, options.warn)
  }

  get name(): string {
    return this.options.name
  }

  /** Takes the port; returns the one that it got, where 0 was asked for. Throws EnvironmentError when it cannot. */
  async bind(): Promise<number> {
    this.server = await this.options.network.listen(this.options, (stream, peer) => this.accept(stream, peer))
    return this.server.port
  }

  /** Throws UserError for settings of TLS and SASL that cannot be used here. */
  check(config: BrokerConfig): void {
    this.options.security?.check(config)
  }

  /** Takes on what has changed in the settings of TLS and SASL. Throws UserError, and nothing has changed. */
  renew(config: BrokerConfig): void {
    this.options.security?.renew(config)
  }

  /** Begins to answer; until then connections are turned away, and clients come again. */
  serve(service: Service): void {
    this.service = service
  }

  /**
   * Refuses new connections, lets each one finish the request under way, and ends those that do not within `graceMs`.
   */
  async close(graceMs: number): Promise<void> {
    const closed = this.server?.close()
    this.service = null
    for (const connection of this.connections) connection.stop()
    const timer = this.options.clock.inBackground(graceMs, () => this.destroyAll())
    await closed
    timer.cancel()
  }

  private destroyAll(): void {
    for (const stream of this.streams) stream.destroy()
  }

  private accept(stream: Duplex, peer: Address): void {
    const { service } = this
    const { security, limits } = this.options
    const host = `/${peer.host}`
    // A client that goes away in the middle of a handshake is no news.
    stream.on('error', () => stream.destroy())
    if (!service) return void stream.destroy()
    const tooMany = limits?.admit(peer.host) ?? null
    if (tooMany !== null) {
      this.refusals.tell(host, tooMany)
      return void stream.destroy()
    }
    this.streams.add(stream)
    stream.once('close', () => {
      this.streams.delete(stream)
      limits?.release(peer.host)
    })
    if (!security) return this.open({ stream, principal: null }, peer, service)
    security.secure(
      stream,
      (secured) => this.open(secured, peer, service),
      (reason) => this.refusals.tell(host, reason),
    )
  }

  private open({ stream, principal }: SecureStream, peer: Address, { dispatcher, credentials }: Service): void {
    // It may have been closed during the handshake.
    if (!this.service) return void stream.destroy()
    const { name, securityProtocol, security, maxRequestBytes, clock, warn, info } = this.options
    const report = info && new ClientReport(formatAddress(peer), info)
    const login = security?.login(credentials) ?? null
    const clientHost = `/${peer.host}`
    const known = {
      listener: name,
      securityProtocol,
      clientHost,
      onClose: (action: () => void) => void stream.once('close', action),
      onRequest: report?.onRequest,
    }
    const client: Connection = login
      ? {
          ...known,
          get principal() {
            return login.principal ?? ANONYMOUS
          },
        }
      : { ...known, principal: principal ?? ANONYMOUS }
    const refused = (reason: string): void => this.refusals.tell(clientHost, reason)
    const connection = new ClientConnection(stream, {
      connection: client,
      dispatcher,
      login,
      maxRequestBytes,
      clock,
      refused,
      warn,
    })
    this.connections.add(connection)
    stream.once('close', () => {
      this.connections.delete(connection)
      report?.onClose()
    })
  }
}
