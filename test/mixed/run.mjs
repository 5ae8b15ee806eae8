// npm run test:mixed [-- --only REGEX --skip REGEX --rounds N --kills N --seed N --case REGEX]: nodes of kts and of
// Apache Kafka 4.3 in one cluster, and on one folder.
import { parseArgs } from 'node:util'
import { fetchJars } from '../kafka/jars.mjs'
import { Missing, Tally } from '../support/tally.mjs'
import { runBrokerCases, runClusterCases } from './cases.mjs'
import { runCopiers } from './copiers.mjs'
import { EXCEPTIONS } from './exceptions.mjs'
import { moveFolder } from './folder-moves.mjs'
import { runGroups } from './groups.mjs'
import { runRounds } from './rounds.mjs'
import { runThrottled } from './throttles.mjs'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    skip: { type: 'string', default: '^$' },
    rounds: { type: 'string', default: '5' },
    kills: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    case: { type: 'string', default: '' },
  },
})
const [rounds, kills, seed] = [options.rounds, options.kills, options.seed].map(Number)
const node = (id, maker, roles = 'broker') => ({ id, maker, roles })
const COMBINED = 'broker,controller'
/** The coordinators stay on one node while theirs is not what is tried. */
const CLUSTERS = {
  '2 kts brokers under an Apache controller': [node(1, 'apache', COMBINED), node(2, 'kts'), node(3, 'kts')],
  '2 Apache brokers under a kts controller': [node(1, 'kts', COMBINED), node(2, 'apache'), node(3, 'apache')],
  '3 kts nodes': [node(1, 'kts', COMBINED), node(2, 'kts'), node(3, 'kts')],
}
/** Any broker may die: the controller is a node of its own. */
const controlled = ([{ maker }, ...brokers]) => [node(3000, maker, 'controller'), node(1, maker), ...brokers]
const CASES = {
  'cases of a cluster on 3 nodes of kts': () => runClusterCases('kts'),
  'cases of a cluster on 3 nodes of apache': () => runClusterCases('apache'),
  'cases through a kts broker under an Apache controller': () => runBrokerCases('kts', options.case),
  'cases through an Apache broker under a kts controller': () => runBrokerCases('apache', options.case),
}

const isDue = ([name]) => new RegExp(options.only).test(name) && !new RegExp(options.skip).test(name)
const checks = [
  ...['kts', 'apache'].map((maker) => [`a folder that ${maker} has made, opened by both`, () => moveFolder(maker)]),
  ...Object.entries(CLUSTERS).flatMap(([name, specs]) => [
    [`${name}, ${rounds} rounds of kill`, () => runRounds({ specs, rounds, seed })],
    [`${name}, groups whose coordinators die`, () => runGroups({ specs: controlled(specs), kills, seed })],
    [`${name}, copiers whose coordinators die`, () => runCopiers({ specs: controlled(specs), kills, seed })],
  ]),
  ['3 kts nodes, replicas moved with a throttle', () => runThrottled(CLUSTERS['3 kts nodes'])],
].filter(isDue)

const tally = new Tally()

async function checkFigures(name, perform) {
  const figures = await tally.check(name, perform)
  if (figures) console.log(`      ${name}: ${JSON.stringify({ ...figures, seed })}`)
}

async function checkCases(title, run, exceptions = {}) {
  for (const [tools, cases] of Object.entries(await run()))
    for (const { case: id, ok, problems } of cases) {
      const name = `${tools}, ${title}: ${id}`
      const exception = exceptions[id]
      if (ok && exception) tally.failed(name, `it passes, though it is among the exceptions ("${exception}")`)
      else if (ok) tally.passed(name)
      else if (exception) tally.skipped(name, exception)
      else tally.failed(name, `\n${problems.join('\n')}`)
    }
}

try {
  await fetchJars('4.3.0')
  for (const [name, perform] of checks) await checkFigures(name, perform)
  for (const [title, run] of Object.entries(CASES).filter(isDue))
    await checkCases(title, run, EXCEPTIONS[/through an? (kts|apache)/i.exec(title)?.[1].toLowerCase()])
} catch (error) {
  if (error instanceof Missing) tally.skipped('clusters with Apache Kafka', error.message, checks.length)
  else tally.failed('test:mixed', error.stack)
}
tally.end()
// What still holds a connection would keep it.
process.exit()
