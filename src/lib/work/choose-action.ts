import type { Option, Verb } from '../command/define.ts'
import { camelCase, kebabCase, optionName, verbName } from '../command/names.ts'
import { parseValue } from '../command/option-value.ts'
import { isGiven } from '../command/rules.ts'
import { suggest } from '../suggest.ts'
import { UserError } from '../errors.ts'
import type { Action, Command } from './command.ts'

type Style = 'kts' | 'drop-in'
type Values = Readonly<Record<string, unknown>>

export interface Chosen {
  /** Undefined for a command that does one thing only. */
  readonly key: string | undefined
  readonly action: Action<never>
  /** As typed. */
  readonly name: string
  /** With the words that stand for options among them. */
  readonly values: Values
  /** The other words. */
  readonly words: readonly string[]
}

/**
 * The action that the words or options of a command line name, and what its other words stand for. Throws UserError
 * when there is none or more than one, for a word too many, and for an option that goes with other actions.
 */
export function chooseAction(command: Command, values: Values, words: readonly string[], style: Style): Chosen {
  const { key, action, name, rest } = findAction(command, values, words, style)
  const filled = fillWords(action.words ?? command.words ?? [], values, rest, command.options, style)
  if (key !== undefined) {
    forbidStrays(command, key, name, filled.values, style)
    if (style === 'kts' && !name.startsWith('--')) needWords(action.words, name, filled)
  }
  return { key, action, name, ...filled }
}

interface Found {
  readonly key: string | undefined
  readonly action: Action<never>
  readonly name: string
  readonly rest: readonly string[]
}

function findAction(command: Command, values: Values, words: readonly string[], style: Style): Found {
  const { actions, actionsBy = 'word', byDefault } = command
  if (!actions) return { key: undefined, action: command as unknown as Action<never>, name: '', rest: words }
  const known = Object.entries(actions).filter(([, { only = style }]) => only === style)
  const found = (key: string, name: string, rest: readonly string[]): Found => ({
    key,
    action: actions[key] as Action<never>,
    name,
    rest,
  })
  const given = actionsBy === 'option' ? known.filter(([key]) => isGiven(values, key)) : []
  const [word, ...rest] = words
  const named =
    style === 'kts' || actionsBy === 'word' ? known.find(([key, verb]) => goesBy(key, verb, word, style)) : undefined
  if (given.length + (named ? 1 : 0) > 1)
    throw new UserError(`do one thing at a time: ${namesOf(known, actionsBy, style).join(', ')}`)
  if (given[0]) return found(given[0][0], optionName(given[0][0]), words)
  if (named && style === 'drop-in' && rest.length > 0) throw unexpected(rest[0]!)
  if (named) return found(named[0], word!, rest)
  if (word !== undefined && (style === 'kts' || actionsBy === 'word')) throw unknownWord(word, known, style)
  if (style === 'kts' && byDefault !== undefined) return found(byDefault, byDefault, words)
  throw new UserError(`say what to do: ${namesOf(known, actionsBy, style).join(', ')}`)
}

/** The action that a word names; undefined for any other word. */
export const findVerb = ({ actions = {} }: Command, word: string | undefined, style: Style): string | undefined =>
  Object.entries(actions).find(([key, verb]) => (verb.only ?? style) === style && goesBy(key, verb, word, style))?.[0]

function goesBy(key: string, { verb, apacheWord }: Verb, word: string | undefined, style: Style): boolean {
  if (word === undefined) return false
  const own = kebabCase(key)
  return style === 'kts' ? [verb, own, apacheWord].includes(word) : word === (apacheWord ?? own)
}

/** How an action is called: `create`, or under Apache's name `--create`. */
export function actionName(key: string, { verb, apacheWord }: Verb, by: 'option' | 'word', style: Style): string {
  if (style === 'kts') return verbName(key, { verb })
  return by === 'option' ? optionName(key) : (apacheWord ?? kebabCase(key))
}

const namesOf = (known: readonly (readonly [string, Verb])[], by: 'option' | 'word', style: Style): string[] =>
  known.map(([key, verb]) => actionName(key, verb, by, style))

