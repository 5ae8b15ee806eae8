import { parseLevel } from '../../lib/registry/compatibility.ts'
import { RegistryError } from '../../lib/registry/errors.ts'
import type { Listener } from '../../lib/registry/server.ts'
import { UserError } from '../../lib/errors.ts'

/** What a `schema-registry.properties` says. */
export interface ServerProperties {
  /** Undefined where it names none. */
  readonly bootstrapServers: string | undefined
  readonly listeners: readonly Listener[] | undefined
  readonly topic: string | undefined
  readonly replicas: number | undefined
  readonly timeoutMs: number | undefined
  readonly groupId: string | undefined
  readonly compatibilityLevel: string | undefined
  readonly advertisedHost: string | undefined
  readonly mayLead: boolean
  readonly isModeMutable: boolean
  readonly validatesDefaults: boolean
  /** How the cluster is reached: what stands after `kafkastore.`. */
  readonly client: ReadonlyMap<string, string>
  /** Settings that mean something to Confluent's registry and nothing here, or nothing at all. */
  readonly unused: readonly string[]
}

const STORE = 'kafkastore.'
/** Of the client of the cluster, after `kafkastore.`. */
const OF_CLIENT = /^kafkastore\.((?:security|ssl|sasl)\..*)$/
/** Of `https` listeners. */
const OF_TLS = /^ssl\.(?:keystore|truststore|key|client|enabled|cipher|protocol)\b/

/** Old names on the right. */
const NAMES = {
  servers: ['kafkastore.bootstrap.servers'],
  listeners: ['listeners'],
  port: ['port'],
  topic: ['kafkastore.topic'],
  replicas: ['kafkastore.topic.replication.factor'],
  timeout: ['kafkastore.timeout.ms'],
  group: ['schema.registry.group.id', 'kafkastore.group.id'],
  level: ['schema.compatibility.level', 'avro.compatibility.level'],
  host: ['host.name'],
  mayLead: ['leader.eligibility', 'master.eligibility'],
  mutability: ['mode.mutability', 'schema.registry.mode.mutability'],
  defaults: ['schema.providers.avro.validate.defaults', 'avro.validate.defaults'],
} as const

/** Reads the settings of Confluent's registry. Throws UserError for a value that cannot be. */
export async function readServerProperties(
  given: ReadonlyMap<string, string>,
  nowMs: number,
): Promise<ServerProperties> {
  const value = (name: keyof typeof NAMES): string | undefined =>
    NAMES[name].map((each) => given.get(each)?.trim()).find((text) => text !== undefined && text !== '')
  const isOn = (name: keyof typeof NAMES, byDefault = true): boolean =>
    (value(name) ?? String(byDefault)).toLowerCase() === 'true'
  if (given.has('kafkastore.connection.url') && !value('servers'))
    throw new UserError('kafkastore.connection.url names ZooKeeper; name brokers with kafkastore.bootstrap.servers')
  const known: string[] = Object.values(NAMES).flat()
  return {
    bootstrapServers: value('servers')?.replace(/\b[A-Z_]+:\/\//g, ''),
    listeners: await listenersOf(value('listeners') ?? listenerOfPort(value('port')), given, nowMs),
    topic: value('topic'),
    replicas: wholeOf('kafkastore.topic.replication.factor', value('replicas')),
    timeoutMs: wholeOf('kafkastore.timeout.ms', value('timeout')),
    groupId: value('group'),
    compatibilityLevel: levelOf(value('level')),
    advertisedHost: value('host'),
    mayLead: isOn('mayLead'),
    isModeMutable: isOn('mutability'),
    validatesDefaults: isOn('defaults', false),
    client: new Map(
      [...given].flatMap(([name, text]) => {
        const [, own] = OF_CLIENT.exec(name) ?? []
        return own === undefined ? [] : [[own, text] as const]
      }),
    ),
    unused: [...given.keys()].filter(
      (name) =>
        !known.includes(name) && !OF_CLIENT.test(name) && !OF_TLS.test(name) && name !== `${STORE}connection.url`,
    ),
  }
}

const listenerOfPort = (port: string | undefined): string | undefined => port && `http://0.0.0.0:${port}`

async function listenersOf(
  text: string | undefined,
  given: ReadonlyMap<string, string>,
  nowMs: number,
): Promise<Listener[] | undefined> {
  if (text === undefined) return undefined
  const needsTls = text.split(',').some((one) => one.trim().startsWith('https:'))
  const tls = needsTls ? await tlsOf(given, nowMs) : undefined
  return text.split(',').map((one) => {
    const [, scheme, host, port] = /^\s*(https?):\/\/(\[[^\]]*\]|[^:/]*):(\d+)\/?\s*$/.exec(one) ?? []
    if (port === undefined || Number(port) > 65535)
      throw new UserError(`listeners=${text}: write each as http://HOST:PORT or https://HOST:PORT`)
    const named = host!.replace(/^\[|\]$/g, '')
    return { host: named === '' ? '0.0.0.0' : named, port: Number(port), ...(scheme === 'https' && { tls }) }
  })
}

async function tlsOf(given: ReadonlyMap<string, string>, nowMs: number): Promise<NonNullable<Listener['tls']>> {
  const { readTls } = await import('../../lib/security/tls.ts')
  const { key, cert, ca, minVersion, maxVersion, ciphers } = readTls(
    new Map([...given].filter(([name]) => OF_TLS.test(name))),
    nowMs,
  )
  if (!key || !cert) throw new UserError('an https listener needs ssl.keystore.location and ssl.keystore.password')
  const client = (given.get('ssl.client.authentication') ?? given.get('ssl.client.auth') ?? 'NONE').toUpperCase()
  const isAsked = ['REQUIRED', 'REQUESTED', 'TRUE'].includes(client)
  return {
    key,
    cert,
    ...(ca && { ca }),
    ...(minVersion && { minVersion }),
    ...(maxVersion && { maxVersion }),
    ...(ciphers && { ciphers }),
    requestCert: isAsked,
    rejectUnauthorized: isAsked && client !== 'REQUESTED',
  }
}

function levelOf(text: string | undefined): string | undefined {
  try {
    return text && parseLevel(text)
  } catch (error) {
    throw error instanceof RegistryError ? new UserError(`schema.compatibility.level=${text}: ${error.message}`) : error
  }
}

function wholeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new UserError(`${name}=${text}: a whole number above 0 is expected`)
  return number
}
