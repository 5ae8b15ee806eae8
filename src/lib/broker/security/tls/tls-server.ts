import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Server, TLSSocket, TlsOptions } from 'node:tls'
import { formatAddress } from '../../../address.ts'
import { UserError } from '../../../errors.ts'
import { nodeTls } from '../../../security/node-tls.ts'
import type { SecurityProperties } from '../../../security/properties.ts'
import { readKeyStore } from '../../../security/stores/key-store.ts'
import { rejectTypes } from '../../../security/stores/open-store.ts'
import { readTrustStore } from '../../../security/stores/trust-store.ts'
import { readTlsLimits } from '../../../security/tls-limits.ts'
import { rejectOutdated } from '../../../security/validity.ts'
import { certificateFault, handshakeFault } from './tls-faults.ts'

export type ClientAuth = 'none' | 'requested' | 'required'

/** What becomes of a connection. */
export interface TlsOutcome {
  onSecure(stream: TLSSocket): void
  onFailure(reason: string): void
}

/** TLS' ticket keys (tls.Server.setTicketKeys). */
const TICKET_KEY_BYTES = 48

/**
 * The server's half of TLS for the connections of one listener. Certificates can be renewed: connections from then on
 * see the new ones.
 */
export class TlsServer {
  private readonly server: Server
  private readonly pending = new Map<string, TlsOutcome>()

  constructor(options: TlsOptions) {
    this.server = new (nodeTls().Server)(options)
    this.server.on('secureConnection', (stream) => this.judge(stream))
    this.server.on('tlsClientError', (error, stream) => {
      const { authorizationError: code } = stream
      const outcome = this.settle(stream)
      // Who connects to see whether somebody listens, and says nothing, is no news.
      if (code) outcome?.onFailure(certificateFault(String(code)))
      else if ((below(stream)?.bytesRead ?? 0) > 0) outcome?.onFailure(handshakeFault(error))
    })
  }

  accept(stream: Duplex, outcome: TlsOutcome): void {
    const key = keyOf(stream as Socket)
    this.pending.set(key, outcome)
    // Node tells of some failures after that.
    stream.once('close', () => setImmediate(() => this.pending.get(key) === outcome && this.pending.delete(key)))
    this.server.emit('connection', stream)
  }

  /** A session of before is not taken up again: it would be trusted for the certificate of then. */
  renew(options: TlsOptions): void {
    this.server.setSecureContext(options)
    this.server.setTicketKeys(randomBytes(TICKET_KEY_BYTES))
  }

  /** A client that shows a certificate must show a good one, also where none is required. */
  private judge(stream: TLSSocket): void {
    const outcome = this.settle(stream)
    const hasCertificate = stream.getPeerX509Certificate() !== undefined
    if (hasCertificate && !stream.authorized && stream.authorizationError) {
      outcome?.onFailure(certificateFault(String(stream.authorizationError)))
      stream.destroy()
    } else outcome?.onSecure(stream)
  }

  /** Node closes the stream before it tells of some failures; then the one below it still knows its address. */
  private settle(stream: TLSSocket): TlsOutcome | undefined {
    const key = keyOf(stream.remotePort === undefined ? (below(stream) ?? stream) : stream)
    const outcome = this.pending.get(key)
    this.pending.delete(key)
    return outcome
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
