import { argumentOf, type CommandName, type Declaration, type Option, type Positional, type Verb } from './define.ts'
import { verbName } from './names.ts'
import { optionsFor } from './global-options.ts'

/** A command as data, for other programs: what `--help-json` prints. */
export interface CommandModel {
  readonly name: string
  readonly about: string
  readonly dropIns: readonly string[]
  readonly examples: readonly { readonly command: string; readonly about: string }[]
  /** What it can do; empty where it does one thing only. */
  readonly actions: readonly { readonly name: string; readonly about: string; readonly words: readonly WordModel[] }[]
  /** What its words that are no options stand for. */
  readonly words: readonly WordModel[]
  readonly options: readonly OptionModel[]
}

interface WordModel {
  readonly name: string
  readonly about: string
  readonly values?: readonly string[]
}

interface OptionModel {
  readonly name: string
  readonly short: string | null
  readonly about: string
  readonly section: string
  readonly argument: 'none' | 'required' | 'optional'
  /** What stands for the argument in the help; null where there is none. */
  readonly value: string | null
  readonly type: 'flag' | 'string' | 'integer'
  /** All that it takes; null where there is no end of them. */
  readonly values: readonly string[] | null
  readonly repeatable: boolean
  readonly deprecatedFor: string | null
  /** The actions that it goes with; null for all of them. */
  readonly actions: readonly string[] | null
}

/** The options that it has under kts, General ones included. */
export function describeCommand({ name, about, dropIns }: CommandName, command: Declaration): CommandModel {
  const { examples = [], words = [], actions = {} } = command
  return {
    name,
    about,
    dropIns,
    examples,
    actions: verbsOf(command).map(([key, verb]) => ({
      name: verbName(key, verb),
      about: verb.about,
      words: (verb.words ?? []).map(describeWord),
    })),
    words: words.map(describeWord),
    options: optionsFor(command, 'kts').map((option) => ({
      ...describeOption(option),
      actions: option.goesWith?.map((key) => verbName(key, actions[key]!)) ?? null,
    })),
  }
}

const describeWord = ({ name, about, completes }: Positional): WordModel => ({
  name,
  about,
  ...(Array.isArray(completes) && { values: completes as string[] }),
})

/** The actions that there are under kts, by their names. */
export const verbsOf = ({ actions = {} }: Declaration): [key: string, verb: Verb][] =>
  Object.entries(actions).filter(([, { only }]) => only !== 'drop-in')

/** `create TOPIC…`, `list`. */
export const verbUsage = (key: string, verb: Verb): string => [verbName(key, verb), ...wordUsages(verb.words)].join(' ')

export const wordUsages = (words: readonly Positional[] = []): string[] =>
  words.map(({ name, isRepeatable, isOptional }) => {
    const usage = isRepeatable ? `${name}…` : name
    return isOptional ? `[${usage}]` : usage
  })

function describeOption(option: Option): Omit<OptionModel, 'actions'> {
  const {
    name,
    short = null,
    value = null,
    about,
    type = 'string',
    values = null,
    repeatable = false,
    deprecatedFor = null,
  } = option
  const argument = argumentOf(option)
  return {
    name,
    short,
    about,
    section: sectionOf(option),
    argument,
    value,
    type: value === null ? 'flag' : type,
    values,
    repeatable,
    deprecatedFor,
  }
}

/** The group that an option is shown in. */
export const sectionOf = ({ deprecatedFor, section = 'Options' }: Option): string =>
  deprecatedFor === undefined ? section : 'Deprecated'

/** Options by section in the order of their declaration; what is the same for many commands comes last. */
export function bySection(options: readonly Option[]): Map<string, Option[]> {
  const last = ['Safety', 'Connection', 'General', 'Deprecated']
  const ordered = [...options].sort((a, b) => last.indexOf(sectionOf(a)) - last.indexOf(sectionOf(b)))
  const sections = new Map<string, Option[]>()
  for (const option of ordered) sections.set(sectionOf(option), [...(sections.get(sectionOf(option)) ?? []), option])
  return sections
}

/**
 * The whole sentence about an option: what it takes where that is not said already, whether it may be repeated, what
 * replaces it.
 */
export function fullAbout({ about, values = [], repeatable, deprecatedFor }: Option): string {
  const listed = values.every((value) => about.includes(value)) ? '' : ` One of ${values.join(', ')}.`
  const replaced = deprecatedFor === undefined || about.includes(`--${deprecatedFor}`) ? '' : ` Use --${deprecatedFor}.`
  return about + listed + (repeatable ? ' May be given several times.' : '') + replaced
}

/** `-t, --topic TOPIC`, `--principal [TYPE:NAME]`. */
export function usageOf({ short, name, value, argument }: Option): string {
  const taken = value === undefined ? '' : argument === 'optional' ? ` [${value}]` : ` ${value}`
  return `${short ? `-${short}, ` : ''}--${name}${taken}`
}
