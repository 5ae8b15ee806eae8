import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Server, TLSSocket, TlsOptions } from 'node:tls'
import { formatAddress } from '../../../address.ts'
import type { Clock } from '../../../clock.ts'
import { UserError } from '../../../errors.ts'
import { nodeTls } from '../../../security/node-tls.ts'
import type { SecurityProperties } from '../../../security/properties.ts'
import { readKeyStore } from '../../../security/stores/key-store.ts'
import { rejectTypes } from '../../../security/stores/open-store.ts'
import { readTrustStore } from '../../../security/stores/trust-store.ts'
import { readTlsLimits } from '../../../security/tls-limits.ts'
import { rejectOutdated } from '../../../security/validity.ts'
import { ALERT, fatalAlert } from './alert.ts'
import { certificateFault, handshakeFault, NO_CERTIFICATE } from './tls-faults.ts'

export type ClientAuth = 'none' | 'requested' | 'required'

/** What becomes of a connection. */
export interface TlsOutcome {
  onSecure(stream: TLSSocket): void
  onFailure(reason: string): void
}

/** TLS' ticket keys (tls.Server.setTicketKeys). */
const TICKET_KEY_BYTES = 48
/** How long a client that is turned away has to read why. */
const ALERT_MS = 1000

interface Pending {
  /** The stream that is to be encrypted. */
  readonly stream: Duplex
  readonly outcome: TlsOutcome
}

/**
 * The server's half of TLS for the connections of one listener. Certificates can be renewed: connections from then on
 * see the new ones.
 */
export class TlsServer {
  private readonly server: Server
  private readonly isCertificateRequired: boolean
  private readonly pending = new Map<string, Pending>()
  /** Those by which alerts are encrypted, where certificates are asked for. */
  private readonly secrets = new WeakMap<TLSSocket, Buffer>()

  constructor(
    { rejectUnauthorized, ...options }: TlsOptions,
    private readonly clock: Clock,
  ) {
    this.isCertificateRequired = rejectUnauthorized === true
    // Where Node rejects it does so without an alert.
    this.server = new (nodeTls().Server)({ ...options, rejectUnauthorized: false })
    this.server.on('secureConnection', (stream) => this.judge(stream))
    if (options.requestCert) this.server.on('keylog', (line, stream) => this.keepSecret(line, stream))
    this.server.on('tlsClientError', (error, stream) => {
      const pending = this.settle(stream)
      // Who connects to see whether somebody listens, and says nothing, is no news.
      if ((below(stream)?.bytesRead ?? 0) > 0) pending?.outcome.onFailure(handshakeFault(error))
    })
  }

  accept(stream: Duplex, outcome: TlsOutcome): void {
    const key = keyOf(stream as Socket)
    const pending = { stream, outcome }
    this.pending.set(key, pending)
    // Node tells of some failures after that.
    stream.once('close', () => setImmediate(() => this.pending.get(key) === pending && this.pending.delete(key)))
    this.server.emit('connection', stream)
  }

  /** A session of before is not taken up again: it would be trusted for the certificate of then. */
  renew(options: TlsOptions): void {
    this.server.setSecureContext(options)
    this.server.setTicketKeys(randomBytes(TICKET_KEY_BYTES))
  }

  private judge(stream: TLSSocket): void {
    const pending = this.settle(stream)
    const reason = this.faultOf(stream)
    if (reason === null) return pending?.outcome.onSecure(stream)
    pending?.outcome.onFailure(reason)
    const alert = this.alertOf(stream, reason)
    if (alert) pending?.stream.write(alert)
    // What the client has sent meanwhile is read: unread, it would make of the end a reset, which overtakes the alert.
    stream.on('error', () => stream.destroy())
    stream.resume().end()
    const timer = this.clock.inBackground(ALERT_MS, () => stream.destroy())
    stream.once('close', () => timer.cancel())
  }

  /** A client that shows a certificate must show a good one, also where none is required. */
  private faultOf(stream: TLSSocket): string | null {
    if (stream.getPeerX509Certificate() === undefined) return this.isCertificateRequired ? NO_CERTIFICATE : null
    const { authorized, authorizationError: code } = stream
    return !authorized && code ? certificateFault(String(code)) : null
  }

  private alertOf(stream: TLSSocket, reason: string): Buffer | null {
    const secret = this.secrets.get(stream)
    const missing = secret ? ALERT.certificateRequired : ALERT.handshakeFailure
    const description = reason === NO_CERTIFICATE ? missing : ALERT.certificateUnknown
    return fatalAlert(description, secret, stream.getCipher().standardName)
  }

  /** `line` is of NSS's key log: a label, whose handshake it is, and the secret. */
  private keepSecret(line: Buffer, stream: TLSSocket): void {
    const [label, , secret] = line.toString().trim().split(' ')
    if (label === 'SERVER_TRAFFIC_SECRET_0') this.secrets.set(stream, Buffer.from(secret!, 'hex'))
  }

  /** Node closes the stream before it tells of some failures; then the one below it still knows its address. */
  private settle(stream: TLSSocket): Pending | undefined {
    const key = keyOf(stream.remotePort === undefined ? (below(stream) ?? stream) : stream)
    const pending = this.pending.get(key)
    this.pending.delete(key)
    return pending
  }
}

/** The stream that is encrypted. */
const below = (stream: TLSSocket): Socket | undefined => (stream as unknown as { readonly _parent?: Socket })._parent

const keyOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string =>
  formatAddress({ host: remoteAddress, port: remotePort })

/**
 * Node's options for a listener's `ssl.*` settings. Throws UserError, naming the property and the file, for stores and
 * settings that cannot be used.
 */
export function readTlsServer(properties: SecurityProperties, clientAuth: ClientAuth, nowMs: number): TlsOptions {
  rejectTypes(properties)
  const own = readKeyStore(properties)
  if (!own) throw new UserError('ssl.keystore.location is not set: a listener with TLS needs a key and its certificate')
  rejectOutdated(own, nowMs)
  const trust = readTrustStore(properties)
  const options: TlsOptions = {
    key: own.key,
    cert: own.chain.map(String).join(''),
    // As Java: what is in the store is trusted, whoever has issued it.
    ...(trust && { ca: trust.certificates.map(String), allowPartialTrustChain: true }),
    ...readTlsLimits(properties),
    requestCert: clientAuth !== 'none',
    rejectUnauthorized: clientAuth === 'required',
  }
  try {
    nodeTls().createSecureContext(options)
    return options
  } catch (error) {
    const name = ((error as NodeJS.ErrnoException).code ?? '').replace(/^ERR_(SSL|OSSL)_/, '')
    throw new UserError(`${own.source.property}: the key or certificate cannot be used for TLS (${name})`)
  }
}
