// Peers that are no dependencies of kts: each is installed into bench/.cache when it is first asked for, and left out
// by name where that cannot be done.
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGoProgram } from '../test/support/go.mjs'
import { firstLine, run, startProcess, stopProcess } from '../test/support/processes.mjs'
import { installPython } from '../test/support/python.mjs'
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
    // The last that runs under Node 20.
    const folder = await npmFolder('platformatic', '@platformatic/kafka', '1.35.0')
    return `KTS_BENCH_PACKAGES=${folder} ${process.execPath} ${here('platformatic.mjs')}`
  })

/** As `bench.kafkajs`; null where its native part can be neither fetched nor compiled. */
export const installConfluent = (note) =>
  orNote(note, '@confluentinc/kafka-javascript', async () => {
    const folder = await npmFolder('confluent', '@confluentinc/kafka-javascript')
    return `KTS_BENCH_PACKAGES=${folder} ${process.execPath} ${here('kafkajs.mjs')}`
  })

/** The module; null where it cannot be installed. */
export const loadAvsc = (note) =>
  orNote(note, 'avsc', async () => createRequire(join(await npmFolder('avsc', 'avsc', '5.7.9'), 'peers.cjs'))('avsc'))

/** The interpreter that has it; null where there is no Python. */
export const installFastavro = (note) =>
  orNote(note, 'fastavro', () => installPython(join(cache, 'fastavro'), here('fastavro/requirements.txt')))

async function npmFolder(folderName, name, version = 'latest') {
  const folder = join(cache, folderName)
  if (existsSync(join(folder, 'node_modules', name))) return folder
  mkdirSync(folder, { recursive: true })
  const words = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `${name}@${version}`]
  await orMissing(`${name} is`, () => run('npm', words, { limitS: 600, env: { ...process.env, ...headers() } }))
  return folder
}

/** What is native may have to be compiled: against the headers beside Node, which are not fetched then. */
function headers() {
  const prefix = dirname(dirname(process.execPath))
  return existsSync(join(prefix, 'include', 'node', 'node.h')) ? { npm_config_nodedir: prefix } : {}
}

async function orNote(note, name, attempt) {
  try {
    return await attempt()
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    note(`${name} is left out: ${error.message.split('\n')[0]}`)
    return null
  }
}
