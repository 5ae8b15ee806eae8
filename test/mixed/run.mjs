// npm run test:mixed [-- --only REGEX --rounds N --seed N]: nodes of kts and of Apache Kafka 4.3 in one cluster, and on
// one folder.
import { parseArgs } from 'node:util'
import { fetchJars } from '../kafka/jars.mjs'
import { Missing, Tally } from '../support/tally.mjs'
import { runClusterCases } from './cases.mjs'
import { moveFolder } from './folder-moves.mjs'
import { runRounds } from './rounds.mjs'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const rounds = Number(options.rounds)
const seed = Number(options.seed)
const node = (id, maker, roles = 'broker') => ({ id, maker, roles })
const COMBINED = 'broker,controller'
/** The coordinators stay on one node while theirs is not what is tried. */
const CLUSTERS = {
  '2 kts brokers under an Apache controller': [node(1, 'apache', COMBINED), node(2, 'kts'), node(3, 'kts')],
  '2 Apache brokers under a kts controller': [node(1, 'kts', COMBINED), node(2, 'apache'), node(3, 'apache')],
  '3 kts nodes': [node(1, 'kts', COMBINED), node(2, 'kts'), node(3, 'kts')],
}

const checks = [
  ...['kts', 'apache'].map((maker) => [`a folder that ${maker} has made, opened by both`, () => moveFolder(maker)]),
  ...Object.entries(CLUSTERS).map(([name, specs]) => [
    `${name}, ${rounds} rounds of kill`,
    async () => {
      const { kills, stops, medianRoundMs, acknowledged, longestGapMs } = await runRounds({ specs, rounds, seed })
      console.log(
        `      ${name}: ${kills} kills, ${stops} stops, ${Math.round(medianRoundMs)} ms for a round in the middle, ${acknowledged} records acknowledged, longest gap ${Math.round(longestGapMs)} ms, seed ${seed}`,
      )
    },
  ]),
].filter(([name]) => new RegExp(options.only).test(name))

const tally = new Tally()

async function checkCases(maker) {
  const results = await runClusterCases(maker)
  for (const [tools, cases] of Object.entries(results))
    for (const { case: id, ok, problems } of cases) {
      const name = `${tools} × 3 nodes of ${maker}: ${id}`
      if (ok) tally.passed(name)
      else tally.failed(name, `\n${problems.join('\n')}`)
    }
}
try {
  await fetchJars('4.3.0')
  for (const [name, perform] of checks) await tally.check(name, perform)
  for (const maker of ['kts', 'apache'])
    if (new RegExp(options.only).test(`cases on 3 nodes of ${maker}`)) await checkCases(maker)
} catch (error) {
  if (error instanceof Missing) tally.skipped('clusters with Apache Kafka', error.message, checks.length)
  else tally.failed('test:mixed', error.stack)
}
tally.end()
