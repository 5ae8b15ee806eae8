import type { Clock } from '../../clock.ts'
import { EnvironmentError, UserError } from '../../errors.ts'
import { parseJaas } from '../../security/jaas.ts'
import type { BearerTokens } from '../../security/oauth/open-tokens.ts'
import { ScramClient } from '../../security/sasl/scram-client.ts'
import { SCRAM_NAMES } from '../../security/sasl/scram.ts'
import type { PeerLogin, PeerLoginExchange } from '../network/peer-login.ts'
import type { BrokerConfig } from '../state/configs/broker-config.ts'

const MECHANISMS = ['PLAIN', ...SCRAM_NAMES, 'OAUTHBEARER']
/** What of the settings says where a token comes from. */
const TOKEN_CONFIGS = [
  'sasl.login.connect.timeout.ms',
  'sasl.login.read.timeout.ms',
  'sasl.login.refresh.buffer.seconds',
  'sasl.login.refresh.min.period.seconds',
  'sasl.login.refresh.window.factor',
  'sasl.login.refresh.window.jitter',
  'sasl.login.retry.backoff.max.ms',
  'sasl.login.retry.backoff.ms',
  'sasl.oauthbearer.client.credentials.client.id',
  'sasl.oauthbearer.client.credentials.client.secret',
  'sasl.oauthbearer.scope',
  'sasl.oauthbearer.token.endpoint.url',
] as const

export interface PeerLoginOptions {
  readonly listener: string
  readonly mechanism: string
  readonly clock: Clock
}

/** How this node logs in to others; `config` is what their listener has of the mechanism. Throws UserError. */
export async function readPeerLogin(
  config: BrokerConfig,
  { listener, mechanism, clock }: PeerLoginOptions,
): Promise<PeerLogin> {
  const setting = `listener.name.${listener.toLowerCase()}.${mechanism.toLowerCase()}.sasl.jaas.config`
  if (!MECHANISMS.includes(mechanism))
    throw new UserError(`nodes log in to each other by ${MECHANISMS.join(', ')}, and not by ${mechanism}`)
  const text = config.string('sasl.jaas.config')
  const options = text === null ? new Map<string, string>() : parseJaas(text).options
  if (mechanism === 'OAUTHBEARER') {
    const { openTokens } = await import('../../security/oauth/open-tokens.ts')
    const opened = await openTokens(tokenProperties(config), options, clock)
    return { mechanism, begin: () => bearer(opened) }
  }
  const [user, password] = [options.get('username'), options.get('password')]
  if (user === undefined || password === undefined)
    throw new UserError(`${setting} has no username and password: this node logs in to others with them`)
  const scram = SCRAM_NAMES.find((each) => each === mechanism)
  return { mechanism, begin: () => (scram ? new ScramClient(scram, user, password) : plain(user, password)) }
}

const tokenProperties = (config: BrokerConfig): ReadonlyMap<string, string> =>
  new Map(
    TOKEN_CONFIGS.flatMap((name) => {
      const text = config.text(name)
      return text === null ? [] : [[name, text] as const]
    }),
  )

function plain(user: string, password: string): PeerLoginExchange {
  let isSaid = false
  return {
    respond() {
      if (isSaid) return null
      isSaid = true
      return Buffer.from(`\0${user}\0${password}`)
    },
  }
}

/** A server that does not take the token says why, and refuses the login when it has been answered. */
function bearer({ tokens, extensions }: BearerTokens): PeerLoginExchange {
  let isSaid = false
  return {
    async respond(challenge) {
      const { initialResponse, RESIGNATION } = await import('../../security/oauth/initial-response.ts')
      if (isSaid) return challenge.length === 0 ? null : RESIGNATION
      isSaid = true
      return initialResponse(await tokens.current().catch(rethrow), extensions)
    },
  }
}

/** A token that is not there now may be there later, whatever is wrong with it. */
function rethrow(error: unknown): never {
  throw error instanceof UserError ? new EnvironmentError(error.message) : error
}
