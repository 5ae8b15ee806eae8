import { UserError } from '../../errors.ts'
import { parseJaas } from '../../security/jaas.ts'
import type { SecurityProperties } from '../../security/properties.ts'

type Headers = Readonly<Record<string, string>>

/**
 * The headers that say who asks, by `basic.auth.*` and `bearer.auth.*`, which may have `schema.registry.` in front.
 * Throws UserError; its message holds nothing secret.
 */
export function readAuthorization(properties: SecurityProperties, urls: readonly URL[]): Headers {
  const basic = readBasic(properties, urls)
  const bearer = readBearer(properties)
  if (basic && bearer) throw new UserError('basic.auth.* and bearer.auth.* contradict each other: keep one of them')
  return basic ?? bearer ?? {}
}

const SOURCE = 'basic.auth.credentials.source'
const USER_INFO = 'basic.auth.user.info'

/** Confluent's default is the URL; whoever gives a user without a source means that user. */
function readBasic(properties: SecurityProperties, urls: readonly URL[]): Headers | undefined {
  const userInfo = setting(properties, USER_INFO)
  const source = (setting(properties, SOURCE) ?? (userInfo === undefined ? 'URL' : 'USER_INFO')).trim().toUpperCase()
  if (source === 'URL') return userOfUrls(urls)
  if (source === 'SASL_INHERIT') return basicOf(...saslUser(properties))
  if (source !== 'USER_INFO') throw new UserError(`${SOURCE}=${source} is not known: URL, USER_INFO or SASL_INHERIT`)
  const [, user, password] = /^([^:]*):(.*)$/s.exec(userInfo ?? '') ?? []
  if (user === undefined || password === undefined)
    throw new UserError(`${USER_INFO} ${userInfo === undefined ? 'is missing' : 'has no colon'}: USER:PASSWORD`)
  return basicOf(user, password)
}

function userOfUrls(urls: readonly URL[]): Headers | undefined {
  const users = new Set(urls.map(({ username, password }) => `${username}:${password}`))
  if (users.size > 1) throw new UserError('schema.registry.url: all addresses take the same user')
  const { username, password } = urls[0]!
  return username === '' ? undefined : basicOf(decodeURIComponent(username), decodeURIComponent(password))
}

function saslUser(properties: SecurityProperties): [user: string, password: string] {
  const jaas = properties.get('sasl.jaas.config')
  const options = jaas === undefined ? undefined : parseJaas(jaas).options
  const user = options?.get('username') ?? properties.get('sasl.username')
  const password = options?.get('password') ?? properties.get('sasl.password')
  if (user !== undefined && password !== undefined) return [user, password]
  throw new UserError(`${SOURCE}=SASL_INHERIT needs a username and a password in sasl.jaas.config`)
}

const basicOf = (user: string, password: string): Headers => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

const BEARER_SOURCE = 'bearer.auth.credentials.source'
const TOKEN = 'bearer.auth.token'

function readBearer(properties: SecurityProperties): Headers | undefined {
  const [source, token] = [setting(properties, BEARER_SOURCE)?.trim().toUpperCase(), setting(properties, TOKEN)?.trim()]
  if (source === undefined && token === undefined) return undefined
  if (source !== undefined && source !== 'STATIC_TOKEN')
    throw new UserError(`${BEARER_SOURCE}=${source} is not supported here: STATIC_TOKEN, with ${TOKEN}`)
  if (!token) throw new UserError(`${TOKEN} is missing`)
  const [cluster, pool] = ['bearer.auth.logical.cluster', 'bearer.auth.identity.pool.id'].map((name) =>
    setting(properties, name),
  )
  return {
    authorization: `Bearer ${token}`,
    ...(cluster && { 'target-sr-cluster': cluster }),
    ...(pool && { 'confluent-identity-pool-id': pool }),
  }
}

const setting = (properties: SecurityProperties, name: string): string | undefined =>
  properties.get(`schema.registry.${name}`) ?? properties.get(name)
