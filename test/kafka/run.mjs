// npm run test:kafka [-- --only REGEX --pairing REGEX]: the recorded cases, with Apache's tools and with ours, on
// Apache Kafka and on the bundled broker.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findCases, runCases } from '../conformance/cases.mjs'
import { processLauncher } from '../conformance/launch-processes.mjs'
import { differences } from '../rights/table.mjs'
import { startBundledBroker } from '../support/bundled-broker.mjs'
import { Missing, Tally } from '../support/tally.mjs'
import { startApacheBroker } from './apache-broker.mjs'
import { exceptionsOf } from './exceptions.mjs'
import { fetchJars } from './jars.mjs'
import { startToolServer } from './launch-in-jvm.mjs'
import { askBundled, RECORDED, recordApache } from './rights.mjs'
import { tableOf } from './table.mjs'
import { unhurried } from './unhurried.mjs'

/** The version that the cases were recorded with, and the last of the 3.x line. */
const VERSION = '4.3.0'
const OLDER_VERSION = '3.9.2'
/** Most of the time passes in waiting, for a group to form or a consumer's idle timeout. */
const JOBS = 6 * availableParallelism()
const TRIES = 3
/** More failures than this are no accident, and are not tried again. */
const MOST_RETRIED = 12

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const { values: options } = parseArgs({
  options: { only: { type: 'string', default: '' }, pairing: { type: 'string', default: '' } },
})
const cases = (await findCases([here('../conformance/cases')], { only: options.only })).sort(
  (a, b) => weightOf(b) - weightOf(a),
)
/** The cases of a broker with an authorizer, to whose tools everything is allowed. */
const securedCases = await findCases([here('../conformance/secured-cases')], { only: options.only })
const SECURED = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
}
const tally = new Tally()
const columns = []

try {
  await main()
} catch (error) {
  if (error instanceof Missing) tally.skipped('cases against Apache Kafka', error.message, cases.length * 5)
  else tally.failed('test:kafka', error.stack)
}
if (columns.length > 0) console.log(`\n${tableOf(columns)}\n`)
tally.end()
process.exit()

async function main() {
  const libs = await fetchJars(VERSION)
  const tools = await startToolServer(libs)
  const apache = { name: "Apache's tools", start: tools.start }
  const kts = { name: 'kts', start: quiet(processLauncher(here('../../bin'))) }
  try {
    await checkBroker(`Apache Kafka ${VERSION}`, {
      isApache: true,
      start: () => startApacheBroker(libs),
      tools: [apache, kts],
    })
    await checkBroker('bundled broker', { isApache: false, start: () => startBundledBroker(), tools: [apache, kts] })
    await checkBroker(`Apache Kafka ${VERSION} with an authorizer`, {
      isApache: true,
      start: () => startApacheBroker(libs, SECURED),
      tools: [kts],
      due: securedCases,
    })
    await checkBroker('bundled broker with an authorizer', {
      isApache: false,
      start: () => startBundledBroker(SECURED),
      tools: [apache, kts],
      due: securedCases,
    })
    await checkRights(libs)
    await checkBroker(`Apache Kafka ${OLDER_VERSION}`, { isApache: true, start: () => startOlder(tools), tools: [kts] })
  } finally {
    await tools.stop()
  }
}

/** The table of rights that `npm test` holds the bundled broker to: of both brokers, with logins over sockets. */
async function checkRights(libs) {
  if (!new RegExp(options.pairing).test('rights') || !new RegExp(options.only).test('rights')) return
  const recorded = JSON.parse(readFileSync(RECORDED, 'utf8'))
  const brokers = { 'Apache Kafka': () => recordApache(libs), 'bundled broker': askBundled }
  for (const [name, ask] of Object.entries(brokers)) {
    const differing = differences(recorded, await ask())
    if (differing.length === 0) tally.passed(`the table of rights: ${name}`)
    else tally.failed(`the table of rights: ${name}`, `\n${differing.join('\n')}`)
  }
}

/** Checks the tools, one after the other, against one broker. */
async function checkBroker(name, { isApache, start, tools, due = cases }) {
  const pairings = tools
    .map((tool) => ({ pairing: `${tool.name} × ${name}`, tool }))
    .filter(({ pairing }) => new RegExp(options.pairing).test(pairing))
  if (pairings.length === 0 || due.length === 0) return
  const broker = await start()
  try {
    for (const { pairing, tool } of pairings)
      await checkPairing(pairing, isApache ? unhurried(tool.start) : tool.start, broker.bootstrap, due)
  } finally {
    await broker.stop()
  }
}

async function startOlder(tools) {
  const broker = await startApacheBroker(await fetchJars(OLDER_VERSION))
  await beAsNewer(tools, broker)
  return broker
}

/** Those that take long start first, so that none is left to wait for. */
function weightOf({ spec: { steps } }) {
  return steps.filter(({ run }) => run).length + steps.reduce((sum, { timeoutS = 0 }) => sum + timeoutS, 0)
}

/** Kafka 4 gives a new cluster this setting by itself, and shows it with every topic. */
async function beAsNewer({ start }, { bootstrap }) {
  const alter = [
    'kafka-configs',
    '--bootstrap-server',
    bootstrap,
    '--alter',
    '--entity-type',
    'brokers',
    '--entity-default',
  ]
  const { code, stdout, stderr } = await start([...alter, '--add-config', 'min.insync.replicas=1']).done
  if (code !== 0) throw new Error(`min.insync.replicas could not be set: ${stdout} ${stderr}`)
}

/**
 * Runs each case, and those that failed again, so that a busy machine fails nothing; a line tells of each that needed
 * it.
 */
async function checkPairing(pairing, start, bootstrap, cases) {
  const began = Date.now()
  const exceptions = cases === securedCases ? {} : exceptionsOf(pairing)
  const results = new Map()
  for (let attempt = 1, due = cases; attempt <= TRIES && due.length > 0; attempt += 1) {
    const run = await runCases(due, { start, bootstrap, jobs: attempt === 1 ? JOBS : 2, keep: true })
    for (const result of run) results.set(result.case, { ...result, attempt })
    due = cases.filter(({ id }) => !results.get(id).ok && !(id in exceptions))
    if (due.length > MOST_RETRIED) break
    if (attempt < TRIES)
      for (const { id } of due) console.log(`again ${pairing}: ${id}\n${results.get(id).problems.join('\n')}`)
  }
  if (!options.only)
    for (const id of Object.keys(exceptions).filter((id) => !results.has(id)))
      tally.failed(`${pairing}: ${id}`, 'it is an exception, and no case')
  for (const { case: name, ok, problems } of results.values())
    judge(`${pairing}: ${name}`, ok, problems, exceptions[name])
  columns.push({ pairing, results: [...results.values()], seconds: (Date.now() - began) / 1000 })
}

function judge(name, ok, problems, exception) {
  if (ok && exception) tally.failed(name, `it passes, though it is among the exceptions ("${exception}")`)
  else if (ok) tally.passed(name)
  else if (exception) tally.skipped(name, exception)
  else tally.failed(name, `\n${problems.join('\n')}`)
}

/** No warning of Node's own may reach the user. */
function quiet(start) {
  return (argv, input) => {
    const { signal, done } = start(argv, input)
    const inspected = done.then((outcome) => {
      const [warning] = /^\(node:\d+\).*$/m.exec(outcome.stderr) ?? []
      if (warning) throw new Error(`a warning of Node's own: ${warning}`)
      return outcome
    })
    return { signal, done: inspected }
  }
}
