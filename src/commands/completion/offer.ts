import type { Context, NameKind, Offer, Option, Positional } from '../../lib/command/define.ts'
import { ACTIONS, optionsFor } from '../../lib/command/global-options.ts'
import { camelCase } from '../../lib/command/names.ts'
import { actionName, findVerb } from '../../lib/work/choose-action.ts'
import { connectionValues } from '../../lib/config/connection-values.ts'
import type { ConnectionValues } from '../../lib/config/connection.ts'
import type { Command } from '../../lib/work/command.ts'
import { findCommand, findDropIn, type Entry } from '../../lib/work/registry.ts'
import { findOption, readTyped, type Typed } from './read-typed.ts'

/** What could stand in place of the word under the cursor: whole words, or paths, which the shell knows best. */
export interface Offered {
  readonly words: readonly Candidate[]
  readonly paths?: 'files' | 'folders'
}

export interface Candidate {
  readonly word: string
  readonly about?: string
}

type Style = Context['style']

/** The names that a cluster has; none when they are not to be had in time. */
export type AskNames = (kind: NameKind, connection: ConnectionValues, style: Style) => Promise<readonly string[]>

/** What kts itself takes, without a command. */
const OF_KTS: readonly Candidate[] = [
  { word: '--help', about: 'List the commands.' },
  { word: '--version', about: 'Show the version.' },
  { word: '--help-json', about: 'Describe every command in JSON, for tools.' },
]

const NOTHING: Offered = { words: [] }

