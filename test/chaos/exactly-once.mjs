// npm run test:exactly-once [-- --kills 40] [-- --records 20000] [-- --seed 1]: kts pipe and its broker are killed at
// random moments under a stream of numbered records, with a command and without one; in the end both topics are
// compared.
import { parseArgs } from 'node:util'
import { Tally } from '../support/tally.mjs'
import { runPipeUnderFire } from './pipe.mjs'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '40' },
    records: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const [kills, records, seed] = [values.kills, values.records, values.seed].map(Number)
/** The longest time between two kills: about twice of what a pipe needs to start and to do something. */
const LONGEST_MS = 2500

const tally = new Tally()
console.log(`${kills} kills, seed ${seed}`)
for (const command of [[], ['cat']]) {
  const how = command.length > 0 ? `through ${command.join(' ')}` : 'as they are'
  try {
    const { pipe, broker, both, starts } = await runPipeUnderFire({
      records,
      kills,
      longestMs: LONGEST_MS,
      seed,
      command,
    })
    tally.passed(
      `${records} records have come ${how}, each once and in order: the pipe was killed ${pipe} times, the broker ${broker} times, both ${both} times; ${starts} starts of the pipe`,
    )
  } catch (error) {
    tally.failed(
      `records come ${how}, each once`,
      `${error.stack}; again: npm run test:exactly-once -- --kills ${kills} --records ${records} --seed ${seed}`,
    )
  }
}
tally.end()
// A pipe that was left over would be started again and again.
process.exit()
