import { formatAddress, parseAddress, parseJavaAddress, type Address } from '../address.ts'
import { optionGroup, type Context } from '../command/define.ts'
import { EnvironmentError, UserError } from '../errors.ts'
import { answers } from './answers.ts'
import { requirePair } from './key-values.ts'
import { isSecret } from './mask.ts'
import type { ConnectionValues, Surroundings } from './settings/command-line.ts'
import { DEFAULT, gatherSettings } from './settings/gather.ts'
import type { Layer } from './settings/layers.ts'
import { sayInstead } from './zookeeper.ts'

const section = 'Connection'

/** Where the cluster is and how to get in: part of every command that talks to one. */
export const connectionOptions = optionGroup({ section }, [
  {
    name: 'bootstrap-server',
    short: 'b',
    value: 'HOST:PORT,…',
    about: 'Brokers to ask first; under kts the port is 9092 by default. KTS_BOOTSTRAP_SERVERS stands in for it.',
    ktsAbout: 'Brokers to ask first; the port is 9092 by default. KTS_BOOTSTRAP_SERVERS stands in for it.',
  },
  { name: 'command-config', value: 'FILE', about: 'Java client properties: security, timeouts, bootstrap.servers.' },
  {
    name: 'profile',
    value: 'NAME',
    only: 'kts',
    about: 'A cluster that kts profile add has noted. KTS_PROFILE stands in for it.',
  },
  {
    name: 'client-property',
    short: 'X',
    value: 'KEY=VALUE',
    repeatable: true,
    only: 'kts',
    about:
      'A Java client property, over those of files; KTS_CLIENT_SECURITY_PROTOCOL stands in for security.protocol, and so on.',
  },
  {
    name: 'local',
    about: 'Use the broker in the box, and start it when it is not running. KTS_LOCAL=1 stands in for it.',
  },
])

/** For the commands that read and write records by their schemas. */
export const registryOptions = optionGroup({ section, only: 'kts' }, [
  {
    name: 'schema-registry',
    value: 'URL,…',
    about:
      'The schema registry, http://localhost:8081 for one: schema.registry.url. KTS_SCHEMA_REGISTRY_URL stands in for it.',
  },
])

/** For the tools that can ask the controllers of a KRaft cluster directly. */
export const controllerOptions = optionGroup({ section }, [
  {
    name: 'bootstrap-controller',
    short: 'C',
    value: 'HOST:PORT,…',
    about: 'KRaft controllers to ask, in place of brokers.',
  },
])

/** For the tools that took `--zookeeper` once: topics, configs, consumer groups. */
export const zookeeperOptions = optionGroup({ section }, [
  {
    name: 'zookeeper',
    value: 'HOST:2181',
    about: 'From before Kafka 4: means a broker on port 9092 of the same host.',
  },
])

/** For the tools that took `--broker-list` once. */
export const brokerListOptions = optionGroup({ section }, [
  { name: 'broker-list', value: 'HOST:PORT,…', about: 'The old name of --bootstrap-server.' },
])

export type { ConnectionValues } from './settings/command-line.ts'

export interface Connection {
  /** `host:port` each. */
  readonly bootstrapServers: string[]
  /** Java client properties: all that is said of them but bootstrap.servers. */
  readonly properties: Map<string, string>
  /** Where the servers were named, for messages: `--bootstrap-server`, `KTS_BOOTSTRAP_SERVERS`, a file, … */
  readonly origin: string
  /** Whether the servers are KRaft controllers. */
  readonly areControllers: boolean
  /** The profile that the cluster goes by, or that guards it; never under Apache's names. */
  readonly profile?: ProfileInForce | undefined
  /** They are the broker in the box, which is started where it does not run. */
  readonly isBox: boolean
  /** The servers that took the place of a --zookeeper. */
  readonly zookeeper?: string | undefined
}

export interface ProfileInForce {
  readonly name: string
  /** What named it, for messages: `--profile`, `KTS_PROFILE`, a file, … */
  readonly origin: string
  /** Nothing may go out that changes the cluster. */
  readonly readOnly: boolean
  /** Its name is asked for before anything is deleted. */
  readonly confirm: boolean
}

