import { systemClock, type Clock } from '../../clock.ts'
import { UserError } from '../../errors.ts'
import { unsecuredToken } from './jwt.ts'
import type { TokenOrigin } from './token-source.ts'

const PREFIX = 'unsecuredLogin'
const LIFETIME_S = 3600
/** These are reckoned. */
const RESERVED = ['iat', 'exp']

export const isUnsecured = (options: ReadonlyMap<string, string>): boolean =>
  [...options.keys()].some((name) => name.startsWith(PREFIX))

/**
 * Tokens that nobody has signed, with the claims of `unsecuredLoginStringClaim_sub` and the like, by the rules of
 * Kafka's OAuthBearerUnsecuredLoginCallbackHandler. Throws UserError for options that it would refuse.
 */
export function unsecuredTokens(options: ReadonlyMap<string, string>, clock: Clock = systemClock): TokenOrigin {
  const claims = readClaims(options)
  const principalClaim = options.get(`${PREFIX}PrincipalClaimName`)?.trim() || 'sub'
  if (typeof claims[principalClaim] !== 'string' || claims[principalClaim].trim() === '')
    throw new UserError(`sasl.jaas.config: ${PREFIX}StringClaim_${principalClaim}, the name of the user, is missing`)
  const lifetimeS = readNumber(options.get(`${PREFIX}LifetimeSeconds`) ?? String(LIFETIME_S), 'LifetimeSeconds')
  return {
    name: 'sasl.jaas.config',
    fetch() {
      const iat = clock.now() / 1000
      return Promise.resolve(unsecuredToken({ exp: iat + lifetimeS, iat, ...claims }))
    },
  }
}

function readClaims(options: ReadonlyMap<string, string>): Record<string, unknown> {
  const claims: Record<string, unknown> = {}
  for (const [option, text] of options) {
    const [, type, name] = /^unsecuredLogin(String|Number|List)Claim_(.+)$/s.exec(option) ?? []
    if (type === undefined || name === undefined) continue
    if (RESERVED.includes(name)) throw new UserError(`sasl.jaas.config: ${option} cannot be set, it is reckoned`)
    claims[name] = type === 'String' ? text : type === 'Number' ? readNumber(text, `NumberClaim_${name}`) : listOf(text)
  }
  return claims
}

/** The first character divides the others. */
const listOf = (text: string): string[] => (text.length < 2 ? [] : text.slice(1).split(text[0]!))

function readNumber(text: string, option: string): number {
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number))
    throw new UserError(`sasl.jaas.config: ${PREFIX}${option} takes a number`)
  return number
}
