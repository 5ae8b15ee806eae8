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
  /** Whether who takes the connections reads them by `readInto`, where they can; false where TLS stands between. */
  readonly isReadDirectly?: boolean
}

/** Where bytes go that are read: `space` says where to, `take` how many there are now. */
export interface ReadTarget {
  space(): Buffer
  take(bytes: number): void
}

/** A connection that reads into memory that it is given, and tells of no 'data'. */
export interface DirectStream extends Duplex {
  /** To be called once; it begins to read. */
  readInto(target: ReadTarget): void
}

export const isDirect = (stream: Duplex): stream is DirectStream => 'readInto' in stream

export interface NetworkServer {
  readonly port: number
  /** Takes no more connections; resolves when those that there are have ended. */
  close(): Promise<void>
}
