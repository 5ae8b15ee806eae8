import type { Command, Option } from './define.ts'
import { optionsFor } from './global-options.ts'
import { bySection, fullAbout, usageOf } from './model.ts'
import type { Block, Page } from './page.ts'

interface HelpEntry {
  readonly name: string
  readonly about: string
  readonly dropIns: readonly string[]
}

/** Help of one command: examples first, then the options by section, the deprecated ones last. */
export function commandHelp(command: Command, style: 'kts' | 'drop-in', program: string, width = 100): string {
  const options = optionsFor(command, style)
  const words = command.positional ? ` [${command.positional.name}]` : ''
  const parts = [`${lines(command.about, width)}\nUsage: ${program}${words} [options]\n`]
  if (style === 'kts') parts.push(...examples(command))
  if (command.positional)
    parts.push(`\nArguments\n${columns([[command.positional.name, command.positional.about]], width)}`)
  for (const [section, members] of bySection(options))
    parts.push(`\n${section}\n${columns(members.map(describe), width)}`)
  return parts.join('')
}

interface OverviewOptions {
  /** Only the commands that begin with this word. */
  readonly prefix?: string
  readonly pages?: readonly Page[]
  readonly width?: number | undefined
}

/** Help of kts as a whole, or of the commands that begin with one word. */
export function overview(
  entries: readonly HelpEntry[],
  { prefix, pages = [], width = 100 }: OverviewOptions = {},
): string {
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
export function pageHelp({ about, blocks }: Page, width = 100): string {
  return `${lines(about, width)}\n${blocks.map((block) => renderBlock(block, width)).join('\n')}`
}

function renderBlock(block: Block, width: number): string {
  if (typeof block === 'string') return lines(block, width)
  return 'terms' in block ? columns(block.terms, width) : block.lines.map((line) => `  ${line}\n`).join('')
}

function examples(command: Command): string[] {
  if (!command.examples?.length) return []
  return ['\nExamples\n', ...command.examples.map((example) => `  # ${example.about}\n  ${example.command}\n`)]
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
