// npm run test:simulation [-- --seed N | [--mutants [--only REGEX]] [--from N] [--seeds N]]: whole clusters in one
// process, on a clock, disks and a network that a seed rules; with --mutants, with bugs planted that must be found.
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Tally } from '../support/tally.mjs'
import { bundle } from './bundle.mjs'
import { MUTANTS } from './mutants.mjs'
import { trySeeds } from './seeds.mjs'

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
})
const SEEDS = 300
/** So many runs must do to find a planted bug. */
const SEEDS_FOR_MUTANT = 1000

const file = await ownFile()
const tally = new Tally()
if (options.mutants) await findMutants()
else if (options.seed) await showSeed(wholeNumber(options.seed))
else await tryRange(rangeOf(SEEDS))
tally.end()

/** Beside the packages that the bundle loads, which are found from there; gone with this process. */
async function ownFile() {
  const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url))
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'simulation-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'simulation.mjs')
}

/** One run, with all that its nodes say and all that happens to them. */
async function showSeed(seed) {
  await bundle(file)
  await trySeeds(file, { first: seed, last: seed, isTold: true }, ({ error, events, simulatedMs }) => {
    if (error) fail(seed, error)
    else tally.passed(`seed ${seed}: ${events} events in ${Math.round(simulatedMs / 1000)} simulated seconds`)
  })
}

async function tryRange(range) {
  await bundle(file)
  const sums = { runs: 0, events: 0, simulatedMs: 0, acknowledgements: 0 }
  const began = Date.now()
  await trySeeds(file, range, (outcome) => {
    if (outcome.error) fail(outcome.seed, outcome.error)
    else sums.runs += 1
    for (const key of ['events', 'simulatedMs', 'acknowledgements']) sums[key] += outcome[key]
  })
  const seconds = Math.round((Date.now() - began) / 1000)
  const summary = `${sums.runs} runs in ${seconds} s: ${sums.events} events in ${Math.round(sums.simulatedMs / 3_600_000)} simulated hours, ${sums.acknowledgements} acknowledgements`
  if (sums.runs > 0) tally.passed(summary)
}

function fail(seed, error) {
  tally.failed(`seed ${seed}`, `${error}\n      again: npm run test:simulation -- --seed ${seed}`)
}

async function findMutants() {
  const wanted = MUTANTS.filter(({ name }) => new RegExp(options.only).test(name))
  if (wanted.length === 0) throw new Error(`no planted bug is named like ${options.only}`)
  for (const mutant of wanted) {
    await bundle(file, mutant)
    const range = rangeOf(SEEDS_FOR_MUTANT)
    const found = await firstFailure(likelyFirst(range, mutant.foundBy))
    if (found) tally.passed(`${mutant.name}: found by seed ${found.seed}, ${found.error.split('\n')[0]}`)
    else tally.failed(mutant.name, `not found by the seeds ${range.first} to ${range.last}`)
  }
}

/** The range in two parts, of which the first begins with the seed that has found the bug before. */
function likelyFirst({ first, last }, seed) {
  if (!(seed > first && seed <= last)) return [{ first, last }]
  return [
    { first: seed, last },
    { first, last: seed - 1 },
  ]
}

async function firstFailure(ranges) {
  let found = null
  for (const range of ranges) {
    await trySeeds(file, range, (outcome) => {
      if (outcome.error) found ??= outcome
      return found !== null
    })
    if (found) break
  }
  return found
}

function rangeOf(most) {
  const first = wholeNumber(options.from ?? '1')
  return { first, last: first + wholeNumber(options.seeds ?? String(most)) - 1 }
}

function wholeNumber(text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${text} is no whole number above 0`)
  return Number(text)
}
