// Three nodes beside three of Apache Kafka's, both with one controller, which is one of the three. Only one of the two
// clusters runs at a time: together they would measure the machine.
import { fetchJars } from '../../test/kafka/jars.mjs'
import { median } from '../measure.mjs'
import { ThreeNodes } from '../three-nodes.mjs'

const MIB = 2 ** 20
const RECORDS = 200_000
const APACHE = 'Apache Kafka'

export async function run(bench) {
  if (!bench.apache) return bench.note('three nodes are left out: there is no Apache Kafka to compare them with')
  const tools = `java -Xmx512m -cp '${await fetchJars('4.3.0')}/*'`
  const rounds = { kts: [], apache: [] }
  for (let round = 0; round < (bench.quick ? 1 : 3); round += 1)
    for (const maker of ['kts', 'apache']) rounds[maker].push(await measure(maker, bench, tools))
  const pair = (figureOf) => [rounds.kts, rounds.apache].map((figures) => median(figures.map(figureOf)))

  const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`
  const mebibytes = (value) => `${(value / MIB).toFixed(0)} MiB`
  const perSecond = (value) => `${value.toFixed(1)} MB/s`
  const least = (name, most, unit, figureOf) => compare(bench, { name, most, unit, pair: pair(figureOf) })
  least('three nodes: start until each tells of three brokers', 0.25, ms, ({ readyMs }) => readyMs)
  least('three nodes: memory of one when idle', 0.25, mebibytes, ({ idle }) => idle)
  least('three nodes: memory of one after the load', 0.25, mebibytes, ({ loaded }) => loaded)
  const rates = pair(({ rate }) => rate)
  compare(bench, {
    name: 'three replicas, acks=all: Java’s producer perf test, 1 kB',
    least: 1.2,
    unit: perSecond,
    pair: rates,
  })
  least('three replicas, acks=all: one record at a time, p50', 1, ms, ({ latency }) => latency.p50)
  least('three replicas, acks=all: one record at a time, p99', undefined, ms, ({ latency }) => latency.p99)
  const [gap, apacheGap] = pair(({ killed }) => killed.gapMs)
  bench.figure({
    name: 'kill -9 of a leader: longest gap for an acks=all producer',
    goal: '≤ 1 s',
    figure: `${ms(gap)}; ${APACHE} ${ms(apacheGap)}`,
    isMet: gap <= 1000,
  })
  least('kill -9 of a leader: from its start until in the ISR', 0.2, ms, ({ killed }) => killed.backMs)
  least('SIGSTOP of a leader: longest gap for an acks=all producer', 1.05, ms, ({ stopped }) => stopped.gapMs)
}

/** All figures of one cluster, which is stopped in the end. */
async function measure(maker, bench, tools) {
  const cluster = await ThreeNodes.make(maker)
  try {
    const readyMs = await cluster.measureStart()
    const idle = cluster.memory()
    const latency = await cluster.measureLatency()
    const rate = await javaProduces(cluster, bench, tools)
    const loaded = cluster.memory()
    const killed = await cluster.measureDeath('SIGKILL')
    const stopped = await cluster.measureDeath('SIGSTOP')
    const figures = { readyMs, idle, latency, rate, loaded, killed, stopped }
    console.log(`  ${maker}: ${JSON.stringify(figures)}`)
    return figures
  } finally {
    await cluster.stop()
  }
}

async function javaProduces(cluster, bench, tools) {
  const topic = await cluster.newTopic(3)
  const said = bench.sh(
    `${tools} org.apache.kafka.tools.ProducerPerformance --topic ${topic} --num-records ${RECORDS} --record-size 1000 --throughput -1 --producer-props acks=all bootstrap.servers=${cluster.nodes.bootstrap}`,
  )
  return Number(/\(([\d.]+) MB\/sec\)/.exec(said.trim().split('\n').at(-1))[1])
}

/** One row: ours over theirs is at most, or at least, so much. */
function compare(bench, { name, most, least, unit, pair: [ours, theirs] }) {
  const ratio = ours / theirs
  bench.figure({
    name,
    goal:
      most === undefined && least === undefined
        ? ''
        : most === undefined
          ? `≥ ${least} × ${APACHE}`
          : `≤ ${most} × ${APACHE}`,
    figure: `${unit(ours)}; ${APACHE} ${unit(theirs)}: ${ratio.toFixed(2)} ×`,
    isMet: ratio <= (most ?? Infinity) && ratio >= (least ?? 0),
  })
}
