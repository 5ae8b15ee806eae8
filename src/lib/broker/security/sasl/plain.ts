import { createHash, timingSafeEqual } from 'node:crypto'
import { AuthenticationError, type SaslServer } from './sasl-server.ts'

const INVALID = 'Authentication failed: Invalid username or password'

/** RFC 4616 as PlainSaslServer has it: one message, `authorization id NUL user NUL password`. */
export class PlainServer implements SaslServer {
  isComplete = false
  userName = ''
  readonly expiresAtMs = null

  constructor(private readonly passwordOf: (user: string) => string | undefined) {}

  evaluate(response: Buffer): Buffer {
    const tokens = response.toString().split('\0', 4)
    const [authorizationId, user, password] = tokens as [string, string, string]
    if (tokens.length !== 3) refuse(`Invalid SASL/PLAIN response: expected 3 tokens, got ${tokens.length}`)
    if (user === '') refuse('Authentication failed: username not specified')
    if (password === '') refuse('Authentication failed: password not specified')
    const expected = this.passwordOf(user)
    if (expected === undefined) throw new AuthenticationError(`there is no user ${JSON.stringify(user)}`, INVALID)
    if (!isSame(password, expected))
      throw new AuthenticationError(`wrong password of user ${JSON.stringify(user)}`, INVALID)
    if (authorizationId !== '' && authorizationId !== user)
      refuse('Authentication failed: Client requested an authorization id that is different from username')
    this.userName = user
    this.isComplete = true
    return Buffer.alloc(0)
  }
}

function refuse(reason: string): never {
  throw new AuthenticationError(reason, reason)
}

/** In a time that does not tell how much of it is right, or how long it is to be. */
function isSame(given: string, expected: string): boolean {
  const [left, right] = [given, expected].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(left!, right!)
}
