import { UserError } from '../errors.ts'
import { parseJaas } from './jaas.ts'
import type { Sasl } from './kafkajs.ts'
import type { ClientProperties } from './types.ts'

const MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const satisfies readonly Sasl['mechanism'][]
const LOGIN_MODULES: Readonly<Record<Sasl['mechanism'], string>> = {
  PLAIN: 'PlainLoginModule', 'SCRAM-SHA-256': 'ScramLoginModule', 'SCRAM-SHA-512': 'ScramLoginModule',
}

/** Credentials from `sasl.mechanism` with `sasl.jaas.config`, or with `sasl.username` and `sasl.password`. Throws UserError. */
export function readSasl(properties: ClientProperties): Sasl {
  const mechanism = readMechanism(properties)
  const jaas = properties.get('sasl.jaas.config')
  if (jaas === undefined) return { mechanism, ...readPlainNames(properties, mechanism) }
  const { loginModule, options } = parseJaas(jaas)
  if (!loginModule.endsWith(`.${LOGIN_MODULES[mechanism]}`)) {
    throw new UserError(`sasl.jaas.config names ${loginModule}, but sasl.mechanism=${mechanism} needs ${LOGIN_MODULES[mechanism]}`)
  }
  if (options.get('tokenauth')?.toLowerCase() === 'true') {
    throw new UserError('sasl.jaas.config: delegation tokens (tokenauth) are not supported')
  }
  const [username, password] = [options.get('username'), options.get('password')]
  if (username === undefined || password === undefined) throw new UserError('sasl.jaas.config has no username or no password')
  return { mechanism, username, password }
}

function readMechanism(properties: ClientProperties): Sasl['mechanism'] {
  const name = properties.get('sasl.mechanism')?.trim()
  const known = MECHANISMS.find((mechanism) => mechanism === name?.toUpperCase())
  if (known) return known
  const asked = name === undefined ? 'sasl.mechanism is not set and means GSSAPI (Kerberos) then, which' : `sasl.mechanism=${name}`
  throw new UserError(`${asked} is not supported here; use a listener with one of ${MECHANISMS.join(', ')}`)
}

function readPlainNames(properties: ClientProperties, mechanism: string): { username: string; password: string } {
  const [username, password] = [properties.get('sasl.username'), properties.get('sasl.password')]
  if (username !== undefined && password !== undefined) return { username, password }
  throw new UserError(`sasl.mechanism=${mechanism} needs credentials: sasl.jaas.config, or sasl.username and sasl.password`)
}
