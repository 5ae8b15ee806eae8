import { formatAddress, parseAddress } from '../client/address.ts'
import { defineOptions, type Context } from '../command/define.ts'
import { EnvironmentError, UserError } from '../errors.ts'
import { answers } from './answers.ts'
import { readPropertiesFile } from './properties-file.ts'
import { sayInstead, serversBeside } from './zookeeper.ts'

const section = 'Connection'

/** Where the cluster is and how to get in: part of every command that talks to one. */
export const connectionOptions = defineOptions([
  { name: 'bootstrap-server', short: 'b', argument: 'required', value: 'HOST:PORT,…', section, about: 'Brokers to ask first. KTS_BOOTSTRAP_SERVERS stands in for it.' },
  { name: 'command-config', argument: 'required', value: 'FILE', section, about: 'Java client properties: security, timeouts, bootstrap.servers.' },
  { name: 'local', argument: 'none', section, about: 'Use the broker in the box, and start it when it is not running. KTS_LOCAL=1 stands in for it.' },
])

/** For the tools that can ask the controllers of a KRaft cluster directly. */
export const controllerOptions = defineOptions([
  { name: 'bootstrap-controller', short: 'C', argument: 'required', value: 'HOST:PORT,…', section, about: 'KRaft controllers to ask, in place of brokers.' },
])

/** For the tools that took `--zookeeper` once: topics, configs, consumer groups. */
export const zookeeperOptions = defineOptions([
  { name: 'zookeeper', argument: 'required', value: 'HOST:2181', section, about: 'From before Kafka 4: means a broker on port 9092 of the same host.' },
])

/** For the tools that took `--broker-list` once. */
export const brokerListOptions = defineOptions([
  { name: 'broker-list', argument: 'required', value: 'HOST:PORT,…', section, about: 'The old name of --bootstrap-server.' },
])

export interface ConnectionValues {
  readonly bootstrapServer?: string | undefined
  readonly bootstrapController?: string | undefined
  readonly commandConfig?: string | undefined
  readonly local?: boolean | undefined
  readonly zookeeper?: string | undefined
  readonly brokerList?: string | undefined
  /** `bootstrap.servers` among properties on the command line, where a command takes it from there. */
  readonly servers?: string | undefined
}

export interface Connection {
  /** `host:port` each. */
  readonly bootstrapServers: string[]
  /** What the properties file says, all of it. */
  readonly properties: Map<string, string>
  /** Where the servers were named, for messages: `--bootstrap-server`, `KTS_BOOTSTRAP_SERVERS`, a file, … */
  readonly origin: string
  /** Whether the servers are KRaft controllers. */
  readonly areControllers: boolean
}

/**
 * Finds the brokers: an option, then KTS_BOOTSTRAP_SERVERS, then the broker in the box where it is asked for, then
 * `bootstrap.servers` of the properties file; under `kts` localhost:9092 at last. Starts the broker in the box when
 * it is asked for and not running. Throws UserError for what contradicts itself or is no address, EnvironmentError
 * when nothing was named and nothing listens.
 */
export async function resolveConnection(values: ConnectionValues, context: Context): Promise<Connection> {
  const { place, servers, origin, properties } = nameServers(values, context)
  const bootstrapServers = parseServers(servers, origin)
  if (place !== 'elsewhere' && !(await answers(parseAddress(servers)))) {
    if (place === 'default') throw new EnvironmentError(`no --bootstrap-server is given and nothing listens on ${servers}; add --local to use the broker in the box`)
    await context.startSelf(['broker', 'start', '--daemon', '--port', servers.replace(/^.*:/, '')])
  }
  if (values.zookeeper !== undefined) await sayInstead(servers, context)
  return { bootstrapServers, properties, origin, areControllers: values.bootstrapController !== undefined }
}

/**
 * What `resolveConnection` throws UserError for, without asking anybody: checked before a command runs. With `isFileLater`
 * a properties file that cannot be read is left for the command to find.
 */
export function checkConnection(values: ConnectionValues, context: Context, { isFileLater = false } = {}): void {
  if (!isFileLater || isReadable(values, context)) nameConnection(values, context)
}

