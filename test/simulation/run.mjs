// npm run test:simulation [-- --seed N | --seeds N [--from N] | --mutants [--only REGEX]]: whole clusters in one
// process, on a clock, disks and a network that a seed rules; with --mutants, with bugs planted that must be found.
import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Tally } from '../support/tally.mjs'
import { bundle } from './bundle.mjs'
import { MUTANTS } from './mutants.mjs'

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    mutants: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
})
/** So many runs must do to find a planted bug. */
const MOST_SEEDS_FOR_MUTANT = 1000
// Beside the packages that it loads, which are found from there.
const folder = fileURLToPath(new URL('../../node_modules/.cache/simulation/', import.meta.url))
await mkdir(folder, { recursive: true })

const tally = new Tally()
if (options.mutants) await findMutants()
else if (options.seed) await showSeed(Number(options.seed))
else await trySeeds(Number(options.from), Number(options.seeds))
tally.end()

/** One run, with all that its nodes say and all that happens to them. */
async function showSeed(seed) {
  const file = join(folder, 'simulation.mjs')
  await bundle(file)
  for await (const outcome of run(file, { first: seed, last: seed, isTold: true })) judge(outcome)
}

async function trySeeds(first, count) {
  const file = join(folder, 'simulation.mjs')
  await bundle(file)
  const sums = { runs: 0, events: 0, simulatedMs: 0, acknowledgements: 0 }
  const began = Date.now()
  const workers = Math.min(availableParallelism(), count)
  const lane = async (number) => {
    for await (const outcome of run(file, { first: first + number, last: first + count - 1, step: workers })) {
      if (outcome.error) judge(outcome)
      else sums.runs += 1
      for (const key of ['events', 'simulatedMs', 'acknowledgements']) sums[key] += outcome[key]
    }
  }
  await Promise.all(Array.from({ length: workers }, (_, number) => lane(number)))
  const seconds = Math.round((Date.now() - began) / 1000)
  const summary = `${sums.runs} runs in ${seconds} s: ${sums.events} events in ${Math.round(sums.simulatedMs / 3_600_000)} simulated hours, ${sums.acknowledgements} acknowledgements`
  if (sums.runs > 0) tally.passed(summary)
}

function judge({ seed, error, events, simulatedMs }) {
  if (!error)
    return tally.passed(`seed ${seed}: ${events} events in ${Math.round(simulatedMs / 1000)} simulated seconds`)
  tally.failed(`seed ${seed}`, `${error}\n      again: npm run test:simulation -- --seed ${seed}`)
}

async function findMutants() {
  const wanted = MUTANTS.filter(({ name }) => new RegExp(options.only).test(name))
  for (const mutant of wanted) {
    const file = join(folder, 'mutant.mjs')
    await bundle(file, mutant)
    const outcome = await firstFailure(file)
    if (outcome) tally.passed(`${mutant.name}: found by seed ${outcome.seed}, ${outcome.error.split('\n')[0]}`)
    else tally.failed(mutant.name, `not found by ${MOST_SEEDS_FOR_MUTANT} seeds`)
  }
}

async function firstFailure(file) {
  for await (const outcome of run(file, { first: 1, last: MOST_SEEDS_FOR_MUTANT })) if (outcome.error) return outcome
  return null
}

/** The outcomes of seeds, one after the other, from a process of their own. */
async function* run(file, { first, last, step = 1, isTold = false }) {
  const args = ['--enable-source-maps', file, first, last, step, ...(isTold ? ['told'] : [])].map(String)
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    for await (const line of createInterface({ input: child.stdout }))
      if (line.startsWith('{')) yield JSON.parse(line)
      else console.log(line)
  } finally {
    child.kill()
  }
}
