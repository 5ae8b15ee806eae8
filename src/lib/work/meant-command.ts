import { verbName } from '../command/names.ts'
import { shellWords } from '../command/shell.ts'
import { suggest } from '../suggest.ts'
import { findVerb, nearVerb } from './choose-action.ts'
import type { Entry } from './registry.ts'

/** What kts takes in place of a command. */
const OWN_OPTIONS = ['--help', '--version', '--help-json']

/**
 * What a command line most likely meant whose first words are no command: `kts topics create x` for `create topic x`,
 * otherwise the command that is near to `name`; undefined when there is none.
 */
export async function meantCommand(
  commands: readonly Entry[],
  name: string,
  words: readonly string[],
): Promise<string | undefined> {
  const turned = await turnedAround(commands, words)
  if (turned) return `kts ${shellWords(turned)}`
  if (name === 'version') return 'kts --version'
  const candidates = name.startsWith('-') ? OWN_OPTIONS : commands.flatMap((entry) => [entry.name, ...entry.dropIns])
  const meant = suggest(name, candidates)
  return commands.find(({ dropIns }) => meant !== undefined && dropIns.includes(meant))?.name ?? meant
}

/** `create topic x` and `start broker`, as kubectl and rabbitmqctl order words. */
async function turnedAround(
  commands: readonly Entry[],
  [first = '', second = '', ...rest]: readonly string[],
): Promise<readonly string[] | undefined> {
  if (commands.some(({ name }) => name === `${second} ${first}`)) return [second, first, ...rest]
  const entry = commands.find(({ name }) => name === second || name === `${second}s`)
  const command = await entry?.load()
  if (!entry || !command?.actions) return undefined
  const key = findVerb(command, first, 'kts') ?? findVerb(command, nearVerb(command, first), 'kts')
  return key === undefined ? undefined : [entry.name, verbName(key, command.actions[key]!), ...rest]
}
