/** How a node says who it is where nodes must (SASL), for as many connections as there will be. */
export interface PeerLogin {
  /** `SCRAM-SHA-512` */
  readonly mechanism: string
  /** One side of one login. */
  begin(): PeerLoginExchange
}

export interface PeerLoginExchange {
  /**
   * What follows a challenge of the other side, null when nothing does; the first time it is empty. Throws
   * EnvironmentError for a server that does not prove to know the secret.
   */
  respond(challenge: Buffer): Buffer | null | Promise<Buffer | null>
}
