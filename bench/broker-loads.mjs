// What the bundled broker is measured under. kcat gets a larger queue than by default: with a full one librdkafka
// pauses for a second, which punishes the faster broker.
const KCAT_QUEUE = '-X queued.min.messages=10000000 -X queued.max.messages.kbytes=2000000'
const JAVA_RECORDS = 500_000

/**
 * By name: a line of shell for a server and a topic, and for those that read the line that fills the topic. Lines for
 * clients that are not there are left out.
 */
export function brokerLoads(bench) {
  const { kts, file, output, lines } = bench
  const tools = !bench.quick && bench.apache?.tools
  const java = (tool, options) => (server, topic) =>
    `${tools} org.apache.kafka.tools.${tool} --topic ${topic} --num-records ${JAVA_RECORDS} ${options} --bootstrap-server ${server} > ${output}`
  const ktsProduces = (server, topic) => `${kts} produce -b ${server} -t ${topic} --input-file ${file}`
  const javaProduces = java('ProducerPerformance', '--record-size 1000 --throughput -1')

  const kcatLoads = {
    'kcat produces': { line: (server, topic) => `kcat -P -b ${server} -t ${topic} -l ${file}` },
    'kcat consumes': {
      fill: ktsProduces,
      line: (server, topic) => `kcat -C -b ${server} -t ${topic} -o beginning -c ${lines} -q ${KCAT_QUEUE} > ${output}`,
    },
  }
  const ktsLoads = {
    'kts produces': { line: ktsProduces },
    'kts consumes': {
      fill: ktsProduces,
      line: (server, topic) =>
        `${kts} consume -b ${server} -t ${topic} --from-beginning --max-messages ${lines} > ${output}`,
    },
  }
  const javaLoads = {
    'Java’s producer perf test, 1 kB': { line: javaProduces },
    'Java’s consumer perf test, 1 kB': { fill: javaProduces, line: java('ConsumerPerformance', '') },
  }
  return { ...(bench.hasKcat && kcatLoads), ...ktsLoads, ...(tools && javaLoads) }
}

/** A line of shell as above, for a topic of sixteen partitions. */
export const sixteenProducers =
  ({ kts, quick, output }) =>
  (server, topic) =>
    `${kts} perf produce -b ${server} -t ${topic} --producers 16 --num-records ${quick ? 100_000 : 1_000_000} --record-size 1000 --throughput -1 > ${output}`
