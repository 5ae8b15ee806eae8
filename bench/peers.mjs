// Peers that are no dependencies of kts: each is installed into bench/.cache when it is first asked for, and left out
// by name where that cannot be done.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGoProgram } from '../test/support/go.mjs'
import { firstLine, run, startProcess, stopProcess } from '../test/support/processes.mjs'
import { Missing, orMissing } from '../test/support/tally.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const cache = here('.cache')
/** The least that kfake's modules ask for. */
const GO = [1, 26]

/** kfake on a free port, as the other brokers of `servers.mjs`; null where there is no Go. */
export const startKfake = (note) =>
  orNote(note, 'kfake', async () => {
    const program = join(cache, 'kfake')
    await buildGoProgram(here('kfake'), program, GO)
    const child = startProcess(program, [], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [, server] = /ready at (\S+)/.exec(await firstLine(child))
    return { name: 'kfake', server, pid: child.pid, stop: () => stopProcess(child) }
  })

/** The prefix of a command line as `bench.kafkajs`; null where the package cannot be installed. */
export const installPlatformatic = (note) =>
  orNote(note, '@platformatic/kafka', async () => {
    const folder = join(cache, 'platformatic')
    mkdirSync(folder, { recursive: true })
    await orMissing('@platformatic/kafka is', () =>
      run('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '@platformatic/kafka'], {
        limitS: 300,
      }),
    )
    return `KTS_BENCH_PACKAGES=${folder} ${process.execPath} ${here('platformatic.mjs')}`
  })

async function orNote(note, name, attempt) {
  try {
    return await attempt()
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    note(`${name} is left out: ${error.message.split('\n')[0]}`)
    return null
  }
}
