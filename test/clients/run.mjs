// npm run test:clients [-- --only REGEX]: client libraries that were not written here, and Apache's own programs,
// against the bundled broker, against one with TLS and logins, and against three of which one after the other dies.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startBundledBroker } from '../support/bundled-broker.mjs'
import { run } from '../support/processes.mjs'
import { Missing, Tally } from '../support/tally.mjs'
import { temporaryFolder } from '../support/temporary-folder.mjs'
import { checkApachePrograms } from './apache-programs.mjs'
import { checkCompaction } from './compaction.mjs'
import { checkKcat, kcatReader } from './kcat.mjs'
import { ktsClient } from './kts.mjs'
import { checkLeaderDeath } from './leader-death.mjs'
import { LIBRARIES } from './libraries.mjs'
import { checkMatrix } from './matrix.mjs'
import { checkOwnSuites } from './own-suites.mjs'
import { checkSecured } from './secured/secured.mjs'
import { checkSegments } from './segments.mjs'

const QUICK_REBALANCES = {
  'group.initial.rebalance.delay.ms': 100,
  'group.consumer.min.heartbeat.interval.ms': 200,
  'group.consumer.heartbeat.interval.ms': 200,
}
/** An eager cleaner, and small segments, of which there are then many to look at. */
const SETTINGS = { ...QUICK_REBALANCES, 'log.cleaner.backoff.ms': 200, 'log.segment.bytes': 1_048_576 }
const CHECK_LIMIT_S = 240

/** What `--only` chooses from, beside leader-death and secured, which have brokers of their own. */
const PARTS = {
  libraries: ({ writers, broker, strict }) =>
    Promise.all(writers.map((library) => checkTasks(library, broker, strict))),
  kcat: (at) => checkKcat(tally, at),
  programs: ({ server }) => checkApachePrograms(tally, server),
  matrix: (at) => checkMatrix(tally, { ...at, writers: [...at.writers, ktsClient] }),
  'own-suites': (at) => checkOwnSuites(tally, { ...at, settings: QUICK_REBALANCES }),
  compaction: (at) => checkCompaction(tally, at),
}

const { values: options } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const isAskedFor = (part) => new RegExp(options.only).test(part)
const tally = new Tally()
const folder = temporaryFolder('kts-clients-')
const dataDir = join(folder, 'data')

try {
  await main()
} catch (error) {
  tally.failed('test:clients', error.stack)
}
tally.end()
process.exit()

async function main() {
  if (isAskedFor('leader-death')) await checkLeaderDeath(tally)
  if (isAskedFor('secured')) await checkSecured(tally)
  const parts = Object.entries(PARTS).filter(([name]) => isAskedFor(name))
  if (parts.length === 0) return
  const writers = await installAll()
  const readers = [...writers, ktsClient, ...(await kcatReader())]
  const broker = await startBundledBroker(SETTINGS, { dataDir })
  const strict = await startBundledBroker({ 'auto.create.topics.enable': false })
  try {
    for (const [, check] of parts) await check({ server: broker.bootstrap, broker, strict, folder, writers, readers })
  } finally {
    await Promise.all([broker.stop(), strict.stop()])
  }
  await checkSegments(tally, dataDir)
}

/** The libraries that this machine can have, each with `run(...args)`, which resolves with what its program wrote. */
async function installAll() {
  const installed = await Promise.all(
    LIBRARIES.map(async (library) => {
      try {
        const [command, ...first] = await library.install()
        return {
          ...library,
          run: async (limitS, ...args) => (await run(command, [...first, ...args], { limitS })).stdout,
        }
      } catch (error) {
        if (error instanceof Missing) tally.skipped(library.name, error.message, library.tasks.length)
        else tally.failed(`${library.name}: installation`, error.message)
        return undefined
      }
    }),
  )
  return installed.filter((library) => library !== undefined)
}

/** One process does all tasks of a library and writes `passed NAME` or `failed NAME: why` for each. */
async function checkTasks({ name, tasks, run: runProgram }, broker, strict) {
  let output
  let end = 'it did not say how it went'
  try {
    output = await runProgram(CHECK_LIMIT_S, 'check', broker.bootstrap, strict.bootstrap, ...tasks)
  } catch (error) {
    output = error.outcome?.stdout ?? ''
    end = error.message
  }
  const said = new Map(
    [...output.matchAll(/^(passed|failed) (\w+)(?:: (.*))?$/gm)].map(([, verdict, task, reason]) => [
      task,
      { verdict, reason },
    ]),
  )
  for (const task of tasks) {
    const { verdict, reason } = said.get(task) ?? { verdict: 'failed', reason: end }
    if (verdict === 'passed') tally.passed(`${name}: ${task}`)
    else tally.failed(`${name}: ${task}`, reason)
  }
}
