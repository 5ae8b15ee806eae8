// npm run bench [-- --quick]: every figure beside its peers', measured in one run; ratios count, not seconds.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { compare, peakMemory } from './measure.mjs'
import { startApache, startBundled } from './servers.mjs'

const quick = process.argv.includes('--quick')
const runs = quick ? 3 : 5
const LINES = quick ? 200_000 : 1_000_000
const kts = `${process.execPath} ${new URL('../bin/kts', import.meta.url).pathname}`
const folder = mkdtempSync(join(tmpdir(), 'kts-bench-lines-'))
const file = join(folder, 'access.log')
const has = (command) => { try { execFileSync('bash', ['-c', `command -v ${command}`], { stdio: 'ignore' }); return true } catch { return false } }
const sh = (line) => execFileSync('bash', ['-c', line], { stdio: ['ignore', 'pipe', 'ignore'] }).toString()

const rows = []
const notes = []
const record = (row) => {
  rows.push(row)
  const [ours, ...peers] = row.result
  console.log(`${row.name}: kts ${ours.wall.toFixed(2)} s (CPU ${ours.cpu.toFixed(2)} s)`
    + peers.map((peer) => `; ${peer.who} ${peer.wall.toFixed(2)} s (CPU ${peer.cpu.toFixed(2)} s), ${(peer.wall / ours.wall).toFixed(2)} × as long`).join(''))
}
const note = (text) => { notes.push(text); console.log(text) }

let topicNumber = 0
/** A fresh topic for every run of a producer, so that none writes behind another's data. */
const newTopic = async (broker) => {
  const topic = `bench-${topicNumber += 1}`
  sh(`${kts} topics --bootstrap-server ${broker.server} --create --topic ${topic} --partitions 3`)
  return topic
}

async function againstOneBroker(broker) {
  const kcat = has('kcat')
  const { server, name } = broker
  const before = () => newTopic(broker)
  const peers = []
  if (kcat) peers.push({ name: 'kcat', line: (topic) => `kcat -P -b ${server} -t ${topic} -l ${file}` })
  if (broker.tools && !quick) peers.push({ name: 'Apache console producer', line: (topic) => `${broker.tools} org.apache.kafka.tools.ConsoleProducer --bootstrap-server ${server} --topic ${topic} < ${file}` })
  record(await compare({ name: `produce ${LINES} lines from a file to ${name}`, runs, before, peers, ours: (topic) => `${kts} produce --bootstrap-server ${server} --topic ${topic} --input-file ${file}` }))

  const topic = await newTopic(broker)
  sh(`${kts} produce --bootstrap-server ${server} --topic ${topic} --input-file ${file}`)
  const readers = []
  if (kcat) readers.push({ name: 'kcat', line: `kcat -C -b ${server} -t ${topic} -o beginning -c ${LINES} -q > /dev/null` })
  if (broker.tools && !quick) readers.push({ name: 'Apache console consumer', line: `${broker.tools} org.apache.kafka.tools.consumer.ConsoleConsumer --bootstrap-server ${server} --topic ${topic} --from-beginning --max-messages ${LINES} > /dev/null` })
  record(await compare({ name: `consume ${LINES} lines from ${name}`, runs, peers: readers, ours: `${kts} consume --bootstrap-server ${server} --topic ${topic} --from-beginning --max-messages ${LINES} > /dev/null` }))
}

async function brokersUnderKcat(bundled, apache) {
  if (!has('kcat')) return note('kcat is not installed: the brokers were not compared under it')
  const before = (name) => newTopic(name === 'kts' ? bundled : apache)
  const line = (broker) => (topic) => `kcat -P -b ${broker.server} -t ${topic} -l ${file}`
  record(await compare({ name: `kcat produces ${LINES} lines: bundled broker against Apache Kafka`, runs, before, ours: line(bundled), peers: apache ? [{ name: 'Apache Kafka', line: line(apache) }] : [] }))
}

sh(`${kts} logs generate --count ${LINES} --seed 1 > ${file}`)
const bytes = statSync(file).size
const bundled = await startBundled()
const apache = await startApache()
try {
  note(`${LINES} lines of ${(bytes / LINES).toFixed(0)} bytes; ${cpus().length} × ${cpus()[0].model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`)
  note(`bundled broker: ${bundled.startMs.toFixed(0)} ms from its start to the first answered request${apache ? `; Apache Kafka: ${apache.startMs.toFixed(0)} ms` : ''}`)
  if (!apache) note('Apache Kafka was left out: it needs Java 17 and Maven')
  await brokersUnderKcat(bundled, apache)
  note(`bundled broker: ${(peakMemory(bundled.pid) / 2 ** 20).toFixed(0)} MiB at most while it swallowed them${apache ? `; Apache Kafka: ${(peakMemory(apache.pid) / 2 ** 20).toFixed(0)} MiB` : ''}`)
  if (apache) await againstOneBroker(apache)
  await againstOneBroker(bundled)
  record(await compare({ name: 'kts topics --list', runs: 10, ours: `${kts} topics --list --bootstrap-server ${bundled.server}`, peers: [{ name: 'node -e 0', line: `${process.execPath} -e 0` }] }))
} finally {
  await bundled.stop()
  await apache?.stop()
  rmSync(folder, { recursive: true, force: true })
}

const table = rows.flatMap(({ name, result: [ours, ...peers] }) => (peers.length === 0 ? [{ who: '–', wall: ours.wall, cpu: ours.cpu }] : peers)
  .map((peer) => `| ${name} | ${ours.wall.toFixed(2)} s / ${ours.cpu.toFixed(2)} s | ${peer.who} | ${peer.wall.toFixed(2)} s / ${peer.cpu.toFixed(2)} s | ${(peer.wall / ours.wall).toFixed(2)} |`))
writeFileSync(new URL('results.md', import.meta.url), `# The last recorded benchmark

Medians of ${runs} runs in turn, ${new Date().toISOString().slice(0, 10)}${quick ? ', quick' : ''}; seconds are wall / CPU of the client process. A ratio above 1 is in favour of kts.

${notes.map((text) => `- ${text}`).join('\n')}

| what | kts | beside | its figure | ratio (wall) |
| --- | --- | --- | --- | --- |
${table.join('\n')}
`)
