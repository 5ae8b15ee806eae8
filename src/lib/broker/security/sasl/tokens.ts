import type { Clock } from '../../../clock.ts'

/** Whom a token stands for, and for how long. */
export interface AcceptedToken {
  readonly principal: string
  readonly expiresAtMs: number
}

/** Why a token does not hold, for the log; `scope` where it lacks one, for the client. */
export interface RefusedToken {
  readonly refused: string
  readonly scope?: string
}

export type TokenValidator = (token: string) => Promise<AcceptedToken | RefusedToken>

type Claims = Readonly<Record<string, unknown>>

/**
 * Tokens without a signature (OAuthBearerUnsecuredValidatorCallbackHandler), by the options of the login module:
 * `unsecuredValidatorPrincipalClaimName`, `…ScopeClaimName`, `…RequiredScope`, `…AllowableClockSkewMs`.
 */
export function unsecuredValidator(options: ReadonlyMap<string, string>, clock: Clock): TokenValidator {
  const option = (name: string, fallback: string): string =>
    options.get(`unsecuredValidator${name}`)?.trim() || fallback
  const principalClaim = option('PrincipalClaimName', 'sub')
  const scopeClaim = option('ScopeClaimName', 'scope')
  const required = option('RequiredScope', '').split(/\s+/).filter(Boolean)
  const skewMs = Number(option('AllowableClockSkewMs', '0'))
  return async (token) => {
    const claims = readUnsecured(token)
    if (typeof claims === 'string') return { refused: claims }
    const refused = timeFault(claims, clock.now(), skewMs)
    if (refused !== null) return { refused }
    const missing = required.find((scope) => !scopesOf(claims, scopeClaim).includes(scope))
    if (missing !== undefined)
      return { refused: `the token has no scope ${missing}`, scope: `[${required.join(', ')}]` }
    return principalOf(claims, principalClaim)
  }
}

/** The claims of a token whose header says that nobody has signed it; or what is wrong with it. */
function readUnsecured(token: string): Claims | string {
  const parts = token.split('.')
  if (parts.length !== 3 || parts[0] === '' || parts[1] === '') return 'the token is not a JSON Web Token'
  const [header, claims] = parts.map(jsonOf)
  if (!header || !claims) return 'the token is not a JSON Web Token'
  if (header['alg'] !== 'none' || parts[2] !== '')
    return 'the token is signed, and this listener has no keys to check it: set sasl.oauthbearer.jwks.endpoint.url'
  return claims
}

function jsonOf(part: string): Claims | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : null
  } catch {
    return null
  }
}

function timeFault({ exp, iat }: Claims, nowMs: number, skewMs: number): string | null {
  if (typeof exp !== 'number') return 'the token does not say when it expires (exp)'
  if (iat !== undefined && typeof iat !== 'number')
    return 'the token says in another way than with a number when it was issued (iat)'
  if (iat !== undefined && iat * 1000 > nowMs + skewMs) return 'the token is of the future (iat)'
  if (nowMs - skewMs >= exp * 1000) return 'the token has expired'
  return iat !== undefined && exp <= iat ? 'the token expires before it is issued' : null
}

/** A list, or one text with blanks between. */
export function scopesOf(claims: Claims, name: string): readonly unknown[] {
  const value = claims[name]
  return typeof value === 'string' ? value.split(/\s+/) : Array.isArray(value) ? value : []
}

/** Whom the claims of a good token stand for. */
export function principalOf(claims: Claims, name: string): AcceptedToken | RefusedToken {
  const principal = claims[name]
  if (typeof principal !== 'string' || principal.trim() === '') return { refused: `the token names nobody (${name})` }
  return { principal, expiresAtMs: Number(claims['exp']) * 1000 }
}
