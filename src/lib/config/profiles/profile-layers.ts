import type { Context } from '../../command/define.ts'
import { fillVariables, isPath, locate } from '../client-property.ts'
import { configFolder } from '../folders.ts'
import { readPropertiesFile } from '../properties-file.ts'
import { boxServer } from '../settings/environment.ts'
import {
  emptyLayer,
  layerOf,
  mergeLayers,
  type Layer,
  type ServersSetting,
  type Setting,
  type Settings,
} from '../settings/layers.ts'
import type { Profile } from './profile.ts'

type Env = Context['env']

export const originOf = (name: string): string => `the profile ${name}`

/**
 * What a profile says, with its variables filled in and its paths found. Its properties go before those of its
 * properties file. Throws UserError for a variable that is not set, and for a file that cannot be read.
 */
export function layerOfProfile(profile: Profile, env: Env): Layer {
  const origin = originOf(profile.name)
  const servers = serversOfProfile(profile, env)
  const { properties } = mergeLayers([ownProperties(profile, env, origin), fileProperties(profile, env, origin)])
  return { settings: { ...(servers && { servers }), ...guards(profile, origin) }, properties }
}

/** Throws UserError when they stand in a properties file that cannot be read. */
export function serversOfProfile(profile: Profile, env: Env): ServersSetting | undefined {
  const origin = originOf(profile.name)
  if (profile.local) return { value: boxServer(env), origin, isBox: true }
  if (profile.bootstrapServer !== undefined) return { value: profile.bootstrapServer, origin }
  return fileProperties(profile, env, origin).settings.servers
}

/** What a profile protects its cluster from. */
export function guards({ readOnly, confirm }: Profile, origin: string): Pick<Settings, 'readOnly' | 'confirm'> {
  const on = { value: 'true', origin }
  return { ...(readOnly && { readOnly: on }), ...(confirm && { confirm: on }) }
}

function ownProperties({ properties }: Profile, env: Env, origin: string): Layer {
  const settings = [...properties].map(([name, text]): [string, Setting] => {
    const { value, names } = fillVariables(text, env, `${name} in ${origin}`)
    const path = isPath(name) ? locate(value, configFolder(env), env) : value
    return [name, { value: path, origin: names.length === 0 ? origin : `${origin} (${names.join(', ')})` }]
  })
  return { settings: {}, properties: new Map(settings) }
}

function fileProperties({ commandConfig }: Profile, env: Env, origin: string): Layer {
  if (commandConfig === undefined) return emptyLayer
  const file = locate(commandConfig, configFolder(env), env)
  return layerOf(readPropertiesFile(file, configFolder(env)), () => `${file}, of ${origin}`)
}
