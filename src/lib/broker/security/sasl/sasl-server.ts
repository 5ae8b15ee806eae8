/** The broker's half of one mechanism, for one login. */
export interface SaslServer {
  readonly isComplete: boolean
  /** Who has logged in, without `User:`; to be asked when it is complete. */
  readonly userName: string
  /** When the credential ends by itself, in ms since the epoch; null for one that does not. */
  readonly expiresAtMs: number | null
  /** Why the login will fail, where the client has been told and has yet to answer (RFC 7628, 3.2.3). */
  readonly refusal?: string
  /** The answer to what the client sends. Throws AuthenticationError. */
  evaluate(response: Buffer): Buffer | Promise<Buffer>
}

/** A mechanism as one listener offers it. */
export interface SaslMechanism {
  begin(): SaslServer
  /** `connections.max.reauth.ms`; 0 for no limit. */
  readonly maxReauthMs: number
}

/** A login that failed: why, for the log of the broker. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'
  /** `answer`: what the client may know; where it is left out, no more than that its credentials do not hold. */
  constructor(
    reason: string,
    readonly answer: string | null = null,
  ) {
    super(reason)
  }
}
