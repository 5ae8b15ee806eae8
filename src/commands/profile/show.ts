import type { Context, Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/old.ts'
import { isVariable, mask } from '../../lib/config/mask.ts'
import { findProfile, profilesFile, readProfiles } from '../../lib/config/profiles/profiles-file.ts'
import { clusterHere } from '../../lib/config/settings/gather.ts'
import { UserError } from '../../lib/errors.ts'
import { renderTable } from '../../lib/output/table.ts'
import { nameIn, positional } from './name.ts'

export const profileShow = defineCommand({
  name: 'profile show',
  about: 'Show a profile, its secrets hidden; without a name the one in use.',
  examples: [{ command: 'kts profile show prod', about: 'Where it is, and what it is guarded against.' }],
  options: [],
  positional,
  check: (_values, _context, words = []) => void (words.length > 0 && nameIn(words)),
  async run(_values, context, words): Promise<Result> {
    const name = words[0] ?? (await nameInUse(context))
    const { bootstrapServer, local, commandConfig, properties, readOnly, confirm } = findProfile(
      await readProfiles(context.env),
      name,
    )
    const shown = [...properties].map(
      ([property, value]) => [property, isVariable(value) ? value : mask(property, value)] as const,
    )
    const head = {
      profile: name,
      file: profilesFile(context.env),
      bootstrapServer: bootstrapServer ?? null,
      local,
      commandConfig: commandConfig ?? null,
      readOnly,
      confirm,
    }
    const rows = [
      ...Object.entries(head)
        .filter(([, value]) => value !== null && value !== false)
        .map(([key, value]) => [labelOf(key), `${value}`] as const),
      ...shown,
    ]
    return {
      data: { ...head, properties: Object.fromEntries(shown) },
      text: () => rows.map((row) => `${row.join('=')}\n`).join(''),
      table: () => renderTable(['SETTING', 'VALUE'], rows),
    }
  },
})

async function nameInUse(context: Context): Promise<string> {
  const { profile } = await clusterHere(context)
  if (profile === undefined) throw new UserError('no profile is in use: name one (kts profile list shows them)')
  return profile.value
}

const labelOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
