// npm run test:fuzz [-- --count 100000] [-- --seed 1]: bytes that no client should send, over every API and version,
// against the broker as a process, while another client goes about its work. What they leave behind must not keep the
// broker from starting again: it does so after every ten thousand frames, and in the end.
import { parseArgs } from 'node:util'
import { brokerReady, spawnBundledBroker } from '../support/bundled-broker.mjs'
import { stopProcess } from '../support/processes.mjs'
import { protocol } from '../support/protocol.mjs'
import { inMiB, memoryOf } from '../support/resources.mjs'
import { Tally } from '../support/tally.mjs'
import { temporaryFolder } from '../support/temporary-folder.mjs'
import { attack } from './attack.mjs'
import { PAIRS } from './frames.mjs'
import { attackLogins } from './logins.mjs'
import { Neighbour } from './neighbour.mjs'

const { values } = parseArgs({
  options: { count: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
})
const [count, seed] = [Number(values.count), Number(values.seed)]
const RESTART_AFTER = 10_000
const PARTS_OF_A_LIFE = 4
const LANES = 32
/** Members that never come back have their end, and nobody waits for others to join. */
const SETTINGS = { 'group.max.size': 50, 'group.max.session.timeout.ms': 10_000, 'group.initial.rebalance.delay.ms': 0 }
const LONGEST_MS = 5000
const MOST_GROWTH_BYTES = 64 * 2 ** 20

const tally = new Tally()
const folder = temporaryFolder('kts-fuzz-')
let said = ''
let child = start()
try {
  await main()
  await attackLogins(tally, { count: Math.ceil(count / 20), random: protocol.createRandom(seed), folder })
} catch (error) {
  tally.failed('test:fuzz', error.stack)
}
await tally.check('the broker ends in good order', stop)
tally.end()
process.exit()

function start() {
  const started = spawnBundledBroker(SETTINGS, { dataDir: folder, stateHome: folder, stderr: 'pipe' })
  started.stderr.on('data', (chunk) => {
    said += chunk
  })
  return started
}

async function stop() {
  if (child.exitCode !== null || child.signalCode !== null)
    throw new Error(`it ended before: ${child.exitCode ?? child.signalCode} ${said.slice(-2000)}`)
  await stopProcess(child)
  if (child.exitCode !== 143) throw new Error(`exit code ${child.exitCode} ${child.signalCode} ${said.slice(-2000)}`)
}

async function main() {
  console.log(`${count} frames from seed ${seed} on, over ${PAIRS.length} versions of ${protocol.APIS.length} APIs`)
  const random = protocol.createRandom(seed)
  const totals = { sent: 0, connections: 0, answered: 0, closedByBroker: 0, unfinished: 0, answeredBytes: 0, ways: {} }
  const neighbour = new Neighbour()
  while (totals.sent < count) {
    const { port } = await brokerReady(child)
    await neighbour.visit(port, () =>
      live(port, { totals, random, count: Math.min(RESTART_AFTER, count - totals.sent) }),
    )
    await stop()
    child = start()
  }
  const { port } = await brokerReady(child)
  for (const [way, sent] of Object.entries(totals.ways)) console.log(`      ${sent} ${way}`)
  const { sent, connections, answered, closedByBroker, unfinished, answeredBytes } = totals
  tally.passed(
    `${sent} frames in ${connections} connections: ${answered} answered to the end, ${closedByBroker} closed by the broker, ${unfinished} left waiting; ${inMiB(answeredBytes)} came back`,
  )
  await tally.check('started again, it serves', () => neighbour.visit(port, async () => {}))
  await tally.check(`nothing was a bug of the broker's`, async () => checkComplaints(said))
  await tally.check(
    `another client wrote and read ${neighbour.records} records meanwhile, the slowest in ${Math.round(neighbour.longestMs)} ms`,
    async () => {
      if (neighbour.longestMs > LONGEST_MS) throw new Error('it had to wait too long')
    },
  )
}

/** So many frames to one process, whose memory is flat from its middle on. */
async function live(port, { totals, random, count: wanted }) {
  const memory = []
  for (let part = 0; part < PARTS_OF_A_LIFE; part += 1) {
    add(totals, await attack(port, { count: Math.ceil(wanted / PARTS_OF_A_LIFE), lanes: LANES, random }))
    memory.push(memoryOf(child.pid))
    console.log(`      ${totals.sent} sent, ${inMiB(memory.at(-1))} of memory`)
  }
  const growth = memory.at(-1) - Math.max(...memory.slice(0, PARTS_OF_A_LIFE / 2))
  if (growth > MOST_GROWTH_BYTES)
    tally.failed('memory is flat', `it grew by ${inMiB(growth)}: ${memory.map(inMiB).join(', ')}`)
}

function add(totals, { ways, ...counts }) {
  for (const [name, value] of Object.entries(counts)) totals[name] += value
  for (const [way, value] of Object.entries(ways)) totals.ways[way] = (totals.ways[way] ?? 0) + value
}

/** Bytes that make no sense are the client's fault, anything else is ours. */
function checkComplaints(text) {
  const bugs = [...text.matchAll(/internal error: .*(?:\n +at .*)*/g)].map(([bug]) => bug)
  if (bugs.length > 0) throw new Error(`${bugs.length} internal errors:\n${[...new Set(bugs)].slice(0, 10).join('\n')}`)
}
