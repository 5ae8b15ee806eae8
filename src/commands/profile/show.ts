import type { Context, Result } from '../../lib/command/define.ts'
import { kebabCase } from '../../lib/command/names.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { isVariable, mask } from '../../lib/config/mask.ts'
import { findProfile, profilesFile, readProfiles } from '../../lib/config/profiles/profiles-file.ts'
import { clusterHere } from '../../lib/config/settings/gather.ts'
import { UserError } from '../../lib/errors.ts'
import { renderTable } from '../../lib/output/table.ts'
import { NAME } from './name.ts'

export const profileShow = defineCommand({
  examples: [{ command: 'kts profile show prod', about: 'Where it is, and what it is guarded against.' }],
  options: [],
  words: [{ ...NAME[0], isOptional: true }],
  async offline({ context, words: [given] }): Promise<Result> {
    const name = given ?? (await nameInUse(context))
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
        .map(([key, value]) => [kebabCase(key), `${value}`] as const),
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