/** Offers words for the last one of a command line, which begins with the name of the tool. */
export async function offer(
  commands: readonly Entry[],
  [tool = 'kts', ...args]: readonly string[],
  askNames: AskNames,
): Promise<Offered> {
  const dropIn = findDropIn(commands, tool.replace(/^.*\//s, ''))
  const [before, word] = [args.slice(0, -1), args.at(-1) ?? '']
  if (dropIn) return offerArguments(await dropIn.load(), before, word, 'drop-in', askNames)
  const named = before.slice(
    Math.max(
      0,
      before.findIndex((arg) => !arg.startsWith('-')),
    ),
  )
  const found = named[0]?.startsWith('-') ? undefined : findCommand(commands, named)
  const names = offerNames(
    commands,
    named.filter((arg) => !arg.startsWith('-')),
    word,
  )
  if (!found)
    return word.startsWith('-') && named.length === 0
      ? { words: OF_KTS.filter((option) => option.word.startsWith(word)) }
      : names
  if (found.entry.name === 'help' && found.rest.length > 0 && !word.startsWith('-'))
    return offerSubjects(commands, found.rest, word)
  const own = await offerArguments(await found.entry.load(), found.rest, word, 'kts', askNames)
  return found.rest.length > 0 ? own : { ...own, words: [...names.words, ...own.words] }
}

/** The next word of the commands that begin with these. */
function offerNames(commands: readonly Entry[], before: readonly string[], word: string): Offered {
  const visible = commands.filter(({ hidden }) => !hidden)
  const fitting = visible.filter(
    ({ name }) => before.every((typed, i) => name.split(' ')[i] === typed) && name.split(' ').length > before.length,
  )
  const nexts = new Set(fitting.map(({ name }) => name.split(' ')[before.length]!))
  return {
    words: [...nexts]
      .filter((next) => next.startsWith(word))
      .map((next) => ({ word: next, about: aboutName([...before, next].join(' '), visible) })),
  }
}

/** What `kts help` tells of that begins with these words: commands, and actions of a command. */
async function offerSubjects(commands: readonly Entry[], before: readonly string[], word: string): Promise<Offered> {
  const found = findCommand(commands, before)
  const actions = found?.rest.length === 0 ? actionsOf(await found.entry.load(), 'kts', word) : []
  return { words: [...offerNames(commands, before, word).words, ...actions] }
}

/** The sentence of a command; the next words where there is none of this name. */
function aboutName(name: string, entries: readonly Entry[]): string {
  const below = entries
    .filter((entry) => entry.name.startsWith(`${name} `))
    .map((entry) => entry.name.slice(name.length + 1))
  return entries.find((entry) => entry.name === name)?.about ?? below.join(', ')
}

async function offerArguments(
  command: Command,
  before: readonly string[],
  word: string,
  style: Style,
  askNames: AskNames,
): Promise<Offered> {
  const options = optionsFor(command, style)
  const typed = readTyped(command, options, style, before)
  const action = findVerb(command, typed.words[0], style)
  const ask = (kind: NameKind): Promise<readonly string[]> =>
    askNames(kind, connectionValues(command, typed.values), style)
  const isOption = word.startsWith('-') && !typed.areOver
  if (typed.awaiting && (typed.awaiting.argument !== 'optional' || !isOption))
    return offerValues(typed.awaiting, word, '', typed, ask)
  if (!isOption) {
    const words = await offerWords(command, typed, word, style, ask)
    return words ?? (word === '' && !typed.areOver ? { words: optionNames(options, typed, word, action) } : NOTHING)
  }
  const named = word.includes('=') ? findOption(word, options, style) : undefined
  if (named?.value === undefined) return { words: optionNames(options, typed, word, action) }
  return offerValues(named.option, named.value, word.slice(0, word.length - named.value.length), typed, ask)
}

/** Old names are passed over, and so is what stands there already, or goes with other actions. */
function optionNames(options: readonly Option[], { given }: Typed, word: string, action?: string): Candidate[] {
  return options
    .filter((option) => option.deprecatedFor === undefined && (option.repeatable || !given.has(option)))
    .filter(
      ({ section, goesWith }) =>
        action === undefined || (section !== ACTIONS && (!goesWith || goesWith.includes(action))),
    )
    .map(({ name, about }) => ({ word: `--${name}`, about }))
    .filter((candidate) => candidate.word.startsWith(word))
}

type Ask = (kind: NameKind) => Promise<readonly string[]>

/** The actions of a command, and the words that follow; undefined where nothing can be said of the next one. */
async function offerWords(
  command: Command,
  typed: Typed,
  word: string,
  style: Style,
  ask: Ask,
): Promise<Offered | undefined> {
  const [first, ...rest] = typed.words
  const { actions, actionsBy = 'word' } = command
  if (!actions || (style === 'drop-in' && actionsBy === 'option'))
    return offerWord(command.words, typed.words, command, typed, word, ask)
  const action = findVerb(command, first, style)
  if (action !== undefined) return offerWord(actions[action]!.words, rest, command, typed, word, ask)
  const flag = Object.keys(actions).find((key) => typed.values[key] === true)
  if (flag !== undefined) return offerWord(actions[flag]!.words, typed.words, command, typed, word, ask)
  if (first !== undefined) return undefined
  return { words: actionsOf(command, style, word) }
}

const actionsOf = ({ actions = {} }: Command, style: Style, word: string): Candidate[] =>
  Object.entries(actions)
    .filter(([, { only = style }]) => only === style)
    .map(([key, verb]) => ({ word: actionName(key, verb, 'word', style), about: verb.about }))
    .filter((candidate) => candidate.word.startsWith(word))

async function offerWord(
  expected: readonly Positional[] = [],
  before: readonly string[],
  { options }: Command,
  { values }: Typed,
  word: string,
  ask: Ask,
): Promise<Offered | undefined> {
  const last = expected.at(-1)
  const next = expected[before.length] ?? (last?.isRepeatable ? last : undefined)
  const { completes = options.find(({ name }) => name === next?.into)?.completes } = next ?? {}
  const found = typeof completes === 'function' ? completes(values as never) : completes
  // What stands there already is not named again.
  return found === undefined ? undefined : offerOf(found, word, '', ask, next?.isRepeatable ? before : [])
}

async function offerValues(
  option: Option,
  word: string,
  prefix: string,
  { values }: Typed,
  ask: Ask,
): Promise<Offered> {
  const { completes, isList = false } = option
  const found =
    option.values ??
    (typeof completes === 'function' ? completes(values as never) : completes) ??
    PATHS[option.value ?? '']
  if (found === undefined) return NOTHING
  const last = isList ? word.lastIndexOf(',') + 1 : 0
  const earlier = option.repeatable ? (values[camelCase(option.name)] as readonly string[]) : []
  const taken = [...earlier, ...word.slice(0, last).split(',')]
  return offerOf(found, word.slice(last), prefix + word.slice(0, last), ask, taken)
}

/** By what stands for the argument in the help. */
const PATHS: Readonly<Record<string, Offer>> = { FILE: 'files', 'FILE,…': 'files', PATH: 'files', DIR: 'folders' }

async function offerOf(
  found: Offer,
  word: string,
  prefix: string,
  ask: Ask,
  taken: readonly string[],
): Promise<Offered> {
  if (found === 'files' || found === 'folders') return { words: [], paths: found }
  const all = typeof found === 'string' ? withoutInternal(await ask(found), word) : found
  return {
    words: all
      .filter((value) => value.startsWith(word) && !isTaken(value, taken))
      .map((value) => ({ word: prefix + value })),
  }
}

/** `retention.ms=` is that already, whatever its value. */
const isTaken = (value: string, taken: readonly string[]): boolean =>
  taken.some((given) => given === value || (value.endsWith('=') && given.startsWith(value)))

/** What Kafka keeps for itself is offered once its underscore is typed. */
const withoutInternal = (names: readonly string[], word: string): readonly string[] =>
  word.startsWith('_') ? names : names.filter((name) => !name.startsWith('__'))
