import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../../command/define.ts'
import { suggest } from '../../suggest.ts'
import { UserError } from '../../errors.ts'
import { configFolder } from '../folders.ts'
import { writePrivateFile } from '../private-file.ts'
import { readProfile, profileFields, type Profile } from './profile.ts'

type Env = Context['env']

/** `$XDG_CONFIG_HOME/kts/config.yaml`. */
export const profilesFile = (env: Env): string => join(configFolder(env), 'config.yaml')

/** The profiles, by name, in the order of the file; none when it is not there. Throws UserError. */
export async function readProfiles(env: Env): Promise<Map<string, Profile>> {
  const file = profilesFile(env)
  if (!existsSync(file)) return new Map()
  const [{ readYamlFile }, { readSection }] = await Promise.all([
    import('../yaml-file.ts'),
    import('../yaml-fields.ts'),
  ])
  const top = readYamlFile(file)
  const profiles = top && readSection(top, 'the file', ['profiles']).get('profiles')
  if (!profiles) return new Map()
  return new Map([...readSection(profiles, 'profiles')].map(([name, field]) => [name, readProfile(name, field)]))
}

/** Throws UserError, with the name that was most likely meant, when there is no such profile. */
export function findProfile(profiles: ReadonlyMap<string, Profile>, name: string, origin?: string): Profile {
  const found = profiles.get(name)
  if (found) return found
  const meant = suggest(name, profiles.keys())
  const hint =
    meant !== undefined
      ? `did you mean ${meant}?`
      : profiles.size > 0
        ? `there are ${[...profiles.keys()].join(', ')}`
        : 'there are none yet: kts profile add makes one'
  throw new UserError(`there is no profile "${name}"${origin === undefined ? '' : ` (from ${origin})`}; ${hint}`)
}

/** Throws UserError for a file that cannot be read, EnvironmentError for one that cannot be written. */
export async function saveProfile(env: Env, profile: Profile): Promise<void> {
  const { withField } = await import('../yaml-file.ts')
  const file = profilesFile(env)
  writePrivateFile(file, withField(file, ['profiles', profile.name], profileFields(profile)))
}

/** Throws as `saveProfile` does. */
export async function deleteProfile(env: Env, name: string): Promise<void> {
  const { withoutField } = await import('../yaml-file.ts')
  const file = profilesFile(env)
  writePrivateFile(file, withoutField(file, ['profiles', name]))
}
