// node bench/profile.mjs [--only REGEX]: where the time of the rows that miss their goal goes, as tables of self time
// in profiles.md: the bundled broker under each client, and the commands of kts.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Bench } from './bench.mjs'
import { brokerLoads, sixteenProducers } from './broker-loads.mjs'
import { startApache, startBundled } from './servers.mjs'
import { avroOrders } from './suites/schemas.mjs'

const ROUNDS = { broker: 3, command: 9, avro: 10 }
/** How often the thousand records of the benchmark are decoded in a round. */
const AVRO_PASSES = 100
const LINES = 15
/** Outside of JavaScript: not a function of anybody's. */
const IDLE = new Set(['(idle)', '(root)'])
const root = fileURLToPath(new URL('..', import.meta.url))

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const isWanted = (name) => new RegExp(values.only).test(name)
const folder = mkdtempSync(join(tmpdir(), 'kts-profile-'))
const bench = new Bench({ quick: false, folder, bundled: await startBundled(), apache: await startApache() })
const tables = []
try {
  bench.sh(`${bench.kts} logs generate --count ${bench.lines} --seed 1 > ${bench.file}`)
  for (const [name, load] of Object.entries(brokerLoads(bench))) if (isWanted(name)) await profileBroker(name, load)
  const sixteen = 'sixteen producers of kts perf, 1 kB'
  if (isWanted(sixteen)) await profileBroker(sixteen, { line: sixteenProducers(bench), partitions: 16 })
  if (isWanted('Avro to JSON text')) await profileAvro('Avro to JSON text')
  for (const [name, line] of Object.entries(commandLines(bench))) if (isWanted(name)) profileCommand(name, line)
} finally {
  await bench.bundled.stop()
  await bench.apache?.stop()
  rmSync(folder, { recursive: true, force: true })
}
const text = `# Where the time goes

Self time by \`--cpu-prof\` of Node ${process.version}: what a function takes without those it calls; a call of the kernel counts for the function of Node's that makes it. \`(program)\` is Node outside of JavaScript: its event loop, reading from sockets. Where a topic is read, filling it counts as well. Written by \`node bench/profile.mjs\`.

${tables.join('\n')}`
if (values.only === '') writeFileSync(new URL('profiles.md', import.meta.url), text)
else console.log(text)

/** The words after `kts` for the commands whose rows miss their goal. */
function commandLines(bench) {
  const { file, broker, bundled, lines } = bench
  const topic = bench.newTopic(broker)
  const server = `-b ${bundled.server}`
  const few = bench.newTopic(bundled)
  bench.sh(`seq 100 | ${bench.kts} produce ${few} ${server}`)
  bench.sh(`${bench.kts} consume ${few} --group readers --from-beginning --max-messages 100 ${server}`)
  return {
    [`kts produce into ${broker.name}`]: `produce -b ${broker.server} -t ${topic} --input-file ${file}`,
    [`kts consume from ${broker.name}`]: `consume -b ${broker.server} -t ${topic} --from-beginning --max-messages ${lines}`,
    'kts topics list': `topics list ${server}`,
    'kts groups describe': `groups describe readers ${server}`,
    'kts offsets': `offsets ${few} ${server}`,
    'kts consume --max-messages 1': `consume ${few} --from-beginning --max-messages 1 ${server}`,
  }
}

/** One broker for each load, which is repeated: what is compiled in the first round does not count for much. */
async function profileBroker(name, { line, fill, partitions }) {
  const profiles = mkdtempSync(join(folder, 'broker-'))
  const broker = await startBundled({ nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${profiles}`] })
  const filled = fill && bench.newTopic(broker)
  if (fill) bench.sh(fill(broker.server, filled))
  for (let round = 0; round < ROUNDS.broker; round += 1)
    bench.sh(line(broker.server, filled ?? bench.newTopic(broker, { partitions })))
  await broker.stop()
  addTable(`The bundled broker: ${name}`, profilesIn(profiles), ROUNDS.broker)
}

function profileCommand(name, words) {
  const profiles = mkdtempSync(join(folder, 'command-'))
  const node = `${process.execPath} --cpu-prof --cpu-prof-interval 200 --cpu-prof-dir=${profiles}`
  for (let round = 0; round < ROUNDS.command; round += 1) bench.sh(`${node} ${root}bin/kts ${words} > ${bench.output}`)
  addTable(name, profilesIn(profiles), ROUNDS.command)
}

async function profileAvro(name) {
  const { codec, payloads } = await avroOrders(folder)
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  for (let pass = 0; pass < ROUNDS.avro * AVRO_PASSES; pass += 1) for (const payload of payloads) codec.decode(payload)
  const { profile } = await session.post('Profiler.stop')
  session.disconnect()
  addTable(`${name}, ${AVRO_PASSES * payloads.length} records`, [profile], ROUNDS.avro)
}

function profilesIn(directory) {
  return readdirSync(directory).map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')))
}

function addTable(title, profiles, rounds) {
  const selfMs = new Map()
  for (const profile of profiles) addSelfTimes(selfMs, profile)
  const all = [...selfMs.values()].reduce((sum, ms) => sum + ms, 0)
  const most = [...selfMs].sort(([, a], [, b]) => b - a).slice(0, LINES)
  const lines = most.map(
    ([place, ms]) => `| ${(ms / rounds).toFixed(1)} ms | ${((100 * ms) / all).toFixed(1)} % | ${place} |`,
  )
  console.log(title)
  tables.push(
    `## ${title}\n\nBusy for ${(all / rounds).toFixed(0)} ms in each of ${rounds} rounds.\n\n| self | share | function |\n| --- | --- | --- |\n${lines.join('\n')}\n`,
  )
}

function addSelfTimes(selfMs, { nodes, samples, timeDeltas }) {
  const placeOf = new Map(nodes.map(({ id, callFrame }) => [id, placeName(callFrame)]))
  for (const [index, id] of samples.entries()) {
    const place = placeOf.get(id)
    if (!IDLE.has(place)) selfMs.set(place, (selfMs.get(place) ?? 0) + timeDeltas[index] / 1000)
  }
}

/** The names of our chunks change with every build. */
function placeName({ functionName, url }) {
  const name = functionName || '(anonymous)'
  if (url === '') return name
  const module = /node:.*/.exec(url)?.[0]
  return `${name}, ${module ?? (url.includes('/node_modules/') ? url.replace(/.*\/node_modules\//, '') : 'kts')}`
}
