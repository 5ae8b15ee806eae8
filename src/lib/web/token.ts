import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/**
 * Who may come in: whoever brings the token of the link that was printed gets a cookie for it. Both are 128 random bits
 * of this run, and are compared in constant time.
 */
export class Admission {
  readonly token = randomBytes(16).toString('base64url')
  private readonly session = randomBytes(16).toString('base64url')

  /** `path` is what the cookie is sent to; the port is part of its name, since cookies know none. */
  constructor(
    private readonly port: number,
    private readonly path: string,
  ) {}

  isAdmitted({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? '').split('; ')
    const own = cookies.find((cookie) => cookie.startsWith(`${this.cookieName}=`))
    return own !== undefined && isSame(own.slice(this.cookieName.length + 1), this.session)
  }

  /** The cookie to set; undefined for a wrong token. */
  admit(token: string): string | undefined {
    if (!isSame(token, this.token)) return undefined
    return `${this.cookieName}=${this.session}; Path=${this.path}; HttpOnly; SameSite=Strict`
  }

  private get cookieName(): string {
    return `kts-${this.port}`
  }
}

const isSame = (given: string, own: string): boolean => timingSafeEqual(digest(given), digest(own))

/** Of one length whatever is given. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
