import type { Page } from '../../lib/command/page.ts'
import { suggest } from '../../lib/command/suggest.ts'
import { commands, findDropIn, type Entry } from '../index.ts'
import { PAGES } from './pages.ts'

/** What somebody wants help with. */
export type Subject =
  | { readonly entry: Entry; readonly action?: string }
  | { readonly group: string }
  | { readonly page: Page }

const visible = commands.filter(({ hidden }) => !hidden)
const groups = [...new Set(visible.filter(({ name }) => name.includes(' ')).map(({ name }) => name.split(' ')[0]!))]

/** The command, group of commands or page of this name; Apache's names are as good. */
export function findSubject(name: string): Subject | undefined {
  const entry = commands.find((known) => known.name === name) ?? findDropIn(name)
  if (entry) return { entry }
  const page = PAGES.find((known) => known.name === name)
  if (page) return { page }
  return groups.includes(name) ? { group: name } : undefined
}

/** The name that a mistyped one most likely meant. */
export const nearestName = (name: string): string | undefined =>
  suggest(name, [...subjectNames(), ...visible.flatMap(({ dropIns }) => dropIns)])

/** Every command, group and page. */
export const subjectNames = (): string[] => [
  ...new Set([...visible.map(({ name }) => name), ...groups, ...PAGES.map(({ name }) => name)]),
]
