import type { Duplex } from 'node:stream'
import type { Address } from '../../address.ts'
import type { PeerLogin } from './peer-login.ts'

/** How nodes and clients reach each other: by sockets, or in memory where a whole cluster lives in one process. */
export interface Network {
  /**
   * Takes an address and tells of each connection that comes in. Throws EnvironmentError when it cannot be had.
   */
  listen(options: ListenOptions, onConnection: (stream: Duplex, peer: Address) => void): Promise<NetworkServer>
  /**
   * Returns at once; what is written goes out when the connection stands. One that cannot be had ends with `error` and
   * `close`.
   */
  connect(address: Address): Duplex
  /** How a connection logs in before it asks for anything; left out where nobody does. */
  readonly login?: PeerLogin
  /** Where connections are encrypted, the same without it: to see whether somebody listens. */
  readonly plain?: Network
}

export interface ListenOptions {
  /** Empty for every interface. */
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  /** A connection that is silent for so long is closed; 0 for never. */
  readonly idleMs: number
}

export interface NetworkServer {
  readonly port: number
  /** Takes no more connections; resolves when those that there are have ended. */
  close(): Promise<void>
}
