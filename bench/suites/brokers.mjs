// The bundled broker beside others, under the same clients.
import { brokerLoads } from '../broker-loads.mjs'
import { peakMemory } from '../measure.mjs'
import { startKfake } from '../peers.mjs'
import { startFloor } from '../servers.mjs'

const MIB = 2 ** 20

export async function run(bench) {
  bench.note(`the bundled broker's memory at its peak under all that came before: ${mebibytes(bench.bundled)} MiB`)
  await bench.restartBundled()
  const kfake = await startKfake((text) => bench.note(text))
  const [sink, source] = [await startFloor('produce'), await startFloor('fetch')]
  try {
    for (const [name, { line, fill }] of Object.entries(brokerLoads(bench))) {
      const floor = fill ? source : sink
      const others = {
        'Apache Kafka': bench.apache,
        kfake: name.startsWith('Java') ? null : kfake,
        [floor.name]: floor,
      }
      await bench.tidily(() => underLoad(bench, others, name, line, fill))
    }
  } finally {
    for (const broker of [kfake, sink, source]) await broker?.stop()
  }
  if (bench.apache && !bench.quick) latency(bench)
  bench.figure({
    name: 'bundled broker: memory at its peak under these loads',
    goal: '≤ 120 MiB',
    figure: `${mebibytes(bench.bundled)} MiB`,
    isMet: mebibytes(bench.bundled) <= 120,
  })
  if (bench.apache) bench.note(`Apache Kafka's memory at its peak: ${mebibytes(bench.apache)} MiB`)
}

const mebibytes = ({ pid }) => Math.round(peakMemory(pid) / MIB)

/** A row: each broker under the same line, on a topic that is new or, with `fill`, has been filled. */
async function underLoad(bench, others, name, line, fill) {
  const brokers = Object.fromEntries(Object.entries({ kts: bench.bundled, ...others }).filter(([, broker]) => broker))
  const filled = new Map()
  for (const [who, broker] of Object.entries(fill ? brokers : {})) {
    filled.set(who, bench.newTopic(broker))
    bench.sh(fill(broker.server, filled.get(who)))
  }
  const lineOf = (who) => (topic) => line(brokers[who].server, topic)
  const { kts, ...peers } = Object.fromEntries(Object.keys(brokers).map((who) => [who, lineOf(who)]))
  await bench.compare({
    name: `broker: ${name}`,
    goal: '≥ 1.2 × Apache Kafka',
    wants: { 'Apache Kafka': 1.2 },
    before: (who) => filled.get(who) ?? bench.newTopic(brokers[who]),
    ours: kts,
    peers,
  })
}

/** Java's own end-to-end test against both: what one client waits from produce to consume. */
function latency(bench) {
  const percentiles = (broker) => {
    const topic = bench.newTopic(broker, { partitions: 1 })
    const said = bench.sh(
      `${bench.apache.tools} org.apache.kafka.tools.EndToEndLatency --bootstrap-server ${broker.server} --topic ${topic} --num-records 2000 --producer-acks 1 --record-size 100`,
    )
    const [, p50, p99] = /50th = (\d+), 99th = (\d+)/.exec(said) ?? []
    return { p50: Number(p50), p99: Number(p99) }
  }
  const [ours, apaches] = [percentiles(bench.bundled), percentiles(bench.apache)]
  bench.figure({
    name: 'broker: produce → consume latency of one client',
    goal: 'p50 and p99 below Apache Kafka’s',
    figure: `p50 ${ours.p50} ms, p99 ${ours.p99} ms; Apache Kafka p50 ${apaches.p50} ms, p99 ${apaches.p99} ms`,
    isMet: ours.p50 <= apaches.p50 && ours.p99 <= apaches.p99,
  })
}
