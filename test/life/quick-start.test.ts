import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { consoleCommands, withoutChance } from '../readme/console-blocks.ts'
import { freePort } from './support/broker.ts'
import { Screen } from './support/screen.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const shown = consoleCommands(readme.split('\n## Quick start\n')[1]!.split('\n## ')[0]!)

test('the quick start of the README shows what a terminal shows, line by line', async () => {
  const port = await freePort()
  const screen = new Screen({ columns: 100, rows: 60, env: { KTS_BOOTSTRAP_SERVERS: `localhost:${port}` } })
  try {
    // The broker of the quick start is on Kafka's own port, this one on a free one.
    screen.enter(
      `kts() { case "$1 $2" in "broker start") set -- "$@" --port ${port};; esac; command kts "$@"; }; clear`,
    )
    await screen.until(/^\$ *$/)
    expect(shown.length).toBeGreaterThan(5)
    for (const { command, output } of shown) {
      const before = screen.text.length
      screen.enter(command)
      const text = await screen.until(new RegExp(`^[^]{${before}}[^\\n]*\\n([^]*\\n)?\\$ *$`))
      const lines = text.slice(before).split('\n').slice(1, -1)
      expect([command, ...lines.map(withoutChance)]).toEqual([command, ...output.map(withoutChance)])
    }
  } finally {
    await screen.close()
  }
})
