import { Command as Program, CommanderError, Option as ProgramOption } from 'commander'
import { UserError } from '../errors.ts'
import type { OutputFormat } from '../output/formats.ts'
import { argumentOf, type Declaration, type NameKind, type Option } from './define.ts'
import { GENERAL, optionsFor, ownOptions } from './global-options.ts'
import { jopt } from './jopt.ts'
import { camelCase } from './names.ts'
import { parseValue } from './option-value.ts'
import { suggest } from '../suggest.ts'

/** A command line, understood. */
export interface Arguments {
  /** As `Values` in define.ts says, for the options of the command. */
  readonly values: Record<string, unknown>
  readonly words: readonly string[]
  /** Sentences about deprecated options that were used. */
  readonly notices: readonly string[]
  readonly help: boolean
  readonly helpJson: boolean
  readonly version: boolean
  readonly debug: boolean
  readonly color: boolean
  /** Undefined when the place of the output decides. */
  readonly output: OutputFormat | undefined
}

/** Parses the words after the command's name. Throws UserError; rules between options are the command's own `check`. */
export function parseArguments(command: Declaration, style: 'kts' | 'drop-in', args: readonly string[]): Arguments {
  const options = optionsFor(command, style)
  const named = new Map(options.map((option) => [option.name, option]))
  const given = new Map<Option, (string | true)[]>(options.map((option) => [option, []]))
  const dialect = command.dialect ?? jopt
  const words = runProgram(
    given,
    style === 'drop-in' ? dialect.rewrite(args, options) : args,
    style === 'kts' ? command.instead : {},
  )
  const has = (name: string): boolean => options.some((option) => option.name === name && given.get(option)!.length > 0)
  if (!(has('help') || has('help-json') || has('version'))) {
    if (style === 'kts') joinLists(given)
    rejectRepeated(given)
    if (style === 'kts') rejectEmpty(given, command.words?.some(({ mayBeEmpty }) => mayBeEmpty) ? [] : words)
    if ((style === 'kts' || dialect.refusesWords) && words.length > 0 && !takesWords(command, style))
      rejectWord(words[0]!, options)
  }
  return {
    values: Object.fromEntries(
      ownOptions(command).map((option) => [
        camelCase(option.name),
        valueOf(option, given.get(named.get(option.name)!) ?? [], style),
      ]),
    ),
    words,
    notices: deprecations(given, has),
    help: has('help') || (style === 'drop-in' && command.helpsWhenBare === true && args.length === 0),
    helpJson: has('help-json'),
    version: has('version'),
    debug: has('debug'),
    color: !has('no-color'),
    output: outputFormat(given),
  }
}

function takesWords({ words = [], actions, actionsBy }: Declaration, style: 'kts' | 'drop-in'): boolean {
  if (style === 'kts') return words.length > 0 || actions !== undefined
  return words.some(({ into }) => into === undefined) || (actions !== undefined && actionsBy === 'word')
}

/** Lets commander split the words into options, collected in `given`, and the rest, which is returned. */
function runProgram(
  given: ReadonlyMap<Option, (string | true)[]>,
  args: readonly string[],
  instead: Declaration['instead'],
): string[] {
  const program = new Program()
    .helpOption(false)
    .argument('[words...]')
    .allowExcessArguments()
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
  for (const option of optionsToKnow([...given.keys()], args)) {
    const declared = toProgramOption(option)
    const values = given.get(option)!
    program.addOption(declared)
    const other = option.standsFor && optionNamed(given, option.standsFor.option)
    program.on(`option:${declared.name()}`, (value: string | null) => {
      values.push(value ?? true)
      if (other) given.get(other)!.push(option.standsFor!.value)
    })
  }
  try {
    return program.parse(args, { from: 'user' }).args
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error, [...given.keys()], instead)
    throw error
  }
}

/**
 * The options that the words name, where every word with a dash names one, and all of them where one does not: most of
 * the time of a command line would go into telling commander of options that nobody gave.
 */
function optionsToKnow(options: readonly Option[], args: readonly string[]): readonly Option[] {
  const dashed = args.filter((word) => word.startsWith('-')).map((word) => word.replace(/^(--[^=]*)=.*$/s, '$1'))
  const known = options.filter(
    ({ name, short }) => dashed.includes(`--${name}`) || (short !== undefined && dashed.includes(`-${short}`)),
  )
  const names = known.flatMap(({ name, short }) => [`--${name}`, `-${short}`])
  return dashed.every((word) => names.includes(word)) ? known : options
}

function optionNamed(given: ReadonlyMap<Option, unknown>, name: string): Option {
  return [...given.keys()].find((option) => option.name === name)!
}

