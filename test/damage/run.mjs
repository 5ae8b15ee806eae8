// npm run test:damage [-- --trials 500] [-- --seed 1]: a file of a data folder is damaged, after a clean stop or kill
// -9, and a broker is started over it: it serves what is whole, or refuses in one line. Never a record that was not
// written, never a hang.
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Tally } from '../support/tally.mjs'
import { temporaryFolder } from '../support/temporary-folder.mjs'
import { tryProcesses } from './processes.mjs'

const { values } = parseArgs({
  options: { trials: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' } },
})
const [trials, seed] = [Number(values.trials), Number(values.seed)]
/** Real processes take a second each. */
const PROCESS_SHARE = 0.04
const LONGEST_MS = 30_000
/** In memory where there is a place for that: each start waits for the disk several times. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const tally = new Tally()
const outcomes = new Map()
const processes = Math.max(1, Math.round(trials * PROCESS_SHARE))
try {
  for (let done = 0; done < trials - processes; ) done += await runTrials(seed + done, trials - processes - done)
  await tryProcesses(tally, { count: processes, seed: seed + trials - processes })
} catch (error) {
  tally.failed('test:damage', error.stack)
}
for (const [outcome, count] of outcomes) console.log(`      ${count} ${outcome}`)
tally.end()
process.exit()

/** Resolves with how many came to an end: all of them, or up to the one that hung. */
async function runTrials(first, count) {
  const child = fork(
    fileURLToPath(new URL('./trials.mjs', import.meta.url)),
    [temporaryFolder('kts-damage-', PARENT), first, count, seed].map(String),
  )
  let [done, current, timer] = [0, 'making the folder', undefined]
  const wait = () => {
    clearTimeout(timer)
    timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
  }
  child.on('message', ({ begins, ends, outcome, wrong }) => {
    wait()
    if (begins) current = begins
    if (!ends) return
    done += 1
    current = null
    if (wrong) return tally.failed(ends, wrong)
    tally.passed(`${ends}: ${outcome}`)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  })
  wait()
  const [code, signal] = await new Promise((resolve) => child.on('exit', (...how) => resolve(how)))
  clearTimeout(timer)
  if (done === count) return done
  tally.failed(
    current ?? 'between two trials',
    signal === 'SIGKILL' ? `no end within ${LONGEST_MS / 1000} s` : `the process ended with ${code ?? signal}`,
  )
  return done + 1
}
