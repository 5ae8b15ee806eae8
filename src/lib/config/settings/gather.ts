import type { Context } from '../../command/define.ts'
import { UserError } from '../../errors.ts'
import { registryBeside } from '../registry-notes.ts'
import { currentProfile, currentProfileLayer } from '../profiles/current-profile.ts'
import { fileLayer, optionLayer, zookeeperLayer, type ConnectionValues, type Surroundings } from './command-line.ts'
import { boxServer, environmentLayer, profileLayer, serversLayer } from './environment.ts'
import { emptyLayer, findPlace, mergeLayers, REGISTRY_URL, withoutPlace, type Layer, type Settings } from './layers.ts'
import { isLogin, isRegistryLogin, readProject, type Project } from './project-file.ts'

export const DEFAULT = 'the default'

/**
 * Everything that is set: options and -X, KTS_* variables, --command-config, the project file, the profile, the
 * default, in this order; under Apache's names only what those tools know, KTS_BOOTSTRAP_SERVERS and KTS_LOCAL. The
 * strongest of them to name servers or a profile names the cluster, and that is taken whole: of another profile or
 * project nothing is used, so that nobody's password goes to somebody else's server. Throws UserError.
 */
export async function gatherSettings(
  values: ConnectionValues,
  context: Surroundings,
  project?: Project,
): Promise<Layer> {
  if (context.style === 'drop-in') return mergeLayers(toldUnderApachesName(values, context))
  return await gatherWith(values, context, project ?? (await readProject(context)))
}

async function gatherWith(values: ConnectionValues, context: Surroundings, project: Project): Promise<Layer> {
  const { place, candidates } = findCluster(values, context, project)
  const isProjects = place === project.connection
  const settled = candidates.map((layer) =>
    layer === place ? layer : layer === project.connection ? emptyLayer : withoutPlace(layer),
  )
  const behind = place ? await layerBehind(place, isProjects, context.env) : defaultLayer(context.env)
  const settings = mergeLayers([...settled, project.defaults, withoutRegistryLogin(behind, settled)])
  if (isProjects && !place.settings.profile) rejectLogin(settings)
  return withRegistryBeside(settings, context.env)
}

/** A registry of this machine that stands beside the brokers need not be named. */
function withRegistryBeside(settings: Layer, env: Context['env']): Layer {
  const { servers } = settings.settings
  if (!servers || settings.properties.has(REGISTRY_URL)) return settings
  const registry = registryBeside(servers.value.split(','), env)
  if (!registry) return settings
  const url = { value: registry.url, origin: `the registry beside ${servers.value}` }
  return { ...settings, properties: new Map([...settings.properties, [REGISTRY_URL, url]]) }
}

/**
 * What names the cluster of commands that are run here, if anything does: servers, or a profile that need not be there.
 */
export async function clusterHere(context: Surroundings): Promise<Settings> {
  return findCluster({}, context, await readProject(context)).place?.settings ?? {}
}

const toldUnderApachesName = (values: ConnectionValues, context: Surroundings): Layer[] => [
  optionLayer(values, context),
  serversLayer(context.env),
  fileLayer(values, context),
  zookeeperLayer(values),
]

interface Cluster {
  /** The one of the candidates that says which cluster is meant. */
  readonly place: Layer | undefined
  readonly candidates: readonly Layer[]
}

function findCluster(values: ConnectionValues, context: Surroundings, project: Project): Cluster {
  const { env } = context
  const told = [optionLayer(values, context), environmentLayer(env), fileLayer(values, context), zookeeperLayer(values)]
  const candidates = [...told, profileLayer(env), project.connection, currentProfileLayer(env)]
  const place = findPlace(candidates)
  if (place) rejectTwoVariables(place, env)
  return { place, candidates }
}

/** A registry that is named beside the profile is not told the login of the profile's. */
function withoutRegistryLogin(behind: Layer, stronger: readonly Layer[]): Layer {
  if (!stronger.some(({ properties }) => properties.has(REGISTRY_URL))) return behind
  return { ...behind, properties: new Map([...behind.properties].filter(([name]) => !isRegistryLogin(name))) }
}

/** Both are exported, and it takes a guess which of them was meant. */
function rejectTwoVariables({ settings: { servers } }: Layer, { KTS_PROFILE }: Context['env']): void {
  if (KTS_PROFILE && servers?.origin.startsWith('KTS_'))
    throw new UserError(`${servers.origin} and KTS_PROFILE contradict each other: unset one of them`)
}

/** What the profile says that was named; what protects the servers that a project file means. */
async function layerBehind(
  { settings: { profile, servers } }: Layer,
  isProjects: boolean,
  env: Context['env'],
): Promise<Layer> {
  if (!profile && !isProjects) return emptyLayer
  const { layerOfCluster, guardsOfServers } = await import('../profiles/find-layer.ts')
  if (!profile) return guardsOfServers(servers!, env)
  const layer = await layerOfCluster(profile, servers !== undefined, env)
  const inUse = isProjects ? currentProfile(env) : undefined
  if (inUse === undefined || !layer.settings.servers) return layer
  const {
    settings: { profile: _inUse, ...guards },
  } = await guardsOfServers(layer.settings.servers, env, (name) => name === inUse)
  return mergeLayers([{ settings: guards, properties: new Map() }, layer])
}

/** The servers that a project file names are told no login, wherever that comes from. */
function rejectLogin({ settings: { servers }, properties }: Layer): void {
  const [name, setting] = [...properties].find(([property]) => isLogin(property)) ?? []
  if (!setting) return
  throw new UserError(
    `${name} (${setting.origin}) is not sent to the servers that ${servers!.origin} names: name them yourself with --bootstrap-server, or put both into a profile (kts profile add)`,
  )
}

const defaultLayer = (env: Context['env']): Layer => ({
  settings: { servers: { value: boxServer(env), origin: DEFAULT } },
  properties: new Map(),
})