function toProgramOption(option: Option): ProgramOption {
  const argument = { none: '', required: ' <value>', optional: ' [value]' }[argumentOf(option)]
  return new ProgramOption(`${option.short ? `-${option.short}, ` : ''}--${option.name}${argument}`)
}

function usageError(
  error: CommanderError,
  options: readonly Option[],
  instead: Declaration['instead'] = {},
): UserError {
  const name = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  if (error.code === 'commander.optionMissingArgument') {
    return new UserError(`${/--[^\s,]+/.exec(name)?.[0] ?? name} needs a value`)
  }
  if (error.code !== 'commander.unknownOption') return new UserError(error.message.replace(/^error: /, ''))
  const place = /^-\w/.test(name) ? instead[name[1]!] : undefined
  if (place !== undefined) return new UserError(`unknown option ${name}; ${place}`)
  const meant = suggest(
    name.replace(/^-+|=.*$/gs, ''),
    options.map((option) => option.name),
  )
  return new UserError(`unknown option ${name}${meant ? `; did you mean --${meant}?` : ''}`)
}

/** A list that is given in parts. */
function joinLists(given: ReadonlyMap<Option, (string | true)[]>): void {
  for (const [{ isList, repeatable }, values] of given) {
    if (isList && !repeatable && values.length > 1 && !values.includes(true))
      values.splice(0, values.length, values.join(','))
  }
}

function rejectRepeated(given: ReadonlyMap<Option, readonly unknown[]>): void {
  for (const [option, values] of given) {
    if (values.length > 1 && !option.repeatable && option.value !== undefined)
      throw new UserError(`--${option.name} is given ${values.length} times, but takes one value`)
  }
}

/** An empty name is a shell variable that is not set, and never means "all of them". */
function rejectEmpty(given: ReadonlyMap<Option, readonly (string | true)[]>, words: readonly string[]): void {
  for (const [option, values] of given) {
    const isEmpty = (value: string | true): boolean =>
      value === '' || (value !== true && isName(option) && value.trim() === '')
    const hasGap = (value: string | true): boolean =>
      value !== true && option.isList === true && value.split(',').some((part) => part.trim() === '')
    if (!option.mayBeEmpty && option.type !== 'integer' && option.values === undefined && values.some(isEmpty))
      throw new UserError(`--${option.name} is empty${UNSET}`)
    const withGap = values.find(hasGap)
    if (withGap !== undefined)
      throw new UserError(`--${option.name} ${withGap as string} lacks a name before or after a comma${UNSET}`)
  }
  if (words.includes('')) throw new UserError(`an argument is empty${UNSET}`)
}

const UNSET = '; is a variable of the shell not set?'

const NAME_KINDS: readonly unknown[] = ['topics', 'groups', 'subjects'] satisfies NameKind[]

const isName = ({ completes }: Option): boolean => NAME_KINDS.includes(completes)

function rejectWord(word: string, options: readonly Option[]): never {
  const meant = suggest(
    word,
    options.map((option) => option.name),
  )
  throw new UserError(`unexpected argument "${word}"${meant ? `; did you mean --${meant}?` : ''}`)
}

function valueOf(option: Option, given: readonly (string | true)[], style: 'kts' | 'drop-in'): unknown {
  if (option.value === undefined) return given.length > 0
  const values = given.map((value) => (value === true ? value : parseValue(option, value, style)))
  return option.repeatable ? values : values[0]
}

function deprecations(given: ReadonlyMap<Option, readonly unknown[]>, has: (name: string) => boolean): string[] {
  const used = [...given]
    .filter(([option, values]) => option.deprecatedFor !== undefined && values.length > 0)
    .map(([option]) => option)
  return used.map(({ name, deprecatedFor }) => {
    if (has(deprecatedFor!)) throw new UserError(`--${name} is the old name of --${deprecatedFor}: give one of them`)
    return `Option --${name} is deprecated and will go away. Use --${deprecatedFor} instead.`
  })
}

/** The format that the options every command has ask for; a command's own --json and --output are something else. */
function outputFormat(given: ReadonlyMap<Option, readonly (string | true)[]>): OutputFormat | undefined {
  const general = (name: string): Option | undefined =>
    [...given.keys()].find((option) => option.name === name && option.section === GENERAL)
  const [json, output] = [general('json'), general('output')]
  const isJson = json !== undefined && given.get(json)!.length > 0
  const [text] = (output && given.get(output)) ?? []
  if (text === undefined) return isJson ? 'json' : undefined
  const format = parseValue(output!, text as string) as OutputFormat
  if (isJson && format !== 'json') throw new UserError(`--json and --output ${format} contradict each other`)
  return format
}
