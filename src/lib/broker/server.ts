import type { Duplex } from 'node:stream'
import { formatAddress, type Address } from '../address.ts'
import type { Clock } from '../clock.ts'
import type { SecurityProtocol } from '../protocol/security-protocols.ts'
import { Acceptor } from './connections/acceptor.ts'
import { ClientReport } from './client-report.ts'
import { ClientConnection } from './connection.ts'
import type { ConnectionQuotas, Place } from './connections/connection-quotas.ts'
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
  readonly quotas?: ConnectionQuotas | undefined
  readonly maxRequestBytes: number
  readonly clock: Clock
  readonly warn: (line: string) => void
  /** Told of clients that come and go. */
  readonly info?: (line: string) => void
}

interface ServedConnection {
  readonly connection: ClientConnection
  /** As Java shows it. */
  readonly host: string
  /** Null where places are not counted. */
  readonly place: Place | null
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
  private readonly connections = new Set<ServedConnection>()
  private readonly acceptor: Acceptor | null
  private readonly refusals: Refusals
  private service: Service | null = null

  constructor(private readonly options: ListenerOptions) {
    this.refusals = new Refusals(options.name, options.clock, options.warn)
    this.acceptor = this.openAcceptor()
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
    this.acceptor?.close()
    for (const { connection } of this.connections) connection.stop()
    const timer = this.options.clock.inBackground(graceMs, () => this.destroyAll())
    await closed
    timer.cancel()
  }

  private openAcceptor(): Acceptor | null {
    const { quotas, name: listener, clock } = this.options
    if (!quotas) return null
    const acceptor = new Acceptor({
      listener,
      quotas,
      clock,
      onAccepted: (stream, peer, place) => this.secure(stream, peer, place),
      onRejected: (peer, reason) => this.refusals.tell(`/${peer.host}`, reason),
    })
    quotas.use(listener, { onFree: () => acceptor.onFree(), closeIdlest: () => this.closeIdlest() })
    return acceptor
  }

  private destroyAll(): void {
    for (const stream of this.streams) stream.destroy()
  }

  /** Closes the connection that has been silent for longest; false where there is none. */
  private closeIdlest(): boolean {
    let idlest: ServedConnection | null = null
    for (const served of this.connections)
      if (!idlest || served.connection.lastHeard < idlest.connection.lastHeard) idlest = served
    if (!idlest) return false
    this.connections.delete(idlest)
    idlest.place?.release()
    this.refusals.tell(idlest.host, 'there are more connections than max.connections allows')
    idlest.connection.destroy()
    return true
  }

  private accept(stream: Duplex, peer: Address): void {
    // A client that goes away in the middle of a handshake is no news.
    stream.on('error', () => stream.destroy())
    if (!this.service) return void stream.destroy()
    this.streams.add(stream)
    stream.once('close', () => this.streams.delete(stream))
    if (this.acceptor) this.acceptor.take(stream, peer)
    else this.secure(stream, peer, null)
  }

  private secure(stream: Duplex, peer: Address, place: Place | null): void {
    const { security } = this.options
    if (!security) return this.open({ stream, principal: null }, peer, place)
    security.secure(
      stream,
      (secured) => this.open(secured, peer, place),
      (reason) => this.refusals.tell(`/${peer.host}`, reason),
    )
  }

  private open({ stream, principal }: SecureStream, peer: Address, place: Place | null): void {
    // It may have been closed while the connection waited, or during the handshake.
    if (!this.service) return void stream.destroy()
    const { dispatcher, credentials } = this.service
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
    const served = { connection, host: clientHost, place }
    this.connections.add(served)
    stream.once('close', () => {
      this.connections.delete(served)
      report?.onClose()
    })
  }
}
