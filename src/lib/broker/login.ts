/** The login of a connection, as far as who serves it has to know. */
export interface Login {
  /** Why a frame of so many bytes is not to be taken in, null for one that may come. */
  refuseLength(length: number): string | null
  /** Whether a frame is for the login, and not for who answers requests. Throws FailedLogin when a session is over. */
  concerns(frame: Buffer): boolean
  /**
   * The answer to such a frame; `answerPlainly` answers what needs no login. Rejects with FailedLogin, late on purpose,
   * when the login fails, with MalformedError for what cannot be understood.
   */
  answer(frame: Buffer, answerPlainly: (frame: Buffer) => Reply | Promise<Reply>): Promise<Reply>
}

/** The chunks of a frame, null for none. */
type Reply = Buffer[] | null

/** A login that failed, and with it the connection: why, for the log, and what the client is told. */
export class FailedLogin extends Error {
  override readonly name = 'FailedLogin'
  constructor(
    reason: string,
    readonly answer: Reply,
  ) {
    super(reason)
  }
}
