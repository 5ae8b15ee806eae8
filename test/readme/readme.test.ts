import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Terminal } from '../tutorials/terminal.ts'
import { consoleCommands, withoutChance } from './console-blocks.ts'

const ROOT = new URL('../../', import.meta.url)

const WITHOUT_BROKER = ['tour.md', 'security.md', 'web.md']

/**
 * The tour and the texts on security and the page begin with no broker; the others assume one. That of three brokers is
 * tried with real processes in test/life/cluster.test.ts.
 */
const texts = readdirSync(new URL('docs', ROOT))
  .filter((name) => name.endsWith('.md') && name !== 'cluster.md')
  .map((name) => ({
    name: `docs/${name}`,
    before: WITHOUT_BROKER.includes(name) ? [] : ['kts broker start --in-memory --daemon'],
  }))
  .map((text) => ({ ...text, shown: consoleCommands(readFileSync(new URL(text.name, ROOT), 'utf8')) }))

test('there are examples', () => {
  const shown = texts.filter((text) => text.shown.length > 10).map(({ name }) => name)
  expect(shown).toEqual(['docs/recipes.md', 'docs/tour.md'])
})

const withPorts = (command: string): string =>
  command.replace('--daemon', '--daemon --port 9092').replace('kts up', 'kts up --web-port 9021 --registry-port 0')

/** The examples of a text, typed by a new user: what it shows is what comes, but for numbers and ids. */
describe.each(texts.filter(({ shown }) => shown.length > 0))('$name', ({ before, shown }) => {
  let terminal: Terminal
  // The terminal puts free ports in the place of every 9092 and 9021 that it is given.
  const type = (command: string) => terminal.type(`exec 2>&1; ${withPorts(command)}`)
  beforeAll(async () => {
    terminal = await Terminal.open()
    for (const command of before) expect(await type(command)).toMatchObject({ code: 0 })
  })
  afterAll(() => terminal.close())

  test.each(shown)('$command', async ({ command, output }) => {
    const { stdout } = await type(command)
    expect(stdout.split('\n').slice(0, -1).map(withoutChance)).toEqual(output.map(withoutChance))
  })
})
