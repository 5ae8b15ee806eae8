import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import type { Address } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import { UserError } from '../../errors.ts'
import { connectTls } from '../../security/node-tls.ts'
import { readTls } from '../../security/tls.ts'
import type { Network } from '../network/network.ts'
import type { BrokerConfig } from '../state/configs/broker-config.ts'
import type { ListenerConfig } from '../state/configs/listeners.ts'
import { readPeerLogin } from './peer-login.ts'
import { fingerprintOf, tlsProperties } from './tls/tls-settings.ts'

export interface PeerNetworkOptions {
  readonly network: Network
  /** As they are now. */
  readonly config: () => BrokerConfig
  readonly clock: Clock
  /** How the other nodes listen. */
  readonly listener: Pick<ListenerConfig, 'name' | 'securityProtocol'>
  /** `sasl.mechanism.inter.broker.protocol`, or that of controllers. */
  readonly mechanism: string
  readonly warn: (line: string) => void
}

/**
 * A network over which this node asks other nodes as their listener demands it: encrypted, logged in, or both. As in
 * Kafka the keys and the JAAS configuration are those of the listener. Throws UserError for what cannot be.
 */
export async function securePeers(options: PeerNetworkOptions): Promise<Network> {
  const { network, config, clock, listener, mechanism } = options
  const { name, securityProtocol } = listener
  const tls = securityProtocol.endsWith('SSL') ? new PeerTls(options) : null
  const login = securityProtocol.startsWith('SASL')
    ? await readPeerLogin(config().forListener(name).forMechanism(mechanism), { listener: name, mechanism, clock })
    : null
  return {
    plain: network,
    listen: (listening, onConnection) => network.listen(listening, onConnection),
    connect: (address) => (tls ? encrypt(network.connect(address), address, tls.current()) : network.connect(address)),
    ...(login && { login }),
  }
}

/** The keys of this node, made anew when the settings or their files have changed. */
class PeerTls {
  private fingerprint: string
  private options: ConnectionOptions

  constructor(private readonly from: PeerNetworkOptions) {
    this.fingerprint = fingerprintOf(this.own)
    this.options = this.read()
  }

  /** What cannot be read leaves those of before. */
  current(): ConnectionOptions {
    const fingerprint = fingerprintOf(this.own)
    if (fingerprint === this.fingerprint) return this.options
    this.fingerprint = fingerprint
    try {
      this.options = this.read()
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      this.from.warn(`the keys for other nodes (${this.from.listener.name}) stay as they were: ${error.message}`)
    }
    return this.options
  }

  private get own(): BrokerConfig {
    return this.from.config().forListener(this.from.listener.name)
  }

  private read(): ConnectionOptions {
    return readTls(tlsProperties(this.own), this.from.clock.now())
  }
}

/** What breaks the stream below breaks the one above, with the same reason. */
function encrypt(below: Duplex, { host }: Address, options: ConnectionOptions): Duplex {
  const stream = connectTls({ ...options, socket: below, host, ...(!isIP(host) && { servername: host }) }, () => {})
  below.once('error', (error) => stream.destroy(error))
  return stream
}
