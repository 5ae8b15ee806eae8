import type { Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { yesOption } from '../../lib/work/confirm.ts'
import { currentProfile, useNoProfile } from '../../lib/config/profiles/current-profile.ts'
import { deleteProfile, findProfile, profilesFile, readProfiles } from '../../lib/config/profiles/profiles-file.ts'
import { askYesNo, isAtTerminal } from '../../lib/output/ask.ts'
import { NAME, nameIn } from './name.ts'

export const profileRemove = defineCommand({
  examples: [
    {
      command: 'kts profile remove stage',
      about: 'Forget where that cluster is, and the secrets that were kept for it.',
    },
  ],
  options: yesOption(),
  words: NAME,
  check: ({ words }) => void nameIn(words),
  async offline({ values: { yes }, context, words }): Promise<Result> {
    const { env } = context
    const { name } = findProfile(await readProfiles(env), nameIn(words))
    const file = profilesFile(env)
    const isSure =
      yes ||
      !isAtTerminal(context) ||
      (await askYesNo(context, `Remove the profile ${name}, and what it keeps, from ${file}?`))
    if (!isSure) return { data: { profile: name, removed: false }, text: () => 'Nothing has been changed.\n' }
    await deleteProfile(env, name)
    const wasInUse = currentProfile(env) === name
    if (wasInUse) useNoProfile(env)
    return {
      data: { profile: name, removed: true },
      text: () => `Removed the profile ${name}.${wasInUse ? ' No profile is in use now.' : ''}\n`,
    }
  },
})
