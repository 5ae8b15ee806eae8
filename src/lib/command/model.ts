import type { Command, Option } from './define.ts'
import { optionsFor } from './global-options.ts'

/** A command as data, for other programs: what `--help-json` prints. */
export interface CommandModel {
  readonly name: string
  readonly about: string
  readonly dropIns: readonly string[]
  readonly examples: readonly { readonly command: string; readonly about: string }[]
  /** What its words that are no options stand for; null where it takes none. */
  readonly words: { readonly name: string; readonly about: string; readonly values?: readonly string[] } | null
  readonly options: readonly OptionModel[]
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
}

/** The options that it has under one of its two names, General ones included. */
export function describeCommand(command: Command, style: 'kts' | 'drop-in' = 'kts'): CommandModel {
  const { name, about, dropIns = [], examples = [], positional } = command
  const { completes } = positional ?? {}
  const words = positional && {
    name: positional.name,
    about: positional.about,
    ...(Array.isArray(completes) && { values: completes as string[] }),
  }
  return {
    name,
    about,
    dropIns,
    examples,
    words: words ?? null,
    options: optionsFor(command, style).map(describeOption),
  }
}

function describeOption(option: Option): OptionModel {
  const {
    name,
    short = null,
    about,
    argument,
    type = 'string',
    values = null,
    repeatable = false,
    deprecatedFor = null,
  } = option
  const value = argument === 'none' ? null : valueName(option)
  return {
    name,
    short,
    about,
    section: sectionOf(option),
    argument,
    value,
    type: argument === 'none' ? 'flag' : type,
    values,
    repeatable,
    deprecatedFor,
  }
}

/** What stands for the argument in the help. */
export const valueName = ({ value, type }: Option): string => value ?? (type === 'integer' ? 'N' : 'VALUE')

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
export function usageOf(option: Option): string {
  return `${option.short ? `-${option.short}, ` : ''}--${option.name}${{ none: '', required: ` ${valueName(option)}`, optional: ` [${valueName(option)}]` }[option.argument]}`
}
