import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import type { Address } from '../../address.ts'
import type { Clock } from '../../clock.ts'
import { UserError } from '../../errors.ts'
import { parseJaas } from '../../security/jaas.ts'
import { connectTls } from '../../security/node-tls.ts'
import { ScramClient } from '../../security/sasl/scram-client.ts'
import { SCRAM_NAMES } from '../../security/sasl/scram.ts'
import { readTls } from '../../security/tls.ts'
import type { Network } from '../network/network.ts'
import type { PeerLogin, PeerLoginExchange } from '../network/peer-login.ts'
import type { BrokerConfig } from '../state/configs/broker-config.ts'
import type { ListenerConfig } from '../state/configs/listeners.ts'
import { tlsProperties } from './tls/tls-settings.ts'

export interface PeerNetworkOptions {
  readonly network: Network
  readonly config: BrokerConfig
  readonly clock: Clock
  /** How the other nodes listen. */
  readonly listener: Pick<ListenerConfig, 'name' | 'securityProtocol'>
  /** `sasl.mechanism.inter.broker.protocol`, or that of controllers. */
  readonly mechanism: string
}

/**
 * A network over which this node asks other nodes as their listener demands it: encrypted, logged in, or both. As in
 * Kafka the keys and the JAAS configuration are those of the listener. Throws UserError for what cannot be.
 */
export function securePeers({ network, config, clock, listener, mechanism }: PeerNetworkOptions): Network {
  const { name, securityProtocol } = listener
  const own = config.forListener(name)
  const tls = securityProtocol.endsWith('SSL') ? readTls(tlsProperties(own), clock.now()) : null
  return {
    plain: network,
    listen: (options, onConnection) => network.listen(options, onConnection),
    connect: (address) => (tls ? encrypt(network.connect(address), address, tls) : network.connect(address)),
    ...(securityProtocol.startsWith('SASL') && { login: readLogin(own.forMechanism(mechanism), name, mechanism) }),
  }
}

/** What breaks the stream below breaks the one above, with the same reason. */
function encrypt(below: Duplex, { host }: Address, options: ConnectionOptions): Duplex {
  const stream = connectTls({ ...options, socket: below, host, ...(!isIP(host) && { servername: host }) }, () => {})
  below.once('error', (error) => stream.destroy(error))
  return stream
}

function readLogin(config: BrokerConfig, listener: string, mechanism: string): PeerLogin {
  const setting = `listener.name.${listener.toLowerCase()}.${mechanism.toLowerCase()}.sasl.jaas.config`
  const scram = SCRAM_NAMES.find((each) => each === mechanism)
  if (!scram && mechanism !== 'PLAIN')
    throw new UserError(`nodes log in to each other by PLAIN, ${SCRAM_NAMES.join(', ')}, and not by ${mechanism}`)
  const text = config.string('sasl.jaas.config')
  const { options } = text === null ? { options: new Map<string, string>() } : parseJaas(text)
  const [user, password] = [options.get('username'), options.get('password')]
  if (user === undefined || password === undefined)
    throw new UserError(`${setting} has no username and password: this node logs in to others with them`)
  return { mechanism, begin: () => (scram ? new ScramClient(scram, user, password) : plain(user, password)) }
}

function plain(user: string, password: string): PeerLoginExchange {
  let isSaid = false
  return {
    respond() {
      if (isSaid) return null
      isSaid = true
      return Buffer.from(`\0${user}\0${password}`)
    },
  }
}
