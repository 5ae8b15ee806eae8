import { formatAddress, parseAddress } from '../../address.ts'
import type { Context } from '../../command/define.ts'
import { UserError } from '../../errors.ts'
import { emptyLayer, type Layer, type Setting } from '../settings/layers.ts'
import { guards, layerOfProfile, originOf, serversOfProfile } from './profile-layers.ts'
import { findProfile, profilesFile, readProfiles } from './profiles-file.ts'

type Env = Context['env']

/** What the profile of this name says. Throws UserError when there is none, or none that says where its cluster is. */
export async function layerOfCluster({ value: name, origin }: Setting, hasServers: boolean, env: Env): Promise<Layer> {
  const layer = layerOfProfile(findProfile(await readProfiles(env), name, origin), env)
  if (hasServers || layer.settings.servers) return layer
  throw new UserError(
    `${originOf(name)} says nothing of its servers: add bootstrap-server or local to it in ${profilesFile(env)}`,
  )
}

/**
 * What protects the servers that a project file means, by their addresses or by a profile: a checkout takes no guard
 * off a cluster. Addresses are guarded by every profile that names one of them, those of a profile by the one in use.
 */
export async function guardsOfServers(
  { value }: Setting,
  env: Env,
  isGuard = (_name: string): boolean => true,
): Promise<Layer> {
  const wanted = new Set(addresses(value))
  const guarded = [...(await readProfiles(env)).values()].filter(
    ({ name, readOnly, confirm }) => (readOnly || confirm) && isGuard(name),
  )
  // One that only reads protects from all that another one asks about.
  for (const profile of guarded.sort((a, b) => Number(b.readOnly) - Number(a.readOnly))) {
    const shared = addresses(serversOfProfile(profile, env)?.value ?? '').find((server) => wanted.has(server))
    if (shared === undefined) continue
    const origin = `${originOf(profile.name)}, which names ${shared} too`
    return { settings: { profile: { value: profile.name, origin }, ...guards(profile, origin) }, properties: new Map() }
  }
  return emptyLayer
}

/** Bad ones are somebody else's to name. */
function addresses(servers: string): string[] {
  return servers.split(',').flatMap((server) => {
    try {
      return [formatAddress(parseAddress(server)).toLowerCase()]
    } catch {
      return []
    }
  })
}
