// kts perf beside Java's perf tools, on a real Kafka where there is one: records of 1 kB, one producer, one consumer,
// and sixteen producers at once.
const RECORDS = 1_000_000
const PRODUCERS = 16
const RECORDS_EACH = 64_000

export async function run(bench) {
  const { kts, broker, output } = bench
  const { server, tools } = broker
  const java = (name, line) =>
    !bench.quick &&
    tools &&
    ((topic) => line(`${tools} org.apache.kafka.tools.${name} --bootstrap-server ${server} --topic ${topic}`))
  const before = () => bench.newTopic(broker)
  const wanted = { goal: '≥ Java’s', wants: { 'Java’s': 1 } }
  const load = (records) => `--num-records ${records} --record-size 1000 --throughput -1`
  const produce = (topic, records, options = '') =>
    `${kts} perf produce -b ${server} -t ${topic} ${load(records)} ${options} > ${output}`

  await bench.compare({
    name: `perf produce into ${broker.name}, 1 kB`,
    ...wanted,
    before,
    ours: (topic) => produce(topic, RECORDS),
    peers: { 'Java’s': java('ProducerPerformance', (tool) => `${tool} ${load(RECORDS)} > ${output}`) },
  })
  await bench.compare({
    name: `perf produce into ${broker.name}, ${PRODUCERS} producers × ${RECORDS_EACH.toLocaleString('en')} records of 1 kB`,
    ...wanted,
    before,
    ours: (topic) => produce(topic, PRODUCERS * RECORDS_EACH, `--producers ${PRODUCERS}`),
    peers: {
      'Java’s': java(
        'ProducerPerformance',
        (tool) => `for i in $(seq ${PRODUCERS}); do ${tool} ${load(RECORDS_EACH)} > ${output}.$i & done; wait`,
      ),
    },
  })
  const filled = before()
  bench.sh(produce(filled, RECORDS))
  await bench.compare({
    name: `perf consume from ${broker.name}, 1 kB`,
    ...wanted,
    before: () => filled,
    ours: (topic) => `${kts} perf consume -b ${server} -t ${topic} --num-records ${RECORDS} > ${output}`,
    peers: { 'Java’s': java('ConsumerPerformance', (tool) => `${tool} --num-records ${RECORDS} > ${output}`) },
  })
}
