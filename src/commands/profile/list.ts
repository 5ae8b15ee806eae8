import type { Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import type { Profile } from '../../lib/config/profiles/profile.ts'
import { serversOfProfile } from '../../lib/config/profiles/profile-layers.ts'
import { readProfiles } from '../../lib/config/profiles/profiles-file.ts'
import { clusterHere } from '../../lib/config/settings/gather.ts'
import { UserError } from '../../lib/errors.ts'
import { renderTable } from '../../lib/output/table.ts'

interface Row {
  readonly profile: string
  /** Commands that are run here go to it, unless their options say otherwise. */
  readonly inUse: boolean
  /** Null where they stand in a properties file that cannot be read. */
  readonly bootstrapServers: string | null
  readonly readOnly: boolean
  readonly confirm: boolean
}

export const profileList = defineCommand({
  examples: [{ command: 'kts profile list', about: 'The clusters that have a name.' }],
  options: [],
  async offline({ context }): Promise<Result> {
    const { env } = context
    const profiles = await readProfiles(env)
    const inUse = (await clusterHere(context)).profile?.value
    const data = [...profiles.values()].map(
      (profile): Row => ({
        profile: profile.name,
        inUse: profile.name === inUse,
        bootstrapServers: servers(profile, env),
        readOnly: profile.readOnly,
        confirm: profile.confirm,
      }),
    )
    return { data, text: () => data.map(({ profile }) => `${profile}\n`).join(''), table: () => asTable(data) }
  },
})

function servers(profile: Profile, env: Parameters<typeof serversOfProfile>[1]): string | null {
  try {
    return serversOfProfile(profile, env)?.value ?? null
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

function asTable(rows: readonly Row[]): string {
  if (rows.length === 0) return 'There are no profiles yet: kts profile add makes one.\n'
  return renderTable(
    ['', 'PROFILE', 'SERVERS', 'GUARDS'],
    rows.map(({ profile, inUse, bootstrapServers, readOnly, confirm }) => [
      inUse ? '*' : '',
      profile,
      bootstrapServers ?? 'unknown',
      [...(readOnly ? ['read-only'] : []), ...(confirm ? ['confirm'] : [])].join(', '),
    ]),
  )
}
