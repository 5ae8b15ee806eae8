import { rejectNearNames } from '../../client/near-properties.ts'
import type { Context } from '../../command/define.ts'
import { UserError } from '../../errors.ts'
import { checkProperty } from '../client-property.ts'
import { parseKeyValues, requirePair } from '../key-values.ts'
import { readPropertiesFile } from '../properties-file.ts'
import { serversBeside } from '../zookeeper.ts'
import { boxServer } from './environment.ts'
import { emptyLayer, layerOf, REGISTRY_URL, type Layer, type ServersSetting } from './layers.ts'

/** What of the world has a say. */
export type Surroundings = Pick<Context, 'style' | 'env' | 'cwd'>

/** The options that say where the cluster is and how to get in, as a command has parsed them. */
export interface ConnectionValues {
  readonly bootstrapServer?: string | undefined
  readonly bootstrapController?: string | undefined
  readonly commandConfig?: string | undefined
  readonly local?: boolean | undefined
  readonly profile?: string | undefined
  readonly clientProperty?: readonly string[] | undefined
  readonly schemaRegistry?: string | undefined
  readonly zookeeper?: string | undefined
  readonly brokerList?: string | undefined
  /** KEY=VALUE for producers, for consumers, and for whichever of them a command has. */
  readonly commandProperty?: readonly string[] | undefined
  readonly producerProperty?: readonly string[] | undefined
  readonly consumerProperty?: readonly string[] | undefined
  /** `bootstrap.servers` among properties on the command line, where Apache's tool takes it from there. */
  readonly servers?: string | undefined
}

/** What the options say, -X among them; the servers of an option go before those among the properties. */
export function optionLayer(values: ConnectionValues, { env, style }: Surroundings): Layer {
  rejectContradictions(values)
  const { settings, properties: given } = layerOf((values.clientProperty ?? []).map(readPair), (name) => `-X ${name}`)
  const properties = new Map(given)
  if (values.schemaRegistry !== undefined)
    properties.set(REGISTRY_URL, { value: values.schemaRegistry, origin: '--schema-registry' })
  const among = values.servers ?? (style === 'kts' ? serversAmong(values) : undefined)
  const servers =
    serversOf(values, env) ?? settings.servers ?? (among ? { value: among, origin: 'bootstrap.servers' } : undefined)
  return {
    settings: {
      ...(servers && { servers }),
      ...(values.profile !== undefined && { profile: { value: values.profile, origin: '--profile' } }),
    },
    properties,
  }
}

/** In the properties of a producer or consumer: Apache's tools ask for --bootstrap-server beside them. */
function serversAmong({
  commandProperty = [],
  producerProperty = [],
  consumerProperty = [],
}: ConnectionValues): string | undefined {
  const pairs = parseKeyValues(
    [...commandProperty, ...producerProperty, ...consumerProperty],
    'empty',
    'command-property',
  )
  rejectNearNames(pairs)
  return pairs.get('bootstrap.servers')
}

function rejectContradictions({
  bootstrapServer,
  bootstrapController,
  brokerList,
  zookeeper,
  local,
  profile,
}: ConnectionValues): void {
  const named = {
    'bootstrap-server': bootstrapServer,
    'bootstrap-controller': bootstrapController,
    'broker-list': brokerList,
    zookeeper,
    local: local || undefined,
  }
  const given = Object.entries({ ...named, profile: local ? profile : undefined })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => `--${name}`)
  if (given.length > 1) throw new UserError(`${given.join(' and ')} contradict each other: give one of them`)
}

function serversOf(
  { bootstrapServer, bootstrapController, brokerList, local }: ConnectionValues,
  env: Context['env'],
): ServersSetting | undefined {
  if (bootstrapServer !== undefined) return { value: bootstrapServer, origin: '--bootstrap-server' }
  if (bootstrapController !== undefined) return { value: bootstrapController, origin: '--bootstrap-controller' }
  if (brokerList !== undefined) return { value: brokerList, origin: '--broker-list' }
  return local ? { value: boxServer(env), origin: '--local', isBox: true } : undefined
}

function readPair(pair: string): [string, string] {
  const [name, value] = requirePair(pair, '-X')
  checkProperty(name, value)
  return [name, value]
}

/** The properties file, weaker than the variables. Throws UserError when it cannot be read. */
export function fileLayer({ commandConfig }: ConnectionValues, { cwd }: Surroundings): Layer {
  if (commandConfig === undefined) return emptyLayer
  return layerOf(readPropertiesFile(commandConfig, cwd), (name) =>
    name === 'bootstrap.servers' ? `bootstrap.servers in ${commandConfig}` : commandConfig,
  )
}

/** What an old tutorial says, which gives way to whatever else is said on purpose. */
export function zookeeperLayer({ zookeeper }: ConnectionValues): Layer {
  if (zookeeper === undefined) return emptyLayer
  return { settings: { servers: { value: serversBeside(zookeeper), origin: '--zookeeper' } }, properties: new Map() }
}
