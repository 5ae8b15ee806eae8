import type { Result } from '../../lib/command/define.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { mask } from '../../lib/config/mask.ts'
import { DEFAULT, gatherSettings } from '../../lib/config/settings/gather.ts'
import type { Layer, Setting } from '../../lib/config/settings/layers.ts'
import { renderTable } from '../../lib/output/table.ts'

interface Row {
  readonly name: string
  readonly value: string | null
  readonly origin: string
}

export const config = defineCommand({
  examples: [
    { command: 'kts config --origin', about: 'What a command that is run here would use, and why.' },
    { command: 'kts config --origin --profile prod', about: 'The same, with the options that the command would have.' },
  ],
  options: [
    {
      name: 'origin',
      about: 'Show where each value comes from: an option, a variable, a file, a profile or the default.',
    },
    ...connectionOptions,
  ],
  async offline({ values, context }): Promise<Result> {
    const rows = rowsOf(await gatherSettings(values, context))
    const cells = rows.map(({ name, value, origin }) => [name, value ?? '', ...(values.origin ? [origin] : [])])
    return {
      data: rows.map(({ name, value, origin }) => ({
        name,
        value: FLAGS.includes(name) ? value === 'true' : value,
        ...(values.origin && { origin }),
      })),
      text: () =>
        rows.map(({ name, value, origin }) => `${name}=${value ?? ''}${values.origin ? `\t${origin}` : ''}\n`).join(''),
      table: () => renderTable(['SETTING', 'VALUE', ...(values.origin ? ['ORIGIN'] : [])], cells),
    }
  },
})

/** Of these the value is true or false. */
const FLAGS = ['read-only', 'confirm']

function rowsOf({ settings, properties }: Layer): Row[] {
  const row = (name: string, setting: Setting | undefined, byDefault: string | null = null): Row => ({
    name,
    value: setting?.value ?? byDefault,
    origin: setting?.origin ?? DEFAULT,
  })
  return [
    row('profile', settings.profile),
    row('bootstrap-server', settings.servers),
    row('read-only', settings.readOnly, 'false'),
    row('confirm', settings.confirm, 'false'),
    row('output', settings.output, 'table or text'),
    ...[...properties]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, setting]) => row(name, { ...setting, value: mask(name, setting.value) })),
  ]
}