/**
 * Makes sure that somebody is there: starts the broker in the box when it is asked for and not running. Says what a
 * command line from the days of ZooKeeper would be today. Throws EnvironmentError when nothing was named and nothing
 * listens.
 */
export async function reach(
  { bootstrapServers, origin, isBox, zookeeper }: Connection,
  context: Context,
): Promise<void> {
  const server = bootstrapServers[0]!
  if ((isBox || origin === DEFAULT) && !(await answers(parseAddress(server)))) {
    if (!isBox)
      throw new EnvironmentError(
        `no --bootstrap-server is given and nothing listens on ${server}; add --local to use the broker in the box`,
      )
    await context.startSelf(['broker', 'start', '--daemon', '--port', server.replace(/^.*:/, '')])
  }
  if (zookeeper !== undefined) await sayInstead(zookeeper, context)
}

/**
 * The connection that the options mean, answering or not; nobody is asked, and nothing is started. Throws UserError.
 */
export async function nameConnection(values: ConnectionValues, surroundings: Surroundings): Promise<Connection> {
  return connectionOf(await gatherSettings(values, surroundings), values, surroundings)
}

/** The connection of what is set. Throws UserError where no servers are named, or what is no address. */
export function connectionOf(
  { settings, properties }: Layer,
  { bootstrapController, zookeeper }: ConnectionValues,
  { style }: Surroundings,
): Connection {
  const { servers, profile, readOnly, confirm } = settings
  if (!servers) throw new UserError('--bootstrap-server is missing: it names the brokers, e.g. localhost:9092')
  return {
    bootstrapServers:
      style === 'kts'
        ? parseServers(servers.value, servers.origin, { needsPort: bootstrapController !== undefined })
        : parseJavaServers(servers.value, servers.origin),
    properties: new Map([...properties].map(([name, { value }]) => [name, value])),
    origin: servers.origin,
    areControllers: bootstrapController !== undefined,
    isBox: servers.isBox ?? false,
    zookeeper: zookeeper === undefined ? undefined : servers.value,
    profile: profile && {
      name: profile.value,
      origin: profile.origin,
      readOnly: readOnly !== undefined,
      confirm: confirm !== undefined,
    },
  }
}

/** Divides a list of addresses at its commas; each comes out as `host:port`. Throws UserError. */
export function parseServers(
  servers: string,
  origin: string,
  options: { readonly needsPort?: boolean } = {},
): string[] {
  return readEach(servers.split(','), origin, (server) => parseAddress(server, options))
}

/** The same as Java's clients do it: empty members do not count. Throws UserError. */
function parseJavaServers(servers: string, origin: string): string[] {
  const named = servers.split(',').filter((server) => server.trim() !== '')
  return readEach(named.length === 0 ? [servers] : named, origin, parseJavaAddress)
}

function readEach(servers: readonly string[], origin: string, read: (server: string) => Address): string[] {
  return servers.map((server) => {
    try {
      return formatAddress(read(server))
    } catch (error) {
      throw error instanceof UserError ? new UserError(`${origin}: ${error.message}`) : error
    }
  })
}

/**
 * The options that say where the cluster is, as they were given: for a command that is shown to be typed next, which
 * has no secrets, or that is run here.
 */
export function connectionWords(values: ConnectionValues, { withSecrets = false } = {}): string[] {
  const { bootstrapServer, brokerList, zookeeper, profile, commandConfig, clientProperty = [] } = values
  const named = {
    'bootstrap-server': bootstrapServer ?? brokerList,
    zookeeper,
    profile,
    'command-config': commandConfig,
  }
  const shown = clientProperty.filter((pair) => withSecrets || !isSecret(...requirePair(pair, '-X')))
  return [
    ...Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...shown.flatMap((pair) => ['-X', pair]),
    ...(values.local ? ['--local'] : []),
  ]
}
