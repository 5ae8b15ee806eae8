import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../../command/define.ts'
import { readText } from '../../files.ts'
import { configFolder } from '../folders.ts'
import { writePrivateFile } from '../private-file.ts'
import type { Layer } from '../settings/layers.ts'

type Env = Context['env']

/**
 * It changes often and by the machine: it has a file of its own, so that config.yaml can be kept with one's other
 * dotfiles.
 */
const currentFile = (env: Env): string => join(configFolder(env), 'current-profile')

/** The name of the profile in use, by `kts profile use`. Throws UserError when its file cannot be read. */
export function currentProfile(env: Env): string | undefined {
  const file = currentFile(env)
  if (!existsSync(file)) return undefined
  return readText(file).trim() || undefined
}

export const useProfile = (env: Env, name: string): void => writePrivateFile(currentFile(env), `${name}\n`)

export const useNoProfile = (env: Env): void => rmSync(currentFile(env), { force: true })

export function currentProfileLayer(env: Env): Layer {
  const value = currentProfile(env)
  return {
    settings: value === undefined ? {} : { profile: { value, origin: 'kts profile use' } },
    properties: new Map(),
  }
}