/** The connection that the options mean, answering or not; nobody is asked, and nothing is started. Throws UserError. */
export function nameConnection(values: ConnectionValues, context: Pick<Context, 'style' | 'env' | 'cwd'>): Connection {
  const { servers, origin, properties } = nameServers(values, context)
  return { bootstrapServers: parseServers(servers, origin), properties, origin, areControllers: values.bootstrapController !== undefined }
}

function isReadable({ commandConfig }: ConnectionValues, { cwd }: Context): boolean {
  try {
    return commandConfig === undefined || Boolean(readPropertiesFile(commandConfig, cwd))
  } catch (error) {
    if (error instanceof UserError) return false
    throw error
  }
}

/** Divides a list of `host:port` at its commas. Throws UserError. */
export function parseServers(servers: string, origin: string): string[] {
  return servers.split(',').map((server) => {
    try {
      return formatAddress(parseAddress(server))
    } catch (error) {
      throw error instanceof UserError ? new UserError(`${origin}: ${error.message}`) : error
    }
  })
}

/** The options that say where the cluster is, as they were given: for a command that is shown to be typed next. */
export function connectionWords({ bootstrapServer, commandConfig, local, zookeeper, brokerList }: ConnectionValues): string[] {
  const named = { 'bootstrap-server': bootstrapServer ?? brokerList, zookeeper, 'command-config': commandConfig }
  return [...Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])), ...(local ? ['--local'] : [])]
}

function rejectContradictions({ bootstrapServer, bootstrapController, brokerList, zookeeper, local }: ConnectionValues): void {
  const named = Object.entries({ 'bootstrap-server': bootstrapServer, 'bootstrap-controller': bootstrapController, 'broker-list': brokerList, zookeeper, local: local || undefined })
  const given = named.filter(([, value]) => value !== undefined).map(([name]) => `--${name}`)
  if (given.length > 1) throw new UserError(`${given.join(' and ')} contradict each other: give one of them`)
}

interface Named {
  readonly servers: string
  readonly origin: string
  /** The broker in the box is started when it does not answer; where nothing was named, that is only offered. */
  readonly place: 'elsewhere' | 'box' | 'default'
  readonly properties: Map<string, string>
}

function nameServers(values: ConnectionValues, context: Pick<Context, 'style' | 'env' | 'cwd'>): Named {
  rejectContradictions(values)
  const { env, style, cwd } = context
  const properties = values.commandConfig === undefined ? new Map<string, string>() : readPropertiesFile(values.commandConfig, cwd)
  const named = (servers: string, origin: string, place: Named['place'] = 'elsewhere'): Named => ({ servers, origin, place, properties })
  // KTS_LOCAL_PORT moves the broker in the box away from Kafka's own port.
  const localServer = `localhost:${env.KTS_LOCAL_PORT || '9092'}`
  const configured = properties.get('bootstrap.servers')
  if (values.bootstrapServer !== undefined) return named(values.bootstrapServer, '--bootstrap-server')
  if (values.bootstrapController !== undefined) return named(values.bootstrapController, '--bootstrap-controller')
  if (values.brokerList !== undefined) return named(values.brokerList, '--broker-list')
  if (values.local) return named(localServer, '--local', 'box')
  if (values.servers !== undefined) return named(values.servers, 'bootstrap.servers')
  if (env.KTS_BOOTSTRAP_SERVERS) return named(env.KTS_BOOTSTRAP_SERVERS, 'KTS_BOOTSTRAP_SERVERS')
  if (isSet(env.KTS_LOCAL)) return named(localServer, 'KTS_LOCAL', 'box')
  if (configured) return named(configured, `bootstrap.servers in ${values.commandConfig}`)
  if (values.zookeeper !== undefined) return named(serversBeside(values.zookeeper), '--zookeeper')
  if (style === 'drop-in') throw new UserError('--bootstrap-server is missing: it names the brokers, e.g. localhost:9092')
  return named(localServer, 'the default', 'default')
}

const isSet = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value)
