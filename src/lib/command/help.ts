import type { CommandName, Declaration, Option, Verb } from './define.ts'
import { ACTIONS, optionsFor } from './global-options.ts'
import { verbName } from './names.ts'
import { bySection, fullAbout, usageOf, verbsOf, verbUsage, wordUsages } from './model.ts'
import type { Block, Page } from './page.ts'

/** What help is wanted of, under which name, and how wide. */
export interface HelpSubject {
  readonly about: string
  readonly command: Declaration
  readonly style: 'kts' | 'drop-in'
  readonly program: string
  /** Of one action alone. */
  readonly action?: string | undefined
  readonly width: number
}

/** Help of one command: actions and examples first, then the options by section, the deprecated ones last. */
export function commandHelp({ about, command, style, program, action, width }: HelpSubject): string {
  const { actions = {}, actionsBy } = command
  const verb = action === undefined ? undefined : actions[action]
  const verbs = style === 'kts' && !verb ? verbsOf(command) : []
  const isByWord = style === 'kts' || actionsBy === 'word'
  const words = verb
    ? wordUsages(verb.words)
    : command.actions
      ? isByWord
        ? ['ACTION']
        : []
      : wordUsages(wordsOf(command, style))
  const usage = [program, ...(verb ? [verbName(action!, verb)] : []), ...words, '[options]'].join(' ')
  const parts = [`${lines(verb ? verb.about : `${about}.`, width)}\nUsage: ${usage}\n`]
  if (verbs.length > 0)
    parts.push(
      `\nActions\n${columns(
        verbs.map(([key, known]) => [verbUsage(key, known), known.about]),
        width,
      )}`,
    )
  if (style === 'kts') parts.push(...examples(command, verb && `${program} ${verbName(action!, verb)}`))
  const described = (verb ?? command).words?.filter(({ into }) => into === undefined) ?? []
  if (described.length > 0 && !command.actions)
    parts.push(
      `\nArguments\n${columns(
        described.map(({ name, about: word }) => [name, word]),
        width,
      )}`,
    )
  for (const [section, members] of bySection(shown(command, style, action)))
    parts.push(`\n${section}\n${columns(members.map(describe), width)}`)
  if (verbs.length > 0) parts.push(`\n${lines(verbHint(program, verbs, actionsBy), width)}`)
  return parts.join('')
}

/** Under kts verbs take the place of the options that choose an action. */
const shown = (command: Declaration, style: 'kts' | 'drop-in', action: string | undefined): Option[] =>
  optionsFor(command, style).filter(
    ({ section, goesWith }) =>
      (style === 'drop-in' || section !== ACTIONS) && (action === undefined || !goesWith || goesWith.includes(action)),
  )

const wordsOf = ({ words = [] }: Declaration, style: 'kts' | 'drop-in'): typeof words =>
  style === 'kts' ? words : words.filter(({ into }) => into === undefined)

function verbHint(program: string, verbs: readonly (readonly [string, Verb])[], by: Declaration['actionsBy']): string {
  const [first] = verbs[0]!
  const flags = by === 'option' ? ` Apache's options, such as --${first}, name an action as well.` : ''
  return `\`${program} ACTION --help\` shows one action and its options.${flags}`
}

interface OverviewOptions {
  /** Only the commands that begin with this word. */
  readonly prefix?: string
  readonly pages?: readonly Page[]
  readonly width: number
}

/** Help of kts as a whole, or of the commands that begin with one word. */
export function overview(entries: readonly CommandName[], { prefix, pages = [], width }: OverviewOptions): string {
  const listed = entries.filter((entry) => prefix === undefined || entry.name.startsWith(`${prefix} `))
  const rows = listed.map((entry): [string, string] => [
    entry.name,
    `${entry.about}${entry.dropIns.length > 0 ? ` (${entry.dropIns.join(', ')})` : ''}`,
  ])
  const title =
    prefix === undefined ? `${lines('The Kafka command line without the JVM, with a broker in the box.', width)}\n` : ''
  const topics =
    pages.length === 0
      ? ''
      : `\nPages (kts help PAGE)\n${columns(
          pages.map(({ name, about }) => [name, about]),
          width,
        )}`
  const usage = `Usage: kts ${prefix === undefined ? '' : `${prefix} `}COMMAND [options]`
  return `${title}${usage}\n\nCommands\n${columns(rows, width)}${topics}\n${HINTS.map((hint) => lines(hint, width)).join('')}`
}

const HINTS = [
  '`kts COMMAND --help` shows examples and options. `kts --version` shows versions.',
  'With --local, or KTS_LOCAL=1, any command uses the broker in the box and starts it when needed.',
]

/** A page about what many commands share. */
export function pageHelp({ about, blocks }: Page, width: number): string {
  return `${lines(about, width)}\n${blocks.map((block) => renderBlock(block, width)).join('\n')}`
}

function renderBlock(block: Block, width: number): string {
  if (typeof block === 'string') return lines(block, width)
  return 'terms' in block ? columns(block.terms, width) : block.lines.map((line) => `  ${line}\n`).join('')
}

/** Of one action those that begin as it does. */
function examples({ examples: all = [] }: Declaration, begins = ''): string[] {
  const fitting = all.filter(({ command }) => command.includes(begins))
  if (fitting.length === 0) return []
  return ['\nExamples\n', ...fitting.map((example) => `  # ${example.about}\n  ${example.command}\n`)]
}

const describe = (option: Option): [string, string] => [usageOf(option), fullAbout(option)]

/** Two columns; the right one is wrapped, and starts on its own line where the left one is long. */
function columns(rows: readonly (readonly [string, string])[], width: number): string {
  const left = Math.min(34, Math.max(12, width - 34), Math.max(...rows.map(([name]) => name.length)) + 2)
  return rows
    .map(([name, about]) => {
      const lines = wrap(about, Math.max(30, width - left - 4))
      const first = name.length + 2 > left ? `  ${name}\n` : `  ${name.padEnd(left)}${lines.shift() ?? ''}\n`
      return first + lines.map((line) => `${' '.repeat(left + 2)}${line}\n`).join('')
    })
    .join('')
}

const lines = (text: string, width: number): string =>
  wrap(text, width)
    .map((line) => `${line}\n`)
    .join('')

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
