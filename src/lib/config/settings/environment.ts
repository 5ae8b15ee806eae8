import type { Context } from '../../command/define.ts'
import { layerOf, REGISTRY_URL, type Layer, type ServersSetting } from './layers.ts'

type Env = Context['env']

const PREFIX = 'KTS_CLIENT_'

/** What the broker in the box is reached at; KTS_LOCAL_PORT moves it away from Kafka's own port. */
export const boxServer = (env: Env): string => `localhost:${env.KTS_LOCAL_PORT || '9092'}`

/** The variables that Apache's names know: KTS_BOOTSTRAP_SERVERS and KTS_LOCAL. */
export function serversLayer(env: Env): Layer {
  const servers = serversOf(env)
  return { settings: servers ? { servers } : {}, properties: new Map() }
}

function serversOf(env: Env): ServersSetting | undefined {
  if (env.KTS_BOOTSTRAP_SERVERS) return { value: env.KTS_BOOTSTRAP_SERVERS, origin: 'KTS_BOOTSTRAP_SERVERS' }
  return isSet(env.KTS_LOCAL) ? { value: boxServer(env), origin: 'KTS_LOCAL', isBox: true } : undefined
}

const isSet = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value)

/** Every variable but KTS_PROFILE, which is weaker. KTS_CLIENT_SECURITY_PROTOCOL is security.protocol, and so on. */
export function environmentLayer(env: Env): Layer {
  const given = Object.keys(env)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => [propertyOf(name), env[name] ?? ''] as const)
  const { settings, properties: named } = layerOf(given, variableOf)
  const properties = new Map(named)
  if (env.KTS_SCHEMA_REGISTRY_URL)
    properties.set(REGISTRY_URL, { value: env.KTS_SCHEMA_REGISTRY_URL, origin: 'KTS_SCHEMA_REGISTRY_URL' })
  const output = env.KTS_OUTPUT ? { output: { value: env.KTS_OUTPUT, origin: 'KTS_OUTPUT' } } : {}
  return { settings: { ...settings, ...serversLayer(env).settings, ...output }, properties }
}

const propertyOf = (variable: string): string => variable.slice(PREFIX.length).toLowerCase().replaceAll('_', '.')
const variableOf = (property: string): string => PREFIX + property.toUpperCase().replaceAll('.', '_')

export function profileLayer(env: Env): Layer {
  return {
    settings: env.KTS_PROFILE ? { profile: { value: env.KTS_PROFILE, origin: 'KTS_PROFILE' } } : {},
    properties: new Map(),
  }
}
