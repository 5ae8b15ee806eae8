import type { Clock } from '../../../clock.ts'
import { UserError } from '../../../errors.ts'
import { parseJaas } from '../../../security/jaas.ts'
import type { BrokerConfig } from '../../state/configs/broker-config.ts'
import { jwksValidator } from './jwks.ts'
import { AuthenticationError, type SaslServer } from './sasl-server.ts'
import { unsecuredValidator, type AcceptedToken, type TokenValidator } from './tokens.ts'

const SASLNAME = '(?:[\\x02-\\x2b\\x2d-\\x3c\\x3e-\\x7f]|=2C|=3D)+'
const PAIR = '[A-Za-z]+=[\\x21-\\x7e \\t\\r\\n]+\\x01'
/** RFC 7628 (OAuthBearerClientInitialResponse). */
const INITIAL = new RegExp(`^n,(?:a=(?<authzid>${SASLNAME}))?,\\x01(?<pairs>(?:${PAIR})*)\\x01$`)
const AUTHORIZATION = /^(\w+) +([-_~+/.a-zA-Z0-9]+=*)$/
const CONTROL_A = '\x01'
/** What Kafka's own handlers are called; the last part says which. */
const SECURED = 'OAuthBearerValidatorCallbackHandler'
const UNSECURED = 'OAuthBearerUnsecuredValidatorCallbackHandler'

/** Begins logins by tokens (KIP-255, KIP-768). Throws UserError for settings that cannot be followed. */
export function oauthbearer(config: BrokerConfig, clock: Clock): () => SaslServer {
  const validate = readValidator(config, clock)
  return () => new OAuthBearerServer(validate)
}

/** Tokens without a signature are for tests, and only where no keys are named. */
function readValidator(config: BrokerConfig, clock: Clock): TokenValidator {
  const handler = config.string('sasl.server.callback.handler.class')?.split('.').at(-1)
  const url = config.string('sasl.oauthbearer.jwks.endpoint.url')
  if (handler !== undefined && handler !== SECURED && handler !== UNSECURED)
    throw new UserError(`sasl.server.callback.handler.class: this broker knows ${SECURED} and ${UNSECURED} alone`)
  if (url !== null) return jwksValidator(url, config, clock)
  if (handler === SECURED)
    throw new UserError('sasl.oauthbearer.jwks.endpoint.url is not set: where the keys are that sign tokens')
  const text = config.string('sasl.jaas.config')
  return unsecuredValidator(text === null ? new Map() : parseJaas(text).options, clock)
}

class OAuthBearerServer implements SaslServer {
  isComplete = false
  userName = ''
  expiresAtMs: number | null = null
  /** What the client was told of a token that does not hold; it answers once more before the login fails. */
  private refused: { readonly reason: string; readonly answer: string } | null = null

  constructor(private readonly validate: TokenValidator) {}

  get refusal(): string | undefined {
    return this.refused?.reason
  }

  async evaluate(response: Buffer): Promise<Buffer> {
    const text = response.toString()
    const { refused } = this
    if (refused && text === CONTROL_A) throw new AuthenticationError(refused.reason, refused.answer)
    const { token, authzid } = readInitial(text)
    const result = await this.validate(token)
    if ('refused' in result) return this.refuse(result.refused, result.scope)
    return this.accept(result, authzid)
  }

  private refuse(reason: string, scope: string | undefined): Buffer {
    const status = scope === undefined ? 'invalid_token' : 'insufficient_scope'
    const answer = `{"status":"${status}"${scope === undefined ? '' : `, "scope":"${scope}"`}}`
    this.refused = { reason, answer }
    return Buffer.from(answer)
  }

  private accept({ principal, expiresAtMs }: AcceptedToken, authzid: string): Buffer {
    if (authzid !== '' && authzid !== principal) {
      const reason = `Authentication failed: Client requested an authorization id (${authzid}) that is different from the token's principal name (${principal})`
      throw new AuthenticationError(reason, reason)
    }
    this.userName = principal
    this.expiresAtMs = expiresAtMs
    this.isComplete = true
    return Buffer.alloc(0)
  }
}

function readInitial(text: string): { token: string; authzid: string } {
  const { authzid = '', pairs } = INITIAL.exec(text)?.groups ?? {}
  const fields = (pairs ?? '').split(CONTROL_A).map((pair) => pair.split(/=(.*)/s))
  const authorization = fields.find(([name]) => name === 'auth')?.[1]
  const [, scheme, token] = AUTHORIZATION.exec(authorization ?? '') ?? []
  if (token === undefined || scheme!.toLowerCase() !== 'bearer')
    throw new AuthenticationError('the first message is not one of OAUTHBEARER')
  return { token, authzid }
}
