import type { Context } from '../../command/define.ts'
import { UserError } from '../../errors.ts'
import { currentProfileLayer } from '../profiles/current-profile.ts'
import { fileLayer, optionLayer, zookeeperLayer, type ConnectionValues, type Surroundings } from './command-line.ts'
import { boxServer, environmentLayer, profileLayer, serversLayer } from './environment.ts'
import { emptyLayer, findPlace, mergeLayers, withoutPlace, type Layer } from './layers.ts'
import { isLogin, readProject, type Project } from './project-file.ts'

export const DEFAULT = 'the default'

/**
 * Everything that is set: options and -X, KTS_* variables, --command-config, the project file, the profile, the default,
 * in this order; under Apache's names only what those tools know, KTS_BOOTSTRAP_SERVERS and KTS_LOCAL. The strongest of them
 * to name servers or a profile names the cluster, and that is taken whole: of another profile or project nothing is used,
 * so that nobody's password goes to somebody else's server. Throws UserError.
 */
export async function gatherSettings(values: ConnectionValues, context: Surroundings): Promise<Layer> {
  const [options, file, zookeeper] = [optionLayer(values, context), fileLayer(values, context), zookeeperLayer(values)]
  if (context.style === 'drop-in') return mergeLayers([options, serversLayer(context.env), file, zookeeper])
  const project = await readProject(context)
  return gatherUnderKts([options, environmentLayer(context.env), file, zookeeper], project, context)
}

async function gatherUnderKts(told: readonly Layer[], project: Project, { env }: Surroundings): Promise<Layer> {
  const candidates = [...told, profileLayer(env), project.connection, currentProfileLayer(env)]
  const place = findPlace(candidates)
  if (place) rejectTwoVariables(place, env)
  const settled = candidates.map((layer) => (layer === place ? layer : layer === project.connection ? emptyLayer : withoutPlace(layer)))
  const isProjects = place === project.connection
  const behind = place ? await layerBehind(place, isProjects, env) : defaultLayer(env)
  const settings = mergeLayers([...settled, project.defaults, behind])
  if (isProjects && !place.settings.profile) rejectLogin(settings)
  return settings
}

/** Both are exported, and it takes a guess which of them was meant. */
function rejectTwoVariables({ settings: { servers } }: Layer, { KTS_PROFILE }: Context['env']): void {
  if (KTS_PROFILE && servers?.origin.startsWith('KTS_')) throw new UserError(`${servers.origin} and KTS_PROFILE contradict each other: unset one of them`)
}

/** What the profile says that was named; what protects servers that a project file has named. */
async function layerBehind({ settings: { profile, servers } }: Layer, isProjects: boolean, env: Context['env']): Promise<Layer> {
  if (!profile && !isProjects) return emptyLayer
  const { layerOfCluster, guardsOfServers } = await import('../profiles/find-layer.ts')
  return profile ? layerOfCluster(profile, servers !== undefined, env) : guardsOfServers(servers!, env)
}

/** The servers that a project file names are told no login, wherever that comes from. */
function rejectLogin({ settings: { servers }, properties }: Layer): void {
  const [name, setting] = [...properties].find(([property]) => isLogin(property)) ?? []
  if (!setting) return
  throw new UserError(`${name} (${setting.origin}) is not sent to the servers that ${servers!.origin} names: name them yourself with --bootstrap-server, or put both into a profile (kts profile add)`)
}

const defaultLayer = (env: Context['env']): Layer => ({ settings: { servers: { value: boxServer(env), origin: DEFAULT } }, properties: new Map() })
