// The bundled broker beside a real Kafka, under the same clients. kcat gets a larger queue than by default: with a full
// one librdkafka pauses for a second, which punishes the faster broker.
import { peakMemory } from '../measure.mjs'
import { startKfake } from '../peers.mjs'

const MIB = 2 ** 20
const KCAT_QUEUE = '-X queued.min.messages=10000000 -X queued.max.messages.kbytes=2000000'

export async function run(bench) {
  bench.note(`the bundled broker's memory at its peak under all that came before: ${mebibytes(bench.bundled)} MiB`)
  await bench.restartBundled()
  const kfake = await startKfake((text) => bench.note(text))
  try {
    await beside(bench, kfake)
  } finally {
    await kfake?.stop()
  }
}

async function beside(bench, kfake) {
  const { bundled, apache, file, output, lines, kts } = bench
  const sides = sidesOf(bundled, { 'Apache Kafka': apache, kfake })
  const wanted = { goal: '≥ 1.2 × Apache Kafka', wants: { 'Apache Kafka': 1.2 } }
  const fresh = (broker) => bench.newTopic(broker)

  if (bench.hasKcat) {
    await bench.compare({
      name: 'broker: kcat produces',
      ...wanted,
      ...sides((broker, topic) => `kcat -P -b ${broker.server} -t ${topic} -l ${file}`, fresh),
    })
  }
  await bench.compare({
    name: 'broker: kts produces',
    ...wanted,
    ...sides((broker, topic) => `${kts} produce -b ${broker.server} -t ${topic} --input-file ${file}`, fresh),
  })
  const filled = new Map([bundled, apache, kfake].filter(Boolean).map((broker) => [broker, bench.filledTopic(broker)]))
  if (bench.hasKcat) {
    await bench.compare({
      name: 'broker: kcat consumes',
      ...wanted,
      ...sides(
        (broker) =>
          `kcat -C -b ${broker.server} -t ${filled.get(broker)} -o beginning -c ${lines} -q ${KCAT_QUEUE} > ${output}`,
      ),
    })
  }
  await bench.compare({
    name: 'broker: kts consumes',
    ...wanted,
    ...sides(
      (broker) =>
        `${kts} consume -b ${broker.server} -t ${filled.get(broker)} --from-beginning --max-messages ${lines} > ${output}`,
    ),
  })
  if (apache && !bench.quick) await underJava(bench, sidesOf(bundled, { 'Apache Kafka': apache }), wanted, fresh)

  bench.figure({
    name: 'bundled broker: memory at its peak under these loads',
    goal: '≤ 120 MiB',
    figure: `${mebibytes(bundled)} MiB`,
    isMet: mebibytes(bundled) <= 120,
  })
  if (apache) bench.note(`Apache Kafka's memory at its peak: ${mebibytes(apache)} MiB`)
}

/** The same line against each broker, with what `before` has prepared there. */
const sidesOf = (bundled, others) => (line, before) => ({
  ours: (prepared) => line(bundled, prepared),
  peers: Object.fromEntries(
    Object.entries(others).map(([name, broker]) => [name, broker && ((prepared) => line(broker, prepared))]),
  ),
  before: before && ((who) => before(who === 'kts' ? bundled : others[who])),
})

const mebibytes = ({ pid }) => Math.round(peakMemory(pid) / MIB)

async function underJava(bench, sides, wanted, fresh) {
  const { tools } = bench.apache
  const records = 500_000
  const produce = (broker, topic) =>
    `${tools} org.apache.kafka.tools.ProducerPerformance --topic ${topic} --num-records ${records} --record-size 1000 --throughput -1 --bootstrap-server ${broker.server}`
  await bench.compare({ name: 'broker: Java’s producer perf test, 1 kB', ...wanted, ...sides(produce, fresh) })
  const filled = new Map(
    [bench.bundled, bench.apache].map((broker) => {
      const topic = fresh(broker)
      bench.sh(produce(broker, topic))
      return [broker, topic]
    }),
  )
  const consume = (broker) =>
    `${tools} org.apache.kafka.tools.ConsumerPerformance --topic ${filled.get(broker)} --num-records ${records} --bootstrap-server ${broker.server}`
  await bench.compare({ name: 'broker: Java’s consumer perf test, 1 kB', ...wanted, ...sides(consume) })
  latency(bench, tools)
}

/** Java's own end-to-end test against both: what one client waits from produce to consume. */
function latency(bench, tools) {
  const percentiles = ({ server }) => {
    const said = bench.sh(
      `${tools} org.apache.kafka.tools.EndToEndLatency --bootstrap-server ${server} --topic ${bench.newTopic({ server }, { partitions: 1 })} --num-records 2000 --producer-acks 1 --record-size 100`,
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
