import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '../../src/commands/index.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** The names between backticks in the first two columns of the table of commands. */
const rows = readme
  .split('\n## Commands\n')[1]!
  .split('\n')
  .filter((line) => line.startsWith('| `kts '))
  .map((line) =>
    line
      .split('|')
      .slice(1, 3)
      .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)),
  )

/** A tool of Apache's that kts has another action for goes by its own name only. */
const ownNames = commands.filter(({ name, dropIns }) => !dropIns.includes(name)).map(({ name }) => name)

test('the table of commands in the README names every command and every drop-in once', () => {
  expect(rows.flatMap(([own]) => own!).sort()).toEqual(ownNames.map((name) => `kts ${name}`).sort())
  expect(rows.flatMap(([, dropIns]) => dropIns!).sort()).toEqual(commands.flatMap(({ dropIns }) => dropIns).sort())
})
