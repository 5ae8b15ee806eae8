import type { Page } from '../../lib/command/page.ts'
import { suggest } from '../../lib/suggest.ts'
import { findVerb } from '../../lib/work/choose-action.ts'
import { findDropIn, type Entry } from '../../lib/work/registry.ts'
import { PAGES } from './pages.ts'

/** What somebody wants help with. */
export type Subject =
  | { readonly entry: Entry; readonly action?: string }
  | { readonly group: string }
  | { readonly page: Page }

/** What help there is on a list of commands. */
export class Subjects {
  readonly visible: readonly Entry[]
  private readonly groups: readonly string[]

  constructor(private readonly commands: readonly Entry[]) {
    this.visible = commands.filter(({ hidden }) => !hidden)
    this.groups = this.visible.filter(({ name }) => name.includes(' ')).map(({ name }) => name.split(' ')[0]!)
  }

  /** The command, group of commands or page of this name; Apache's names are as good. */
  find(name: string): Subject | undefined {
    const entry = this.commands.find((known) => known.name === name) ?? findDropIn(this.commands, name)
    if (entry) return { entry }
    const page = PAGES.find((known) => known.name === name)
    if (page) return { page }
    return this.groups.includes(name) ? { group: name } : undefined
  }

  /** An action of a command: `topics create`. */
  async findAction(name: string): Promise<Subject | undefined> {
    const space = name.lastIndexOf(' ')
    const subject = this.find(name.slice(0, Math.max(space, 0)))
    if (subject === undefined || !('entry' in subject)) return undefined
    const action = findVerb(await subject.entry.load(), name.slice(space + 1), 'kts')
    return action === undefined ? undefined : { ...subject, action }
  }

  /** The name that a mistyped one most likely meant. */
  nearest(name: string): string | undefined {
    return suggest(name, [...this.names(), ...this.visible.flatMap(({ dropIns }) => dropIns)])
  }

  /** Every command, group and page. */
  names(): string[] {
    return [...new Set([...this.visible, ...PAGES].map(({ name }) => name).concat(this.groups))]
  }
}
