import { timingSafeEqual } from 'node:crypto'
import { EnvironmentError } from '../../errors.ts'
import { digest, hmac, MIN_ITERATIONS, newNonce, saltPassword, toSaslName, xor, type ScramName } from './scram.ts'

/** Far above what Kafka lets an admin set; more is a server that means to keep others busy. */
const MAX_ITERATIONS = 1_000_000

/** The client's half of SCRAM (RFC 5802). Each message is what `respond` makes of the one before. */
export class ScramClient {
  private readonly nonce = newNonce()
  private readonly firstBare: string
  private serverSignature: Buffer | null = null
  private isOver = false

  constructor(
    private readonly mechanism: ScramName,
    user: string,
    private readonly password: string,
  ) {
    this.firstBare = `n=${toSaslName(user)},r=${this.nonce}`
  }

  /** Null when nothing follows. Throws EnvironmentError for a server that does not know the user's keys. */
  respond(challenge: Buffer): Buffer | null {
    if (challenge.length === 0 && !this.serverSignature) return Buffer.from(`n,,${this.firstBare}`)
    if (this.isOver) return null
    return this.serverSignature ? this.finish(challenge.toString()) : Buffer.from(this.prove(challenge.toString()))
  }

  private prove(serverFirst: string): string {
    const { mechanism } = this
    const [, nonce = '', salt = '', count = ''] = /^r=([^,]+),s=([^,]+),i=(\d+)/.exec(serverFirst) ?? []
    const iterations = Number(count)
    const isSane = nonce.startsWith(this.nonce) && iterations >= MIN_ITERATIONS && iterations <= MAX_ITERATIONS
    if (!isSane) throw new EnvironmentError(`the server's answer is not one of ${mechanism}`)
    const salted = saltPassword(mechanism, this.password, Buffer.from(salt, 'base64'), iterations)
    const clientKey = hmac(mechanism, salted, 'Client Key')
    const finalBare = `c=biws,r=${nonce}`
    const messages = `${this.firstBare},${serverFirst},${finalBare}`
    const signature = hmac(mechanism, digest(mechanism, clientKey), messages)
    this.serverSignature = hmac(mechanism, hmac(mechanism, salted, 'Server Key'), messages)
    return `${finalBare},p=${xor(clientKey, signature).toString('base64')}`
  }

  private finish(serverFinal: string): null {
    const given = Buffer.from(/^v=([^,]+)/.exec(serverFinal)?.[1] ?? '', 'base64')
    const expected = this.serverSignature!
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new EnvironmentError('the server does not prove to know the password')
    this.isOver = true
    return null
  }
}
