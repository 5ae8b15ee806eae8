import type { Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/old.ts'
import { useNoProfile, useProfile } from '../../lib/config/profiles/current-profile.ts'
import { findProfile, readProfiles } from '../../lib/config/profiles/profiles-file.ts'
import { clusterHere } from '../../lib/config/settings/gather.ts'
import { UserError } from '../../lib/errors.ts'
import { write } from '../../lib/output/write.ts'
import { nameIn, positional } from './name.ts'

export const profileUse = defineCommand({
  name: 'profile use',
  about: 'Use a profile from now on, wherever nothing else names a cluster.',
  examples: [
    { command: 'kts profile use prod', about: 'From now on commands go to this cluster.' },
    { command: 'kts profile use --none', about: 'Use none any more.' },
  ],
  options: [{ name: 'none', argument: 'none', about: 'Use none any more.' }],
  positional,
  check({ none }, _context, words = []) {
    if (!none) nameIn(words)
    else if (words.length > 0) throw new UserError(`--none and a name exclude each other`)
  },
  async run({ none }, context, words): Promise<Result> {
    const { env, stderr, program } = context
    if (none) {
      useNoProfile(env)
      return { data: { profile: null }, text: () => 'No profile is in use.\n' }
    }
    const { name } = findProfile(await readProfiles(env), nameIn(words))
    useProfile(env, name)
    const { profile, servers } = await clusterHere(context)
    if (profile?.value !== name)
      await write(stderr, `${program}: but here ${(profile ?? servers)!.origin} goes before it\n`)
    return { data: { profile: name }, text: () => `The profile ${name} is in use.\n` }
  },
})