/** What other tools call these actions; `get` is near to `set` by its letters alone. */
const SYNONYMS = [
  ['list', 'ls', 'get'],
  ['describe', 'get', 'show'],
  ['create', 'add', 'new'],
  ['delete', 'remove', 'rm'],
  ['alter', 'set', 'update', 'edit'],
]

/** The verb of kts that stands for the word of another tool. */
export const nearVerb = ({ actions = {} }: Command, word: string): string | undefined =>
  synonym(
    word,
    Object.entries(actions).map(([key, verb]) => actionName(key, verb, 'word', 'kts')),
  )

function synonym(word: string, names: readonly string[]): string | undefined {
  const alike = SYNONYMS.filter((group) => group.includes(word)).flat()
  return alike.find((name) => names.includes(name))
}

function unknownWord(word: string, known: readonly (readonly [string, Verb])[], style: Style): UserError {
  const names = namesOf(known, 'word', style)
  const meant = synonym(word, names) ?? suggest(word, names)
  return new UserError(`"${word}" is none of ${names.join(', ')}${meant ? `; did you mean ${meant}?` : ''}`)
}

/** Gives words to the options that they stand for. Under Apache's name words are what they are there. */
function fillWords(
  expected: NonNullable<Verb['words']>,
  values: Values,
  words: readonly string[],
  options: readonly Option[],
  style: Style,
): Pick<Chosen, 'values' | 'words'> {
  if (style === 'drop-in') return { values, words }
  const left = [...words]
  const others: string[] = []
  const filled: Record<string, unknown> = { ...values }
  for (const { into, isRepeatable = false } of expected) {
    const taken = left.splice(0, isRepeatable ? left.length : 1)
    if (into === undefined || taken.length === 0) others.push(...taken)
    else fill(filled, options.find(({ name }) => name === into)!, taken)
  }
  if (left.length > 0) throw unexpected(left[0]!, isKind(words[0]!, expected) ? `; leave out "${words[0]}"` : '')
  return { values: filled, words: others }
}

/** What was named by a verb wants its words, by the names that the help has for them. */
function needWords(
  expected: Verb['words'] = [],
  name: string,
  { values, words }: Pick<Chosen, 'values' | 'words'>,
): void {
  const needed = expected.filter(({ isOptional = false }) => !isOptional)
  const others = needed.filter(({ into }) => into === undefined)
  const missing = needed.find((word) =>
    word.into === undefined ? others.indexOf(word) >= words.length : !isGiven(values, camelCase(word.into)),
  )
  if (missing === undefined) return
  const [first = '', ...rest] = missing.about.replace(/\.$/, '')
  throw new UserError(`${name} needs ${missing.name}: ${first.toLowerCase()}${rest.join('')}`)
}

/** Whether a word says what kind of name follows, as in `describe topic orders`. */
const isKind = (word: string, [first]: NonNullable<Verb['words']>): boolean => word.toUpperCase() === first?.name

const unexpected = (word: string, hint = ''): UserError => new UserError(`unexpected argument "${word}"${hint}`)

function fill(values: Record<string, unknown>, option: Option, words: readonly string[]): void {
  const key = camelCase(option.name)
  if (isGiven(values, key)) throw new UserError(`"${words[0]}" and --${option.name} say the same: give one of them`)
  values[key] = option.repeatable ? words : parseValue(option, words.join(','))
}

function forbidStrays(
  { options, actions, actionsBy = 'word' }: Command,
  key: string,
  name: string,
  values: Values,
  style: Style,
): void {
  for (const option of options) {
    const { goesWith, isFreeUnderApache = false } = option
    if (!goesWith || goesWith.includes(key) || !isGiven(values, camelCase(option.name))) continue
    if (isFreeUnderApache && style === 'drop-in') continue
    const by = name.startsWith('--') ? 'option' : actionsBy
    const fitting = goesWith.map((other) =>
      by === 'option' && name.startsWith('--') ? optionName(other) : actionName(other, actions![other]!, by, style),
    )
    throw new UserError(`--${option.name} goes with ${fitting.join(' or ')}, not with ${name}`)
  }
}
