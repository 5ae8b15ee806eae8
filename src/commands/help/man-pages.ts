import { join, resolve } from 'node:path'
import type { Context } from '../../lib/command/define.ts'
import { ACTIONS, optionsFor } from '../../lib/command/global-options.ts'
import { bySection, fullAbout, usageOf, verbsOf, verbUsage, wordUsages } from '../../lib/command/model.ts'
import { ktsVersion } from '../../lib/command/package.ts'
import type { Block } from '../../lib/command/page.ts'
import { writeWholeFile } from '../../lib/whole-file.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { fileProblem } from '../../lib/files.ts'
import type { Entry } from '../../lib/work/registry.ts'
import type { Subject } from './find.ts'
import { PAGES } from './pages.ts'
import { bold, examples, named, paragraph, plain, Roff, subsection, terms } from './roff.ts'

/** The manual page of a command; that of kts itself, with all pages, where it is about anything else. */
export async function manPage(visible: readonly Entry[], subject: Subject | undefined): Promise<string> {
  return subject !== undefined && 'entry' in subject ? await ofCommand(subject.entry) : ofKts(visible)
}

/** Writes `kts.1`, `kts-topics.1`, … Throws EnvironmentError. */
export async function writeManPages(
  visible: readonly Entry[],
  folder: string,
  { cwd }: Pick<Context, 'cwd'>,
): Promise<void> {
  const pages = await Promise.all(visible.map(async (entry) => [manName(entry), await ofCommand(entry)] as const))
  try {
    for (const [name, text] of [['kts', ofKts(visible)], ...pages])
      writeWholeFile(join(resolve(cwd, folder), `${name}.1`), text!)
  } catch (error) {
    throw new EnvironmentError(`${folder} cannot be written: ${fileProblem(error)}`)
  }
}

const manName = ({ name }: Pick<Entry, 'name'>): string => `kts-${name.replaceAll(' ', '-')}`

function ofKts(visible: readonly Entry[]): string {
  const rows = visible.map((entry) => [`kts ${entry.name}`, entry.about + alsoNamed(entry.dropIns)] as const)
  const page = new Roff('kts', ktsVersion())
    .section('Name', named('kts', 'the Kafka command line without the JVM, with a broker in the box'))
    .section('Synopsis', paragraph(`${bold('kts')} COMMAND [options]`))
    .section('Commands', terms(rows), paragraph(plain('Each has a page of its own: ') + bold('man kts-topics')))
  for (const { name, about, blocks } of PAGES)
    page.section(name.replaceAll('-', ' '), paragraph(plain(`${about}.`)), ...blocks.map(render))
  return page.toString()
}

const alsoNamed = (dropIns: readonly string[]): string => (dropIns.length > 0 ? ` (${dropIns.join(', ')})` : '')

async function ofCommand(entry: Entry): Promise<string> {
  const { name, about, dropIns } = entry
  const command = await entry.load()
  const { words = [], examples: shown = [], actions } = command
  const usage = [...(actions ? ['ACTION'] : wordUsages(words)), '[options]']
  const page = new Roff(manName(entry), ktsVersion())
    .section('Name', named(manName(entry), about))
    .section('Synopsis', paragraph(`${bold(`kts ${name}`)} ${plain(usage.join(' '))}`))
  if (actions) page.section('Actions', terms(verbsOf(command).map(([key, verb]) => [verbUsage(key, verb), verb.about])))
  if (shown.length > 0) page.section('Examples', examples(shown))
  if (words.length > 0) page.section('Arguments', terms(words.map((word) => [word.name, word.about])))
  const options = optionsFor(command, 'kts').filter(({ section }) => section !== ACTIONS)
  page.section(
    'Options',
    ...[...bySection(options)].flatMap(([section, members]) => [
      subsection(section),
      terms(members.map((option) => [usageOf(option), fullAbout(option)])),
    ]),
  )
  if (dropIns.length > 0)
    page.section(
      'Other names',
      paragraph(
        plain(
          `${dropIns.join(', ')}, each with .sh behind it as well: Apache's names, under which options, stdout and exit codes are Apache's.`,
        ),
      ),
    )
  return page.section('See also', paragraph(`${bold('kts')}(1)`)).toString()
}

function render(block: Block): string {
  if (typeof block === 'string') return paragraph(plain(block))
  return 'terms' in block ? terms(block.terms) : examples(block.lines.map((command) => ({ command })))
}
