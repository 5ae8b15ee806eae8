import type { Context } from '../../lib/command/define.ts'
import { defineCommand, type Command } from '../../lib/work/command.ts'
import type { Entry } from '../../lib/work/registry.ts'
import { commandHelp, overview, pageHelp } from '../../lib/command/help.ts'
import { UserError } from '../../lib/errors.ts'
import { textWidth } from '../../lib/output/text-width.ts'
import { write } from '../../lib/output/write.ts'
import { Subjects, type Subject } from './find.ts'
import { manPage, writeManPages } from './man-pages.ts'
import { PAGES } from './pages.ts'

/** Help on a list of commands, in which it stands itself. */
export function help(commands: readonly Entry[]): Command {
  const subjects = new Subjects(commands)
  return defineCommand({
    examples: [
      { command: 'kts help topics', about: 'The same as kts topics --help.' },
      { command: 'kts help topics create', about: 'The same as kts topics create --help.' },
      { command: 'kts help times', about: 'How times are written.' },
      { command: 'kts help kafka-console-consumer', about: 'What an old name is called here.' },
      { command: 'kts help topics --man | man -l -', about: 'As a manual page.' },
    ],
    options: [
      { name: 'man', about: 'In the language of manual pages, for man -l.' },
      { name: 'man-pages', value: 'DIR', about: 'Write the manual pages of all commands into this folder.' },
    ],
    words: [
      {
        name: 'COMMAND|PAGE',
        isRepeatable: true,
        isOptional: true,
        about: 'A command, one of its actions, or a page that kts --help lists. Without it all of them are listed.',
        completes: subjects.names().filter((name) => !name.includes(' ')),
      },
    ],
    streams: true,
    async offline({ values: { man, manPages }, context, words }) {
      if (manPages !== undefined) return await writeManPages(subjects.visible, manPages, context)
      const subject = words.length === 0 ? undefined : await chooseSubject(subjects, words.join(' '), context)
      await write(
        context.stdout,
        await (man ? manPage(subjects.visible, subject) : show(subjects.visible, subject, textWidth(context))),
      )
    },
  })
}

/** A name that is nearly right will do, and it is said which one is shown. Throws UserError. */
async function chooseSubject(subjects: Subjects, name: string, { stderr, program }: Context): Promise<Subject> {
  const exact = subjects.find(name) ?? (await subjects.findAction(name))
  if (exact) return exact
  const nearest = subjects.nearest(name)
  if (nearest === undefined) throw new UserError(`there is no command or page "${name}"; kts --help lists them`)
  await write(stderr, `${program}: there is no "${name}"; this is ${nearest}\n\n`)
  return subjects.find(nearest)!
}

async function show(visible: readonly Entry[], subject: Subject | undefined, width: number): Promise<string> {
  if (subject === undefined) return overview(visible, { width, pages: PAGES })
  if ('group' in subject) return overview(visible, { width, prefix: subject.group })
  if ('page' in subject) return pageHelp(subject.page, width)
  const { about, name, load } = subject.entry
  return commandHelp({
    about,
    command: await load(),
    style: 'kts',
    program: `kts ${name}`,
    action: subject.action,
    width,
  })
}
