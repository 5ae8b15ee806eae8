import { OUTPUT_FORMATS } from '../output/formats.ts'
import { optionGroup, type Declaration, type Option } from './define.ts'
import { kebabCase } from './names.ts'

/** The section of the options that every command has. */
export const GENERAL = 'General'

/** Options of every command under both names. */
const everywhere = optionGroup({ section: GENERAL }, [
  { name: 'help', about: 'Show this help.' },
  { name: 'version', about: 'Show the version.' },
  { name: 'no-color', about: 'Plain output, without colours.' },
])

const underKts = optionGroup({ section: GENERAL, only: 'kts' }, [
  { name: 'help-json', about: 'Describe this command in JSON, for tools.' },
  { name: 'debug', about: 'Show the stack of an error.' },
])

/** How the answer looks. */
function formatOptions({ formats = OUTPUT_FORMATS, streams = false }: Declaration): Option[] {
  if (streams) return []
  const byDefault = formats.includes('table') ? '; a table on a terminal and text elsewhere by default' : ''
  const json = { name: 'json', about: 'Answer in JSON, the same as --output json.' }
  const output = { name: 'output', value: 'FORMAT', values: formats, about: `How to answer${byDefault}.` }
  return [...optionGroup({ section: GENERAL, only: 'kts' }, formats.includes('json') ? [json, output] : [output])]
}

/** The section of the options that choose an action. */
export const ACTIONS = 'Actions'

/** The options that choose an action, as Apache's tools have them, where the command does not declare them itself. */
function actionOptions({ actions = {}, actionsBy, options }: Declaration): Option[] {
  if (actionsBy !== 'option') return []
  return Object.entries(actions)
    .map(([key, { about, only }]): Option => ({ name: kebabCase(key), section: ACTIONS, about, ...(only && { only }) }))
    .filter(({ name }) => !options.some((option) => option.name === name))
}

/** The options of the command itself, under both names. */
export const ownOptions = (command: Declaration): Option[] => [...actionOptions(command), ...command.options]

/** Everything that a command line of this command may hold under one of its two names. */
export function optionsFor(command: Declaration, style: 'kts' | 'drop-in'): Option[] {
  const all = ownOptions(command)
  const taken = new Set(all.map((option) => option.name))
  const hasShortHelp = style === 'kts' || command.dialect?.hasShortHelp === true
  for (const option of [...formatOptions(command), ...underKts, ...everywhere]) {
    if (!taken.has(option.name)) all.push(option.name === 'help' && hasShortHelp ? { ...option, short: 'h' } : option)
  }
  return all
    .filter((option) => option.only === undefined || option.only === style)
    .map((option) => (style === 'kts' && option.ktsAbout ? { ...option, about: option.ktsAbout } : option))
}
