import { UserError } from '../errors.ts'
import { parseJaas, type JaasConfig } from '../security/jaas.ts'
import type { Password, Sasl } from './login.ts'
import type { ClientProperties } from './types.ts'

type Mechanism = Sasl['mechanism']

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const satisfies readonly Mechanism[]
const LOGIN_MODULES: Readonly<Record<Mechanism, string>> = {
  PLAIN: 'PlainLoginModule',
  'SCRAM-SHA-256': 'ScramLoginModule',
  'SCRAM-SHA-512': 'ScramLoginModule',
  OAUTHBEARER: 'OAuthBearerLoginModule',
}

/**
 * Credentials from `sasl.mechanism` with `sasl.jaas.config`, or with `sasl.username` and `sasl.password`; a token for
 * OAUTHBEARER. Throws UserError, and what getting a token throws.
 */
export async function readSasl(properties: ClientProperties): Promise<Sasl> {
  const text = properties.get('sasl.jaas.config')
  const jaas = text === undefined ? undefined : parseJaas(text)
  const mechanism = readMechanism(properties, jaas)
  if (jaas && moduleName(jaas) !== LOGIN_MODULES[mechanism]) {
    throw new UserError(
      `sasl.jaas.config names ${jaas.loginModule}, but sasl.mechanism=${mechanism} needs ${LOGIN_MODULES[mechanism]}`,
    )
  }
  if (mechanism !== 'OAUTHBEARER') return readPassword(mechanism, properties, jaas)
  const { openTokens } = await import('../security/oauth/open-tokens.ts')
  const opened = await openTokens(properties, jaas?.options ?? new Map())
  // What is wrong with getting one is no fault of the Kafka server.
  await opened.tokens.current()
  return { mechanism: 'OAUTHBEARER', ...opened }
}

function readPassword(
  mechanism: Password['mechanism'],
  properties: ClientProperties,
  jaas: JaasConfig | undefined,
): Password {
  if (!jaas) return { mechanism, ...readPlainNames(properties, mechanism), origin: 'sasl.username and sasl.password' }
  const { options } = jaas
  if (options.get('tokenauth')?.toLowerCase() === 'true') {
    throw new UserError('sasl.jaas.config: delegation tokens (tokenauth) are not supported')
  }
  const [username, password] = [options.get('username'), options.get('password')]
  if (username === undefined || password === undefined)
    throw new UserError('sasl.jaas.config has no username or no password')
  return { mechanism, username, password, origin: 'sasl.jaas.config' }
}

const moduleName = ({ loginModule }: JaasConfig): string => loginModule.slice(loginModule.lastIndexOf('.') + 1)

function readMechanism(properties: ClientProperties, jaas: JaasConfig | undefined): Mechanism {
  const name = properties.get('sasl.mechanism')?.trim()
  const known = MECHANISMS.find((mechanism) => mechanism === name?.toUpperCase())
  if (known) return known
  const instead = `use a listener with one of ${MECHANISMS.join(', ')}`
  if (name !== undefined) throw new UserError(`sasl.mechanism=${name} is not supported here; ${instead}`)
  const ofModule = jaas && MECHANISMS.filter((mechanism) => LOGIN_MODULES[mechanism] === moduleName(jaas))
  if (jaas && ofModule && ofModule.length > 0) {
    throw new UserError(`sasl.mechanism is not set; ${moduleName(jaas)} goes with ${ofModule.join(' or ')}`)
  }
  throw new UserError(
    `sasl.mechanism is not set and means GSSAPI (Kerberos) then, which is not supported here; ${instead}`,
  )
}

function readPlainNames(properties: ClientProperties, mechanism: string): { username: string; password: string } {
  const [username, password] = [properties.get('sasl.username'), properties.get('sasl.password')]
  if (username !== undefined && password !== undefined) return { username, password }
  throw new UserError(
    `sasl.mechanism=${mechanism} needs credentials: sasl.jaas.config, or sasl.username and sasl.password`,
  )
}
