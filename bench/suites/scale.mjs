// Many partitions and many clients: how long a broker with ten thousand partitions takes to start and how long it takes
// to make them, whether one client at full speed and hundreds of small ones get on, and sixteen producers at once.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { startBundledBroker } from '../../test/support/bundled-broker.mjs'
import { sixteenProducers } from '../broker-loads.mjs'
import { median, memoryOf, timeOnce } from '../measure.mjs'

const MIB = 2 ** 20
const TOPICS = 2000
const PARTITIONS = 10_000
const CLIENTS = 500
const MANY_CLIENTS = fileURLToPath(new URL('../many-clients.mjs', import.meta.url))

export async function run(bench) {
  await starts(bench)
  await creation(bench)
  await besideManyClients(bench)
  await sixteenClients(bench)
}

/** After a clean stop and after a kill in turn, on the folder of 2,000 topics × 5 partitions. */
async function starts(bench) {
  const dataDir = join(bench.folder, 'many-partitions')
  let broker = await startBundledBroker({}, { dataDir })
  const names = Array.from({ length: TOPICS }, (_, index) => `many-${index}`).join(',')
  bench.sh(`${bench.kts} topics -b ${broker.bootstrap} --create --topic ${names} --partitions ${PARTITIONS / TOPICS}`)
  await broker.stop()
  const times = { 'a clean stop': [], 'kill -9': [] }
  const memory = []
  const n = bench.quick ? 2 : 9
  for (let run = 0; run < n; run += 1) {
    broker = await startBundledBroker({}, { dataDir })
    times['a clean stop'].push(broker.startMs)
    memory.push(memoryOf(broker.pid) / MIB)
    process.kill(broker.pid, 'SIGKILL')
    await broker.stop()
    broker = await startBundledBroker({}, { dataDir })
    times['kill -9'].push(broker.startMs)
    await broker.stop()
  }
  for (const [after, ms] of Object.entries(times)) {
    bench.figure({
      name: `bundled broker: start with 2,000 topics × 5 partitions after ${after}`,
      goal: '≤ 1.5 s',
      figure: `${(median(ms) / 1000).toFixed(2)} s`,
      isMet: median(ms) <= 1500,
      n,
    })
  }
  bench.figure({
    name: 'bundled broker: memory with 2,000 topics × 5 partitions',
    goal: '≤ 200 MiB',
    figure: `${median(memory).toFixed(0)} MiB`,
    isMet: median(memory) <= 200,
    n,
  })
}

/** Each on a folder of its own, which stays: file systems are slow to make files where many have just been removed. */
async function creation(bench) {
  const seconds = []
  const n = bench.quick ? 1 : 5
  for (let run = 0; run < n; run += 1) {
    const broker = await startBundledBroker({}, { dataDir: join(bench.folder, `new-partitions-${run}`) })
    const topics = `${bench.kts} topics -b ${broker.bootstrap} --topic wide`
    seconds.push((await timeOnce(`${topics} --create --partitions ${PARTITIONS} && ${topics} --describe`)).wall)
    await broker.stop()
  }
  bench.figure({
    name: 'bundled broker: 10,000 partitions created and described',
    goal: '≤ 3 s',
    figure: `${median(seconds).toFixed(2)} s`,
    isMet: median(seconds) <= 3,
    n,
  })
}

/** One producer at full speed, alone and beside 500 connections of 2 KB a second each, with each broker in turn. */
async function besideManyClients(bench) {
  const { bundled, apache, quick } = bench
  const n = quick ? 1 : 5
  const contestants = [bundled, apache].filter((broker) => broker !== null).map((broker) => ({ broker, runs: [] }))
  for (let run = 0; run < n; run += 1)
    for (const { broker, runs } of contestants) runs.push(await bench.tidily(() => aloneAndBeside(bench, broker)))
  const figures = contestants.map(({ broker, runs }) => {
    const [share, p50, p99] = ['share', 'p50', 'p99'].map((name) => median(runs.map((each) => each[name])))
    return { who: broker === bundled ? '' : `${broker.name} `, share, p50, p99 }
  })
  const [ours] = figures
  const beside = `beside ${CLIENTS} connections of 2 KB/s each`
  bench.figure({
    name: `broker: one producer at full speed ${beside}`,
    goal: 'keeps ≥ 80 % of its throughput',
    figure: figures.map(({ who, share }) => `${who}${(share * 100).toFixed(0)} %`).join('; '),
    isMet: ours.share >= 0.8,
    n,
  })
  bench.figure({
    name: `broker: the small ones of ${CLIENTS} connections beside it`,
    goal: 'p99 ≤ 20 ms',
    figure: figures.map(({ who, p50, p99 }) => `${who}p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`).join('; '),
    isMet: ours.p99 <= 20,
    n,
  })
}

/** The share of its throughput that a producer keeps, and how long the small clients beside it waited. */
async function aloneAndBeside(bench, broker) {
  const [large, small] = [bench.newTopic(broker), bench.newTopic(broker)]
  const atFullSpeed = `${bench.kts} perf produce -b ${broker.server} -t ${large} --num-records ${bench.quick ? 250_000 : 2_000_000} --record-size 1000 --throughput -1`
  await timeOnce(atFullSpeed)
  const alone = await timeOnce(atFullSpeed)
  const clients = spawn(process.execPath, [MANY_CLIENTS, broker.server, small, CLIENTS], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: clients.stdout })[Symbol.asyncIterator]()
  await lines.next()
  const beside = await timeOnce(atFullSpeed)
  clients.stdin.end()
  const { p50, p99 } = JSON.parse((await lines.next()).value)
  return { share: alone.wall / beside.wall, p50, p99 }
}

async function sixteenClients(bench) {
  const { bundled, apache } = bench
  const produce = sixteenProducers(bench)
  await bench.compare({
    name: 'broker: sixteen producers of kts perf, 1 kB',
    goal: '≥ 1.2 × Apache Kafka',
    wants: { 'Apache Kafka': 1.2 },
    before: (who) => bench.newTopic(who === 'kts' ? bundled : apache, { partitions: 16 }),
    ours: (topic) => produce(bundled.server, topic),
    peers: { 'Apache Kafka': apache && ((topic) => produce(apache.server, topic)) },
  })
}
