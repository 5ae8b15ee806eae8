import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Terminal } from '../tutorials/terminal.ts'
import { consoleCommands, withoutChance } from './console-blocks.ts'

/** The tour of the docs, typed by a new user: what it shows is what comes, but for numbers and ids. */
const tour = consoleCommands(readFileSync(new URL('../../docs/tour.md', import.meta.url), 'utf8'))

let terminal: Terminal
beforeAll(async () => {
  terminal = await Terminal.open()
})
afterAll(() => terminal.close())

test('there is a tour', () => {
  expect(tour.length).toBeGreaterThan(10)
})

test.each(tour)('$command', async ({ command, output }) => {
  // The terminal puts a free port in the place of every 9092 that it is given.
  const { stdout } = await terminal.type(`exec 2>&1; ${command.replace('--daemon', '--daemon --port 9092')}`)
  expect(stdout.split('\n').slice(0, -1).map(withoutChance)).toEqual(output.map(withoutChance))
})
