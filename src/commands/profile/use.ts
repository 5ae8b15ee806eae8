import type { Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { useNoProfile, useProfile } from '../../lib/config/profiles/current-profile.ts'
import { findProfile, readProfiles } from '../../lib/config/profiles/profiles-file.ts'
import { clusterHere } from '../../lib/config/settings/gather.ts'
import { UserError } from '../../lib/errors.ts'
import { NAME, nameIn } from './name.ts'

export const profileUse = defineCommand({
  examples: [
    { command: 'kts profile use prod', about: 'From now on commands go to this cluster.' },
    { command: 'kts profile use --none', about: 'Stop using a profile.' },
  ],
  options: [{ name: 'none', about: 'Stop using a profile.' }],
  words: [{ ...NAME[0], isOptional: true }],
  check({ values: { none }, words }) {
    if (!none) nameIn(words)
    else if (words.length > 0) throw new UserError(`--none and a name exclude each other`)
  },
  async offline({ values: { none }, context, words, voice }): Promise<Result> {
    const { env } = context
    if (none) {
      useNoProfile(env)
      return { data: { profile: null }, text: () => 'No profile is in use.\n' }
    }
    const { name } = findProfile(await readProfiles(env), nameIn(words))
    useProfile(env, name)
    const { profile, servers } = await clusterHere(context)
    if (profile?.value !== name) voice.say(`but here ${(profile ?? servers)!.origin} goes before it`)
    return { data: { profile: name }, text: () => `The profile ${name} is in use.\n` }
  },
})
