import { OUTPUT_FORMATS } from '../output/formats.ts'
import { defineOptions, type Command, type Option } from './define.ts'

/** The section of the options that every command has. */
export const GENERAL = 'General'
const section = GENERAL

/** Options of every command under both names. */
const everywhere = defineOptions([
  { name: 'help', argument: 'none', about: 'Show this help.', section },
  { name: 'version', argument: 'none', about: 'Show the version.', section },
  { name: 'no-color', argument: 'none', about: 'Plain output, without colours.', section },
])

const underKts = defineOptions([
  { name: 'help-json', argument: 'none', about: 'Describe this command in JSON, for tools.', section, only: 'kts' },
  { name: 'debug', argument: 'none', about: 'Show the stack of an error.', section, only: 'kts' },
])

/** How the answer looks. */
function formatOptions({ formats = OUTPUT_FORMATS, streams = false }: Command): Option[] {
  if (streams) return []
  const byDefault = formats.includes('table') ? '; a table on a terminal and text elsewhere by default' : ''
  const output: Option = {
    name: 'output',
    argument: 'required',
    value: 'FORMAT',
    values: formats,
    about: `How to answer${byDefault}.`,
    section,
    only: 'kts',
  }
  return formats.includes('json')
    ? [
        { name: 'json', argument: 'none', about: 'Answer in JSON, the same as --output json.', section, only: 'kts' },
        output,
      ]
    : [output]
}

/** Everything that a command line of this command may hold under one of its two names. */
export function optionsFor(command: Command, style: 'kts' | 'drop-in'): Option[] {
  const all: Option[] = [...command.options]
  const taken = new Set(all.map((option) => option.name))
  const hasShortHelp = style === 'kts' || command.dialect?.hasShortHelp === true
  for (const option of [...formatOptions(command), ...underKts, ...everywhere]) {
    if (!taken.has(option.name)) all.push(option.name === 'help' && hasShortHelp ? { ...option, short: 'h' } : option)
  }
  return all.filter((option) => option.only === undefined || option.only === style)
}
