import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../../../clock.ts'
import { UserError } from '../../../errors.ts'
import { readText } from '../../../files.ts'
import { readTls } from '../../../security/tls.ts'
import type { BrokerConfig } from '../../state/configs/broker-config.ts'
import { JwksEndpoint } from './jwks-endpoint.ts'
import { principalOf, type TokenValidator } from './tokens.ts'

const SETTING = 'sasl.oauthbearer.jwks.endpoint.url'
const TIMEOUT_MS = 10_000
/** Every signature that does not need a secret of the broker's. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/**
 * Tokens that one of the keys has signed which a file or a server lists (BrokerJwtValidator). `options` are those of
 * the login module: its `ssl.*` say how to get to the server. Throws UserError for a place that cannot be, and a file
 * that holds no keys.
 */
export function jwksValidator(
  url: string,
  config: BrokerConfig,
  options: ReadonlyMap<string, string>,
  clock: Clock,
): TokenValidator {
  const keys = keysAt(url, config, options, clock)
  const audience = config.list('sasl.oauthbearer.expected.audience')
  const issuer = config.string('sasl.oauthbearer.expected.issuer')
  const subject = config.string('sasl.oauthbearer.sub.claim.name')
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        clockTolerance: config.number('sasl.oauthbearer.clock.skew.seconds'),
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp', 'iat'],
        ...(audience.length > 0 && { audience: [...audience] }),
        ...(issuer !== null && { issuer }),
      })
      return principalOf(payload, subject)
    } catch (error) {
      return { refused: `the token does not hold: ${(error as Error).message}` }
    }
  }
}

function keysAt(
  url: string,
  config: BrokerConfig,
  options: ReadonlyMap<string, string>,
  clock: Clock,
): JWTVerifyGetKey {
  const place = URL.canParse(url) ? new URL(url) : null
  if (place?.protocol === 'file:') return keysInFile(fileURLToPath(place))
  if (place?.protocol !== 'http:' && place?.protocol !== 'https:')
    throw new UserError(`${SETTING}: ${url} begins with none of https:, http:, file:`)
  const ofTls = new Map([...options].filter(([name]) => name.startsWith('ssl.')))
  return new JwksEndpoint({
    url: place,
    tls: place.protocol === 'https:' ? readTls(ofTls, clock.now()) : {},
    clock,
    refreshMs: config.number('sasl.oauthbearer.jwks.endpoint.refresh.ms'),
    pauseMs: config.number('sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms'),
    timeoutMs:
      (config.number('sasl.login.connect.timeout.ms') ?? 0) + (config.number('sasl.login.read.timeout.ms') ?? 0) ||
      TIMEOUT_MS,
  }).find
}

/** The file is read again when it has changed. */
function keysInFile(path: string): JWTVerifyGetKey {
  let readAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  let keys = parseKeys(path)
  return (header, token) => {
    const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (changedAt !== undefined && changedAt !== readAt) {
      readAt = changedAt
      keys = parseKeys(path)
    }
    return keys(header, token)
  }
}

function parseKeys(path: string): JWTVerifyGetKey {
  const text = readText(path, { before: `${SETTING}: ` })
  try {
    return createLocalJWKSet(JSON.parse(text) as JSONWebKeySet)
  } catch (error) {
    throw new UserError(`${SETTING}: ${path} holds no keys (JWKS): ${(error as Error).message}`)
  }
}
